#include "passes/channel_liveness.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "passes/rewrite.h"

namespace thimble {
namespace {

/// Kernels work on this many channels at a time: dead ones fill up what is left of the last four, with weights of zero behind them.
constexpr int64_t kLanes = 4;

}  // namespace

ChannelLiveness::ChannelLiveness(const Graph& graph) : graph_(graph), ranges_(channel_ranges(graph)) {
  number_channels();
  for (const Node& node : graph.nodes) couple(node);
  for (ValueId id : graph.inputs) pin(id);
  for (ValueId id : graph.outputs) pin(id);
  for (const Node& node : graph.nodes) {
    const auto bank = filter_bank(graph, node);
    if ((bank && (bank->depthwise || bias_fits(node, *bank))) || for_each_link(graph, node, [](size_t, int64_t, int64_t) {})) continue;
    for (ValueId id : node.in) pin(id);
    if (!bank)
      for (ValueId id : node.out) pin(id);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node)
      if (const auto bank = filter_bank(graph, *node); bank && !bank->depthwise) changed = spread(*node, *bank) || changed;
    if (changed) continue;
    filled_.assign(parent_.size(), false);
    for (const Node& node : graph.nodes)
      if (const auto bank = filter_bank(graph, node); bank && !bank->depthwise) changed = fill_up(node) || changed;
  }
}

void ChannelLiveness::number_channels() {
  size_t count = 0;
  for (size_t id = 0; id < graph_.values.size(); ++id) {
    first_.push_back(count);
    if (numbered(static_cast<ValueId>(id))) count += static_cast<size_t>(channels(static_cast<ValueId>(id)));
  }
  parent_.resize(count);
  std::iota(parent_.begin(), parent_.end(), size_t{0});
  live_.resize(count);
  for (size_t id = 0; id < graph_.values.size(); ++id)
    if (graph_.values[id].state) pin(static_cast<ValueId>(id));
}

void ChannelLiveness::couple(const Node& node) {
  for_each_link(graph_, node, [&](size_t operand, int64_t in, int64_t out) {
    const size_t a = set_of(node.in[operand], in), b = set_of(node.out[0], out);
    parent_[std::max(a, b)] = std::min(a, b);
    live_[std::min(a, b)] = live_[a] || live_[b];
  });
}

void ChannelLiveness::pin(ValueId id) {
  if (!numbered(id)) return;
  for (int64_t c = 0; c < channels(id); ++c) live_[set_of(id, c)] = true;
}

/// Where a window leaves the input, the channel is not constant to the filter unless it holds the zero point.
std::optional<int32_t> ChannelLiveness::absorbed(const Node& node, const FilterBank& bank, int64_t c) const {
  const CodeRange& range = ranges_[static_cast<size_t>(node.in[0])][static_cast<size_t>(c)];
  if (!range.constant() || (bank.pads() && range.min != bank.input_zero)) return std::nullopt;
  return range.min;
}

bool ChannelLiveness::bias_fits(const Node& node, const FilterBank& bank) const {
  for (int64_t f = 0; f < bank.filters; ++f) {
    int64_t most = std::abs(bank.bias_of(f));
    for (int64_t c = 0; c < bank.channels; ++c)
      if (const auto code = absorbed(node, bank, c))
        for (int64_t tap = 0; tap < bank.taps; ++tap) most += std::abs((*code - bank.input_zero) * int64_t{bank.weight(f, tap, c)});
    if (most > std::numeric_limits<int32_t>::max()) return false;
  }
  return true;
}

/// Marks the channels that the layer's live filters look at.
bool ChannelLiveness::spread(const Node& node, const FilterBank& bank) {
  const auto looks_at = [&](int64_t c) {
    for (int64_t f = 0; f < bank.filters; ++f)
      for (int64_t tap = 0; tap < bank.taps && live(node.out[0], f); ++tap)
        if (bank.weight(f, tap, c) != 0) return true;
    return false;
  };
  bool changed = false;
  for (int64_t c = 0; c < bank.channels; ++c) {
    const size_t set = set_of(node.in[0], c);
    if (live_[set] || absorbed(node, bank, c) || !looks_at(c)) continue;
    live_[set] = changed = true;
  }
  return changed;
}

/// Chooses the dead filters that stay. A layer that would keep all of them computes all of them as before: true when that is news.
bool ChannelLiveness::fill_up(const Node& node) {
  const ValueId id = node.out[0];
  const std::vector<bool> now = kept(id);
  const int64_t count = std::count(now.begin(), now.end(), true),
                wanted = std::max<int64_t>(kLanes, (count + kLanes - 1) / kLanes * kLanes);
  if (wanted >= channels(id)) {
    bool changed = false;
    for (int64_t c = 0; c < channels(id); ++c) {
      changed = changed || !live(id, c);
      live_[set_of(id, c)] = true;
    }
    return changed;
  }
  for (int64_t c = 0, missing = wanted - count; missing > 0; ++c)
    if (!now[static_cast<size_t>(c)]) {
      filled_[set_of(id, c)] = true;
      --missing;
    }
  return false;
}

std::vector<bool> ChannelLiveness::kept(ValueId id) const {
  std::vector<bool> all;
  for (int64_t c = 0; c < channels(id); ++c) all.push_back(live(id, c) || filled_[set_of(id, c)]);
  return all;
}

}  // namespace thimble
