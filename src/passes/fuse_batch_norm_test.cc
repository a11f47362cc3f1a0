#include "ops/batch_norm.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// Float operators with a constant per channel, under the names that the pass knows.
template <int kOp>
void eval(const Attrs&, Inputs in, Outputs out) {
  const auto a = in[0].as<const float>(), b = in[1].as<const float>();
  const auto y = out[0].as<float>();
  for (size_t i = 0; i < y.size(); ++i) {
    const float left = a[i % a.size()], right = b[i % b.size()];
    y[i] = kOp == 0 ? left * right : kOp == 1 ? left + right : left - right;
  }
}
std::vector<TensorType> infer(const Attrs&, Inputs in) {
  return {in[0].type->elements() >= in[1].type->elements() ? *in[0].type : *in[1].type};
}
const OpDef kMul = {.name = "mul", .min_in = 2, .max_in = 2, .attrs = FullyConnectedAttrs{}, .infer = infer, .eval = eval<0>};
const OpDef kAdd = {.name = "add", .min_in = 2, .max_in = 2, .attrs = FullyConnectedAttrs{}, .infer = infer, .eval = eval<1>};
const OpDef kSub = {.name = "sub", .min_in = 2, .max_in = 2, .attrs = FullyConnectedAttrs{}, .infer = infer, .eval = eval<2>};

ValueId node(Graph& graph, const OpDef& op, std::string name, ValueId a, ValueId b) {
  return graph.add_node(op, std::move(name), {a, b}, FullyConnectedAttrs{});
}

TEST(FuseBatchNorm, IntoConvolutions) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 5, 5, 2}, {}});
  const ValueId c =
      add_node(graph, "conv2d", "c", {x, add_floats(graph, "w", {4, 3, 3, 2}, 1), add_floats(graph, "b", {4}, 2)}, Conv2dAttrs{});
  const ValueId m = node(graph, kMul, "m", c, add_floats(graph, "gamma", {1, 1, 1, 4}, 3));
  const ValueId a = node(graph, kAdd, "a", add_floats(graph, "beta", {4}, 4), m);
  const ValueId d = add_node(graph, "dwconv2d", "d", {a, add_floats(graph, "v", {1, 2, 2, 4}, 5)}, Dwconv2dAttrs{});
  graph.outputs = {node(graph, kSub, "s", node(graph, kMul, "n", d, add_floats(graph, "one", {1}, 6)), add_floats(graph, "mean", {4}, 7))};
  expect_pass("fuse_batch_norm", graph, 4, R"(graph g
input %0: f32[1x5x5x2]  # x
%7: f32[1x3x3x4] = conv2d(%0, %16:const f32[4x3x3x2], %17:const f32[4])  # c
%13: f32[1x2x2x4] = dwconv2d(%7, %20:const f32[1x2x2x4], %21:const f32[4])  # d
output %13
)",
              1e-6);
}

/// A batch norm over `x` with made-up statistics.
ValueId batch_norm(Graph& graph, std::string name, ValueId x) {
  const int64_t channels = graph.type(x).shape.back();
  const ValueId gamma = add_floats(graph, name + "_gamma", {channels}, 8), beta = add_floats(graph, name + "_beta", {channels}, 9);
  const ValueId mean = add_floats(graph, name + "_mean", {channels}, 10);
  const ValueId variance = graph.add_constant<float>(name + "_variance", {channels}, std::vector<float>(static_cast<size_t>(channels), 2));
  return add_node(graph, "batch_norm", std::move(name), {x, gamma, beta, mean, variance}, BatchNormAttrs{});
}

TEST(FuseBatchNorm, TheOpItself) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 5, 5, 2}, {}});
  const ValueId c = add_node(graph, "conv2d", "c", {x, add_floats(graph, "w", {4, 3, 3, 2}, 1)}, Conv2dAttrs{});
  graph.outputs = {batch_norm(graph, "n", c)};
  expect_pass("fuse_batch_norm", graph, 1, R"(graph g
input %0: f32[1x5x5x2]  # x
%7: f32[1x3x3x4] = conv2d(%0, %8:const f32[4x3x3x2], %9:const f32[4])  # c
output %7
)",
              1e-6);
}

TEST(FuseBatchNorm, SpellsOutTheOpWhereNoLayerCanTakeIt) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 5, 5, 2}, {}});
  graph.outputs = {batch_norm(graph, "n", x)};
  expect_pass("fuse_batch_norm", graph, 1, R"(graph g
input %0: f32[1x5x5x2]  # x
%8: f32[1x5x5x2] = mul(%0, %6:const f32[2])  # n/mul
%5: f32[1x5x5x2] = add(%8, %7:const f32[2])  # n
output %5
)",
              1e-6);
}

TEST(FuseBatchNorm, TakesTheActivationAlong) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId y = add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {3, 6}, 1)});
  graph.outputs = {node(graph, kAdd, "a", y, add_floats(graph, "b", {3}, 2))};
  graph.nodes[1].attrs = FullyConnectedAttrs{.activation = Activation::Relu};
  PassContext context;
  EXPECT_EQ(pass_named("fuse_batch_norm").run(graph, context), 1);
  EXPECT_EQ(graph.nodes[0].attrs.as<FullyConnectedAttrs>().activation, Activation::Relu);
}

TEST(FuseBatchNorm, LeavesWhatIsNotPerChannel) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {3, 6}, {}});
  const ValueId y = add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {4, 6}, 1)});
  graph.outputs = {node(graph, kMul, "m", y, add_floats(graph, "all", {3, 4}, 2))};
  expect_no_change("fuse_batch_norm", graph);
}

TEST(FuseBatchNorm, LeavesAConstantMinusTheLayer) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId y = add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {4, 6}, 1)});
  graph.outputs = {node(graph, kSub, "s", add_floats(graph, "c", {1, 4}, 2), y)};
  expect_no_change("fuse_batch_norm", graph);
}

TEST(FuseBatchNorm, LeavesLayersWithAnActivation) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId y =
      add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {4, 6}, 1)}, FullyConnectedAttrs{.activation = Activation::Relu});
  graph.outputs = {node(graph, kMul, "m", y, add_floats(graph, "g", {4}, 2))};
  expect_no_change("fuse_batch_norm", graph);
}

}  // namespace
}  // namespace thimble::testing
