/// Runs a graph node by node with each op's `eval`: slow, obvious, the oracle.
#pragma once

#include <functional>
#include <vector>

#include "ir/graph.h"

namespace thimble {

using Buffer = std::vector<std::byte>;

class Interpreter {
 public:
  /// The graph must outlive the interpreter.
  explicit Interpreter(const Graph& graph);

  /// Called after each node with the node's index and its outputs.
  using Watch = std::function<void(size_t node, Outputs out)>;

  /// One inference: a buffer per graph input in, a buffer per graph output out. State is kept between calls.
  std::vector<Buffer> run(std::span<const Buffer> inputs, const Watch& watch = nullptr);

  /// What a value holds now: after `run` (or inside a watch) what was computed last.
  TensorView value(ValueId id) const;

  /// Sets all state back to its first contents.
  void reset();

 private:
  const Graph& graph_;
  std::vector<Buffer> memory_;  // one per value; constants stay in the graph
};

/// What a state holds before the first run: its own contents, else real zero (the zero point).
Buffer first_contents(const Value& value);

/// Evaluates one node whose operands are all constant; returns one buffer per output.
std::vector<Buffer> eval_constant(const Graph& graph, const Node& node);

}  // namespace thimble
