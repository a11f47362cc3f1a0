#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ops/batch_norm.h"
#include "ops/binary.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

std::vector<float> floats(const Value& value) {
  std::vector<float> all(value.data->size() / sizeof(float));
  std::memcpy(all.data(), value.data->data(), value.data->size());
  return all;
}

/// The axis of the weights that counts output channels.
size_t channel_axis(const Node& node) { return is_op(node, {"dwconv2d"}) ? 3 : 0; }

/// One float per channel of `out`, when `value` holds one for each along the last axis, or one for all.
std::optional<std::vector<float>> per_channel(const Value* value, const TensorType& out) {
  if (!value || value->type.dtype != DType::F32 || out.rank() == 0) return std::nullopt;
  const int64_t channels = out.shape.back(), elements = value->type.elements();
  if (elements == 1) return std::vector<float>(static_cast<size_t>(channels), floats(*value)[0]);
  if (elements != channels || value->type.shape.back() != channels) return std::nullopt;
  return floats(*value);
}

/// y * scale + shift per channel: what a batch norm, or one mul, add or sub with a constant, does to a layer's output.
using Affine = ChannelAffine;

std::optional<Affine> batch_norm_of(const Graph& graph, const Node& node) {
  std::vector<float> operands[4];
  for (size_t i = 0; i < 4; ++i) {
    const Value* value = constant_operand(graph, node, i + 1);
    if (!value) return std::nullopt;
    operands[i] = floats(*value);
  }
  return batch_norm_affine(node.attrs.as<BatchNormAttrs>(), operands[0], operands[1], operands[2], operands[3]);
}

std::optional<Affine> affine_of(const Graph& graph, const Node& node, size_t constant, const TensorType& out) {
  if (is_op(node, {"batch_norm"})) return constant == 1 ? batch_norm_of(graph, node) : std::nullopt;
  auto values = per_channel(constant_operand(graph, node, constant), out);
  if (!values) return std::nullopt;
  const std::vector<float> ones(values->size(), 1.0F), zeros(values->size(), 0.0F);
  if (is_op(node, {"mul"})) return Affine{*values, zeros};
  if (is_op(node, {"add"})) return Affine{ones, *values};
  if (!is_op(node, {"sub"}) || constant != 1) return std::nullopt;
  for (float& v : *values) v = -v;
  return Affine{ones, *values};
}

bool takes_affine(const Graph& graph, const Node& layer) {
  if (!is_op(layer, {"conv2d", "dwconv2d", "fully_connected"}) || attr<std::string>(layer, "activation") != "none") return false;
  const Value* weights = constant_operand(graph, layer, 1);
  const Value* bias = constant_operand(graph, layer, 2);
  return weights && weights->type.dtype == DType::F32 && (operand(layer, 2) == kAbsent || (bias && bias->type.dtype == DType::F32));
}

/// New weights and bias of their own: the old ones may serve other layers.
void apply_affine(Graph& graph, Node& layer, const Affine& affine) {
  const Value weights = graph.value(layer.in[1]);
  const size_t channels = affine.scale.size();
  std::vector<float> w = floats(weights), b(channels, 0.0F);
  const size_t inner = channel_axis(layer) == 0 ? w.size() / channels : 1;
  for (size_t i = 0; i < w.size(); ++i) w[i] *= affine.scale[i / inner % channels];
  std::string bias_name = layer.name + "/bias";
  if (const Value* bias = constant_operand(graph, layer, 2)) {
    b = floats(*bias);
    bias_name = bias->name;
  }
  for (size_t c = 0; c < channels; ++c) b[c] = b[c] * affine.scale[c] + affine.shift[c];
  layer.in[1] = graph.add_constant<float>(weights.name, weights.type.shape, w);
  layer.in.resize(3, kAbsent);
  layer.in[2] = graph.add_constant<float>(std::move(bias_name), {static_cast<int64_t>(channels)}, b);
}

/// Puts node `n` into the layer before it; false where that cannot be.
bool fuse(Graph& graph, const Uses& uses, size_t n) {
  const Node& node = graph.nodes[n];
  for (size_t side : {0, 1}) {
    Node* layer = sole_producer(graph, uses, node, side);
    if (!layer || !takes_affine(graph, *layer) || graph.type(layer->out[0]).shape != graph.type(node.out[0]).shape) continue;
    const auto affine = affine_of(graph, node, 1 - side, graph.type(layer->out[0]));
    const auto channels = static_cast<size_t>(graph.type(layer->in[1]).shape[channel_axis(*layer)]);
    if (!affine || affine->scale.size() != channels) continue;
    apply_affine(graph, *layer, *affine);
    layer->attrs = with_attr(layer->attrs, "activation", attr<std::string>(node, "activation").value_or("none"));
    layer->out[0] = node.out[0];
    return true;
  }
  return false;
}

/// A batch norm that no layer can take becomes what every format and every kernel knows: mul and add.
bool spell_out(Graph& graph, size_t n) {
  const Node node = graph.nodes[n];
  const auto affine = batch_norm_of(graph, node);
  if (!affine) return false;
  const int64_t channels = graph.type(node.in[0]).shape.back();
  const ValueId scale = graph.add_constant<float>(node.name + "/scale", {channels}, affine->scale);
  const ValueId shift = graph.add_constant<float>(node.name + "/shift", {channels}, affine->shift);
  const ValueId product = graph.add_value({node.name + "/scaled", graph.type(node.out[0])});
  const Node mul{&op_named("mul"), node.name + "/mul", {node.in[0], scale}, {product}, BinaryAttrs{}};
  graph.nodes[n] = {&op_named("add"), node.name, {product, shift}, node.out, BinaryAttrs{}};
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(n), mul);
  return true;
}

bool may_fuse(const Node& node) { return is_op(node, {"batch_norm"}) || (is_op(node, {"mul", "add", "sub"}) && node.in.size() == 2); }

int run(Graph& graph, PassContext& context) {
  int rewrites = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!may_fuse(graph.nodes[n])) continue;
    if (!fuse(graph, uses_of(graph), n)) {
      if (!is_op(graph.nodes[n], {"batch_norm"}) || !spell_out(graph, n)) continue;
      context.note(fmt::format("'{}' becomes a multiplication and an addition", graph.nodes[++n].name));
      ++rewrites;
      continue;
    }
    context.note(fmt::format("'{}' goes into the weights before it", graph.nodes[n].name));
    std::vector<bool> dead(graph.nodes.size());
    dead[n--] = true;
    erase_nodes(graph, dead);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

std::span<const Pass> fuse_batch_norm_passes() {
  static const Pass kPasses[] = {
      {"fuse_batch_norm", "fold batch norms, and per-channel float multiplications and additions, into weights and bias", run}};
  return kPasses;
}

}  // namespace thimble
