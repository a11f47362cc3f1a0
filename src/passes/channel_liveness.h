/// Which channels of a graph's int8 tensors must stay, and which are dead: constant ones that the biases behind them can take over, and
/// those that no live channel depends on.
#pragma once

#include <optional>
#include <vector>

#include "passes/channel_ranges.h"

namespace thimble {

/// Channels that can only be cut together (before and behind a depthwise convolution, a pool, a reshape) form one set, which lives when
/// one of its members is needed.
class ChannelLiveness {
 public:
  /// The graph must outlive the object.
  explicit ChannelLiveness(const Graph& graph);

  bool live(ValueId id, int64_t channel) const { return live_[set_of(id, channel)]; }
  /// Which channels of `id` stay: the live ones, and dead ones to fill up.
  std::vector<bool> kept(ValueId id) const;
  /// What channel `c` holds in every run, if that is known and a filter may take it as part of its bias.
  std::optional<int32_t> absorbed(const Node& node, const FilterBank& bank, int64_t c) const;

 private:
  void number_channels();
  void couple(const Node& node);
  void pin(ValueId id);
  bool spread(const Node& node, const FilterBank& bank);
  bool fill_up(const Node& node);
  bool bias_fits(const Node& node, const FilterBank& bank) const;

  size_t slot(ValueId id, int64_t channel) const { return first_[static_cast<size_t>(id)] + static_cast<size_t>(channel); }
  size_t set_of(ValueId id, int64_t channel) const {
    size_t s = slot(id, channel);
    while (parent_[s] != s) s = parent_[s];
    return s;
  }
  int64_t channels(ValueId id) const { return graph_.type(id).shape.back(); }
  bool numbered(ValueId id) const { return id != kAbsent && !graph_.value(id).constant() && graph_.type(id).rank() > 0; }

  const Graph& graph_;
  std::vector<ChannelRanges> ranges_;
  std::vector<size_t> first_, parent_;  // of each value's channels; towards the set's root
  std::vector<bool> live_, filled_;     // by root
};

}  // namespace thimble
