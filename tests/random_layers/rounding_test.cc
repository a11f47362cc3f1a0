// Sums that lie as near to a tie between two outputs as can be found, on every core that requantises by one multiplication: a constant that
// is off by half a unit of the product's high word changes the outputs here, and seldom those of random layers.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

constexpr int kChannels = 96;

/// Scales of the channels' weights, within one octave so that a common shift loses no bits, and the sums.
struct Ties {
  std::vector<float> scales;
  std::vector<int32_t> sums;
};

/// The sum within the int8 range whose product with `scale` comes nearest to k + 1/2, from below or from above.
int32_t nearest_to_a_tie(float scale, bool below) {
  const auto most = static_cast<int32_t>(120 / scale);
  int32_t best = 0;
  double least = 1;
  for (int32_t sum = -most; sum < most; ++sum) {
    const double real = static_cast<double>(scale) * sum + 0.5, beyond = real - std::floor(real), distance = below ? 1 - beyond : beyond;
    if (beyond > 0 && distance < least) best = sum, least = distance;
  }
  return best;
}

Ties ties_of(int seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  Ties ties;
  const float octave = std::ldexp(1.0f, -8 - seed);
  for (int c = 0; c < kChannels; ++c) {
    ties.scales.push_back(octave * (1 + static_cast<float>(random() >> 8) / (1 << 24)));
    ties.sums.push_back(nearest_to_a_tie(ties.scales.back(), c % 2 == 0));
  }
  return ties;
}

Quant scales_along(const Ties& ties, int axis) {
  return {.scale = ties.scales, .zero = std::vector<int32_t>(ties.scales.size(), 0), .axis = axis};
}

/// A layer of each op whose channels have weights of 1 at one tap and those sums as biases: an input of 0, 1, -1 is the sum and its
/// neighbours.
Graph layers_at(const Ties& ties) {
  Graph graph;
  graph.name = "ties";
  const TensorType out{DType::I8, {}, per_tensor(1, 0)};
  const ValueId b = graph.add_constant<int32_t>("b", {kChannels}, ties.sums);
  const auto weights = [&](Shape shape, int axis, auto at) {
    std::vector<int8_t> values(static_cast<size_t>(TensorType{DType::I8, shape, {}}.elements()));
    for (size_t i = 0; i < values.size(); ++i) values[i] = at(static_cast<int>(i));
    return graph.add_constant<int8_t>("w", shape, values, scales_along(ties, axis));
  };
  const auto one_in_four = [](int i) { return static_cast<int8_t>(i % 4 == 0); };
  const auto centre = [](int i) { return static_cast<int8_t>(i / kChannels == 4); };
  const ValueId row = graph.add_input("row", {DType::I8, {1, 4}, per_tensor(1, 0)});
  const ValueId map = graph.add_input("map", {DType::I8, {1, 2, 3, 4}, per_tensor(1, 0)});
  const ValueId wide = graph.add_input("wide", {DType::I8, {1, 5, 6, kChannels}, per_tensor(1, 0)});
  graph.outputs = {
      add_node(graph, "fully_connected", "f", {row, weights({kChannels, 4}, 0, one_in_four), b}, FullyConnectedAttrs{}, {out.quant}),
      add_node(graph, "conv2d", "c", {map, weights({kChannels, 1, 1, 4}, 0, one_in_four), b}, Conv2dAttrs{}, {out.quant}),
      add_node(graph, "dwconv2d", "d", {wide, weights({1, 3, 3, kChannels}, 3, centre), b}, Dwconv2dAttrs{}, {out.quant})};
  return graph;
}

std::vector<std::vector<Buffer>> records_around_zero(const Graph& graph) {
  std::vector<std::vector<Buffer>> records;
  for (int value : {0, 1, -1}) {
    auto& record = records.emplace_back();
    for (ValueId id : graph.inputs) record.emplace_back(static_cast<size_t>(graph.type(id).bytes()), static_cast<std::byte>(value));
  }
  return records;
}

class RoundingNearTies : public ::testing::TestWithParam<const char*> {};

TEST_P(RoundingNearTies, IsExact) {
  for (int seed = 0; seed < 5 && !IsSkipped(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Graph graph = layers_at(ties_of(seed));
    expect_equal_on(graph, board_named(GetParam()), records_around_zero(graph));
  }
}

INSTANTIATE_TEST_SUITE_P(, RoundingNearTies, ::testing::Values("nano33ble", "corstone300", "pico", "esp32c3"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace thimble::testing
