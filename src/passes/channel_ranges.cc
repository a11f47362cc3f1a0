#include "passes/channel_ranges.h"

#include <algorithm>
#include <limits>

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/reduce.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

bool is_codes(const TensorType& type) {
  return type.dtype == DType::I8 && type.rank() > 0 && type.quant.quantised() && !type.quant.per_channel();
}

template <class T>
std::span<const T> elements(const Value& value) {
  return {reinterpret_cast<const T*>(value.data->data()), static_cast<size_t>(value.type.elements())};
}

/// Per tap, whether some window of the layer has it outside of the input.
std::vector<bool> leaving_taps(const Window2dAttrs& attrs, const TensorType& x, const TensorType& w) {
  const Window2d at = lay_window(attrs, x, w.shape[1], w.shape[2]);
  const auto leaves = [](int64_t first, int64_t windows, int64_t stride, int64_t size) {
    return first < 0 || first + (windows - 1) * stride >= size;
  };
  std::vector<bool> all;
  for (int64_t ky = 0; ky < at.kernel_h; ++ky)
    for (int64_t kx = 0; kx < at.kernel_w; ++kx)
      all.push_back(leaves(ky * at.dilation_h - at.pad_top, at.out_h, at.stride_h, at.in_h) ||
                    leaves(kx * at.dilation_w - at.pad_left, at.out_w, at.stride_w, at.in_w));
  return all;
}

/// Sizes and taps; false for shapes that are not as a bank needs them.
bool lay_out(const Graph& graph, const Node& node, FilterBank& bank) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  bank.channels = x.shape.back();
  bank.depthwise = is_op(node, {"dwconv2d"});
  bank.filters = w.shape[bank.depthwise ? 3 : 0];
  if (is_op(node, {"fully_connected"})) {
    bank.taps = w.shape[1] / bank.channels;
    bank.leaves.assign(static_cast<size_t>(bank.taps), false);
    bank.weight_zero = w.quant.zero[0];
    return w.shape[1] % bank.channels == 0;
  }
  bank.taps = w.shape[1] * w.shape[2];
  bank.leaves =
      leaving_taps(bank.depthwise ? static_cast<const Window2dAttrs&>(node.attrs.as<Dwconv2dAttrs>()) : node.attrs.as<Conv2dAttrs>(), x, w);
  return bank.depthwise || w.shape[3] == bank.channels;
}

/// The sums before scaling that a filter can come to.
struct Sums {
  int64_t min, max;
};

Sums sums_of(const FilterBank& bank, int64_t filter, const ChannelRanges& x) {
  Sums sums = {bank.bias_of(filter), bank.bias_of(filter)};
  const int64_t multiplier = bank.depthwise ? bank.filters / bank.channels : 1;
  const int64_t first = bank.depthwise ? filter / multiplier : 0, last = bank.depthwise ? first + 1 : bank.channels;
  for (int64_t tap = 0; tap < bank.taps; ++tap)
    for (int64_t c = first; c < last; ++c) {
      const CodeRange& codes = x[static_cast<size_t>(c)];
      const int64_t w = bank.weight(filter, tap, c), a = (codes.min - bank.input_zero) * w, b = (codes.max - bank.input_zero) * w;
      const int64_t outside = bank.leaves[static_cast<size_t>(tap)] ? 0 : a;
      sums.min += std::min({a, b, outside});
      sums.max += std::max({a, b, outside});
    }
  return sums;
}

/// Rescaling keeps order, as long as nothing overflows on the way.
bool keeps_order(const Sums& sums, Multiplier m) {
  const int left = std::max(m.shift, 0);
  constexpr int64_t kRoom = 1024;  // for the zero point added behind
  const int64_t limit = (int64_t{std::numeric_limits<int32_t>::max()} - kRoom) >> left;
  return sums.min >= -limit && sums.max <= limit;
}

Activation activation_of(const Node& node) {
  if (is_op(node, {"conv2d"})) return node.attrs.as<Conv2dAttrs>().activation;
  if (is_op(node, {"dwconv2d"})) return node.attrs.as<Dwconv2dAttrs>().activation;
  return node.attrs.as<FullyConnectedAttrs>().activation;
}

