#include "compress/channel_statistics.h"

#include <algorithm>
#include <cmath>

namespace thimble {
namespace {

void add(ChannelStatistics& all, std::span<const float> values, size_t channels) {
  all.farthest.resize(channels);
  all.mean.resize(channels);
  const double per_value = static_cast<double>(channels) / static_cast<double>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    float& farthest = all.farthest[i % channels];
    farthest = std::max(farthest, std::abs(values[i]));
    all.mean[i % channels] += static_cast<double>(values[i]) * per_value;
  }
}

}  // namespace

std::vector<ChannelStatistics> channel_statistics(const Graph& graph, std::span<const ExampleInputs> examples,
                                                  const std::vector<ValueId>& wanted, std::string_view activity, Progress& progress) {
  std::vector<ChannelStatistics> all(graph.values.size());
  Interpreter interpreter(graph);
  progress.begin(activity);
  for (size_t i = 0; i < examples.size(); ++i) {
    interpreter.reset();
    interpreter.run(examples[i]);
    for (ValueId id : wanted) {
      const TensorView value = interpreter.value(id);
      add(all[static_cast<size_t>(id)], value.as<const float>(), static_cast<size_t>(value.type->shape.back()));
    }
    progress.update(static_cast<int64_t>(i + 1), static_cast<int64_t>(examples.size()));
  }
  for (ChannelStatistics& one : all)
    for (double& mean : one.mean) mean /= static_cast<double>(examples.size());
  return all;
}

}  // namespace thimble
