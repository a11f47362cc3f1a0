// Arrays as recordings: .npy is one, .npz an archive of several with labels and splits told by their names.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/files.h"
#include "data/inflate.h"
#include "data/readers.h"
#include "data/tensor_file.h"

namespace thimble {
namespace {

constexpr std::string_view kShapes =
    "[time], [time, channel], [recording, time, channel], or of pictures [picture, row, column, channel], [picture, row, column] of bytes";

/// Axes of an array: how many recordings, how long, how many channels, and the width where they are pictures.
struct Axes {
  int64_t count = 1, channels = 1, width = 0;
};

Axes axes_of(const TensorType& type, const std::string& name) {
  const Shape& shape = type.shape;
  if (shape.empty() || shape.size() > 4 || type.elements() == 0)
    throw Error(Blame::User, fmt::format("'{}' is {}, no recordings", name, to_string(type)), std::string(kShapes));
  if (shape.size() == 4) return {.count = shape[0], .channels = shape[3], .width = shape[2]};
  if (shape.size() == 3 && type.dtype == DType::U8) return {.count = shape[0], .width = shape[2]};
  if (shape.size() == 3) return {.count = shape[0], .channels = shape[2]};
  return {.channels = shape.size() == 2 ? shape[1] : 1};
}

Channel channel_named(const Axes& axes, int64_t c) {
  static constexpr std::string_view kColours[] = {"red", "green", "blue"};
  if (axes.width > 0 && axes.channels == 1) return {"grey", ""};
  if (axes.width > 0 && axes.channels == 3) return {std::string(kColours[static_cast<size_t>(c)]), ""};
  return {fmt::format("ch{}", c + 1), ""};
}

std::vector<Recording> recordings_of(const FileTensor& tensor, const std::string& name, const ReadOptions& options) {
  const Axes axes = axes_of(tensor.type, name);
  const int64_t each = tensor.elements() / axes.count;
  std::vector<Recording> all;
  for (int64_t i = 0; i < axes.count; ++i) {
    Recording r{.name = axes.count > 1 ? fmt::format("{}#{}", name, i + 1) : name, .label = "", .group = "", .split = "", .file = name};
    r.rate = axes.width > 0 ? 0 : options.rate;
    r.width = axes.width;
    for (int64_t c = 0; c < axes.channels; ++c) r.channels.push_back(channel_named(axes, c));
    for (int64_t k = 0; k < each; ++k) {
      const auto value = static_cast<float>(tensor.number(i * each + k));
      if (!std::isfinite(value))
        throw Error(Blame::User,
                    fmt::format("'{}' is {} in sample {} of channel '{}'", r.name, value, k / axes.channels + 1,
                                r.channels[static_cast<size_t>(k % axes.channels)].name),
                    "leave out what the sensor did not give");
      r.samples.push_back(value);
    }
    all.push_back(std::move(r));
  }
  return all;
}

/// "x_train" is samples ("x") of the split "train"; "labels" and "y" are labels.
struct Role {
  bool labels = false;
  std::string part;  ///< what follows the first word
};

std::optional<Role> role_of(std::string_view name) {
  for (const std::string_view head : {"y", "labels", "label", "targets"})
    if (name == head || name.starts_with(fmt::format("{}_", head))) return Role{true, std::string(name.substr(head.size()))};
  for (const std::string_view head : {"x", "data", "samples", "images", "recordings"})
    if (name == head || name.starts_with(fmt::format("{}_", head))) return Role{false, std::string(name.substr(head.size()))};
  return std::nullopt;
}

std::string split_in(std::string_view part) {
  if (part == "_train") return "train";
  if (part == "_test") return "test";
  return part == "_val" || part == "_valid" || part == "_validation" ? "validation" : "";
}

std::string label_text(double value) { return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{}", value); }

}  // namespace

std::vector<Recording> read_npy(const fs::path& file, const std::string& name, const ReadOptions& options) {
  return recordings_of(parse_npy(read_bytes(file), name), name, options);
}

std::vector<Recording> parse_npz(std::span<const std::byte> contents, const std::string& name, const ReadOptions& options) {
  std::map<std::string, FileTensor> arrays;
  for (const ZipEntry& entry : unzipped(contents, name))
    if (entry.name.ends_with(".npy"))
      arrays.emplace(entry.name.substr(0, entry.name.size() - 4), parse_npy(entry.contents, fmt::format("{}/{}", name, entry.name)));
  std::vector<Recording> all;
  for (const auto& [array, tensor] : arrays) {
    const auto role = role_of(array);
    if (arrays.size() > 1 && (!role || role->labels)) continue;
    std::vector<Recording> these = recordings_of(tensor, fmt::format("{}/{}", name, array), options);
    for (const auto& [other, labels] : arrays) {
      const auto other_role = role_of(other);
      if (!role || !other_role || !other_role->labels || other_role->part != role->part) continue;
      if (labels.elements() != static_cast<int64_t>(these.size()))
        throw Error(Blame::User,
                    fmt::format("'{}/{}' has {} labels for {} recordings in '{}'", name, other, labels.elements(), these.size(), array));
      for (size_t i = 0; i < these.size(); ++i) these[i].label = label_text(labels.number(static_cast<int64_t>(i)));
    }
    for (Recording& r : these) r.split = role ? split_in(role->part) : "", all.push_back(std::move(r));
  }
  if (all.empty())
    throw Error(Blame::User, fmt::format("'{}' holds no array of recordings", name),
                "one array, or several called x or x_train, y or y_train, ...");
  return all;
}

}  // namespace thimble
