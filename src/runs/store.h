/// Runs: every training, evaluation and compilation of a project, with what went in and what came out. A SQLite file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace thimble {

/// What is known when a run begins.
struct RunStart {
  std::string kind;  ///< "train", "eval", "compile"
  std::string project, config, data_hash, version;
  std::string board;  ///< that it is for, or was measured on; empty: this machine
  int64_t seed = 0;
};

/// A figure of one epoch, or of the whole run.
struct Metric {
  static constexpr int64_t kWhole = -1;
  int64_t epoch = kWhole;
  std::string name;
  double value = 0;
  bool operator==(const Metric&) const = default;
};

/// A file that the run made.
struct Artefact {
  std::string path;
  int64_t bytes = 0;
  std::string hash;
  bool operator==(const Artefact&) const = default;
};

struct Run : RunStart {
  int64_t id = 0;
  std::string began;            ///< UTC: "2026-11-21T11:30:00Z"
  std::string state;            ///< "running" (or killed while it did), "done", "failed", "interrupted"
  double seconds = 0;           ///< that it took; 0 while it runs for the first time
  std::vector<Metric> metrics;  ///< by epoch, as they came
  std::vector<Artefact> artefacts;

  /// The figures of the whole run, by name.
  std::map<std::string, double> summary() const;
};

/// What a store is opened for. To read it, its folder need not be writable; where it is, the store of an older program is brought up to
/// date, and nothing else is changed.
enum class Access : uint8_t { Read, Write };
class Connection;

class RunStore {
 public:
  /// Opens the file; to write it, makes it where there is none. A file that is no store, or a newer program's, is a User error; one that
  /// cannot be written, or of an older program and so not read either, an Environment error.
  explicit RunStore(const std::filesystem::path& file, Access access = Access::Write);
  ~RunStore();
  /// Why a store cannot be written there; empty: it can.
  static std::string why_not_written(const std::filesystem::path& file);

  /// It began so many seconds ago.
  int64_t begin(const RunStart& start, double seconds_ago = 0);
  /// All of them or none. When the power fails, the last ones may be lost; when the program is killed, they are not.
  void add(int64_t id, std::span<const Metric> metrics);
  void add(int64_t id, const Metric& metric) { add(id, {&metric, 1}); }
  void add(int64_t id, const Artefact& artefact);
  void set_data_hash(int64_t id, std::string_view hash);
  /// The latest training that began alike and did not come to its end.
  std::optional<int64_t> unfinished(const RunStart& start) const;
  /// That run is running again, and has these figures of its epochs in the place of those that it had.
  void go_on(int64_t id, std::span<const Metric> epochs);
  /// `seconds` are added to those that it took before it was interrupted.
  void finish(int64_t id, std::string_view state, double seconds);
  void remove(int64_t id);

  /// The newest first.
  std::vector<Run> all() const;
  /// A User error that tells which there are when there is no such run.
  Run get(int64_t id) const;

 private:
  std::unique_ptr<Connection> connection_;
};

/// All that is known of a run.
Json json_of(const Run& run);

}  // namespace thimble
