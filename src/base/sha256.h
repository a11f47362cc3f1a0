/// SHA-256 (FIPS 180-4): names contents, so that the same data can be told from other data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace thimble {

class Sha256 {
 public:
  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view text) { return add(std::as_bytes(std::span(text))); }
  template <class T>
  Sha256& add_values(std::span<const T> values) {
    return add(std::as_bytes(values));
  }
  /// The sum; nothing can be added afterwards.
  std::array<uint8_t, 32> digest();
  /// The same as 64 hexadecimal digits.
  std::string hex();

 private:
  void block(const uint8_t* bytes);

  std::array<uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> rest_{};
  size_t in_rest_ = 0;
  uint64_t length_ = 0;
};

/// HMAC-SHA256 (RFC 2104) of `text` as 64 hexadecimal digits: only who knows the key can make it.
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace thimble
