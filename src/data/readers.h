/// Recordings out of files, and sets of them out of folders.
#pragma once

#include <filesystem>
#include <span>

#include "base/fields.h"
#include "base/progress.h"
#include "data/recording.h"

namespace thimble {

enum class TimeUnit : uint8_t { Auto, Seconds, Milliseconds, Microseconds };
std::span<const std::string_view> enum_names(TimeUnit);

/// What the files do not tell by themselves.
struct ReadOptions {
  double rate = 0, gap = 0;
  int64_t rows = 0;
  std::string names, time, id, label, group;
  TimeUnit time_unit = TimeUnit::Auto;
  template <class V>
  void fields(V&& v) {
    v("names", names, "what a path tells, as in '{split}/{label}.csv' or '{label}_{group}_{}.wav'; without it the folder is the label");
    v("rate", rate, "samples a second, where the files do not say", at_least(0));
    v("rows", rows, "lines of a table that are one recording; 0: all of them", at_least(0));
    v("gap", gap, "seconds without a sample after which another recording begins; 0: none does", at_least(0));
    v("time", time, "the column with the time of a sample; without it one called time, timestamp, t or ms");
    v("time_unit", time_unit, "of that column; auto takes the unit in its name, else seconds or milliseconds, whichever fits");
    v("id", id, "a column that changes where another recording begins");
    v("label", label, "the column with the label; without it one called label or class");
    v("group", group, "the column with the person or session; without it one called group, person, subject or session");
  }
};

/// The recordings of one file, by its extension: their names begin with `name`. User errors tell file and line.
std::vector<Recording> read_recordings(const std::filesystem::path& file, const std::string& name, const ReadOptions& options);

/// Those of every file below `path` (or of the one file), in the order of their names. Files of other kinds are passed over.
std::vector<Recording> read_folder(const std::filesystem::path& path, const ReadOptions& options, Progress& progress);

/// The formats by themselves.
std::vector<Recording> parse_csv_recordings(std::string_view text, const std::string& name, const ReadOptions& options);
Recording parse_sound(std::span<const std::byte> contents, const std::string& name);
Recording parse_acquisition(std::span<const std::byte> contents, const std::string& name);

}  // namespace thimble
