/// What is promised for the data sets of ../shared/data: their projects of examples/, trained and judged by the verbs that ship.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/progress.h"

namespace thimble::bench {

/// A project of examples/ and what it must reach. `compile` tells the RAM and flash of the library that ships, `eval` the time of a window.
struct DataSet {
  std::string_view name;                  ///< the folder of its thimble.toml below examples/
  std::string_view folder;                ///< of its recordings below ../shared/data
  double accuracy = 0;                    ///< at least, as the mean of the seeds, int8 on the board
  std::optional<int64_t> ram{}, flash{};  ///< bytes, less than
  std::optional<double> ms{};             ///< of one window, less than
};

std::span<const DataSet> all_data_sets();
const DataSet& data_set_named(std::string_view name);

/// The board that the figures are of.
constexpr std::string_view kDataBoard = "nano33ble";

/// What one training came to, on the test split.
struct SeedFigures {
  int64_t seed = 0, windows = 0;
  double float32 = 0;     ///< accuracy of the float network
  double rounded = 0;     ///< of the same made int8 without training it as int8 (PTQ)
  double trained = 0;     ///< as training told it of the int8 network (QAT)
  double board = 0;       ///< of the exported C on the emulated board, from samples on
  int64_t differing = 0;  ///< windows that the C on the board answers otherwise than training said
  int64_t ram = 0, flash = 0;
  double ms = 0, seconds = 0;
};

/// Read from what `train`, `eval` and `compile` print with --json.
SeedFigures seed_figures(const Json& trained, const Json& judged, const Json& compiled, double clock_hz);

/// Trains the set's project in a folder of its own below `work`, judges it on the board, compiles it. `program`: thimble's.
SeedFigures measure_seed(const DataSet& set, int64_t seed, const fs::path& recordings, const fs::path& work, const fs::path& program,
                         Progress& progress);

struct DataVerdict {
  std::string what, asked, measured;
  bool met = false;
};
std::vector<DataVerdict> judge(const DataSet& set, const std::vector<SeedFigures>& seeds);

}  // namespace thimble::bench
