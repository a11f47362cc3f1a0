#include "passes/strips.h"

#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/pool2d.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// A chain of 1 to 5 random layers over one random image.
class RandomChain {
 public:
  explicit RandomChain(uint32_t seed) : random_(seed), int8_(random_() % 3 != 0) {
    graph.name = "chain";
    const Shape shape = {1, between(3, 20), between(1, 6), between(1, 4)};
    const ValueId x = graph.add_input("x", {int8_ ? DType::I8 : DType::F32, shape, quant()});
    const int64_t layers = between(1, 5);
    ValueId last = x;
    while (static_cast<int64_t>(graph.nodes.size()) < layers) {
      const Graph before = graph;
      try {
        last = add_layer(last);
      } catch (const Error& error) {  // the window is larger than what is left of the image
        if (error.blame != Blame::User) throw;
        graph = before;
      }
    }
    graph.outputs = {last};
  }

  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1)); }

  /// Strips of random heights that cover `rows`.
  std::vector<int64_t> heights(int64_t rows) {
    std::vector<int64_t> all;
    for (int64_t left = rows; left > 0; left -= all.back()) all.push_back(between(1, left));
    return all;
  }

  Graph graph;

 private:
  Quant quant() {
    return int8_ ? per_tensor(static_cast<float>(between(5, 300)) / 2000.0F, static_cast<int32_t>(between(-128, 127))) : Quant{};
  }

  ValueId weights(Shape shape) {
    const auto seed = static_cast<uint32_t>(random_());
    return int8_ ? add_codes(graph, "w", std::move(shape), 0.01F, seed) : add_floats(graph, "w", std::move(shape), seed);
  }

  Window2dAttrs window(int64_t kernel_h, int64_t kernel_w) {
    Window2dAttrs a;
    a.padding = static_cast<Padding>(between(0, 1));
    a.stride_h = between(1, 3), a.stride_w = between(1, 3);
    a.dilation_h = between(1, 2), a.dilation_w = between(1, 2);
    if (between(0, 2) == 0) a.pads = {between(0, kernel_h), between(0, kernel_h), between(0, kernel_w), between(0, kernel_w)};
    return a;
  }

  ValueId add_layer(ValueId x) {
    const int64_t channels = graph.type(x).shape[3], h = between(1, 4), w = between(1, 3), filters = between(1, 4);
    const auto activation = static_cast<Activation>(between(0, 2));
    const std::string name = "n" + std::to_string(graph.nodes.size());
    switch (between(0, 5)) {
      case 0:
      case 1:
        return add_node(graph, "conv2d", name, {x, weights({filters, h, w, channels})}, Conv2dAttrs{window(h, w), activation}, {quant()});
      case 2:
        return add_node(graph, "dwconv2d", name, {x, weights({1, h, w, channels * 2})}, Dwconv2dAttrs{window(h, w), activation}, {quant()});
      case 3:
        return add_node(graph, between(0, 1) ? "max_pool2d" : "average_pool2d", name, {x}, pool(window(h, w), h, w), {graph.type(x).quant});
      case 4: return add_node(graph, "relu", name, {x}, {}, {quant()});
      default: return residual(name, x);
    }
  }

  /// Padding that covers whole windows has no average.
  static Pool2dAttrs pool(Window2dAttrs a, int64_t h, int64_t w) {
    a.pads.clear();
    a.dilation_h = a.dilation_w = 1;
    return {a, h, w, Activation::None};
  }

  /// Adds the chain's value to the image, where it still has its shape, or to a constant of one row.
  ValueId residual(const std::string& name, ValueId x) {
    const TensorType& type = graph.type(x);
    if (graph.type(0).shape == type.shape) return add_node(graph, "add", name, {0, x}, BinaryAttrs{}, {quant()});
    const Shape row = {type.shape[2], type.shape[3]};
    return add_node(graph, "add", name, {x, weights(row)}, BinaryAttrs{}, {quant()});
  }

  std::mt19937 random_;
  bool int8_;
};

TEST(Strips, RandomChainsGiveTheSameBits) {
  int cut = 0, refused = 0, longest = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    RandomChain random(seed);
    const Graph& graph = random.graph;
    verify(graph);
    const Chain chain = strip_chain(graph, uses_of(graph), 0);
    ASSERT_FALSE(chain.empty()) << "seed " << seed;
    const TensorType& result = graph.type(graph.nodes[static_cast<size_t>(chain.back())].out[0]);
    const auto strips = split_into_strips(graph, chain, random.heights(result.shape[1]));
    if (!strips) {
      ++refused;
      continue;
    }
    cut += strips->nodes.size() > graph.nodes.size();
    longest = std::max(longest, static_cast<int>(chain.size()));
    verify(*strips);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + print(graph) + print(*strips));
    expect_unchanged(graph, *strips);
    if (HasFailure()) return;
  }
  EXPECT_GE(cut, 200);
  EXPECT_LE(refused, 80);
  EXPECT_EQ(longest, 5);
}

