/// How far each channel of a value reaches, and its mean, over examples. Channels are the last axis.
#pragma once

#include "compress/calibrate.h"

namespace thimble {

struct ChannelStatistics {
  std::vector<float> farthest;  ///< largest magnitude
  std::vector<double> mean;
};
/// By ValueId; empty vectors for values that are not asked for.
std::vector<ChannelStatistics> channel_statistics(const Graph& graph, std::span<const ExampleInputs> examples,
                                                  const std::vector<ValueId>& wanted, std::string_view activity, Progress& progress);

}  // namespace thimble
