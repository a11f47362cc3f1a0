#include "ops/fully_connected.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// The relu family on floats, and on int8 with a change of scale, under the names that the pass knows.
template <Activation kActivation>
void eval(const Attrs&, Inputs in, Outputs out) {
  if (in[0].type->dtype == DType::F32) {
    const FloatRange range = float_range(kActivation);
    for (size_t i = 0; i < out[0].as<float>().size(); ++i) out[0].as<float>()[i] = std::clamp(in[0].as<float>()[i], range.min, range.max);
    return;
  }
  const Quant &from = in[0].type->quant, &to = out[0].type->quant;
  const IntRange range = quantized_range(kActivation, *out[0].type);
  const Multiplier rescale = quantize_multiplier(static_cast<double>(from.scale[0]) / static_cast<double>(to.scale[0]));
  for (size_t i = 0; i < out[0].as<int8_t>().size(); ++i) {
    const int32_t code = requantize(in[0].as<int8_t>()[i] - from.zero[0], rescale) + to.zero[0];
    out[0].as<int8_t>()[i] = static_cast<int8_t>(std::clamp(code, range.min, range.max));
  }
}
std::vector<TensorType> infer(const Attrs&, Inputs in) { return {{in[0].type->dtype, in[0].type->shape, {}}}; }
const OpDef kRelu = {.name = "relu", .infer = infer, .eval = eval<Activation::Relu>};
const OpDef kRelu6 = {.name = "relu6", .infer = infer, .eval = eval<Activation::Relu6>};
const OpDef kReluN1To1 = {.name = "relu_n1_to_1", .infer = infer, .eval = eval<Activation::ReluN1To1>};
const OpDef kOther = {.name = "tanh", .infer = infer, .eval = eval<Activation::ReluN1To1>};

Graph float_layer(const OpDef& activation) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId y = add_node(graph, "fully_connected", "layer", {x, add_floats(graph, "w", {4, 6}, 1)});
  graph.outputs = {graph.add_node(activation, "act", {y})};
  return graph;
}

Graph int8_layer(const OpDef& activation, Quant before, Quant after) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::I8, {8, 6}, per_tensor(0.1F, 3)});
  const ValueId y = add_node(graph, "fully_connected", "layer", {x, add_codes(graph, "w", {4, 6}, 0.01F, 1)}, {}, {std::move(before)});
  graph.outputs = {graph.add_node(activation, "act", {y}, {}, {std::move(after)})};
  return graph;
}

TEST(FuseActivation, OfFloats) {
  for (const OpDef* op : {&kRelu, &kRelu6, &kReluN1To1}) {
    const std::string name(op->name);
    SCOPED_TRACE(name);
    expect_pass("fuse_activation", float_layer(*op), 1,
                R"(graph g
input %0: f32[1x6]  # x
%3: f32[1x4] = fully_connected(%0, %1:const f32[4x6]) {activation=)" +
                    name + R"(}  # layer
output %3
)");
  }
}

TEST(FuseActivation, OfIntegersOnOneScale) {
  expect_pass("fuse_activation", int8_layer(kRelu6, per_tensor(0.05F, -20), per_tensor(0.05F, -20)), 1, R"(graph g
input %0: i8[8x6] scale 0.1 zero 3  # x
%3: i8[8x4] scale 0.05 zero -20 = fully_connected(%0, %1:const i8[4x6] scale 0.01 zero 0) {activation=relu6}  # layer
output %3
)");
}

TEST(FuseActivation, LeavesAChangeOfScale) {
  expect_no_change("fuse_activation", int8_layer(kRelu, per_tensor(0.05F, 0), per_tensor(0.025F, -128)));
}

TEST(FuseActivation, LeavesLayersThatHaveOneAndOtherActivations) {
  Graph graph = float_layer(kRelu6);
  graph.nodes[0].attrs = FullyConnectedAttrs{.activation = Activation::Relu};
  expect_no_change("fuse_activation", graph);
  expect_no_change("fuse_activation", float_layer(kOther));
}

TEST(FuseActivation, LeavesWhatIsReadBeforeIt) {
  Graph graph = float_layer(kRelu);
  graph.outputs.push_back(graph.nodes[0].out[0]);
  expect_no_change("fuse_activation", graph);
}

}  // namespace
}  // namespace thimble::testing
