/// The state of a training between two epochs, as a file that is whole or not there.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/train.h"

namespace thimble {

/// Numbers by name.
using Rows = std::map<std::string, std::vector<float>>;

struct Checkpoint {
  uint64_t work = 0;  ///< fingerprint of everything that determines the result: graph, examples, options
  int64_t epoch = 0;  ///< epochs done
  int64_t step = 0;   ///< steps done in this phase
  bool qat = false;   ///< of which phase the state is
  std::vector<Epoch> history;
  Rows rows;  ///< parameters, what the optimiser remembers, the best so far, ...
};

/// Nothing where there is no file, or one that another version wrote or that was cut short.
std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path);
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Those whose names begin so, by what follows.
Rows rows_behind(std::string_view prefix, const Rows& rows);
/// The ranges that the graph needs, as a row.
std::vector<float> row_of(const Ranges& ranges, const Graph& graph);
Ranges ranges_of(const std::vector<float>& row, const Graph& graph);

/// Of a training's arguments; `fresh`: TrainHooks::fresh.
uint64_t fingerprint(const Graph& network, Task task, const Examples& training, const Examples& validation, const TrainOptions& options,
                     std::string_view fresh);

}  // namespace thimble
