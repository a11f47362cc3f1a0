#include "ops/conv2d.h"

#include "cases/other_widths.h"

namespace thimble::testing {
namespace {

struct Options {
  std::string name;
  Shape x, w;  ///< [batch, rows, columns, channels], [filters, rows, columns, channels of a group]
  Window2dAttrs window{};
  Activation activation = Activation::None;
  bool per_channel = true, bias = true;
  float y_scale = 0.06f;  ///< of an int8 output
  int32_t y_zero = 4;
};

/// int8 activations and weights.
OpCase int8_case(const Options& o) {
  OpCase c{.name = "conv2d/" + o.name, .graph = {}};
  c.graph.name = "conv2d";
  const ValueId x = c.graph.add_input("x", {DType::I8, o.x, per_tensor(0.05f, -7)});
  const ValueId w = random_weights(c.graph, "w", o.w, o.per_channel ? 0 : -1, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_bias(c.graph, "b", o.w[0], 8));
  c.graph.outputs = {add_node(c.graph, "conv2d", "y", in, Conv2dAttrs{o.window, o.activation}, {per_tensor(o.y_scale, o.y_zero)})};
  return c;
}

/// int8 activations, weights of four bits.
OpCase nibble_case(const Options& o) {
  OpCase c{.name = "conv2d/" + o.name, .graph = {}};
  c.graph.name = "conv2d";
  const ValueId x = c.graph.add_input("x", {DType::I8, o.x, per_tensor(0.05f, -7)});
  const ValueId w = random_nibbles(c.graph, "w", o.w, 7), b = random_bias(c.graph, "b", o.w[0], 8);
  c.graph.outputs = {add_node(c.graph, "conv2d", "y", {x, w, b}, Conv2dAttrs{o.window, o.activation}, {per_tensor(o.y_scale, o.y_zero)})};
  return c;
}

/// int16 activations, int8 weights.
OpCase int16_case(const Options& o) {
  OpCase c{.name = "conv2d/" + o.name, .graph = {}};
  c.graph.name = "conv2d";
  const ValueId x = c.graph.add_input("x", {DType::I16, o.x, per_tensor(0.0002f, 0)});
  const ValueId w = random_weights(c.graph, "w", o.w, o.per_channel ? 0 : -1, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_wide_bias(c.graph, "b", o.w[0], 8));
  c.graph.outputs = {add_node(c.graph, "conv2d", "y", in, Conv2dAttrs{o.window, o.activation}, {per_tensor(0.0003f, 0)})};
  return c;
}

/// Float activations; int8 weights when `hybrid`. TFLite itself would quantise the activations of a hybrid model on the fly.
OpCase float_case(const Options& o, bool hybrid = false) {
  OpCase c{.name = "conv2d/" + o.name, .graph = {}, .tolerance = 1e-5, .tflite = !hybrid};
  c.graph.name = "conv2d";
  const ValueId x = c.graph.add_input("x", {DType::F32, o.x, {}});
  const ValueId w = hybrid ? random_weights(c.graph, "w", o.w, o.per_channel ? 0 : -1, 7) : random_floats(c.graph, "w", o.w, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(random_floats(c.graph, "b", {o.w[0]}, 8));
  c.graph.outputs = {add_node(c.graph, "conv2d", "y", in, Conv2dAttrs{o.window, o.activation})};
  return c;
}

constexpr Padding kSame = Padding::Same, kValid = Padding::Valid;

}  // namespace

std::vector<OpCase> conv2d_cases() {
  std::vector<OpCase> all = {
      int8_case({.name = "1x1_s8", .x = {1, 5, 4, 8}, .w = {6, 1, 1, 8}, .window = {kSame}, .activation = Activation::Relu}),
      int8_case({.name = "1x1_stride2_s8", .x = {1, 7, 8, 3}, .w = {4, 1, 1, 3}, .window = {kSame, {}, 2, 2}}),
      int8_case({.name = "3x3_same_s8", .x = {1, 6, 5, 3}, .w = {5, 3, 3, 3}, .window = {kSame}, .activation = Activation::Relu6}),
      int8_case({.name = "3x3_same_stride2_s8", .x = {1, 8, 7, 4}, .w = {3, 3, 3, 4}, .window = {kSame, {}, 2, 2}}),
      int8_case({.name = "3x3_valid_s8", .x = {1, 6, 6, 2}, .w = {4, 3, 3, 2}, .window = {kValid}, .per_channel = false}),
      int8_case({.name = "10x4_stride2_s8",
                 .x = {1, 49, 10, 1},
                 .w = {8, 10, 4, 1},
                 .window = {kSame, {}, 2, 2},
                 .activation = Activation::Relu}),
      int8_case({.name = "dilated_s8", .x = {1, 9, 8, 2}, .w = {3, 3, 2, 2}, .window = {kSame, {}, 1, 1, 2, 3}}),
      int8_case(
          {.name = "batch3_s8", .x = {3, 4, 5, 2}, .w = {2, 2, 3, 2}, .window = {kSame, {}, 1, 2}, .activation = Activation::ReluN1To1}),
      int8_case({.name = "groups_s8", .x = {1, 5, 5, 6}, .w = {4, 3, 3, 3}, .window = {kSame}}),
      int8_case({.name = "no_bias_s8", .x = {1, 4, 4, 2}, .w = {3, 2, 2, 2}, .window = {kValid}, .bias = false}),
      int8_case({.name = "kernel_larger_than_input_s8", .x = {1, 2, 3, 2}, .w = {2, 5, 5, 2}, .window = {kSame}}),
      int8_case({.name = "scaled_up_s8", .x = {1, 3, 4, 2}, .w = {5, 1, 1, 2}, .window = {kSame}, .y_scale = 0.0002f, .y_zero = -128}),
      int8_case({.name = "1x1_many_channels_s8", .x = {1, 12, 12, 64}, .w = {16, 1, 1, 64}, .window = {kSame}, .y_scale = 0.4f}),
      nibble_case({.name = "3x3_s8w4", .x = {1, 7, 8, 8}, .w = {9, 3, 3, 8}, .window = {kSame}, .y_scale = 0.2f}),
      int16_case({.name = "1x1_s16", .x = {1, 5, 3, 8}, .w = {6, 1, 1, 8}, .window = {kSame}, .activation = Activation::Relu}),
      int16_case({.name = "3x3_same_stride2_s16", .x = {1, 8, 7, 3}, .w = {5, 3, 3, 3}, .window = {kSame, {}, 2, 2}}),
      int16_case({.name = "dilated_batch2_s16", .x = {2, 9, 8, 2}, .w = {3, 3, 2, 2}, .window = {kSame, {}, 1, 1, 2, 3}, .bias = false}),
      int16_case({.name = "long_sums_s16", .x = {1, 4, 4, 90}, .w = {3, 4, 4, 90}, .window = {kValid}, .per_channel = false}),
      float_case({.name = "1x1_f32", .x = {1, 3, 4, 5}, .w = {6, 1, 1, 5}, .window = {kSame}}),
      float_case({.name = "3x3_same_stride2_f32",
                  .x = {1, 7, 6, 3},
                  .w = {4, 3, 3, 3},
                  .window = {kSame, {}, 2, 2},
                  .activation = Activation::Relu6}),
      float_case(
          {.name = "dilated_valid_batch2_f32", .x = {2, 8, 9, 2}, .w = {3, 3, 3, 2}, .window = {kValid, {}, 1, 1, 2, 2}, .bias = false}),
      float_case({.name = "groups_f32", .x = {1, 5, 4, 4}, .w = {6, 3, 3, 2}, .window = {kSame}, .activation = Activation::Relu}),
      float_case({.name = "3x3_f32_s8w", .x = {1, 6, 5, 3}, .w = {5, 3, 3, 3}, .window = {kSame}, .activation = Activation::Relu}, true),
      float_case({.name = "1x1_f32_s8w_per_tensor", .x = {1, 3, 4, 5}, .w = {6, 1, 1, 5}, .window = {kSame}, .per_channel = false}, true),
  };
  OpCase padded = int8_case({.name = "explicit_padding_s8", .x = {1, 5, 6, 2}, .w = {3, 3, 3, 2}, .window = {kValid, {2, 0, 0, 1}, 2, 1}});
  padded.tflite = false;
  all.push_back(std::move(padded));
  return all;
}

}  // namespace thimble::testing
