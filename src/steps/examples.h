/// What a float model is shown to find its ranges: records from files, or random ones.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compress/calibrate.h"

namespace thimble {

/// Records of a .npy, .csv or .bin file, or of all such files of a folder in the order of their names, each split into the graph's inputs;
/// `most` 0: all, else evenly spaced ones. User errors tell what the model takes.
struct ShownExamples {
  std::vector<ExampleInputs> inputs;
  std::vector<int64_t> index;  ///< which of the records each is
  int64_t records = 0;         ///< that there are
};
ShownExamples examples_from(const std::filesystem::path& path, const Graph& graph, int64_t most);

/// The class of each example, out of a file with one whole number a record. A User error where they do not fit.
std::vector<int64_t> labels_from(const std::filesystem::path& path, const ShownExamples& examples, int64_t classes);

/// Seeded noise and slow waves, half each. Only what a model costs can be learnt from them.
std::vector<ExampleInputs> random_examples(const Graph& graph, uint64_t seed, int64_t count);

}  // namespace thimble
