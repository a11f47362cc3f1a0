#include "deploy/host_model.h"

#include <gmock/gmock.h>

#include <cmath>

#include "ir/interpreter.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/quantize.h"

namespace thimble {
namespace {

constexpr int64_t kInputs = 6, kOutputs = 3, kExamples = 1000;

/// A layer between integers; `floats`: quantised and dequantised by ops of the graph instead of by the caller.
Graph layer(bool floats) {
  const Quant in = per_tensor(0.03f, -5), out = per_tensor(0.4f, 7);
  Graph graph{.name = "layer"};
  ValueId x = graph.add_input("x", floats ? TensorType{DType::F32, {1, kInputs}, {}} : TensorType{DType::I8, {1, kInputs}, in});
  if (floats) x = add_node(graph, "quantize", "q", {x}, QuantizeAttrs{}, {in});
  std::vector<int8_t> weights(static_cast<size_t>(kInputs * kOutputs));
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int8_t>(static_cast<int>(i) * 53 % 255 - 127);
  const ValueId w = graph.add_constant<int8_t>("w", {kOutputs, kInputs}, weights, per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {kOutputs}, std::vector<int32_t>{100, -200, 300});
  x = add_node(graph, "fully_connected", "fc", {x, w, b}, FullyConnectedAttrs{}, {out});
  if (floats) x = add_node(graph, "dequantize", "d", {x});
  graph.outputs = {x};
  return graph;
}

std::vector<float> examples() {
  std::vector<float> values;
  for (int64_t i = 0; i < kExamples * kInputs; ++i) values.push_back(5 * std::sin(static_cast<float>(i * i % 1009)));
  return values;
}

TEST(HostModel, GivesWhatTheInterpreterGives) {
  const Graph graph = layer(/*floats=*/true);
  const std::vector<float> in = examples();
  Progress progress;
  const HostModel model(graph, progress);
  EXPECT_EQ(model.input_elements(), kInputs);
  EXPECT_EQ(model.output_elements(), kOutputs);
  const std::vector<float> out = model.run(in, progress);
  ASSERT_EQ(out.size(), static_cast<size_t>(kExamples * kOutputs));
  Interpreter interpreter(graph);
  for (size_t n = 0; n < static_cast<size_t>(kExamples); ++n) {
    const auto bytes = std::as_bytes(std::span(in).subspan(n * kInputs, kInputs));
    const Buffer want = interpreter.run(std::vector<Buffer>{{bytes.begin(), bytes.end()}})[0];
    const auto have = std::as_bytes(std::span(out).subspan(n * kOutputs, kOutputs));
    EXPECT_TRUE(std::equal(have.begin(), have.end(), want.begin(), want.end())) << "example " << n;
  }
}

TEST(HostModel, QuantisesAndDequantisesLikeTheOps) {
  Progress progress;
  EXPECT_EQ(HostModel(layer(false), progress).run(examples(), progress), HostModel(layer(true), progress).run(examples(), progress));
}

TEST(HostModel, RefusesPartsOfAnExample) {
  Progress progress;
  const HostModel model(layer(true), progress);
  try {
    model.run(std::vector<float>(7), progress);
    FAIL() << "took it";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "7 numbers are no whole number of examples of 6");
  }
}

}  // namespace
}  // namespace thimble
