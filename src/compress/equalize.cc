#include "compress/equalize.h"

#include <algorithm>
#include <cmath>

#include "compress/channel_statistics.h"
#include "ops/weights.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

constexpr size_t kMostExamples = 32;  // means and extremes of channels settle soon
std::span<const ExampleInputs> some(std::span<const ExampleInputs> examples) {
  return examples.first(std::min(examples.size(), kMostExamples));
}

bool is_weighted(const Graph& graph, const Node& node) {
  return is_op(node, {"conv2d", "dwconv2d", "fully_connected"}) && constant_operand(graph, node, 1) &&
         graph.type(node.in[0]).dtype == DType::F32 && (operand(node, 2) == kAbsent || constant_operand(graph, node, 2));
}

std::vector<float> reals(const Graph& graph, ValueId id) { return real_values(input_views(graph, {nullptr, "", {id}, {}, {}})[0]); }

/// Weights and biases may serve several layers, so each rewrite makes new ones.
void set_floats(Graph& graph, ValueId& id, const std::vector<float>& values) {
  const Value old = graph.value(id);
  id = graph.add_constant<float>(old.name, old.type.shape, values);
}

/// The channel of the layer's input that weight `i` multiplies.
size_t input_channel(const Graph& graph, const Node& node, size_t i) {
  const Shape& shape = graph.type(node.in[1]).shape;
  const auto last = static_cast<size_t>(shape.back());
  if (!is_op(node, {"dwconv2d"})) return i % last;
  const auto multiplier = last / static_cast<size_t>(graph.type(node.in[0]).shape.back());
  return i % last / multiplier;
}

/// False for a convolution in groups, whose filters see only some of the channels, and for fully connected layers that flatten.
bool sees_all_channels(const Graph& graph, const Node& node) {
  return is_op(node, {"dwconv2d"}) || graph.type(node.in[1]).shape.back() == graph.type(node.in[0]).shape.back();
}

class Equalizer {
 public:
  Equalizer(Graph& graph, std::span<const ExampleInputs> examples, Progress& progress) : graph_(graph), uses_(uses_of(graph)) {
    for (size_t n = 0; n < graph.nodes.size(); ++n)
      if (const int reader = reader_of(n); reader >= 0) pairs_.push_back({n, static_cast<size_t>(reader)});
    std::vector<ValueId> wanted;
    for (const Pair& pair : pairs_) wanted.push_back(graph.nodes[pair.reader].in[0]);
    reach_ = channel_statistics(graph, some(examples), wanted, "seeing how far channels reach", progress);
  }

  int run() {
    for (const Pair& pair : pairs_) scale(graph_.nodes[pair.layer], graph_.nodes[pair.reader]);
    return static_cast<int>(pairs_.size());
  }

 private:
  struct Pair {
    size_t layer, reader;
  };

  /// The layer that alone reads what layer `n` computes, pools between them passed over; -1 where there is none.
  int reader_of(size_t n) const {
    const Node& layer = graph_.nodes[n];
    const auto activation = attr<std::string>(layer, "activation");
    if (!is_weighted(graph_, layer) || (activation != "none" && activation != "relu")) return -1;
    for (ValueId id = layer.out[0];;) {
      const auto& readers = uses_.readers[static_cast<size_t>(id)];
      if (readers.size() != 1 || is_graph_output(graph_, id)) return -1;
      const Node& reader = graph_.nodes[static_cast<size_t>(readers[0])];
      if (is_weighted(graph_, reader) && reader.in[0] == id) return sees_all_channels(graph_, reader) ? readers[0] : -1;
      const auto then = attr<std::string>(reader, "activation");
      if (!is_op(reader, {"max_pool2d", "average_pool2d"}) || (then != "none" && then != "relu")) return -1;
      id = reader.out[0];
    }
  }

  /// How far the reader's weights of each input channel reach.
  std::vector<float> weights_reach(const Node& reader, size_t channels) const {
    std::vector<float> reach(channels);
    const std::vector<float> weights = reals(graph_, reader.in[1]);
    for (size_t i = 0; i < weights.size(); ++i) {
      float& one = reach[input_channel(graph_, reader, i)];
      one = std::max(one, std::abs(weights[i]));
    }
    return reach;
  }

