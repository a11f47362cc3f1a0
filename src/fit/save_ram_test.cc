#include "fit/save_ram.h"

#include <gmock/gmock.h>

#include <random>
#include <tuple>

#include "fit/strip_candidates.h"
#include "fit/swap_candidates.h"
#include "ir/interpreter.h"
#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "targets/board.h"

namespace thimble {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const Board& board() { return board_named("nano33ble"); }
CompileOptions options(Optimize optimize) { return {.optimize = optimize}; }

RamSaved save_for(Optimize optimize, const Graph& graph, int64_t most_ram = 0) {
  return save_ram(graph, board(), options(optimize), ram_policy(optimize, board(), most_ram));
}
Price price(const Graph& graph, const Swaps& swaps = {}, Optimize optimize = Optimize::Ram) {
  return *Pricer(board(), options(optimize)).price(graph, swaps, Planning::AsCompiled);
}
int64_t ram_of(const Graph& graph) { return price(graph).ram; }
int64_t ram_of(const RamSaved& found) { return price(found.graph, found.swaps).ram; }

/// Layers of int8 with weights that are all alike: what they compute does not matter here, only that it stays the same.
class Network {
 public:
  explicit Network(Shape shape) {
    graph.name = "net";
    last = graph.add_input("x", {DType::I8, std::move(shape), per_tensor(0.05F, -3)});
  }

  Network& pointwise(std::string name, int64_t filters, Activation activation = Activation::Relu) {
    const std::vector<ValueId> in = {last, weights({filters, 1, 1, channels()})};
    last = add_node(graph, "conv2d", std::move(name), in, Conv2dAttrs{{}, activation}, {per_tensor(0.1F, 5)});
    return *this;
  }
  Network& depthwise(std::string name, int64_t stride) {
    Dwconv2dAttrs attrs;
    attrs.padding = Padding::Same;
    attrs.stride_h = attrs.stride_w = stride;
    const std::vector<ValueId> in = {last, weights({1, 3, 3, channels()})};
    last = add_node(graph, "dwconv2d", std::move(name), in, attrs, {per_tensor(0.1F, -7)});
    return *this;
  }
  Network& add(std::string name, ValueId to) {
    last = add_node(graph, "add", std::move(name), {last, to}, BinaryAttrs{}, {per_tensor(0.1F, 0)});
    return *this;
  }
  Graph done() {
    graph.outputs = {last};
    return graph;
  }

  ValueId last = kAbsent;
  Graph graph;

 private:
  int64_t channels() const { return graph.type(last).shape[3]; }
  ValueId weights(Shape shape) {
    TensorType type{DType::I8, std::move(shape), per_tensor(0.01F, 0)};
    std::vector<int8_t> values(static_cast<size_t>(type.elements()));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int8_t>(i * 37 % 251 - 120);
    return graph.add_value({"w", std::move(type), bytes_from<int8_t>(values)});
  }
};

/// 32x32x8 -> 32x32x32 -> 16x16x32: what lies between the two layers is larger than either end.
Graph separable() { return Network({1, 32, 32, 8}).pointwise("p", 32).depthwise("d", 2).done(); }

/// MobileNetV2's block: expand, depthwise, project, and the input added to that.
Graph inverted_residual() {
  Network network({1, 24, 24, 8});
  network.pointwise("into", 8);
  const ValueId kept = network.last;
  return network.pointwise("expand", 48).depthwise("spatial", 1).pointwise("project", 8, Activation::None).add("sum", kept).done();
}

void expect_same_results(const Graph& before, const Graph& after) {
  verify(after);
  std::mt19937 random(1);
  for (int record = 0; record < 2; ++record) {
    std::vector<Buffer> inputs;
    for (const ValueId id : before.inputs) {
      Buffer bytes(static_cast<size_t>(before.type(id).bytes()));
      for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 255u);
      inputs.push_back(std::move(bytes));
    }
    EXPECT_EQ(Interpreter(after).run(inputs), Interpreter(before).run(inputs));
  }
}

TEST(SaveRam, CutsWhatLiesBetweenTwoLayers) {
  const Graph graph = separable();
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_THAT(found.notes, Contains(HasSubstr("'p' to 'd' (2 layers) in ")));
  EXPECT_LT(ram_of(found) * 10, ram_of(graph) * 6);
  EXPECT_EQ(found.graph.nodes.back().name, "d");
  expect_same_results(graph, found.graph);
}

TEST(SaveRam, CutsAnInvertedResidual) {
  const Graph graph = inverted_residual();
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_LT(ram_of(found) * 2, ram_of(graph));
  expect_same_results(graph, found.graph);
}

TEST(SaveRam, SpeedCutsNothing) {
  const Graph graph = separable();
  const RamSaved found = save_for(Optimize::Speed, graph);
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_EQ(print(found.graph), print(graph));
}

TEST(SaveRam, SpeedCutsWhatWouldNotFit) {
  const Graph graph = separable();
  const int64_t budget = ram_of(graph) * 3 / 4;
  const RamSaved found = save_for(Optimize::Speed, graph, budget);
  EXPECT_EQ(found.notes.size(), 1U);
  EXPECT_LE(ram_of(found), budget);
}

TEST(SaveRam, EveryLimitAboveTheLeastIsMet) {
  for (const Graph& graph : {separable(), inverted_residual()})
    for (const Optimize optimize : {Optimize::Balanced, Optimize::Speed, Optimize::Ram}) {
      const int64_t least = ram_of(save_for(optimize, graph, 1)), all = ram_of(graph);
      for (int64_t limit = least; limit <= all; limit += (all - least) / 8 + 1)
        EXPECT_LE(ram_of(save_for(optimize, graph, limit)), limit) << "of " << least << " to " << all;
    }
}