ChannelRanges through_filters(const Graph& graph, const Node& node, const FilterBank& bank, const ChannelRanges& x) {
  const TensorType &in = graph.type(node.in[0]), &w = graph.type(node.in[1]), &out = graph.type(node.out[0]);
  const auto multipliers =
      is_op(node, {"fully_connected"}) ? fully_connected_multipliers(in, w, out) : channel_multipliers(in, w, out, bank.filters);
  const IntRange clamp = quantized_range(activation_of(node), out);
  ChannelRanges ranges;
  for (int64_t f = 0; f < bank.filters; ++f) {
    const Sums sums = sums_of(bank, f, x);
    const Multiplier m = multipliers[static_cast<size_t>(f)];
    const auto code = [&](int64_t sum) {
      return std::clamp(requantize(static_cast<int32_t>(sum), m) + out.quant.zero[0], clamp.min, clamp.max);
    };
    ranges.push_back(keeps_order(sums, m) ? CodeRange{code(sums.min), code(sums.max)} : CodeRange{clamp.min, clamp.max});
  }
  return ranges;
}

bool is_pairwise(const Node& node) { return is_op(node, {"add", "maximum", "minimum"}); }
bool is_reduction(const Node& node) { return is_op(node, {"mean", "reduce_max", "reduce_min"}); }

/// Ops that never answer a larger operand by a smaller result: their extremes are what they make of their operands' extremes.
bool is_monotone(const Node& node) {
  if (is_op(node, {"pad"})) return attr<std::string>(node, "mode") == "constant";
  return is_pairwise(node) || is_reduction(node) ||
         is_op(node, {"average_pool2d", "max_pool2d", "relu", "relu6", "relu_n1_to_1", "logistic", "tanh", "quantize", "reshape", "concat",
                      "resize_nearest", "resize_bilinear"});
}

/// Runs the op on operands all of whose channels are at one end of their range; gives the ends of the results, channel by channel.
void evaluate(const Graph& graph, const Node& node, const std::vector<ChannelRanges>& all, bool at_max, ChannelRanges& out) {
  std::vector<Buffer> buffers;
  std::vector<TensorView> views = input_views(graph, node);
  for (size_t i = 0; i < views.size(); ++i) {
    if (!views[i] || graph.value(node.in[i]).constant()) continue;
    const ChannelRanges& ranges = all[static_cast<size_t>(node.in[i])];
    Buffer& bytes = buffers.emplace_back(static_cast<size_t>(views[i].type->bytes()));
    for (size_t k = 0; k < bytes.size(); ++k) {
      const CodeRange& codes = ranges[k % ranges.size()];
      bytes[k] = static_cast<std::byte>(at_max ? codes.max : codes.min);
    }
    views[i].data = bytes.data();
  }
  Buffer result(static_cast<size_t>(graph.type(node.out[0]).bytes()));
  const TensorView to = {&graph.type(node.out[0]), result.data()};
  node.op->eval(node.attrs, views, Outputs(&to, 1));
  const auto codes = to.as<const int8_t>();
  for (size_t k = 0; k < codes.size(); ++k) {
    CodeRange& range = out[k % out.size()];
    if (at_max)
      range.max = std::max<int32_t>(range.max, codes[k]);
    else
      range.min = std::min<int32_t>(range.min, codes[k]);
  }
}

ChannelRanges through_node(const Graph& graph, const Node& node, const std::vector<ChannelRanges>& all) {
  if (const auto bank = filter_bank(graph, node)) return through_filters(graph, node, *bank, all[static_cast<size_t>(node.in[0])]);
  const auto channels = static_cast<size_t>(graph.type(node.out[0]).shape.back());
  if (!is_monotone(node) || !for_each_link(graph, node, [](size_t, int64_t, int64_t) {})) return ChannelRanges(channels);
  ChannelRanges ranges(channels, {127, -128});
  evaluate(graph, node, all, false, ranges);
  evaluate(graph, node, all, true, ranges);
  return ranges;
}

/// Where the axis of channels begins in operand `i` of a concat; nothing where it joins another axis.
std::optional<std::vector<int64_t>> joined_at(const Graph& graph, const Node& node) {
  std::vector<int64_t> first;
  int64_t total = 0;
  for (ValueId id : node.in) {
    first.push_back(total);
    total += graph.type(id).shape.back();
  }
  if (total != graph.type(node.out[0]).shape.back()) return std::nullopt;
  return first;
}

