#include "ops/fully_connected.h"

#include "cases/other_widths.h"

namespace thimble::testing {
namespace {

constexpr const char* kOtherRounding =
    "LiteRT rounds the sums of fully connected layers once, by all 31 bits of the multiplier; TensorFlow Lite Micro, whose recorded "
    "vectors "
    "agree with us, rounds those of int8 layers twice and those of int16 layers by 15 bits";

OpCase int8_case(std::string name, int64_t rows, int64_t features, int64_t units, Activation activation, int quant_axis) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}};
  c.graph.name = "fully_connected";
  const ValueId x = c.graph.add_input("x", {DType::I8, {rows, features}, per_tensor(0.05f, -3)});
  const ValueId w = random_weights(c.graph, "w", {units, features}, quant_axis, 7);
  const ValueId b = random_bias(c.graph, "b", units, 8);
  c.graph.outputs = {add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{activation, false}, {per_tensor(0.08f, 5)})};
  return c;
}

/// LiteRT 2.3 misses TensorFlow Lite Micro's recorded vectors of ad_int8, all fully connected, in 3,523 of 10,240 outputs, where
/// `verify --golden` finds none of ours that differs.
OpCase many_rows_case() {
  OpCase c = int8_case("s8_many_rows", 60, 100, 40, Activation::None, -1);
  c.peer_differs = kOtherRounding;
  return c;
}

/// int8 activations, weights of four bits.
OpCase nibble_case(std::string name, int64_t rows, int64_t features, int64_t units) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}};
  c.graph.name = "fully_connected";
  const ValueId x = c.graph.add_input("x", {DType::I8, {rows, features}, per_tensor(0.0625f, -3)});
  const ValueId w = random_nibbles(c.graph, "w", {units, features}, 7), b = random_bias(c.graph, "b", units, 8);
  c.graph.outputs = {add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(0.25f, 5)})};
  return c;
}

/// int16 activations, int8 weights.
OpCase int16_case(std::string name, int64_t rows, int64_t features, int64_t units, Activation activation, int quant_axis) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}};
  c.graph.name = "fully_connected";
  const ValueId x = c.graph.add_input("x", {DType::I16, {rows, features}, per_tensor(0.0002f, 0)});
  const ValueId w = random_weights(c.graph, "w", {units, features}, quant_axis, 7);
  const ValueId b = random_wide_bias(c.graph, "b", units, 8);
  c.graph.outputs = {
      add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{activation, false}, {per_tensor(0.0003f, 0)})};
  return c;
}

/// One scale for all: the multiplier's 15 bits show how the product of scales was rounded.
OpCase int16_many_features_case() {
  OpCase c = int16_case("s16", 1, 30, 5, Activation::None, -1);
  c.peer_differs = kOtherRounding;
  return c;
}

OpCase float_case(std::string name, Activation activation) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}};
  c.graph.name = "fully_connected";
  const ValueId x = c.graph.add_input("x", {DType::F32, {2, 13}, {}});
  const ValueId w = random_floats(c.graph, "w", {5, 13}, 7);
  const ValueId b = random_floats(c.graph, "b", {5}, 8);
  c.graph.outputs = {add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{activation, false})};
  return c;
}

/// int8 weights under float activations. TFLite itself would quantise the activations on the fly.
OpCase hybrid_case(std::string name, int quant_axis) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}, .tolerance = 1e-5, .tflite = false};
  c.graph.name = "fully_connected";
  const ValueId x = c.graph.add_input("x", {DType::F32, {2, 13}, {}});
  const ValueId w = random_weights(c.graph, "w", {5, 13}, quant_axis, 7);
  const ValueId b = random_floats(c.graph, "b", {5}, 8);
  c.graph.outputs = {add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{Activation::Relu6, false})};
  return c;
}

}  // namespace

std::vector<OpCase> fully_connected_cases() {
  return {int8_case("s8", 1, 16, 4, Activation::None, -1),
          int8_case("s8_per_channel_relu6", 3, 17, 5, Activation::Relu6, 0),
          int8_case("s8_batch4_relu_n1_to_1", 4, 9, 3, Activation::ReluN1To1, -1),
          int8_case("s8_twenty_units", 1, 40, 20, Activation::Relu, -1),
          int8_case("s8_many_features", 1, 256, 64, Activation::None, -1),
          nibble_case("s8w4", 1, 64, 32),
          int16_many_features_case(),
          int16_case("s16_rows_relu", 3, 16, 4, Activation::Relu, -1),
          many_rows_case(),
          hybrid_case("f32_s8w", -1),
          hybrid_case("f32_s8w_per_channel", 0),
          float_case("f32", Activation::None),
          float_case("f32_relu", Activation::Relu)};
}

}  // namespace thimble::testing
