#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/arithmetic.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

using Pads = std::vector<int64_t>;  ///< top, bottom, left, right

/// True when the border holds real zero, which is what a convolution sees outside of its input.
bool pads_with_zero(const Graph& graph, const Node& pad) {
  if (attr<std::string>(pad, "mode") != "constant") return false;
  const TensorType &from = graph.type(pad.in[0]), &to = graph.type(pad.out[0]);
  if (from.quant != to.quant || (from.dtype != DType::F32 && from.dtype != DType::I8)) return false;
  if (pad.in.size() == 1) return true;
  const Value* value = constant_operand(graph, pad, 1);
  if (!value) return false;
  if (to.dtype == DType::F32) {
    float real = 1;
    std::memcpy(&real, value->data->data(), sizeof real);
    return real == 0;
  }
  return to.quant.quantised() && static_cast<int8_t>((*value->data)[0]) == to.quant.zero[0];
}

/// The border of rows and columns; nothing when other axes have one, too.
std::optional<Pads> borders(const Node& pad) {
  const auto before = attr<Pads>(pad, "before"), after = attr<Pads>(pad, "after");
  if (!before || !after || before->size() != 4 || after->size() != 4) return std::nullopt;
  for (size_t axis : {0, 3})
    if ((*before)[axis] != 0 || (*after)[axis] != 0) return std::nullopt;
  return Pads{(*before)[1], (*after)[1], (*before)[2], (*after)[2]};
}

/// What the node itself pads with; nothing where that depends on the size of its input (same).
std::optional<Pads> own_pads(const Node& node) {
  const auto pads = attr<Pads>(node, "pads");
  if (!pads) return std::nullopt;
  if (!pads->empty()) return pads;
  return attr<std::string>(node, "padding") == "valid" ? std::optional(Pads(4, 0)) : std::nullopt;
}

/// True when padding "same" over `x` is just `pads`.
bool is_same(const Graph& graph, const Node& node, const TensorType& x, const Pads& pads) {
  const TensorType& weights = graph.type(node.in[1]);
  const auto number = [&](std::string_view key) { return attr<int64_t>(node, key).value_or(1); };
  const Window rows = window(x.shape[1], weights.shape[1], number("stride_h"), number("dilation_h"), Padding::Same);
  const Window columns = window(x.shape[2], weights.shape[2], number("stride_w"), number("dilation_w"), Padding::Same);
  return pads == Pads{rows.pad_before, rows.pad_after, columns.pad_before, columns.pad_after};
}

bool fuse(Graph& graph, const Node& pad, Node& node) {
  const auto border = borders(pad);
  auto pads = own_pads(node);
  if (!border || !pads || !pads_with_zero(graph, pad)) return false;
  for (size_t i = 0; i < pads->size(); ++i) (*pads)[i] += (*border)[i];
  const bool same = is_same(graph, node, graph.type(pad.in[0]), *pads);
  node.attrs = with_attr(with_attr(node.attrs, "padding", std::string(same ? "same" : "valid")), "pads", same ? Pads{} : *pads);
  node.in[0] = pad.in[0];
  return true;
}

int run(Graph& graph, PassContext& context) {
  const Uses uses = uses_of(graph);
  std::vector<bool> dead(graph.nodes.size());
  int rewrites = 0;
  for (Node& node : graph.nodes) {
    if (!is_op(node, {"conv2d", "dwconv2d"})) continue;
    Node* pad = sole_producer(graph, uses, node, 0);
    if (!pad || !is_op(*pad, {"pad"}) || !fuse(graph, *pad, node)) continue;
    context.note(fmt::format("'{}' goes into '{}'", pad->name, node.name));
    dead[static_cast<size_t>(pad - graph.nodes.data())] = true;
    ++rewrites;
  }
  erase_nodes(graph, dead);
  return rewrites;
}

}  // namespace

std::span<const Pass> fuse_pad_passes() {
  static const Pass kPasses[] = {{"fuse_pad", "let convolutions pad with zeros themselves", run}};
  return kPasses;
}

}  // namespace thimble