bool keeps_channels(const Graph& graph, const Node& node) {
  const int64_t channels = graph.type(node.in[0]).shape.back(), made = graph.type(node.out[0]).shape.back();
  if (is_op(node, {"dwconv2d"})) return true;
  if (is_op(node, {"reshape"})) return made % channels == 0;
  if (is_pairwise(node)) return graph.type(node.in[0]).shape == graph.type(node.in[1]).shape;
  if (is_reduction(node)) return !reduced_axes(node.attrs.as<ReduceAttrs>(), graph.type(node.in[0]).rank()).back();
  return is_op(node, {"concat"}) || made == channels;
}

}  // namespace

bool FilterBank::pads() const { return std::find(leaves.begin(), leaves.end(), true) != leaves.end(); }

int32_t FilterBank::weight(int64_t filter, int64_t tap, int64_t channel) const {
  const int64_t at = depthwise ? tap * filters + filter : (filter * taps + tap) * channels + channel;
  return weights[static_cast<size_t>(at)] - weight_zero;
}

std::optional<FilterBank> filter_bank(const Graph& graph, const Node& node) {
  if (!is_op(node, {"conv2d", "dwconv2d", "fully_connected"})) return std::nullopt;
  const Value *weights = constant_operand(graph, node, 1), *bias = constant_operand(graph, node, 2);
  if (!weights || constant_operand(graph, node, 0) || (operand(node, 2) != kAbsent && !bias)) return std::nullopt;
  const TensorType &x = graph.type(node.in[0]), &w = weights->type;
  if (!is_codes(x) || !is_codes(graph.type(node.out[0])) || w.dtype != DType::I8 || !w.quant.quantised()) return std::nullopt;
  if (w.quant.per_channel() && w.quant.axis != (is_op(node, {"dwconv2d"}) ? 3 : 0)) return std::nullopt;
  FilterBank bank;
  bank.input_zero = x.quant.zero[0];
  bank.weights = elements<int8_t>(*weights);
  if (bias) bank.bias = elements<int32_t>(*bias);
  if (!lay_out(graph, node, bank)) return std::nullopt;
  return bank;
}

bool for_each_link(const Graph& graph, const Node& node, const Link& f) {
  const bool filters = is_op(node, {"dwconv2d"}) && filter_bank(graph, node).has_value();
  if (!filters && !is_monotone(node)) return false;
  const bool concat = is_op(node, {"concat"});
  const size_t operands = concat ? node.in.size() : is_pairwise(node) ? 2 : 1;
  for (size_t i = 0; i < node.in.size(); ++i) {
    const bool known = node.in[i] == kAbsent || graph.value(node.in[i]).constant();
    if (known != (i >= operands) || (!known && !is_codes(graph.type(node.in[i])))) return false;
  }
  if (node.out.size() != 1 || !is_codes(graph.type(node.out[0])) || !keeps_channels(graph, node)) return false;
  const int64_t made = graph.type(node.out[0]).shape.back();
  const auto joined = concat ? joined_at(graph, node) : std::vector<int64_t>{};
  if (!joined) return false;
  for (size_t i = 0; i < operands; ++i) {
    const int64_t channels = graph.type(node.in[i]).shape.back();
    if (concat)
      for (int64_t c = 0; c < channels; ++c) f(i, c, (*joined)[i] + c);
    else
      for (int64_t c = 0; c < made; ++c) f(i, filters ? c / (made / channels) : c % channels, c);
  }
  return true;
}

std::vector<ChannelRanges> channel_ranges(const Graph& graph) {
  std::vector<ChannelRanges> all(graph.values.size());
  const auto any = [&](ValueId id) {
    const TensorType& type = graph.type(id);
    if (is_codes(type)) all[static_cast<size_t>(id)] = ChannelRanges(static_cast<size_t>(type.shape.back()));
  };
  for (size_t id = 0; id < graph.values.size(); ++id)
    if (!graph.values[id].constant()) any(static_cast<ValueId>(id));
  for (const Node& node : graph.nodes)
    if (node.out.size() == 1 && is_codes(graph.type(node.out[0])) && !node.in.empty() && node.in[0] != kAbsent)
      all[static_cast<size_t>(node.out[0])] = through_node(graph, node, all);
  return all;
}

}  // namespace thimble
