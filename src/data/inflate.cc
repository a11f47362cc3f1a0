#include "data/inflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace thimble {
namespace {

constexpr size_t kMost = size_t{1} << 31;  // what we are willing to hold

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(Blame::User, fmt::format("'{}' {}", name, what), "copy or download it again");
}

/// `window` as inflateInit2 has it: negative for bare deflate, 16 + 15 for gzip.
std::vector<std::byte> inflated(std::span<const std::byte> contents, int window, const std::string& name) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) throw Error(Blame::Environment, "zlib cannot be used");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(contents.data()));
  stream.avail_in = static_cast<uInt>(contents.size());
  std::vector<std::byte> out, piece(1 << 16);
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.insert(out.end(), piece.begin(), piece.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
    if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0))
      fail(name, "is cut off: its packed data ends early");
    if (status != Z_OK && status != Z_STREAM_END)
      fail(name, fmt::format("is damaged: its packed data cannot be read ({})", stream.msg ? stream.msg : "?"));
    if (out.size() > kMost) fail(name, "holds more than 2 GB");
  }
  return out;
}

/// Little-endian numbers at places that are checked.
class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& name) : bytes_(bytes), name_(name) {}
  template <class T>
  T at(size_t place) const {
    T value;
    if (place + sizeof value > bytes_.size()) fail(name_, "is cut off: its list of files points outside it");
    std::memcpy(&value, bytes_.data() + place, sizeof value);
    return value;
  }
  std::span<const std::byte> part(size_t place, size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) fail(name_, "is cut off: its list of files points outside it");
    return bytes_.subspan(place, size);
  }

 private:
  std::span<const std::byte> bytes_;
  const std::string& name_;
};

constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;  // APPNOTE.TXT 4.3

size_t end_record(std::span<const std::byte> contents, const std::string& name) {
  for (size_t back = 22; back <= std::min<size_t>(contents.size(), 22 + 65535); ++back) {
    uint32_t mark;
    std::memcpy(&mark, contents.data() + contents.size() - back, sizeof mark);
    if (mark == kEnd) return contents.size() - back;
  }
  fail(name, "is no .zip archive, or is cut off: its list of files is missing");
}

uint32_t sum_of(std::span<const std::byte> bytes) {
  return static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

ZipEntry entry_at(const Reader& reader, size_t central, const std::string& archive) {
  const auto method = reader.at<uint16_t>(central + 10), length = reader.at<uint16_t>(central + 28);
  const auto sum = reader.at<uint32_t>(central + 16), packed = reader.at<uint32_t>(central + 20), local = reader.at<uint32_t>(central + 42);
  const auto text = reader.part(central + 46, length);
  ZipEntry entry{{reinterpret_cast<const char*>(text.data()), text.size()}, {}};
  const std::string name = fmt::format("{}/{}", archive, entry.name);
  if (packed == 0xFFFFFFFF || local == 0xFFFFFFFF) fail(name, "is larger than 4 GB");
  if (reader.at<uint32_t>(local) != kLocal) fail(name, "is not where its archive says");
  const auto data = reader.part(size_t{local} + 30 + reader.at<uint16_t>(local + 26) + reader.at<uint16_t>(local + 28), packed);
  if (method != 0 && method != 8) fail(name, fmt::format("is packed by method {}, neither stored nor deflated", method));
  entry.contents = method == 0 ? std::vector(data.begin(), data.end()) : inflated(data, -MAX_WBITS, name);
  if (sum_of(entry.contents) != sum) fail(name, "is damaged: its sum is not the one its archive tells");
  return entry;
}

}  // namespace

std::vector<std::byte> gunzipped(std::span<const std::byte> contents, const std::string& name) {
  if (contents.size() < 2 || contents[0] != std::byte{0x1f} || contents[1] != std::byte{0x8b}) return {contents.begin(), contents.end()};
  return inflated(contents, 16 + MAX_WBITS, name);
}

std::vector<ZipEntry> unzipped(std::span<const std::byte> contents, const std::string& name) {
  const size_t end = end_record(contents, name);
  const Reader reader(contents, name);
  size_t at = reader.at<uint32_t>(end + 16);
  std::vector<ZipEntry> entries;
  for (int left = reader.at<uint16_t>(end + 10); left > 0; --left) {
    if (reader.at<uint32_t>(at) != kCentral) fail(name, "is damaged: its list of files cannot be read");
    entries.push_back(entry_at(reader, at, name));
    at += size_t{46} + reader.at<uint16_t>(at + 28) + reader.at<uint16_t>(at + 30) + reader.at<uint16_t>(at + 32);
  }
  return entries;
}

std::vector<std::byte> zip_of(const std::vector<ZipEntry>& entries) {
  std::string out, central;
  const auto put = [](std::string& to, auto value) { to.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (const ZipEntry& e : entries) {
    const auto offset = static_cast<uint32_t>(out.size()), size = static_cast<uint32_t>(e.contents.size()), sum = sum_of(e.contents);
    const auto common = [&](std::string& to) {  // version, flags, method, date, sum, sizes, lengths
      put(to, uint16_t{20}), put(to, uint32_t{0}), put(to, uint32_t{0x00210000}), put(to, sum), put(to, size), put(to, size);
      put(to, static_cast<uint16_t>(e.name.size())), put(to, uint16_t{0});
    };
    put(out, kLocal), common(out);
    out += e.name;
    out.append(reinterpret_cast<const char*>(e.contents.data()), e.contents.size());
    put(central, kCentral), put(central, uint16_t{20}), common(central);
    put(central, uint16_t{0}), put(central, uint16_t{0}), put(central, uint16_t{0}), put(central, uint32_t{0}), put(central, offset);
    central += e.name;
  }
  const auto start = static_cast<uint32_t>(out.size()), size = static_cast<uint32_t>(central.size());
  const auto count = static_cast<uint16_t>(entries.size());
  out += central;
  put(out, kEnd), put(out, uint32_t{0}), put(out, count), put(out, count), put(out, size), put(out, start), put(out, uint16_t{0});
  const auto raw = std::as_bytes(std::span(out));
  return {raw.begin(), raw.end()};
}

}  // namespace thimble
