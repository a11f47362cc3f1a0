#include <fmt/format.h>

#include <algorithm>

#include "ops/arithmetic.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// True when on integers the activation only clamps: tried on all 256 codes, so that a change of scale or a rounding shows.
bool only_clamps(const Node& node, Activation activation, const TensorType& from, const TensorType& to) {
  const auto codes = all_codes(from);
  if (!codes || from.quant != to.quant || from.dtype != to.dtype) return false;
  const IntRange range = quantized_range(activation, to);
  const Codes made = apply(node, *codes, to);
  const auto code = [&](std::byte b) { return to.dtype == DType::I8 ? int{static_cast<int8_t>(b)} : int{static_cast<uint8_t>(b)}; };
  for (size_t i = 0; i < codes->bytes.size(); ++i)
    if (code(made.bytes[i]) != std::clamp(code(codes->bytes[i]), range.min, range.max)) return false;
  return true;
}

std::optional<Activation> activation_of(const Node& node) {
  for (Activation a : {Activation::Relu, Activation::Relu6, Activation::ReluN1To1})
    if (node.op->name == enum_names(a)[static_cast<size_t>(a)]) return a;
  return std::nullopt;
}

bool takes_activation(const Node& node) {
  return is_op(node, {"conv2d", "dwconv2d", "fully_connected", "transpose_conv", "add", "sub", "mul", "average_pool2d", "max_pool2d"}) &&
         attr<std::string>(node, "activation") == "none";
}

int run(Graph& graph, PassContext& context) {
  const Uses uses = uses_of(graph);
  std::vector<bool> dead(graph.nodes.size());
  int rewrites = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const auto activation = activation_of(node);
    Node* producer = activation ? sole_producer(graph, uses, node, 0) : nullptr;
    if (!producer || !takes_activation(*producer)) continue;
    const TensorType &from = graph.type(node.in[0]), &to = graph.type(node.out[0]);
    if (from.dtype != DType::F32 && !only_clamps(node, *activation, from, to)) {
      context.note(fmt::format("'{}' stays: it changes the scale, so that fusing it would round differently", node.name));
      continue;
    }
    producer->attrs = with_attr(producer->attrs, "activation", std::string(node.op->name));
    producer->out[0] = node.out[0];
    context.note(fmt::format("'{}' goes into '{}'", node.name, producer->name));
    dead[n] = true;
    ++rewrites;
  }
  erase_nodes(graph, dead);
  return rewrites;
}

}  // namespace

std::span<const Pass> fuse_activation_passes() {
  static const Pass kPasses[] = {{"fuse_activation", "let layers apply the relu behind them", run}};
  return kPasses;
}

}  // namespace thimble
