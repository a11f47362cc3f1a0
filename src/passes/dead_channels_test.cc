#include "base/files.h"
#include "formats/import.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/pad.h"
#include "ops/pool2d.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/softmax.h"
#include "passes/channel_ranges.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

constexpr int32_t kZero = -128;

Conv2dAttrs relu_conv(Padding padding = Padding::Valid) {
  Conv2dAttrs attrs;
  attrs.padding = padding;
  attrs.activation = Activation::Relu;
  return attrs;
}

Dwconv2dAttrs relu_depthwise(Padding padding = Padding::Same) {
  Dwconv2dAttrs attrs;
  attrs.padding = padding;
  attrs.activation = Activation::Relu;
  return attrs;
}

/// Int8 weights with one scale per filter along `axis`.
ValueId add_weights(Graph& graph, std::string name, Shape shape, int axis, uint32_t seed) {
  Quant quant{{}, {}, axis};
  for (int64_t f = 0; f < shape[static_cast<size_t>(axis)]; ++f) {
    quant.scale.push_back(0.002F + 0.0001F * static_cast<float>(f));
    quant.zero.push_back(0);
  }
  TensorType type{DType::I8, std::move(shape), std::move(quant)};
  Bytes bytes = make_bytes(random_buffer(type, seed));
  return graph.add_value({std::move(name), std::move(type), std::move(bytes)});
}

ValueId add_bias(Graph& graph, std::string name, const std::vector<int32_t>& bias) {
  return graph.add_constant<int32_t>(std::move(name), {std::ssize(bias)}, bias);
}

/// Sums of 4 inputs reach 127 * 127 * 4 or so; this pushes a filter below anything relu lets through, or up to the largest code.
constexpr int32_t kLow = -1'000'000, kHigh = 1'000'000;

/// `filters` biases, of which those in `low` and `high` fix the filter's output.
std::vector<int32_t> biases(size_t filters, std::initializer_list<size_t> low, std::initializer_list<size_t> high = {}) {
  std::vector<int32_t> all(filters);
  for (size_t f : low) all[f] = kLow;
  for (size_t f : high) all[f] = kHigh;
  return all;
}

/// x, a pointwise convolution to 10 channels with these biases; what follows is up to the test.
struct Start {
  Graph graph{.name = "g"};
  ValueId hidden;
  explicit Start(const std::vector<int32_t>& bias) {
    const ValueId x = graph.add_input("x", {DType::I8, {1, 5, 5, 4}, per_tensor(0.05F, 3)});
    const auto filters = std::ssize(bias);
    hidden = add_node(graph, "conv2d", "wide", {x, add_weights(graph, "w", {filters, 1, 1, 4}, 0, 1), add_bias(graph, "b", bias)},
                      relu_conv(), {per_tensor(0.02F, kZero)});
  }
  ValueId conv(ValueId from, int64_t filters, Padding padding = Padding::Valid, int64_t size = 1) {
    const ValueId w = add_weights(graph, "cw", {filters, size, size, graph.type(from).shape[3]}, 0, 2);
    return add_node(graph, "conv2d", "narrow", {from, w}, relu_conv(padding), {per_tensor(0.3F, -5)});
  }
  ValueId depthwise(ValueId from, Padding padding = Padding::Same) {
    const ValueId w = add_weights(graph, "dw", {1, 3, 3, graph.type(from).shape[3]}, 3, 3);
    return add_node(graph, "dwconv2d", "depth", {from, w}, relu_depthwise(padding), {per_tensor(0.1F, kZero)});
  }
};

TEST(ChannelRanges, MeetWhereTheActivationStopsTheSum) {
  Start s(biases(3, {1}, {2}));
  s.graph.outputs = {s.hidden};
  const ChannelRanges ranges = channel_ranges(s.graph)[static_cast<size_t>(s.hidden)];
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_FALSE(ranges[0].constant());
  EXPECT_TRUE(ranges[1].constant() && ranges[1].min == -128);
  EXPECT_TRUE(ranges[2].constant() && ranges[2].min == 127);
}

/// Input codes -128 to 127, zero point 3; weights 2 and -1; output scale 8. -131 * 2 - 124 = -386 comes to -193 and then -48;
/// 124 * 2 + 131 = 379 to 189.5, so 190, and then 47.5, so 48: TFLite rounds twice.
TEST(ChannelRanges, AreTheExtremesOfTheSum) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::I8, {1, 2}, per_tensor(1.0F, 3)});
  const int8_t w[] = {2, -1};
  const ValueId weights = graph.add_constant<int8_t>("w", {1, 2}, w, per_tensor(1.0F, 0));
  const ValueId y = add_node(graph, "fully_connected", "f", {x, weights}, {}, {per_tensor(8.0F, 1)});
  graph.outputs = {y};
  const CodeRange range = channel_ranges(graph)[static_cast<size_t>(y)][0];
  EXPECT_EQ(range.min, -48 + 1);
  EXPECT_EQ(range.max, 48 + 1);
}

