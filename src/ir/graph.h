/// The graph that every stage reads and rewrites: plain data, ids instead of pointers.
#pragma once

#include <string>
#include <vector>

#include "ir/op.h"

namespace thimble {

/// Index into Graph::values.
using ValueId = int32_t;
constexpr ValueId kAbsent = -1;

/// A tensor that flows through the graph: a graph input, a constant, a state, or what a node computes.
struct Value {
  std::string name;
  TensorType type;
  Bytes data;          ///< constants only
  bool state = false;  ///< outlives a run; `data`, if any, is its first contents, else its zero point

  bool constant() const { return data != nullptr && !state; }
};

struct Node {
  const OpDef* op = nullptr;
  std::string name;
  std::vector<ValueId> in, out;  ///< kAbsent for an optional operand that is not there
  Attrs attrs;
};

/// Nodes stand in an order in which they can be run. After an import a ValueId equals the tensor's index in the file.
struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs, outputs;

  Value& value(ValueId id) { return values[static_cast<size_t>(id)]; }
  const Value& value(ValueId id) const { return values[static_cast<size_t>(id)]; }
  const TensorType& type(ValueId id) const { return value(id).type; }

  ValueId add_value(Value value);
  ValueId add_input(std::string name, TensorType type);
  template <class T>
  ValueId add_constant(std::string name, Shape shape, std::span<const T> values, Quant quant = {}) {
    return add_value({std::move(name), {dtype_of<T>(), std::move(shape), std::move(quant)}, bytes_from<T>(values)});
  }
  ValueId add_state(std::string name, TensorType type);
  /// Appends a node and its outputs, whose types `infer` gives; `quant` (one per output, or none) is laid over them.
  /// Returns the first output; the others follow it.
  ValueId add_node(const OpDef& op, std::string name, std::vector<ValueId> in, Attrs attrs = {}, std::vector<Quant> quant = {});
};

/// Views of a node's operands for `infer`, `macs`, kernels: contents only of constants.
std::vector<TensorView> input_views(const Graph& graph, const Node& node);
std::vector<TensorView> output_views(const Graph& graph, const Node& node);
int64_t macs_of(const Graph& graph, const Node& node);

/// For every value, the node that computes it (-1: none) and the nodes that read it, in order.
struct Uses {
  std::vector<int> producer;
  std::vector<std::vector<int>> readers;
};
Uses uses_of(const Graph& graph);

/// Replaces `from` by `to` in every node's operands and in the graph outputs.
void replace_uses(Graph& graph, ValueId from, ValueId to);

/// Checks what every stage relies on (ids in range, defined before used, one producer, operand counts, types as inferred, constants of the
/// right size, sane quantisation); throws Error(blame) with all faults. An import passes User, a pass passes Bug.
void verify(const Graph& graph, Blame blame = Blame::Bug);

/// The graph as text, one line a node; the form in which pass tests are written and snapshots are shown.
std::string print(const Graph& graph);

}  // namespace thimble
