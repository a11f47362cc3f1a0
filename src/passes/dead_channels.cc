#include <fmt/format.h>

#include <algorithm>

#include "ops/reshape.h"
#include "passes/channel_liveness.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// What becomes of a layer's filters. Those that only fill up get weights and a bias of zero and the scale of one that lives, so that no
/// kernel refuses the layer for the sake of numbers that nobody looks at.
struct Filters {
  std::vector<bool> kept, live;

  size_t scale_of(size_t filter) const {
    const auto alive = static_cast<size_t>(std::find(live.begin(), live.end(), true) - live.begin());
    return live[filter] || alive == live.size() ? filter : alive;
  }
  /// The parts of per-channel scales that stay.
  Quant sliced(const Quant& quant) const {
    if (!quant.per_channel()) return quant;
    Quant part{{}, {}, quant.axis};
    for (size_t f = 0; f < kept.size(); ++f) {
      if (!kept[f]) continue;
      part.scale.push_back(quant.scale[scale_of(f)]);
      part.zero.push_back(quant.zero[scale_of(f)]);
    }
    return part;
  }
};

int64_t count_of(const std::vector<bool>& kept) { return std::count(kept.begin(), kept.end(), true); }

/// The graph less its dead channels.
class Cutter {
 public:
  Cutter(Graph& graph, PassContext& context) : graph_(graph), context_(context), before_(graph), liveness_(before_) {}

  int run() {
    for (Node& node : graph_.nodes)
      if (const auto bank = filter_bank(before_, node)) bank->depthwise ? cut_depthwise(node, *bank) : cut_filters(node, *bank);
    for (Node& node : graph_.nodes) cut_output(node);
    return rewrites_;
  }

 private:
  void cut_filters(Node& node, const FilterBank& bank);
  void cut_depthwise(Node& node, const FilterBank& bank);
  void cut_output(Node& node);
  int32_t new_bias(const Node& node, const FilterBank& bank, int64_t filter) const;
  Filters filters_of(ValueId id) const;
  void replace(Node& node, Shape shape, const std::vector<int8_t>& weights, const std::vector<int32_t>& bias, const Filters& filters);

  Graph& graph_;
  PassContext& context_;
  const Graph before_;
  const ChannelLiveness liveness_;
  int rewrites_ = 0;
};

Filters Cutter::filters_of(ValueId id) const {
  Filters filters{liveness_.kept(id), {}};
  for (int64_t f = 0; f < std::ssize(filters.kept); ++f) filters.live.push_back(liveness_.live(id, f));
  return filters;
}

void Cutter::replace(Node& node, Shape shape, const std::vector<int8_t>& weights, const std::vector<int32_t>& bias,
                     const Filters& filters) {
  const Value old = graph_.value(node.in[1]);
  node.in[1] = graph_.add_constant<int8_t>(old.name, std::move(shape), weights, filters.sliced(old.type.quant));
  const Value* given = constant_operand(graph_, node, 2);
  if (!given && std::count(bias.begin(), bias.end(), 0) == std::ssize(bias)) return;
  const Value old_bias = given ? *given : Value{node.name + "/bias", {}, nullptr, false};
  node.in.resize(3, kAbsent);
  node.in[2] = graph_.add_constant<int32_t>(old_bias.name, {std::ssize(bias)}, bias, filters.sliced(old_bias.type.quant));
}

/// The bias with what constant channels add to it. A dead channel that is not constant meets weights of zero in all filters that matter.
int32_t Cutter::new_bias(const Node& node, const FilterBank& bank, int64_t filter) const {
  int64_t bias = bank.bias_of(filter);
  for (int64_t c = 0; c < bank.channels; ++c) {
    const auto code = liveness_.live(node.in[0], c) ? std::nullopt : liveness_.absorbed(node, bank, c);
    for (int64_t tap = 0; code && tap < bank.taps; ++tap) bias += (*code - bank.input_zero) * int64_t{bank.weight(filter, tap, c)};
  }
  return static_cast<int32_t>(bias);
}

void Cutter::cut_filters(Node& node, const FilterBank& bank) {
  const std::vector<bool> in = liveness_.kept(node.in[0]);
  const Filters filters = filters_of(node.out[0]);
  if (count_of(in) == bank.channels && count_of(filters.kept) == bank.filters) return;
  std::vector<int8_t> weights;
  std::vector<int32_t> bias;
  for (int64_t f = 0; f < bank.filters; ++f) {
    if (!filters.kept[static_cast<size_t>(f)]) continue;
    const bool live = filters.live[static_cast<size_t>(f)];
    for (int64_t tap = 0; tap < bank.taps; ++tap)
      for (int64_t c = 0; c < bank.channels; ++c)
        if (in[static_cast<size_t>(c)])
          weights.push_back(static_cast<int8_t>((live && liveness_.live(node.in[0], c) ? bank.weight(f, tap, c) : 0) + bank.weight_zero));
    bias.push_back(live ? new_bias(node, bank, f) : 0);
  }
  Shape shape = graph_.type(node.in[1]).shape;
  shape.front() = count_of(filters.kept);
  shape.back() = shape.back() / bank.channels * count_of(in);
  replace(node, std::move(shape), weights, bias, filters);
}

void Cutter::cut_depthwise(Node& node, const FilterBank& bank) {
  const Filters filters = filters_of(node.out[0]);
  if (count_of(filters.kept) == bank.filters) return;
  std::vector<int8_t> weights;
  std::vector<int32_t> bias;
  const auto for_each_kept = [&](const auto& use) {
    for (int64_t f = 0; f < bank.filters; ++f)
      if (filters.kept[static_cast<size_t>(f)]) use(f, filters.live[static_cast<size_t>(f)]);
  };
  for (int64_t tap = 0; tap < bank.taps; ++tap)
    for_each_kept([&](int64_t f, bool live) { weights.push_back(static_cast<int8_t>(live ? bank.weight(f, tap, 0) : 0)); });
  for_each_kept([&](int64_t f, bool live) { bias.push_back(static_cast<int32_t>(live ? bank.bias_of(f) : 0)); });
  Shape shape = graph_.type(node.in[1]).shape;
  shape.back() = count_of(filters.kept);
  replace(node, std::move(shape), weights, bias, filters);
}

void Cutter::cut_output(Node& node) {
  for (ValueId id : node.out) {
    if (graph_.type(id).rank() == 0) continue;
    const std::vector<bool> kept = liveness_.kept(id);
    Shape& shape = graph_.value(id).type.shape;
    if (count_of(kept) == shape.back()) continue;
    const bool layer = is_op(node, {"conv2d", "fully_connected"});
    if (layer)
      context_.note(
          fmt::format("'{}' needs {} of its {} channels", node.name.substr(0, node.name.find(';')), count_of(kept), shape.back()));
    rewrites_ += layer;
    shape.back() = count_of(kept);
    if (is_op(node, {"reshape"})) node.attrs = ReshapeAttrs{shape};
  }
}

int run(Graph& graph, PassContext& context) { return Cutter(graph, context).run(); }

}  // namespace

std::span<const Pass> dead_channels_passes() {
  static const Pass kPasses[] = {
      {"dead_channels", "cut int8 channels that hold one value in every run, or that nothing looks at; biases take over what they added",
       run}};
  return kPasses;
}

}  // namespace thimble
