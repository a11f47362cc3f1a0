/// A model made ready for one board: chosen kernels, planned memory, and the C that says so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codegen/stream_graph.h"
#include "kernels/kernel.h"
#include "plan/plan.h"

namespace thimble {

/// Names a kernel for a node, or says nothing ("") where the table's cheapest is to be taken. A kernel that refuses the node is not taken.
using Preference = std::function<std::string(const Node&, const Graph&)>;

struct CompileOptions {
  Optimize optimize = Optimize::Balanced;
  bool golden = true;  ///< emit golden vectors and the self-test (behind THIMBLE_SELFTEST, so they cost nothing when unused)
  int golden_records = 2;
  Preference prefer;
  std::optional<Stream> stream;  ///< the graph takes windows of a stream: the C gets <name>_push and <name>_run(window)
};

/// One call that the generated `run` makes, in order.
struct Layer {
  std::string name, op, kernel;
  std::string symbol;  ///< the C function: "thimble_kws_layer_03"; its entry marks the layer for the measuring instrument
  int node = -1;       ///< in Compiled::graph
  int64_t macs = 0;
  int64_t ram_live = 0;  ///< bytes of the arena in use while it runs
  int64_t constant_bytes = 0;
  std::vector<ValueId> outputs;
};

struct Port {
  std::string name;
  TensorType type;
};

/// How a compiled model is fed sample by sample.
struct CompiledStream {
  Stream about;
  int64_t window = 0, axes = 0, length = 0, stride = 0, rows = 1, rows_between = 1;  ///< as in StreamGraph
  size_t row_layers = 0;

  /// Only a frame of samples is kept, not the window.
  bool by_frames() const { return row_layers > 0; }
};

struct Compiled {
  std::string name;  ///< C identifier made from the model's name: "kws_int8"
  Graph graph;       ///< after the passes
  Plan plan;
  std::vector<Layer> layers;
  std::vector<Port> inputs, outputs;  ///< of one run; of a stream the whole window, though `graph` may take a frame of it
  std::optional<CompiledStream> stream;
  int64_t arena_bytes = 0, state_bytes = 0, constant_bytes = 0;
  int arena_align = 4;
  std::string header, source;  ///< text of <name>.h and <name>.c
  std::string compiler_level;  ///< "-O2", "-Os", ...: what the source is meant to be compiled with
};

/// Chooses kernels, plans, writes the C. `graph` is what the passes left. Throws Unsupported with every node that no kernel runs.
Compiled compile(Graph graph, const Board& board, const CompileOptions& options = {});

/// A valid C identifier close to `name`.
std::string c_identifier(std::string_view name);

}  // namespace thimble
