#include "ops/dwconv2d.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// Eight filters of 3x2 over the channels of x, in steps of 2 x 1.
Graph depthwise(TensorType x, TensorType weights, TensorType bias, Quant out = {}) {
  Graph graph{.name = "g"};
  Dwconv2dAttrs attrs;
  attrs.padding = Padding::Same;
  attrs.stride_h = 2;
  attrs.activation = Activation::Relu;
  const auto constant = [&](std::string name, const TensorType& type, uint32_t seed) {
    return graph.add_value({std::move(name), type, make_bytes(random_buffer(type, seed))});
  };
  const ValueId in = graph.add_input("x", std::move(x)), w = constant("w", weights, 1), b = constant("b", bias, 2);
  graph.outputs = {add_node(graph, "dwconv2d", "d", {in, w, b}, attrs, {std::move(out)})};
  return graph;
}

TEST(OneChannelDepthwise, BecomesAConvolution) {
  expect_pass("one_channel_depthwise", depthwise({DType::F32, {1, 7, 5, 1}, {}}, {DType::F32, {1, 3, 2, 8}, {}}, {DType::F32, {8}, {}}), 1,
              R"(graph g
input %0: f32[1x7x5x1]  # x
%3: f32[1x4x5x8] = conv2d(%0, %4:const f32[8x3x2x1], %2:const f32[8]) {activation=relu padding=same stride_h=2}  # d
output %3
)");
}

TEST(OneChannelDepthwise, TakesItsScalesAlong) {
  Quant scales{{}, std::vector<int32_t>(8), 3};
  for (int f = 1; f <= 8; ++f) scales.scale.push_back(0.001F * static_cast<float>(f));
  // A bias of random bytes would drown the sums.
  Graph graph = depthwise({DType::I8, {1, 7, 5, 1}, per_tensor(0.1F, -4)}, {DType::I8, {1, 3, 2, 8}, scales}, {DType::I32, {8}, {}},
                          per_tensor(0.04F, 6));
  const int32_t bias[] = {0, 1000, -1000, 500, -500, 20, 3000, -2000};
  graph.nodes[0].in[2] = graph.add_constant<int32_t>("bias", {8}, bias);
  expect_pass("one_channel_depthwise", graph, 1, R"(graph g
input %0: i8[1x7x5x1] scale 0.1 zero -4  # x
%3: i8[1x4x5x8] scale 0.04 zero 6 = conv2d(%0, %5:const i8[8x3x2x1] 8 scales along axis 0, %4:const i32[8]) {activation=relu padding=same stride_h=2}  # d
output %3
)");
}

TEST(OneChannelDepthwise, LeavesTwoChannels) {
  expect_no_change("one_channel_depthwise",
                   depthwise({DType::F32, {1, 7, 5, 2}, {}}, {DType::F32, {1, 3, 2, 8}, {}}, {DType::F32, {8}, {}}));
}

}  // namespace
}  // namespace thimble::testing
