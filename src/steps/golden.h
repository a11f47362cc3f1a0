/// Golden vectors of another implementation: a folder with a manifest.json that lists, per model, files of inputs, outputs and
/// every layer's output of record 0.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "steps/records.h"

namespace thimble {

/// Records that belong together, and what should come out.
struct RecordSet {
  std::string name;  ///< "uniform", "smooth"
  std::vector<Record> inputs, outputs;
};

/// Contents that tensors should have after record 0 of the first set, by name.
using TensorContents = std::map<std::string, Buffer>;

struct Golden {
  std::vector<RecordSet> sets;
  TensorContents layers;
};

/// The vectors of the model (found by its file's name; those of x_float serve x_hybrid, whose weights are the same numbers).
/// `imported` is the graph as the file has it. User errors tell which models the folder knows.
Golden load_golden(const std::filesystem::path& folder, const std::filesystem::path& model, const Graph& imported);

/// What the interpreter computes on the graph as imported, over seeded uniform and smooth inputs.
Golden interpreted(const Graph& imported, uint64_t seed, int64_t records);

/// Runs all sets one after the other through the interpreter; fills `layers` from the first record.
std::vector<Record> interpret_all(const Graph& imported, const std::vector<RecordSet>& sets, TensorContents& layers,
                                  const std::function<void(int64_t)>& after = nullptr);

}  // namespace thimble
