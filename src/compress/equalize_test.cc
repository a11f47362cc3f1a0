#include "compress/equalize.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "compress/damage.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/ops.h"

namespace thimble {
namespace {

std::vector<float> normal(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> spread;
  std::vector<float> values(count);
  for (float& value : values) value = spread(random);
  return values;
}

/// How far channel c of 8 reaches: from a hundredth to a hundred.
float reach_of(size_t c) { return std::pow(10.0F, static_cast<float>(c) * 4 / 7 - 2); }

/// conv 1x1 (relu) -> dwconv 3x3 (relu) -> conv 1x1: the first makes channels uneven, the second even again.
Graph uneven() {
  constexpr int64_t kChannels = 8;
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 8, 8, 4}, {}});
  enum Form { Plain, Spread, Gathered };
  const auto constant = [&](const char* name, Shape shape, uint32_t seed, Form form) {
    int64_t count = 1;
    for (int64_t d : shape) count *= d;
    std::vector<float> values = normal(static_cast<size_t>(count), seed);
    const auto inner = values.size() / static_cast<size_t>(shape[0]);
    for (size_t i = 0; i < values.size(); ++i)
      values[i] *= form == Spread ? reach_of(i / inner) : form == Gathered ? 1 / reach_of(i % kChannels) : 1;
    return graph.add_constant<float>(name, std::move(shape), values);
  };
  const ValueId a =
      add_node(graph, "conv2d", "a", {x, constant("aw", {kChannels, 1, 1, 4}, 1, Spread), constant("ab", {kChannels}, 2, Spread)},
               Conv2dAttrs{{}, Activation::Relu});
  const ValueId b =
      add_node(graph, "dwconv2d", "b", {a, constant("bw", {1, 3, 3, kChannels}, 3, Gathered), constant("bb", {kChannels}, 4, Plain)},
               Dwconv2dAttrs{{}, Activation::Relu});
  graph.outputs = {add_node(graph, "conv2d", "c", {b, constant("cw", {2, 1, 1, kChannels}, 5, Plain), constant("cb", {2}, 6, Plain)},
                            Conv2dAttrs{{}, Activation::None})};
  return graph;
}

std::vector<ExampleInputs> examples_of(const Graph& graph, uint32_t seed, float mean) {
  std::vector<ExampleInputs> examples;
  for (uint32_t i = 0; i < 8; ++i) {
    std::vector<float> values = normal(static_cast<size_t>(graph.type(graph.inputs[0]).elements()), seed + i);
    for (float& value : values) value += mean;
    const auto bytes = std::as_bytes(std::span(values));
    examples.push_back({Buffer(bytes.begin(), bytes.end())});
  }
  return examples;
}

Damage damage_against(const Graph& reference, const Graph& source, const std::vector<ExampleInputs>& examples) {
  Progress quiet;
  QuantizeReport report;
  const Graph made = quantize(source, calibrate(reference, examples, {CalibrationMethod::MinMax, 100}, quiet), {}, &report);
  return damage_of(reference, made, report, examples, quiet);
}

TEST(Equalize, ChangesNoResultAndLosesLess) {
  const Graph graph = uneven();
  Graph even = graph;
  Progress quiet;
  const auto examples = examples_of(graph, 100, 0);
  EXPECT_EQ(equalize(even, examples, quiet), 2);
  Interpreter before(graph), after(even);
  Error2 change;
  for (const ExampleInputs& example : examples) {
    before.run(example), after.run(example);
    change.add(before.value(graph.outputs[0]).as<const float>(), after.value(even.outputs[0]).as<const float>());
  }
  EXPECT_GT(change.db(), 100);
  // As it comes, channel 0 is a ten thousandth of channel 7, so that its codes are all zero; yet it counts as much.
  EXPECT_GT(damage_against(even, even, examples).outputs[0].error.db(), damage_against(graph, graph, examples).outputs[0].error.db() + 10);
}

TEST(CorrectBiases, BringsMeanResultsBack) {
  Graph graph = uneven();
  Progress quiet;
  auto examples = examples_of(graph, 200, 8);
  equalize(graph, examples, quiet);
  Graph corrected = graph;
  EXPECT_EQ(correct_biases(corrected, examples, quiet), 3);
  EXPECT_GT(damage_against(graph, corrected, examples).outputs[0].error.db(), damage_against(graph, graph, examples).outputs[0].error.db());
}

}  // namespace
}  // namespace thimble