/// A pointwise and a strided depthwise convolution, as in MobileNet.
Graph separable(int64_t rows) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, rows, 4, 2}, {}});
  const ValueId p = add_node(graph, "conv2d", "p", {x, add_floats(graph, "w", {3, 1, 1, 2}, 1)});
  Dwconv2dAttrs attrs;
  attrs.padding = Padding::Same;
  attrs.stride_h = attrs.stride_w = 2;
  graph.outputs = {add_node(graph, "dwconv2d", "d", {p, add_floats(graph, "v", {1, 3, 3, 3}, 2)}, attrs)};
  return graph;
}

TEST(Strips, OnlyTheOuterOnesPad) {
  const Graph graph = separable(9);
  const int64_t heights[] = {2, 2, 1};
  const auto strips = split_into_strips(graph, Chain{0, 1}, heights);
  ASSERT_TRUE(strips);
  EXPECT_EQ(print(*strips), R"(graph g
input %0: f32[1x9x4x2]  # x
%5: f32[1x4x4x2] = strided_slice(%0) {begin=0,0,0,0 shape=1,4,4,2 size=1,4,4,2 step=1,1,1,1}  # x rows 0-3
%6: f32[1x4x4x3] = conv2d(%5, %1:const f32[3x1x1x2])  # p rows 0-3
%7: f32[1x2x2x3] = dwconv2d(%6, %3:const f32[1x3x3x3]) {pads=1,0,0,1 stride_h=2 stride_w=2}  # d rows 0-1
%8: f32[1x5x4x2] = strided_slice(%0) {begin=0,3,0,0 shape=1,5,4,2 size=1,5,4,2 step=1,1,1,1}  # x rows 3-7
%9: f32[1x5x4x3] = conv2d(%8, %1:const f32[3x1x1x2])  # p rows 3-7
%10: f32[1x2x2x3] = dwconv2d(%9, %3:const f32[1x3x3x3]) {pads=0,0,0,1 stride_h=2 stride_w=2}  # d rows 2-3
%11: f32[1x2x4x2] = strided_slice(%0) {begin=0,7,0,0 shape=1,2,4,2 size=1,2,4,2 step=1,1,1,1}  # x rows 7-8
%12: f32[1x2x4x3] = conv2d(%11, %1:const f32[3x1x1x2])  # p rows 7-8
%13: f32[1x1x2x3] = dwconv2d(%12, %3:const f32[1x3x3x3]) {pads=0,1,0,1 stride_h=2 stride_w=2}  # d rows 4-4
%4: f32[1x5x2x3] = concat(%7, %10, %13) {axis=1}  # d
output %4
)");
}

TEST(Strips, OneStripIsTheGraph) {
  const Graph graph = separable(8);
  const int64_t heights[] = {4};
  EXPECT_EQ(print(split_into_strips(graph, Chain{0, 1}, heights).value()), print(graph));
}

TEST(Strips, OnlyPaddingIsRefused) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 2, 4, 1}, {}});
  Conv2dAttrs attrs;
  attrs.pads = {3, 0, 0, 0};
  graph.outputs = {add_node(graph, "conv2d", "c", {x, add_floats(graph, "w", {1, 2, 1, 1}, 1)}, attrs)};
  const int64_t top[] = {1, 3}, enough[] = {3, 1};
  EXPECT_FALSE(split_into_strips(graph, Chain{0}, top));
  EXPECT_TRUE(split_into_strips(graph, Chain{0}, enough));
}

TEST(Strips, AChainEndsWhereOthersRead) {
  Graph graph = separable(8);
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 0), (Chain{0, 1}));
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 1), (Chain{1}));
  graph.outputs.push_back(graph.nodes[0].out[0]);
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 0), (Chain{0}));
}

TEST(Strips, BatchesAndMatricesAreNoImages) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {2, 8, 4, 1}, {}});
  const ValueId y = graph.add_input("y", {DType::F32, {4, 4}, {}});
  graph.outputs = {add_node(graph, "relu", "a", {x}), add_node(graph, "relu", "b", {y})};
  EXPECT_TRUE(strip_chain(graph, uses_of(graph), 0).empty());
  EXPECT_TRUE(strip_chain(graph, uses_of(graph), 1).empty());
}

TEST(Strips, HeightsAreEqualButForTheLast) {
  EXPECT_EQ(strip_heights(24, 4), (std::vector<int64_t>{6, 6, 6, 6}));
  EXPECT_EQ(strip_heights(25, 4), (std::vector<int64_t>{7, 7, 7, 4}));
  EXPECT_EQ(strip_heights(5, 4), (std::vector<int64_t>{2, 2, 1}));
  EXPECT_EQ(strip_heights(3, 9), (std::vector<int64_t>{1, 1, 1}));
}

TEST(Strips, NamesCanBeReadBack) {
  const std::string text = strip_name({"conv rows 3-4", 0, 11});
  const auto name = parse_strip_name(text);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->whole, "conv rows 3-4");
  EXPECT_EQ(name->first, 0);
  EXPECT_EQ(name->last, 11);
  for (std::string_view other : {"conv", "conv rows", "conv rows 3", "conv rows 3-", "conv rows -3-4", "conv rows 4-3", "conv rows 3-4x"})
    EXPECT_FALSE(parse_strip_name(other)) << other;
}

}  // namespace
}  // namespace thimble::testing
