#include "data/readers.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/files.h"
#include "data/file_labels.h"
#include "data/name_pattern.h"

namespace thimble {
namespace {

constexpr std::string_view kRead =
    "tables (.csv, .tsv, .txt), sound (.wav, .flac, .ogg, .aiff), pictures (.png, .jpg, .bmp), arrays (.npy, .npz, IDX) and acquisitions "
    "(.json, .cbor) are";

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
std::vector<Recording> from_image(const fs::path& file, const std::string& name, const ReadOptions&) {
  return one(parse_image(read_bytes(file), name));
}
std::vector<Recording> from_acquisition(const fs::path& file, const std::string& name, const ReadOptions& options) {
  return one(parse_acquisition(read_bytes(file), name, options.hmac_key));
}
std::vector<Recording> from_npz(const fs::path& file, const std::string& name, const ReadOptions& options) {
  return parse_npz(read_bytes(file), name, options);
}
std::vector<Recording> from_idx(const fs::path& file, const std::string& name, const ReadOptions&) { return read_idx(file, name); }

struct Kind {
  std::string_view extensions;  ///< each between blanks
  std::vector<Recording> (*read)(const fs::path&, const std::string& name, const ReadOptions&);
};
constexpr Kind kKinds[] = {
    {" .csv .tsv .txt ", from_csv}, {" .wav .flac .ogg .aiff ", from_sound}, {" .png .jpg .jpeg .bmp ", from_image}, {" .npy ", read_npy},
    {" .npz ", from_npz},           {" .json .cbor ", from_acquisition}};
constexpr Kind kIdx = {"", from_idx};

const Kind* kind_of(const fs::path& file) {
  if (is_idx(file)) return &kIdx;
  const std::string extension = " " + lower(file.extension().string()) + " ";
  for (const Kind& kind : kKinds)
    if (kind.extensions.find(extension) != std::string_view::npos && extension.size() > 2) return &kind;
  return nullptr;
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
                "change names; {} stands for any part that means nothing");
  if (const auto found = parts->find("label"); found != parts->end()) recording.label = found->second;
  if (const auto found = parts->find("group"); found != parts->end()) recording.group = found->second;
  if (const auto found = parts->find("split"); found != parts->end()) {
    recording.split = split_named(found->second);
    if (recording.split.empty())
      throw Error(Blame::User, fmt::format("'{}' is no split, in the path '{}'", found->second, relative.generic_string()),
                  "train, validation or test");
  }
}

bool hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

void collect(const fs::path& folder, std::vector<fs::path>& files, bool root = true) {
  const size_t before = files.size();
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (hidden(entry.path())) continue;
    if (entry.is_directory())
      collect(entry.path(), files, false);
    else if (entry.is_regular_file() && kind_of(entry.path()))
      files.push_back(entry.path());
  }
  if (files.size() > before) return;
  throw Error(
      Blame::User, fmt::format("the folder '{}' holds no recordings", folder.string()),
      root
          ? fmt::format("put a folder for each class into it, named after the class, and recordings of the class into that; {} read", kRead)
          : "record into it, or begin its name with '_', and it is passed over");
}

std::vector<fs::path> files_below(const fs::path& path, const std::string& labels) {
  std::vector<fs::path> files;
  collect(path, files);
  std::sort(files.begin(), files.end());
  if (!labels.empty()) std::erase_if(files, [&](const fs::path& f) { return f.lexically_normal() == (path / labels).lexically_normal(); });
  return files;
}

bool chosen(const std::string& pattern, const fs::path& relative) {
  if (pattern.empty()) return false;
  return fnmatch(pattern.c_str(), relative.generic_string().c_str(), 0) == 0 ||
         fnmatch(pattern.c_str(), relative.filename().string().c_str(), 0) == 0;
}

/// Files that cannot be read, told together.
class Broken {
 public:
  void add(const Error& error) {
    if (!first_) first_ = error;
    ++count_;
    if (count_ <= kMost) text_ += fmt::format("\n  {}", error.what());
  }
  void require_none(size_t files) const {
    if (count_ == 1) throw *first_;
    if (count_ == 0) return;
    const std::string more = count_ > kMost ? fmt::format("\n  and {} more", count_ - kMost) : "";
    throw Error(Blame::User, fmt::format("{} of {} files cannot be read{}{}", count_, files, text_, more),
                "mend them, or begin their names with '_', and they are passed over");
  }

