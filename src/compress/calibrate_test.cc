#include "compress/calibrate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "compress/quantize.h"
#include "ops/lstm.h"
#include "ops/ops.h"

namespace thimble {
namespace {

template <class F>
std::string error_of(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return explain(error);
  }
  return "no error";
}

Buffer buffer_of(const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

/// y = |x|, four of them.
Graph absolute() {
  Graph graph;
  graph.name = "absolute";
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  graph.outputs = {add_node(graph, "abs", "y", {x})};
  return graph;
}

TEST(Calibrate, SeesInputsAndResultsOverAllExamples) {
  const Graph graph = absolute();
  Progress quiet;
  const std::vector<ExampleInputs> examples = {{buffer_of({1, -3, 0, 0})}, {buffer_of({2, 0.5F, 0.5F, -1})}};
  const Ranges ranges = calibrate(graph, examples, {CalibrationMethod::MinMax, 100}, quiet);
  EXPECT_EQ(ranges[0], (Range{-3, 2}));
  EXPECT_EQ(ranges[1], (Range{0, 3}));
}

TEST(Calibrate, TakesWindows) {
  const Graph graph = absolute();
  Progress quiet;
  Examples examples{.shape = {4, 1}, .values = {1, -3, 0, 0, 2, 0.5F, 0.5F, -1}, .source = {0, 1}};
  EXPECT_EQ(calibrate(graph, examples, {CalibrationMethod::MinMax, 100}, quiet)[0], (Range{-3, 2}));
  examples.shape = {2, 2, 1};
  EXPECT_EQ(calibrate(graph, examples, {CalibrationMethod::MinMax, 100}, quiet)[0], (Range{-3, 2}));
  examples.shape = {8};
  EXPECT_EQ(error_of([&] { calibrate(graph, examples, {}, quiet); }),
            "error: examples of 8 do not fit the model's input, which is f32[1x4]\n");
}

TEST(Calibrate, NeedsExamplesThatAreNumbers) {
  const Graph graph = absolute();
  Progress quiet;
  EXPECT_EQ(error_of([&] { calibrate(graph, std::span<const ExampleInputs>{}, {}, quiet); }),
            "error: there are no examples to find ranges with\n"
            "  give some dozens that look like what the model will see\n");
  const std::vector<ExampleInputs> broken = {{buffer_of({1, NAN, 0, 0})}};
  EXPECT_EQ(error_of([&] { calibrate(graph, broken, {}, quiet); }),
            "error: a value is nan\n"
            "  look for examples that are not numbers, or for weights that are broken\n"
            "  while looking at 'y'\n"
            "  while evaluating node 'y' (abs)\n");
}

/// The cell state is far larger amid the sequence than at its end: what it reaches there counts, too.
TEST(Calibrate, SeesTheCellStateOfAnLstmAtEveryStep) {
  using At = LstmOperands;
  Graph graph;
  std::vector<ValueId> in = {graph.add_input("x", {DType::F32, {1, 3, 1}, {}})};
  const auto add = [&](Shape shape, float value) {
    in.push_back(graph.add_constant<float>("c", std::move(shape), std::vector<float>{value}));
  };
  for (float w : {0.0F, 20.0F, 20.0F, 0.0F}) add({1, 1}, w);  // forget and cell gate follow the input
  for (int i = 0; i < 4; ++i) add({1, 1}, 0);                 // nothing of the last output
  for (float b : {20.0F, 0.0F, 0.0F, 20.0F}) add({1}, b);     // input and output gate stay open
  in.push_back(graph.add_state("h", {DType::F32, {1, 1}, {}}));
  in.push_back(graph.add_state("c", {DType::F32, {1, 1}, {}}));
  graph.outputs = {add_node(graph, "lstm", "y", in)};
  Progress quiet;
  const std::vector<ExampleInputs> examples = {{buffer_of({1, 1, -1})}};  // 1, 2, then forgotten
  const Ranges ranges = calibrate(graph, examples, {CalibrationMethod::MinMax, 100}, quiet);
  EXPECT_NEAR(ranges[static_cast<size_t>(in[At::cell_state])]->high, 2, 0.01);
  EXPECT_NEAR(ranges[static_cast<size_t>(in[At::cell_state])]->low, -1, 0.01);
  const Graph made = quantize(graph, ranges);
  EXPECT_EQ(made.type(made.nodes[0].in[At::cell_state]), (TensorType{DType::I16, {1, 1}, per_tensor(std::ldexp(1.0F, -14), 0)}));
}

}  // namespace
}  // namespace thimble
