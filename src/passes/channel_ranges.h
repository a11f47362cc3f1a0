/// Which codes each channel of an int8 tensor can take, whatever the graph's inputs are.
///
/// Channels are the indices of a tensor's last axis. Bounds go from the inputs through every layer with the arithmetic that the op
/// itself uses, so that a channel whose bounds meet holds that very code in every run.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace thimble {

struct CodeRange {
  int32_t min = -128, max = 127;
  bool constant() const { return min == max; }
};

/// One range per channel; empty for tensors that are not int8 with one scale.
using ChannelRanges = std::vector<CodeRange>;

/// The ranges of every value of the graph, by ValueId.
std::vector<ChannelRanges> channel_ranges(const Graph& graph);

/// The constant weights of an int8 conv2d, fully_connected or dwconv2d, whatever their order in memory. A tap is a place in the window.
struct FilterBank {
  bool depthwise = false;
  int64_t filters = 0, taps = 1, channels = 0;
  int32_t weight_zero = 0, input_zero = 0;
  std::span<const int8_t> weights;
  std::span<const int32_t> bias;  ///< empty: none
  std::vector<bool> leaves;       ///< per tap: whether it lies outside of the input anywhere, where it sees the zero point

  int64_t bias_of(int64_t filter) const { return bias.empty() ? 0 : bias[static_cast<size_t>(filter)]; }
  bool pads() const;
  /// Weight less its zero point. Of a depthwise bank, `channel` is not looked at.
  int32_t weight(int64_t filter, int64_t tap, int64_t channel) const;
};

/// Nothing for other nodes: other ops and types, computed weights, convolutions in groups.
std::optional<FilterBank> filter_bank(const Graph& graph, const Node& node);

/// Calls f(operand, its channel, channel of the output) for all that belong together, when each channel of the node's output is
/// computed from these alone, so that the channel can be cut out of all of them. False, without a call, for other nodes.
using Link = std::function<void(size_t operand, int64_t in, int64_t out)>;
bool for_each_link(const Graph& graph, const Node& node, const Link& f);

}  // namespace thimble