 private:
  static constexpr size_t kMost = 10;
  size_t count_ = 0;
  std::string text_;
  std::optional<Error> first_;
};

/// The recordings of a file; none, and a note, where it is broken.
std::vector<Recording> read_or_note(const fs::path& file, const std::string& name, const ReadOptions& options, Broken& broken) {
  try {
    return read_recordings(file, name, options);
  } catch (const Error& error) {
    if (error.blame != Blame::User) throw;
    broken.add(error);
    return {};
  }
}

/// Gives the recordings of files what is known about them from outside.
class Namer {
 public:
  Namer(const fs::path& folder, const ReadOptions& options) : options_(options), pattern_(options.names) {
    if (!options.labels.empty()) table_.emplace(read_text(folder / options.labels), options.labels);
  }

  void name(Recording& r, const fs::path& relative, bool in_folder) {
    const std::string own = r.label;
    if (table_) {
      const FileLabels::Row& row = table_->of(relative.generic_string());
      r.label = row.label, r.split = row.split;
      if (!row.group.empty()) r.group = row.group;
    } else if (!options_.names.empty()) {
      name_by_pattern(r, relative, pattern_, options_.names);
    } else if (in_folder) {
      name_by_folder(r, relative);
    }
    if (!own.empty() && !table_) r.label = own;
    if (chosen(options_.test_files, relative)) r.split = "test", ++tested_;
    if (chosen(options_.validation_files, relative)) r.split = "validation", ++validated_;
  }

  void check(const std::vector<fs::path>& files, const fs::path& root) const {
    if (!options_.test_files.empty() && tested_ == 0)
      throw Error(Blame::User, fmt::format("no file is as test_files = '{}' says", options_.test_files), "'*' stands for anything");
    if (!options_.validation_files.empty() && validated_ == 0)
      throw Error(Blame::User, fmt::format("no file is as validation_files = '{}' says", options_.validation_files),
                  "'*' stands for anything");
    if (!table_) return;
    std::vector<std::string> names;
    for (const fs::path& file : files) names.push_back(fs::relative(file, root).generic_string());
    table_->check_all_used(names);
  }

 private:
  const ReadOptions& options_;
  NamePattern pattern_;
  std::optional<FileLabels> table_;
  int64_t tested_ = 0, validated_ = 0;
};

}  // namespace

std::span<const std::string_view> enum_names(TimeUnit) {
  static constexpr std::string_view kNames[] = {"auto", "s", "ms", "us"};
  return kNames;
}

std::vector<Recording> read_recordings(const fs::path& file, const std::string& name, const ReadOptions& options) {
  const Kind* kind = kind_of(file);
  if (!kind)
    throw Error(Blame::User, fmt::format("'{}' is not a kind of file that holds recordings here", file.string()), std::string(kRead));
  return kind->read(file, name, options);
}

std::vector<Recording> read_folder(const fs::path& path, const ReadOptions& options, Progress& progress) {
  if (!fs::is_directory(path)) require_file(path);
  const bool folder = fs::is_directory(path);
  const std::vector<fs::path> files = folder ? files_below(path, options.labels) : std::vector<fs::path>{path};
  Namer namer(folder ? path : path.parent_path(), options);
  std::vector<Recording> all;
  Broken broken;
  progress.begin(fmt::format("reading {} files", files.size()));
  for (const fs::path& file : files) {
    const fs::path relative = folder ? fs::relative(file, path) : file.filename();
    for (Recording& recording : read_or_note(file, relative.generic_string(), options, broken)) {
      namer.name(recording, relative, folder);
      all.push_back(std::move(recording));
    }
    progress.update(static_cast<int64_t>(&file - files.data()) + 1, static_cast<int64_t>(files.size()));
  }
  broken.require_none(files.size());
  namer.check(files, folder ? path : path.parent_path());
  if (all.empty()) throw Error(Blame::User, fmt::format("'{}' holds no recordings", path.string()), fmt::format("{} read", kRead));
  return all;
}

}  // namespace thimble
