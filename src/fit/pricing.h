/// What a graph takes on a board, known without writing C; fast enough to compare hundreds of graphs.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/compiled.h"

namespace thimble {

struct Price {
  Plan plan;
  double cycles = 0;  ///< estimated
  int64_t ram = 0;    ///< arena and state
};

/// Kernels that are taken instead of the table's choice (or the tuned one): by the layer's shape_text, the kernel's name.
using Swaps = std::map<std::string, std::string>;

/// `prefer`, but for the swaps.
Preference preference_with(Swaps swaps, Preference prefer);

/// How thoroughly memory is planned: as `compile` does it, or at once and in the order that the nodes stand in.
enum class Planning : uint8_t { AsCompiled, Quick };

/// Prices graphs; a layer that was seen before (same op, attributes, types and constants) is not considered again.
class Pricer {
 public:
  Pricer(const Board& board, CompileOptions options) : board_(board), options_(std::move(options)) {}

  /// Nothing when no kernel runs one of the nodes.
  std::optional<Price> price(const Graph& graph, const Swaps& swaps, Planning planning);

  /// A kernel that can run a node, and what it costs there.
  struct Option {
    const Kernel* kernel = nullptr;
    PlanStep step;
    double cycles = 0;
  };
  /// Every way to run the node, the one that is chosen without swaps first.
  const std::vector<Option>& options_for(const Node& node, const Graph& graph);
  /// The one of them that is taken; there must be one.
  const Option& option_of(const Node& node, const Graph& graph, const Swaps& swaps);
  /// What swaps know the node by.
  const std::string& shape_of(const Node& node, const Graph& graph) { return layer(node, graph).shape; }

 private:
  struct Layer {
    std::vector<TensorType> types;  ///< of operands and results that are there
    Attrs attrs;
    std::string shape;
    std::vector<Option> options;
  };
  using Key = std::pair<const OpDef*, std::vector<const void*>>;  // what constants an op reads, null for the others

  const Layer& layer(const Node& node, const Graph& graph);
  static const Option* chosen(const Layer& layer, const Swaps& swaps);

  const Board& board_;
  CompileOptions options_;
  std::map<Key, std::deque<Layer>> layers_;  // what it holds stays where it is
};

}  // namespace thimble
