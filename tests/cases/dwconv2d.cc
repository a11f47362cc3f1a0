#include "ops/dwconv2d.h"

#include "cases/other_widths.h"

namespace thimble::testing {
namespace {

struct Options {
  std::string name;
  Shape x;  ///< [batch, rows, columns, channels]
  int64_t kernel_h, kernel_w, multiplier = 1;
  Window2dAttrs window{};
  Activation activation = Activation::None;
  bool per_channel = true, bias = true;
};

OpCase int8_case(const Options& o) {
  OpCase c{.name = "dwconv2d/" + o.name, .graph = {}};
  c.graph.name = "dwconv2d";
  const int64_t filters = o.x[3] * o.multiplier;
  const ValueId x = c.graph.add_input("x", {DType::I8, o.x, per_tensor(0.05f, 9)});
  const ValueId w = random_weights(c.graph, "w", {1, o.kernel_h, o.kernel_w, filters}, o.per_channel ? 3 : -1, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_bias(c.graph, "b", filters, 8));
  c.graph.outputs = {add_node(c.graph, "dwconv2d", "y", in, Dwconv2dAttrs{o.window, o.activation}, {per_tensor(0.03f, -4)})};
  return c;
}

/// int16 activations, int8 weights.
OpCase int16_case(const Options& o) {
  OpCase c{.name = "dwconv2d/" + o.name, .graph = {}};
  c.graph.name = "dwconv2d";
  const int64_t filters = o.x[3] * o.multiplier;
  const ValueId x = c.graph.add_input("x", {DType::I16, o.x, per_tensor(0.0002f, 0)});
  const ValueId w = random_weights(c.graph, "w", {1, o.kernel_h, o.kernel_w, filters}, o.per_channel ? 3 : -1, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_wide_bias(c.graph, "b", filters, 8));
  c.graph.outputs = {add_node(c.graph, "dwconv2d", "y", in, Dwconv2dAttrs{o.window, o.activation}, {per_tensor(0.0003f, 0)})};
  return c;
}

/// Float activations; int8 weights when `hybrid`. TFLite itself would quantise the activations of a hybrid model on the fly.
OpCase float_case(const Options& o, bool hybrid = false) {
  OpCase c{.name = "dwconv2d/" + o.name, .graph = {}, .tolerance = 1e-5, .tflite = !hybrid};
  c.graph.name = "dwconv2d";
  const int64_t filters = o.x[3] * o.multiplier;
  const Shape shape = {1, o.kernel_h, o.kernel_w, filters};
  const ValueId x = c.graph.add_input("x", {DType::F32, o.x, {}});
  const ValueId w = hybrid ? random_weights(c.graph, "w", shape, o.per_channel ? 3 : -1, 7) : random_floats(c.graph, "w", shape, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_floats(c.graph, "b", {filters}, 8));
  c.graph.outputs = {add_node(c.graph, "dwconv2d", "y", in, Dwconv2dAttrs{o.window, o.activation})};
  return c;
}

constexpr Padding kSame = Padding::Same, kValid = Padding::Valid;

}  // namespace

std::vector<OpCase> dwconv2d_cases() {
  std::vector<OpCase> all = {
      int8_case(
          {.name = "3x3_same_s8", .x = {1, 6, 5, 4}, .kernel_h = 3, .kernel_w = 3, .window = {kSame}, .activation = Activation::Relu}),
      int8_case({.name = "3x3_same_stride2_s8", .x = {1, 8, 7, 3}, .kernel_h = 3, .kernel_w = 3, .window = {kSame, {}, 2, 2}}),
      int8_case({.name = "3x3_valid_s8", .x = {1, 5, 6, 2}, .kernel_h = 3, .kernel_w = 3, .window = {kValid}, .per_channel = false}),
      int8_case({.name = "multiplier8_s8",
                 .x = {1, 12, 10, 1},
                 .kernel_h = 5,
                 .kernel_w = 4,
                 .multiplier = 8,
                 .window = {kSame, {}, 2, 2},
                 .activation = Activation::Relu6}),
      int8_case({.name = "multiplier3_s8", .x = {1, 4, 5, 2}, .kernel_h = 2, .kernel_w = 3, .multiplier = 3, .window = {kSame}}),
      int8_case({.name = "dilated_s8", .x = {1, 9, 8, 2}, .kernel_h = 3, .kernel_w = 2, .window = {kSame, {}, 1, 1, 2, 3}}),
      int8_case({.name = "batch2_s8",
                 .x = {2, 4, 5, 3},
                 .kernel_h = 3,
                 .kernel_w = 3,
                 .window = {kSame, {}, 2, 2},
                 .activation = Activation::ReluN1To1}),
      int8_case({.name = "no_bias_s8", .x = {1, 4, 4, 2}, .kernel_h = 2, .kernel_w = 2, .window = {kValid}, .bias = false}),
      int8_case({.name = "kernel_larger_than_input_s8", .x = {1, 2, 3, 2}, .kernel_h = 5, .kernel_w = 7, .window = {kSame}}),
      float_case(
          {.name = "3x3_same_f32", .x = {1, 5, 6, 3}, .kernel_h = 3, .kernel_w = 3, .window = {kSame}, .activation = Activation::Relu}),
      int16_case(
          {.name = "3x3_same_s16", .x = {1, 6, 5, 6}, .kernel_h = 3, .kernel_w = 3, .window = {kSame}, .activation = Activation::Relu6}),
      int16_case({.name = "multiplier2_stride2_s16",
                  .x = {1, 7, 6, 3},
                  .kernel_h = 2,
                  .kernel_w = 4,
                  .multiplier = 2,
                  .window = {kSame, {}, 2, 2}}),
      float_case({.name = "multiplier2_stride2_f32",
                  .x = {1, 7, 6, 2},
                  .kernel_h = 3,
                  .kernel_w = 3,
                  .multiplier = 2,
                  .window = {kSame, {}, 2, 2},
                  .activation = Activation::Relu6}),
      float_case({.name = "dilated_valid_batch2_f32",
                  .x = {2, 8, 9, 2},
                  .kernel_h = 3,
                  .kernel_w = 3,
                  .window = {kValid, {}, 1, 1, 2, 2},
                  .bias = false}),
      float_case(
          {.name = "3x3_f32_s8w", .x = {1, 6, 5, 3}, .kernel_h = 3, .kernel_w = 3, .window = {kSame}, .activation = Activation::Relu},
          true),
      float_case({.name = "multiplier2_f32_s8w",
                  .x = {1, 4, 4, 2},
                  .kernel_h = 3,
                  .kernel_w = 2,
                  .multiplier = 2,
                  .window = {kValid},
                  .per_channel = false},
                 true),
  };
  OpCase padded =
      int8_case({.name = "explicit_padding_s8", .x = {1, 5, 6, 2}, .kernel_h = 3, .kernel_w = 3, .window = {kValid, {0, 2, 1, 0}, 2, 1}});
  padded.tflite = false;
  all.push_back(std::move(padded));
  return all;
}

}  // namespace thimble::testing
