#include "ir/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace thimble {
Buffer first_contents(const Value& value) {
  if (value.data) return *value.data;
  Buffer zeros(static_cast<size_t>(value.type.bytes()));
  if (value.type.dtype == DType::I8 && value.type.quant.quantised())
    std::fill(zeros.begin(), zeros.end(), static_cast<std::byte>(value.type.quant.zero[0]));
  return zeros;
}

Interpreter::Interpreter(const Graph& graph) : graph_(graph), memory_(graph.values.size()) {
  for (size_t i = 0; i < memory_.size(); ++i)
    if (!graph.values[i].constant()) memory_[i].resize(static_cast<size_t>(graph.values[i].type.bytes()));
  reset();
}

void Interpreter::reset() {
  for (size_t i = 0; i < memory_.size(); ++i)
    if (graph_.values[i].state) memory_[i] = first_contents(graph_.values[i]);
}

TensorView Interpreter::value(ValueId id) const {
  if (id == kAbsent) return {};
  const Value& value = graph_.value(id);
  const auto* data = value.constant() ? value.data->data() : memory_[static_cast<size_t>(id)].data();
  return {&value.type, const_cast<std::byte*>(data)};
}

std::vector<Buffer> Interpreter::run(std::span<const Buffer> inputs, const Watch& watch) {
  require(inputs.size() == graph_.inputs.size(), "as many input buffers as graph inputs");
  for (size_t i = 0; i < inputs.size(); ++i) {
    Buffer& memory = memory_[static_cast<size_t>(graph_.inputs[i])];
    require(inputs[i].size() == memory.size(), "an input buffer of the input's size");
    memory = inputs[i];
  }
  std::vector<TensorView> in, out;
  for (size_t n = 0; n < graph_.nodes.size(); ++n) {
    const Node& node = graph_.nodes[n];
    const Doing doing([&] { return fmt::format("evaluating node '{}' ({})", node.name, node.op->name); });
    in.clear();
    out.clear();
    for (ValueId id : node.in) in.push_back(value(id));
    for (ValueId id : node.out) out.push_back(value(id));
    node.op->eval(node.attrs, in, out);
    if (watch) watch(n, out);
  }
  std::vector<Buffer> outputs;
  for (ValueId id : graph_.outputs) {
    const TensorView output = value(id);
    outputs.emplace_back(output.data, output.data + output.type->bytes());
  }
  return outputs;
}

std::vector<Buffer> eval_constant(const Graph& graph, const Node& node) {
  std::vector<Buffer> buffers;
  std::vector<TensorView> out;
  buffers.reserve(node.out.size());
  for (ValueId id : node.out) {
    buffers.emplace_back(static_cast<size_t>(graph.type(id).bytes()));
    out.push_back({&graph.type(id), buffers.back().data()});
  }
  node.op->eval(node.attrs, input_views(graph, node), out);
  return buffers;
}

}  // namespace thimble
