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
  std::string names, labels, test_files, validation_files, time, id, label, group, hmac_key;
  TimeUnit time_unit = TimeUnit::Auto;
  template <class V>
  void fields(V&& v) {
    v("names", names, "what a path tells, as in '{split}/{label}.csv' or '{label}_{group}_{}.wav'; without it the folder is the label");
    v("labels", labels, "a table in the folder that tells it instead: file,label and, if wanted, group,split");
    v("test_files", test_files, "which files are the test split, as in '*_[0-4].wav'");
    v("validation_files", validation_files, "which files are the validation split");
    v("rate", rate, "samples a second, where the files do not say", at_least(0));
    v("rows", rows, "lines of a table that are one recording; 0: all of them", at_least(0));
    v("gap", gap, "seconds without a sample after which another recording begins, as it does where time goes back; 0: neither",
      at_least(0));
    v("time", time, "the column with the time of a sample; without it one called time, timestamp, t or ms");
    v("time_unit", time_unit, "of that column; auto takes the unit in its name, else seconds or milliseconds, whichever fits");
    v("id", id, "a column that changes where another recording begins");
    v("label", label, "the column with the label; without it one called label or class");
    v("group", group, "the column with the person or session; without it one called group, person, subject or session");
    v("hmac_key", hmac_key, "that signed the acquisitions (.json, .cbor): their signatures are checked; without it they are not");
  }
};

/// The recordings of one file, by its extension: their names begin with `name`. User errors tell file and line.
std::vector<Recording> read_recordings(const std::filesystem::path& file, const std::string& name, const ReadOptions& options);

/// Those of every file below `path` (or of the one file), in the order of their names. Files of other kinds, and what begins with '.' or
/// '_', are passed over; an empty folder is a User error, because it was meant to be a class.
std::vector<Recording> read_folder(const std::filesystem::path& path, const ReadOptions& options, Progress& progress);

/// The formats by themselves; `name` is for messages.
std::vector<Recording> parse_csv_recordings(std::string_view text, const std::string& name, const ReadOptions& options);
Recording parse_sound(std::span<const std::byte> contents, const std::string& name);
Recording parse_acquisition(std::span<const std::byte> contents, const std::string& name, const std::string& hmac_key = "");
Recording parse_image(std::span<const std::byte> contents, const std::string& name);
std::vector<Recording> parse_npz(std::span<const std::byte> contents, const std::string& name, const ReadOptions& options);
std::vector<Recording> read_npy(const std::filesystem::path& file, const std::string& name, const ReadOptions& options);
/// Pictures with the labels that lie beside them; nothing for a file of labels.
std::vector<Recording> read_idx(const std::filesystem::path& file, const std::string& name);
bool is_idx(const std::filesystem::path& file);

/// Files that these read again. A sound has one channel, a picture one or three.
void write_wav(const std::filesystem::path& path, const Recording& sound);
std::vector<std::byte> png_of(const Recording& picture);
void write_png(const std::filesystem::path& path, const Recording& picture);
/// A table with a column of times where the rate is known.
void write_csv(const std::filesystem::path& path, const Recording& recording);

}  // namespace thimble
