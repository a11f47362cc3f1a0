// IDX, the format of MNIST: two zeros, the type, the number of axes, big-endian sizes, then the elements, last axis fastest.
#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "data/inflate.h"
#include "data/readers.h"

namespace thimble {
namespace {

struct Idx {
  std::vector<int64_t> sizes;
  std::vector<std::byte> contents;
  size_t start = 0;
};

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(Blame::User, fmt::format("'{}' {}", name, what), "copy or download it again");
}

Idx parse_idx(std::span<const std::byte> packed, const std::string& name) {
  Idx idx;
  idx.contents = gunzipped(packed, name);
  const auto byte = [&](size_t i) { return std::to_integer<uint32_t>(idx.contents[i]); };
  if (idx.contents.size() < 4 || byte(0) != 0 || byte(1) != 0) fail(name, "is no IDX file: it does not begin with two zeros");
  if (byte(2) != 8) fail(name, fmt::format("holds elements of IDX type 0x{:02x}; bytes (0x08) are read", byte(2)));
  const size_t axes = byte(3);
  idx.start = 4 + 4 * axes;
  if (axes == 0 || axes > 4 || idx.contents.size() < idx.start) fail(name, "is cut off inside its IDX header");
  int64_t needed = 1;
  for (size_t i = 0; i < axes; ++i) {
    const size_t at = 4 + 4 * i;
    idx.sizes.push_back(byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3));
    if (__builtin_mul_overflow(needed, idx.sizes.back(), &needed)) fail(name, "has sizes in its IDX header that no file has");
  }
  const auto there = static_cast<int64_t>(idx.contents.size() - idx.start);
  if (there < needed) fail(name, fmt::format("is cut off: its header says {} bytes, {} are there", needed, there));
  return idx;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

bool is_labels(const fs::path& file) { return file.filename().string().find("labels") != std::string::npos; }

fs::path labels_beside(const fs::path& images) {
  const std::string name = replaced(replaced(images.filename().string(), "images", "labels"), "idx3", "idx1");
  const fs::path same = images.parent_path() / name;
  if (fs::exists(same)) return same;
  return name.ends_with(".gz") ? images.parent_path() / name.substr(0, name.size() - 3) : fs::path(same.string() + ".gz");
}

/// "train-images-..." and "t10k-images-..." are splits where both are there.
std::string split_of(const fs::path& images) {
  const std::string name = images.filename().string();
  const bool train = name.starts_with("train"), test = name.starts_with("t10k");
  const fs::path other = images.parent_path() / (train ? replaced(name, "train", "t10k") : replaced(name, "t10k", "train"));
  return (train || test) && fs::exists(other) ? (train ? "train" : "test") : "";
}

}  // namespace

bool is_idx(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.find("idx") != std::string::npos && (name.ends_with("ubyte") || name.ends_with("ubyte.gz") || name.ends_with(".idx"));
}

std::vector<Recording> read_idx(const fs::path& file, const std::string& name) {
  if (is_labels(file)) return {};
  const Idx images = parse_idx(read_bytes(file), name);
  if (images.sizes.size() != 3 || images.sizes[1] * images.sizes[2] == 0)
    fail(name, fmt::format("has {} axes; pictures have 3: number, rows, columns", images.sizes.size()));
  const fs::path beside = labels_beside(file);
  std::optional<Idx> labels;
  if (beside != file && fs::exists(beside)) {
    const std::string label_name = (fs::path(name).parent_path() / beside.filename()).generic_string();
    labels = parse_idx(read_bytes(beside), label_name);
    if (labels->sizes.size() != 1 || labels->sizes[0] != images.sizes[0])
      fail(label_name, fmt::format("has {} labels for {} pictures", labels->sizes[0], images.sizes[0]));
  }
  const std::string split = split_of(file);
  const auto each = static_cast<size_t>(images.sizes[1] * images.sizes[2]);
  std::vector<Recording> all;
  for (size_t i = 0; i < static_cast<size_t>(images.sizes[0]); ++i) {
    Recording r{.name = fmt::format("{}#{}", name, i + 1), .label = "", .group = "", .split = split, .file = name};
    if (labels) r.label = fmt::format("{}", std::to_integer<int>(labels->contents[labels->start + i]));
    r.width = images.sizes[2];
    r.channels = {{"grey", ""}};
    for (size_t k = 0; k < each; ++k) r.samples.push_back(std::to_integer<uint8_t>(images.contents[images.start + i * each + k]));
    all.push_back(std::move(r));
  }
  return all;
}

}  // namespace thimble