/// Whatever goes in, no code leaves its range.
TEST(ChannelRanges, HoldInEveryRun) {
  Start s(biases(8, {1}, {2}));
  s.graph.outputs = {s.conv(s.depthwise(s.hidden), 6, Padding::Same, 3)};
  const auto ranges = channel_ranges(s.graph);
  Interpreter interpreter(s.graph);
  for (uint32_t record = 0; record < 20; ++record)
    interpreter.run(std::vector<Buffer>{random_buffer(s.graph.type(s.graph.inputs[0]), record)}, [&](size_t node, Outputs out) {
      const ChannelRanges& of = ranges[static_cast<size_t>(s.graph.nodes[node].out[0])];
      const auto codes = out[0].as<const int8_t>();
      for (size_t i = 0; i < codes.size(); ++i) {
        ASSERT_GE(codes[i], of[i % of.size()].min);
        ASSERT_LE(codes[i], of[i % of.size()].max);
      }
    });
}

/// Channels of each layer's output, in order.
std::vector<int64_t> widths(const Graph& graph) {
  std::vector<int64_t> all;
  for (const Node& node : graph.nodes) all.push_back(graph.type(node.out[0]).shape.back());
  return all;
}

/// Cuts, proves that results stay, and that nothing is left to cut; gives the widths.
std::vector<int64_t> cut(Graph graph) {
  verify(graph);
  const Graph before = graph;
  PassContext context;
  const Pass& pass = pass_named("dead_channels");
  pass.run(graph, context);
  verify(graph);
  expect_unchanged(before, graph, 0, 10);
  EXPECT_EQ(pass.run(graph, context), 0) << "a second run cuts more";
  return widths(graph);
}

TEST(DeadChannels, LeaveAndFillUpToFour) {
  Start s(biases(10, {0, 1, 2, 4}, {5}));  // 5 of 10 live, so that 3 dead ones fill up
  s.graph.outputs = {s.conv(s.hidden, 2)};
  expect_pass("dead_channels", s.graph, 1, R"(graph g
input %0: i8[1x5x5x4] scale 0.05 zero 3  # x
%3: i8[1x5x5x8] scale 0.02 zero -128 = conv2d(%0, %6:const i8[8x1x1x4] 8 scales along axis 0, %7:const i32[8]) {activation=relu}  # wide
%5: i8[1x5x5x2] scale 0.3 zero -5 = conv2d(%3, %8:const i8[2x1x1x8] 2 scales along axis 0, %9:const i32[2]) {activation=relu}  # narrow
output %5
)");
}

TEST(DeadChannels, AreToldByLayer) {
  Start s(biases(10, {0, 1, 2, 4}, {5}));
  s.graph.outputs = {s.conv(s.hidden, 2)};
  std::vector<std::string> notes;
  PassContext context{[&](std::string line) { notes.push_back(std::move(line)); }};
  pass_named("dead_channels").run(s.graph, context);
  EXPECT_THAT(notes, ElementsAre("'wide' needs 8 of its 10 channels"));
}

TEST(DeadChannels, GoThroughADepthwiseConvolution) {
  Start s(biases(8, {1, 2, 3, 6}));
  s.graph.outputs = {s.conv(s.depthwise(s.hidden), 2)};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 4, 2));
}

TEST(DeadChannels, StayWhereTheBorderShowsThem) {
  Start zeros(biases(8, {1, 2, 3, 6})), ones(biases(8, {}, {1, 2, 3, 6}));
  zeros.graph.outputs = {zeros.conv(zeros.hidden, 2, Padding::Same, 3)};
  EXPECT_THAT(cut(zeros.graph), ElementsAre(4, 2)) << "the border is of the same code";
  ones.graph.outputs = {ones.conv(ones.hidden, 2, Padding::Same, 3)};
  EXPECT_THAT(cut(ones.graph), ElementsAre(8, 2)) << "another code at the border";
  Start inside(biases(8, {}, {1, 2, 3, 6}));
  inside.graph.outputs = {inside.conv(inside.hidden, 2, Padding::Valid, 3)};
  EXPECT_THAT(cut(inside.graph), ElementsAre(4, 2)) << "no border";
  Start between(biases(8, {}, {1, 2, 3, 6}));
  between.graph.outputs = {between.conv(between.depthwise(between.hidden), 2)};
  EXPECT_THAT(cut(between.graph), ElementsAre(8, 8, 2)) << "the border before a depthwise convolution";
}

