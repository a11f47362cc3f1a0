/// What a file's path tells about a recording: "{split}/{label}.csv", "{label}_{group}_{}.wav".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

/// Words in braces stand for parts of the path; "{}" for any part that means nothing. As many folders are looked at as the pattern has
/// slashes. A part is as short as it can be.
class NamePattern {
 public:
  /// Throws a User error for an unknown word or a brace without its other.
  explicit NamePattern(std::string text);

  /// The parts by their words ("label", "group", "split"), or nothing when the path is made otherwise.
  std::optional<std::map<std::string, std::string>> match(std::string_view path) const;

 private:
  struct Piece {
    std::string text;  ///< literal, or the word in braces
    bool part = false;
  };
  bool fits(size_t piece, std::string_view text, std::map<std::string, std::string>& parts) const;

  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace thimble
