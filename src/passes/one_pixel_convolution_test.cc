#include "ops/conv2d.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// Four filters of `size` rows and columns over x.
Graph conv(TensorType x, int64_t size, Quant weights = {}, Conv2dAttrs attrs = {}, int64_t depth = 4) {
  Graph graph{.name = "g"};
  const TensorType type{x.dtype, {4, size, size, depth}, std::move(weights)};
  const bool codes = x.dtype == DType::I8;
  const ValueId in = graph.add_input("x", std::move(x)), w = graph.add_value({"w", type, make_bytes(random_buffer(type, 3))});
  graph.outputs = {add_node(graph, "conv2d", "c", {in, w}, attrs, {codes ? per_tensor(0.3F, 6) : Quant{}})};
  return graph;
}

TEST(OnePixelConvolution, BecomesFullyConnected) {
  Conv2dAttrs attrs;
  attrs.padding = Padding::Same;
  attrs.activation = Activation::Relu6;
  expect_pass("one_pixel_convolution", conv({DType::F32, {2, 1, 1, 4}, {}}, 1, {}, attrs), 1, R"(graph g
input %0: f32[2x1x1x4]  # x
%2: f32[2x1x1x4] = fully_connected(%0, %3:const f32[4x4]) {activation=relu6 keep_dims=true}  # c
output %2
)");
}

TEST(OnePixelConvolution, CoversALargerMap) {
  const Quant scales{{0.01F, 0.02F, 0.003F, 0.0007F}, {0, 0, 0, 0}, 0};
  expect_pass("one_pixel_convolution", conv({DType::I8, {2, 3, 3, 4}, per_tensor(0.1F, -4)}, 3, scales), 1, R"(graph g
input %0: i8[2x3x3x4] scale 0.1 zero -4  # x
%3: i8[2x1x1x36] scale 0.1 zero -4 = reshape(%0) {shape=2,1,1,36}  # c/flat
%2: i8[2x1x1x4] scale 0.3 zero 6 = fully_connected(%3, %4:const i8[4x36] 4 scales along axis 0) {keep_dims=true}  # c
output %2
)");
}

TEST(OnePixelConvolution, LeavesSmallerWindowsBordersAndGroups) {
  expect_no_change("one_pixel_convolution", conv({DType::F32, {1, 2, 1, 4}, {}}, 1));
  Conv2dAttrs same;
  same.padding = Padding::Same;
  expect_no_change("one_pixel_convolution", conv({DType::F32, {1, 3, 3, 4}, {}}, 3, {}, same));
  expect_no_change("one_pixel_convolution", conv({DType::F32, {1, 1, 1, 4}, {}}, 3, {}, same));
  expect_no_change("one_pixel_convolution", conv({DType::F32, {1, 1, 1, 4}, {}}, 1, {}, {}, 2));
}

/// 0.1F * 0.7F is rounded to float for a fully connected layer, which moves the multiplier.
TEST(OnePixelConvolution, LeavesScalesThatWouldRoundDifferently) {
  expect_no_change("one_pixel_convolution", conv({DType::I8, {1, 1, 1, 4}, per_tensor(0.1F, -4)}, 1, per_tensor(0.7F, 0)));
  Graph exact = conv({DType::I8, {1, 1, 1, 4}, per_tensor(0.25F, -4)}, 1, per_tensor(0.125F, 0));
  PassContext context;
  EXPECT_EQ(pass_named("one_pixel_convolution").run(exact, context), 1);
}

}  // namespace
}  // namespace thimble::testing