  /// A depthwise layer has a scale for each channel, so there the activations may have it all; else both sides meet halfway. Channels that
  /// are dead on either side stay.
  std::vector<float> factors(const Node& reader) const {
    const std::vector<float>& reach = reach_[static_cast<size_t>(reader.in[0])].farthest;
    const std::vector<float> weights = weights_reach(reader, reach.size());
    std::vector<float> factor(reach.size(), 1);
    double sum = 0, live = 0;
    for (size_t c = 0; c < factor.size(); ++c) {
      if (reach[c] <= 0 || weights[c] <= 0) continue;
      factor[c] = is_op(reader, {"dwconv2d"}) ? reach[c] : std::sqrt(reach[c] / weights[c]);
      sum += std::log(static_cast<double>(factor[c]));
      live += 1;
    }
    const auto middle = static_cast<float>(live > 0 ? std::exp(sum / live) : 1);
    constexpr float kMost = 64;  // beyond, it is the rounding of nearly dead channels that would grow
    for (size_t c = 0; c < factor.size(); ++c)
      if (reach[c] > 0 && weights[c] > 0) factor[c] = std::clamp(factor[c] / middle, 1 / kMost, kMost);
    return factor;
  }

  void scale(Node& layer, Node& reader) {
    const std::vector<float> factor = factors(reader);
    std::vector<float> weights = reals(graph_, layer.in[1]);
    const ChannelOf channel(graph_.type(layer.in[1]).shape, weight_axis(*layer.op));
    for (size_t i = 0; i < weights.size(); ++i) weights[i] /= factor[channel(i)];
    set_floats(graph_, layer.in[1], weights);
    if (operand(layer, 2) != kAbsent) {
      std::vector<float> bias = reals(graph_, layer.in[2]);
      for (size_t c = 0; c < bias.size(); ++c) bias[c] /= factor[c];
      set_floats(graph_, layer.in[2], bias);
    }
    weights = reals(graph_, reader.in[1]);
    for (size_t i = 0; i < weights.size(); ++i) weights[i] *= factor[input_channel(graph_, reader, i)];
    set_floats(graph_, reader.in[1], weights);
  }

  Graph& graph_;
  Uses uses_;
  std::vector<Pair> pairs_;
  std::vector<ChannelStatistics> reach_;
};

/// What each output channel loses on average by rounding the weights.
std::vector<double> mean_losses(const Graph& graph, const Node& node, const std::vector<double>& means) {
  const Shape& shape = graph.type(node.in[1]).shape;
  const std::vector<float> weights = reals(graph, node.in[1]);
  const int axis = weight_axis(*node.op);
  const Quant quant = weight_quant(weights, shape, axis);
  const std::vector<int8_t> codes = weight_codes(weights, shape, quant);
  const ChannelOf channel(shape, axis);
  std::vector<double> losses(channel.count());
  for (size_t i = 0; i < weights.size(); ++i) {
    const double rounded = static_cast<double>(quant.scale[quant.per_channel() ? channel(i) : 0]) * codes[i];
    losses[channel(i)] += (static_cast<double>(weights[i]) - rounded) * means[input_channel(graph, node, i)];
  }
  return losses;
}

}  // namespace

int equalize(Graph& graph, std::span<const ExampleInputs> examples, Progress& progress) {
  const int layers = Equalizer(graph, examples, progress).run();
  verify(graph);
  return layers;
}

int correct_biases(Graph& graph, std::span<const ExampleInputs> examples, Progress& progress) {
  std::vector<size_t> layers;
  std::vector<ValueId> wanted;
  for (size_t n = 0; n < graph.nodes.size(); ++n)
    if (is_weighted(graph, graph.nodes[n]) && operand(graph.nodes[n], 2) != kAbsent && sees_all_channels(graph, graph.nodes[n])) {
      layers.push_back(n);
      wanted.push_back(graph.nodes[n].in[0]);
    }
  const auto statistics = channel_statistics(graph, some(examples), wanted, "finding the means of channels", progress);
  for (size_t n : layers) {
    Node& node = graph.nodes[n];
    const std::vector<double> losses = mean_losses(graph, node, statistics[static_cast<size_t>(node.in[0])].mean);
    std::vector<float> bias = reals(graph, node.in[2]);
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += static_cast<float>(losses[c]);
    set_floats(graph, node.in[2], bias);
  }
  verify(graph);
  return static_cast<int>(layers.size());
}

}  // namespace thimble