TEST(DeadChannels, StayInGraphOutputs) {
  Start s(biases(8, {1, 2, 3, 6}));
  s.graph.outputs = {s.hidden};
  EXPECT_THAT(cut(s.graph), ElementsAre(8));
  s.graph.outputs = {s.conv(s.hidden, 2), s.hidden};
  EXPECT_THAT(cut(s.graph), ElementsAre(8, 2));
}

TEST(DeadChannels, StayBeforeOtherOps) {
  Start s(biases(8, {1, 2, 3, 6}));
  const ValueId soft = add_node(s.graph, "softmax", "s", {s.hidden}, SoftmaxAttrs{}, {per_tensor(1.0F / 256, -128)});
  s.graph.outputs = {s.conv(s.hidden, 2), soft};
  EXPECT_THAT(cut(s.graph), ElementsAre(8, 8, 2));
}

TEST(DeadChannels, GoThroughAPoolAndAFlattening) {
  Start s(biases(8, {1, 2}, {3, 6}));
  Pool2dAttrs pool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  const ValueId p = add_node(s.graph, "average_pool2d", "p", {s.hidden}, pool, {s.graph.type(s.hidden).quant});
  const ValueId flat = add_node(s.graph, "reshape", "r", {p}, ReshapeAttrs{{1, 32}});
  const ValueId w = add_weights(s.graph, "fw", {3, 32}, 0, 5);
  s.graph.outputs = {add_node(s.graph, "fully_connected", "f", {flat, w}, {}, {per_tensor(0.2F, 7)})};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 4, 16, 3));
}

TEST(DeadChannels, LeaveASumWhereTheyAreDeadOnBothSides) {
  Start s(biases(12, {1, 2, 3, 6, 7}));
  const ValueId w = add_weights(s.graph, "w2", {12, 1, 1, 4}, 0, 9), b = add_bias(s.graph, "b2", biases(12, {0, 7, 3}, {1, 2, 6}));
  const ValueId other = add_node(s.graph, "conv2d", "other", {0, w, b}, relu_conv(), {per_tensor(0.02F, -128)});
  const ValueId both = add_node(s.graph, "add", "a", {s.hidden, other}, {}, {per_tensor(0.05F, -60)});
  const ValueId mean = add_node(s.graph, "mean", "m", {both}, ReduceAttrs{{1, 2}, false}, {per_tensor(0.04F, -50)});
  const ValueId fw = add_weights(s.graph, "fw", {3, 12}, 0, 5);
  s.graph.outputs = {add_node(s.graph, "fully_connected", "f", {mean, fw}, {}, {per_tensor(0.2F, 7)})};
  EXPECT_THAT(cut(s.graph), ElementsAre(8, 8, 8, 8, 3));
}

TEST(DeadChannels, GoThroughConcatByTheirPlace) {
  Start s(biases(8, {1, 2, 3, 6}));
  const ValueId b = add_bias(s.graph, "b2", biases(8, {0, 7}, {1, 2}));
  const ValueId w = add_weights(s.graph, "w2", {8, 1, 1, 4}, 0, 9);
  const ValueId other = add_node(s.graph, "conv2d", "other", {0, w, b}, relu_conv(), {s.graph.type(s.hidden).quant});
  const ValueId both = add_node(s.graph, "concat", "c", {s.hidden, other}, ConcatAttrs{3}, {s.graph.type(s.hidden).quant});
  s.graph.outputs = {s.conv(both, 3)};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 4, 8, 3));
}

TEST(DeadChannels, AreAlsoThoseThatNothingLooksAt) {
  Start s(biases(8, {}));
  std::vector<int8_t> w(2 * 3 * 3 * 8);
  for (size_t i = 0; i < w.size(); ++i) w[i] = static_cast<int8_t>(i % 8 < 3 ? i : 0);
  const ValueId weights = s.graph.add_constant<int8_t>("cw", {2, 3, 3, 8}, w, per_tensor(0.01F, 0));
  s.graph.outputs = {add_node(s.graph, "conv2d", "narrow", {s.hidden, weights}, relu_conv(Padding::Same), {per_tensor(0.3F, -5)})};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 2));
}

/// What only dead channels look at is dead, too.
TEST(DeadChannels, TakeTheirSourcesAlong) {
  Start s(biases(8, {}));
  std::vector<int8_t> w(8 * 8);
  for (size_t i = 0; i < w.size(); ++i) w[i] = static_cast<int8_t>((i % 8 < 4) == (i / 8 < 4) ? i * 7 : 0);  // two halves, apart
  const ValueId weights = s.graph.add_constant<int8_t>("mw", {8, 1, 1, 8}, w, per_tensor(0.01F, 0));
  const ValueId b = add_bias(s.graph, "mb", biases(8, {0, 1, 2, 3}));
  const ValueId middle = add_node(s.graph, "conv2d", "middle", {s.hidden, weights, b}, relu_conv(), {per_tensor(0.1F, kZero)});
  s.graph.outputs = {s.conv(middle, 3)};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 4, 3));
}

