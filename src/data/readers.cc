#include "data/readers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "data/name_pattern.h"
#include "data/tensor_file.h"

namespace thimble {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::vector<Recording> one(Recording recording) {
  std::vector<Recording> all;
  all.push_back(std::move(recording));
  return all;
}

std::vector<Recording> from_csv(const fs::path& file, const std::string& name, const ReadOptions& options) {
  return parse_csv_recordings(read_text(file), name, options);
}
std::vector<Recording> from_sound(const fs::path& file, const std::string& name, const ReadOptions&) {
  return one(parse_sound(read_bytes(file), name));
}
std::vector<Recording> from_acquisition(const fs::path& file, const std::string& name, const ReadOptions&) {
  return one(parse_acquisition(read_bytes(file), name));
}

/// [time], [time][channel] or [recording][time][channel].
std::vector<Recording> from_npy(const fs::path& file, const std::string& name, const ReadOptions& options) {
  const FileTensor tensor = read_tensor(file);
  const Shape& shape = tensor.type.shape;
  if (shape.empty() || shape.size() > 3 || tensor.elements() == 0)
    throw Error(Blame::User, fmt::format("'{}' is {}, no recordings", name, to_string(tensor.type)),
                "[time], [time, channel] or [recording, time, channel]");
  const int64_t count = shape.size() == 3 ? shape[0] : 1, channels = shape.size() == 1 ? 1 : shape.back(), each = tensor.elements() / count;
  std::vector<Recording> recordings;
  for (int64_t r = 0; r < count; ++r) {
    Recording recording{.name = count > 1 ? fmt::format("{}#{}", name, r + 1) : name, .label = "", .group = "", .split = "", .file = name};
    recording.rate = options.rate;
    for (int64_t c = 0; c < channels; ++c) recording.channels.push_back({fmt::format("ch{}", c + 1), ""});
    for (int64_t i = 0; i < each; ++i) recording.samples.push_back(static_cast<float>(tensor.number(r * each + i)));
    recordings.push_back(std::move(recording));
  }
  return recordings;
}

struct Kind {
  std::string_view extensions;  ///< each between blanks
  std::vector<Recording> (*read)(const fs::path&, const std::string& name, const ReadOptions&);
};
constexpr Kind kKinds[] = {
    {" .csv .tsv .txt ", from_csv}, {" .wav .flac .ogg .aiff ", from_sound}, {" .npy ", from_npy}, {" .json .cbor ", from_acquisition}};

const Kind* kind_of(const fs::path& file) {
  const std::string extension = " " + lower(file.extension().string()) + " ";
  for (const Kind& kind : kKinds)
    if (kind.extensions.find(extension) != std::string_view::npos && extension.size() > 2) return &kind;
  return nullptr;
}

std::string split_named(const std::string& folder) {
  const std::string word = lower(folder);
  if (word == "train" || word == "training") return "train";
  if (word == "test" || word == "testing") return "test";
  if (word == "val" || word == "valid" || word == "validation") return "validation";
  return "";
}

/// Without a pattern: a folder called as a split is one; the nearest other folder is the label; in a flat one what stands before the first
/// dot of the file's name.
void name_by_folder(Recording& recording, const fs::path& relative) {
  for (fs::path folder = relative.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    const std::string word = folder.filename().string(), split = split_named(word);
    if (!split.empty())
      recording.split = split;
    else if (recording.label.empty())
      recording.label = word;
  }
  if (recording.label.empty()) recording.label = relative.filename().string().substr(0, relative.filename().string().find('.'));
}

void name_by_pattern(Recording& recording, const fs::path& relative, const NamePattern& pattern, const std::string& text) {
  const auto parts = pattern.match(relative.generic_string());
  if (!parts)
    throw Error(Blame::User, fmt::format("the path '{}' is not made as the pattern '{}' says", relative.generic_string(), text),
                "change --names; {} stands for any part that means nothing");
  if (const auto found = parts->find("label"); found != parts->end()) recording.label = found->second;
  if (const auto found = parts->find("group"); found != parts->end()) recording.group = found->second;
  if (const auto found = parts->find("split"); found != parts->end()) {
    recording.split = split_named(found->second);
    if (recording.split.empty())
      throw Error(Blame::User, fmt::format("'{}' is no split, in the path '{}'", found->second, relative.generic_string()),
                  "train, validation or test");
  }
}

std::vector<fs::path> files_below(const fs::path& path) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file() && kind_of(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::span<const std::string_view> enum_names(TimeUnit) {
  static constexpr std::string_view kNames[] = {"auto", "s", "ms", "us"};
  return kNames;
}

std::vector<Recording> read_recordings(const fs::path& file, const std::string& name, const ReadOptions& options) {
  const Kind* kind = kind_of(file);
  if (!kind)
    throw Error(Blame::User, fmt::format("'{}' is not a kind of file that holds recordings here", file.string()),
                "tables (.csv, .tsv, .txt), sound (.wav, .flac, .ogg), arrays (.npy) and acquisitions (.json, .cbor) are");
  return kind->read(file, name, options);
}

std::vector<Recording> read_folder(const fs::path& path, const ReadOptions& options, Progress& progress) {
  if (!fs::is_directory(path)) require_file(path);
  const bool folder = fs::is_directory(path);
  const std::vector<fs::path> files = folder ? files_below(path) : std::vector<fs::path>{path};
  if (files.empty())
    throw Error(Blame::User, fmt::format("'{}' holds no recordings", path.string()),
                "tables (.csv, .tsv, .txt), sound (.wav, .flac, .ogg), arrays (.npy) and acquisitions (.json, .cbor) are read");
  const NamePattern pattern(options.names);
  std::vector<Recording> all;
  progress.begin(fmt::format("reading {} files", files.size()));
  for (const fs::path& file : files) {
    const fs::path relative = folder ? fs::relative(file, path) : file.filename();
    for (Recording& recording : read_recordings(file, relative.generic_string(), options)) {
      const std::string in_file = recording.label;
      if (!options.names.empty())
        name_by_pattern(recording, relative, pattern, options.names);
      else if (in_file.empty() && folder)
        name_by_folder(recording, relative);
      if (!in_file.empty()) recording.label = in_file;
      all.push_back(std::move(recording));
    }
    progress.update(static_cast<int64_t>(&file - files.data()) + 1, static_cast<int64_t>(files.size()));
  }
  return all;
}

}  // namespace thimble