TEST(SaveRam, BalancedPaysFewCycles) {
  for (const Graph& graph : {separable(), inverted_residual()}) {
    const RamSaved found = save_for(Optimize::Balanced, graph);
    EXPECT_LE(price(found.graph, found.swaps, Optimize::Balanced).cycles, 1.03 * price(graph, {}, Optimize::Balanced).cycles);
    expect_same_results(graph, found.graph);
  }
}

TEST(SaveRam, BalancedCutsNothingWhereRamHasNoLimit) {
  const Board& desk = board_named("x86_64");
  const RamSaved found = save_ram(separable(), desk, options(Optimize::Balanced), ram_policy(Optimize::Balanced, desk, 0));
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST(SaveRam, EqualPeaksAreAllCut) {
  Network network({1, 32, 32, 8});
  const Graph graph =
      network.pointwise("p", 32).depthwise("d", 1).pointwise("q", 8).pointwise("r", 32).depthwise("e", 1).pointwise("s", 8).done();
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_EQ(found.notes.size(), 2U);
  EXPECT_LT(ram_of(found) * 10, ram_of(graph) * 7);
  expect_same_results(graph, found.graph);
}

TEST(SaveRam, CandidatesTakeLessThanThePeakAndLessWithMoreStrips) {
  const Graph graph = separable();
  const Price whole = price(graph);
  Pricer pricer(board(), options(Optimize::Ram));
  const auto candidates = strip_candidates(graph, whole, {}, pricer);
  ASSERT_GE(candidates.size(), 2U);
  for (size_t i = 0; i < candidates.size(); ++i) {
    EXPECT_THAT(candidates[i].chain, ElementsAre(0, 1));
    EXPECT_LT(candidates[i].peak, i == 0 ? whole.ram : candidates[i - 1].peak);
  }
}

TEST(SaveRam, LargeEndsLeaveNothingToWin) {
  const Graph graph = Network({1, 16, 16, 32}).pointwise("p", 32).pointwise("q", 32).done();
  const Price whole = price(graph);
  Pricer pricer(board(), options(Optimize::Ram));
  for (const StripCandidate& candidate : strip_candidates(graph, whole, {}, pricer)) EXPECT_LT(candidate.peak, whole.ram);
}

/// 640 inputs to 64 units, as the first layer of an autoencoder, and a layer of as many products behind.
Graph dense() {
  Graph graph;
  graph.name = "dense";
  ValueId x = graph.add_input("x", {DType::I8, {1, 640}, per_tensor(0.05F, 3)});
  for (const auto& [name, in, units] : {std::tuple("f", 640, 64), std::tuple("g", 64, 640)}) {
    const std::vector<int8_t> weights(static_cast<size_t>(in * units), 31);
    const ValueId w = graph.add_constant<int8_t>("w", {units, in}, weights, per_tensor(0.01F, 0));
    x = add_node(graph, "fully_connected", name, {x, w}, FullyConnectedAttrs{}, {per_tensor(0.2F, 1)});
  }
  graph.outputs = {x};
  return graph;
}

TEST(SaveRam, TakesAKernelThatNeedsLess) {
  const Graph graph = dense();
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_LT(ram_of(found) * 2, ram_of(graph));
  EXPECT_THAT(found.notes,
              Contains(StartsWith("'f' by fully_connected_s8_dsp_lean instead of fully_connected_s8_dsp: 768 bytes instead of 1,920, ")));
  const Preference preferred = preference_with(found.swaps, {});
  EXPECT_EQ(preferred(graph.nodes[0], graph), "fully_connected_s8_dsp_lean");
}

TEST(SaveRam, BalancedSpendsNothingOnFewBytes) {
  const RamSaved found = save_for(Optimize::Balanced, dense());
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_THAT(found.swaps, IsEmpty());
}

TEST(SaveRam, OneKernelForAllLayersOfAShape) {
  Network network({1, 25, 5, 64});
  const Graph graph = network.depthwise("d", 1).pointwise("p", 64).depthwise("e", 1).done();
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_THAT(found.notes, Contains(StartsWith("'d' and 1 of its shape by dwconv2d_s8_dsp_lean instead of dwconv2d_s8_dsp: ")));
  EXPECT_LT(ram_of(found), ram_of(graph));
}

TEST(SaveRam, AShapeIsSwappedOnce) {
  const Graph graph = dense();
  Pricer pricer(board(), options(Optimize::Ram));
  const auto of_first = [&](const Swaps& swaps) {
    std::vector<std::string> kernels;
    for (const SwapCandidate& candidate : swap_candidates(graph, price(graph, swaps), swaps, pricer))
      if (candidate.nodes == std::vector<int>{0}) kernels.push_back(candidate.kernel);
    return kernels;
  };
  EXPECT_THAT(of_first({}), Contains("fully_connected_s8_dsp_lean"));
  EXPECT_THAT(of_first({{pricer.shape_of(graph.nodes[0], graph), "fully_connected_s8_dsp_lean"}}), IsEmpty());
}

TEST(SaveRam, WhatNoKernelRunsIsLeftToTheCompilation) {
  Graph graph;
  graph.name = "loose";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 4, 4, 2}, per_tensor(0.05F, 3)});
  const ValueId w = graph.add_input("weights that come in", {DType::I8, {3, 1, 1, 2}, per_tensor(0.01F, 0)});
  graph.outputs = {add_node(graph, "conv2d", "c", {x, w}, Conv2dAttrs{}, {per_tensor(0.2F, 1)})};
  const RamSaved found = save_for(Optimize::Ram, graph);
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_EQ(print(found.graph), print(graph));
}

}  // namespace
}  // namespace thimble