TEST(DeadChannels, LeaveAtLeastFour) {
  Start s(biases(12, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {10, 11}));
  s.graph.outputs = {s.conv(s.hidden, 3)};
  EXPECT_THAT(cut(s.graph), ElementsAre(4, 3));
}

TEST(DeadChannels, StayWhereTheBiasCannotTakeThem) {
  Start s(biases(8, {}, {1, 2, 3, 6}));
  const ValueId w = add_weights(s.graph, "cw", {2, 1, 1, 8}, 0, 2), b = add_bias(s.graph, "cb", {INT32_MAX - 5, 0});
  s.graph.outputs = {add_node(s.graph, "conv2d", "narrow", {s.hidden, w, b}, relu_conv(), {per_tensor(0.3F, -5)})};
  const Graph before = s.graph;
  PassContext context;
  EXPECT_EQ(pass_named("dead_channels").run(s.graph, context), 0);
  EXPECT_EQ(print(s.graph), print(before));
}

/// A chain of random layers whose biases fix about half of the channels, at the least code or the largest.
Graph random_chain(uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  Graph graph{.name = "g"};
  ValueId at = graph.add_input("x", {DType::I8, {1, 6, 5, 3}, per_tensor(0.05F, static_cast<int32_t>(below(256)) - 128)});
  for (uint32_t layer = 0; layer < 6; ++layer) {
    const bool depthwise = layer > 0 && below(3) == 0;
    const int64_t channels = graph.type(at).shape[3], filters = depthwise ? channels * (1 + below(2)) : 1 + below(20), size = 1 + below(3);
    std::vector<int32_t> bias(static_cast<size_t>(filters));
    for (int32_t& b : bias) b = below(2) == 0 ? static_cast<int32_t>(below(2000)) - 1000 : below(2) == 0 ? kLow : kHigh;
    const Padding padding = below(2) == 0 || graph.type(at).shape[2] <= 3 ? Padding::Same : Padding::Valid;
    const Shape shape = depthwise ? Shape{1, size, size, filters} : Shape{filters, size, size, channels};
    const ValueId w = add_weights(graph, "w", shape, depthwise ? 3 : 0, below(1000)), b = add_bias(graph, "b", bias);
    const Quant quant = per_tensor(0.05F, below(2) == 0 ? kZero : static_cast<int32_t>(below(256)) - 128);
    const Attrs attrs = depthwise ? Attrs(relu_depthwise(padding)) : Attrs(relu_conv(padding));
    at = add_node(graph, depthwise ? "dwconv2d" : "conv2d", "layer", {at, w, b}, attrs, {quant});
    if (below(4) == 0) at = add_node(graph, "add", "twice", {at, at}, {}, {per_tensor(0.1F, -7)});
  }
  graph.outputs = {at};
  return graph;
}

TEST(DeadChannels, LeaveRandomChainsAsTheyWere) {
  int64_t before = 0, after = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const Graph graph = random_chain(seed);
    for (int64_t width : widths(graph)) before += width;
    for (int64_t width : cut(graph)) after += width;
    ASSERT_FALSE(HasFailure()) << "seed " << seed << "\n" << print(graph);
  }
  EXPECT_LT(after, before * 9 / 10);
}

/// MLPerf Tiny's visual wake words, when it stands beside the project.
TEST(DeadChannels, HalveVisualWakeWords) {
  const fs::path path = fs::path(THIMBLE_SOURCE_DIR) / "../shared/data/models/mlperf-tiny/vww_int8.tflite";
  if (!fs::exists(path)) GTEST_SKIP() << "no " << path.string();
  Graph graph = import_model(path);
  PassContext context;
  const auto sums = [&] {
    int64_t constants = 0, macs = 0;
    const auto ranges = channel_ranges(graph);
    for (const Node& node : graph.nodes) {
      macs += macs_of(graph, node);
      if (is_op(node, {"conv2d"}))
        for (const CodeRange& range : ranges[static_cast<size_t>(node.out[0])]) constants += range.constant();
    }
    return std::pair(constants, macs);
  };
  EXPECT_EQ(sums(), std::pair(int64_t{971}, int64_t{7'489'664}));
  EXPECT_EQ(pass_named("dead_channels").run(graph, context), 9);
  EXPECT_LT(sums().second, 3'850'000);
}

}  // namespace
}  // namespace thimble::testing
