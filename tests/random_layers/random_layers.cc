#include "random_layers/random_layers.h"

#include <cmath>

#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"

namespace thimble::testing {

ValueId RandomLayers::add_input(Shape shape) {
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::I8, std::move(shape), quant_of(0.05f)});
  return x;
}

ValueId RandomLayers::add_weights(Shape shape, int axis) {
  TensorType type{DType::I8, std::move(shape), {}};
  const int64_t channels = type.shape[static_cast<size_t>(axis)];
  const bool per_channel = pick(0, 3) > 0;
  for (int64_t c = 0; c < (per_channel ? channels : 1); ++c) type.quant.scale.push_back(0.001f * static_cast<float>(pick(4, 64)));
  type.quant.zero.assign(type.quant.scale.size(), 0);
  type.quant.axis = type.quant.scale.size() > 1 ? axis : -1;
  std::vector<int8_t> values;
  const int kind = pick(0, 5);  // now and then every weight at an end of the range
  for (int64_t i = 0; i < type.elements(); ++i)
    values.push_back(static_cast<int8_t>(kind == 0 ? one_of({-127, 127}) : kind == 1 ? 127 : kind == 2 ? -127 : pick(-127, 127)));
  return graph_.add_constant<int8_t>("w", type.shape, values, type.quant);
}

ValueId RandomLayers::add_bias(int64_t channels) {
  std::vector<int32_t> values;
  const int reach = one_of({0, 3000, 3000, 200000});
  for (int64_t i = 0; i < channels; ++i) values.push_back(pick(-reach, reach));
  return graph_.add_constant<int32_t>("b", {channels}, values);
}

void RandomLayers::finish(std::string_view op, std::vector<ValueId> in, Attrs attrs, float unit, double spread) {
  const double scale = unit * spread / 128 * std::exp2(pick(-12, 8) / 4.0);
  const std::string name = "y" + std::to_string(graph_.outputs.size());
  graph_.outputs.push_back(add_node(graph_, op, name, std::move(in), std::move(attrs), {quant_of(static_cast<float>(scale))}));
}

ValueId RandomLayers::add_int16_input(Shape shape) {
  return graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::I16, std::move(shape), per_tensor(0.0002f, 0)});
}

ValueId RandomLayers::add_nibble_weights(Shape shape) {
  TensorType type{DType::I8, std::move(shape), {}};
  const bool per_channel = pick(0, 3) > 0;
  for (int64_t c = 0; c < (per_channel ? type.shape[0] : 1); ++c) type.quant.scale.push_back(0.01f * static_cast<float>(pick(4, 64)));
  type.quant.zero.assign(type.quant.scale.size(), 0);
  type.quant.axis = type.quant.scale.size() > 1 ? 0 : -1;
  std::vector<int8_t> values;
  const int kind = pick(0, 5);
  for (int64_t i = 0; i < type.elements(); ++i)
    values.push_back(static_cast<int8_t>(kind == 0 ? one_of({-8, 7}) : kind == 1 ? 7 : kind == 2 ? -8 : pick(-8, 7)));
  return graph_.add_constant<int8_t>("w", type.shape, values, type.quant);
}

ValueId RandomLayers::add_wide_bias(int64_t channels) {
  std::vector<int64_t> values;
  const int64_t reach = one_of({int64_t{0}, int64_t{700000}, int64_t{700000}, int64_t{1} << 36});
  for (int64_t i = 0; i < channels; ++i) values.push_back(std::uniform_int_distribution<int64_t>(-reach, reach)(random_));
  return graph_.add_constant<int64_t>("b", {channels}, values);
}

void RandomLayers::finish_int16(std::string_view op, std::vector<ValueId> in, Attrs attrs, double taps) {
  const double scale = 0.0002 * 0.03 * 1300000 * std::sqrt(taps) / 32768 * std::exp2(pick(-12, 8) / 4.0);
  const std::string name = "y" + std::to_string(graph_.outputs.size());
  graph_.outputs.push_back(add_node(graph_, op, name, std::move(in), std::move(attrs), {per_tensor(static_cast<float>(scale), 0)}));
}

ValueId RandomLayers::add_floats(const char* name, Shape shape) {
  std::vector<float> values(static_cast<size_t>(TensorType{DType::F32, shape, {}}.elements()));
  for (float& value : values) value = static_cast<float>(pick(-1000, 1000)) / 1000;
  return graph_.add_constant<float>(name, shape, values);
}

void RandomLayers::finish_float(std::string_view op, std::vector<ValueId> in, Attrs attrs) {
  const std::string name = "y" + std::to_string(graph_.outputs.size());
  graph_.outputs.push_back(add_node(graph_, op, name, std::move(in), std::move(attrs)));
}

void RandomLayers::add_float_conv2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4), in_c = pick(1, 9), out_c = pick(1, 17);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = pick(1, 2), attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()),
                                     {DType::F32, {1, kernel_h + pick(0, 6), kernel_w + pick(0, 9), in_c}, {}});
  finish_float("conv2d", {x, add_floats("w", {out_c, kernel_h, kernel_w, in_c}), add_floats("b", {out_c})}, attrs);
}

void RandomLayers::add_float_dwconv2d() {
  const int kernel = pick(1, 5), channels = pick(1, 9);
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()),
                                     {DType::F32, {1, kernel + pick(0, 9), kernel + pick(0, 9), channels}, {}});
  finish_float("dwconv2d", {x, add_floats("w", {1, kernel, kernel, channels}), add_floats("b", {channels})}, attrs);
}

void RandomLayers::add_float_fully_connected() {
  const int features = pick(1, 70), units = pick(1, 19);
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::F32, {pick(1, 5), features}, {}});
  finish_float("fully_connected", {x, add_floats("w", {units, features}), add_floats("b", {units})}, FullyConnectedAttrs{});
}

void RandomLayers::add_conv2d() {
  const int kernel_h = one_of({1, 1, 2, 3, 3, 5, 10}), kernel_w = kernel_h == 1 ? 1 : one_of({1, 2, 3, 4, 5});
  const int in_c = kernel_h == 1 ? pick(1, 40) : one_of({1, 2, 3, 4, 5, 8, 12}), out_c = pick(2, 17);
  const int in_h = kernel_h + pick(0, 6), in_w = kernel_w + pick(0, 9);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = pick(1, 3), attrs.stride_w = pick(1, 3);
  if (pick(0, 2)) attrs.stride_h = attrs.stride_w = 1;
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu, Activation::Relu6});
  const ValueId x = add_input({1, in_h, in_w, in_c});
  const double taps = kernel_h * kernel_w * in_c;
  finish("conv2d", {x, add_weights({out_c, kernel_h, kernel_w, in_c}, 0), add_bias(out_c)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(taps));
}

void RandomLayers::add_dwconv2d() {
  const bool spreads = pick(0, 4) == 0;  // one input channel to many
  const int in_c = spreads ? 1 : pick(4, 13), out_c = spreads ? pick(2, 9) : in_c, kernel = spreads ? pick(1, 5) : 3;
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu, Activation::Relu6});
  const ValueId x = add_input({1, kernel + pick(0, 12), kernel + pick(0, 12), in_c});
  finish("dwconv2d", {x, add_weights({1, kernel, kernel, out_c}, 3), add_bias(out_c)}, attrs, 0.05f * 0.03f, 5000.0 * kernel);
}

void RandomLayers::add_any_dwconv2d() {
  const int kernel_h = pick(1, 6), kernel_w = pick(0, 3) ? pick(1, 6) : 1, in_c = pick(1, 7), out_c = in_c * one_of({1, 1, 2, 3});
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = pick(1, 3), attrs.stride_w = pick(1, 3);
  if (attrs.stride_h == 1 && attrs.stride_w == 1) attrs.dilation_h = pick(1, 2), attrs.dilation_w = pick(1, 3);
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_input({1, 2 * kernel_h + pick(0, 12), 3 * kernel_w + one_of({0, 5, pick(0, 60)}), in_c});
  const double taps = kernel_h * kernel_w;
  finish("dwconv2d", {x, add_weights({1, kernel_h, kernel_w, out_c}, 3), add_bias(out_c)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(taps));
}

void RandomLayers::add_fully_connected() {
  const int features = one_of({1, 3, 4, 5, 8, 16, 17, 64, 100, 130}), units = pick(4, 19);
  FullyConnectedAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = add_input({1, features});
  finish("fully_connected", {x, add_weights({units, features}, 0), add_bias(units)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(features));
}

void RandomLayers::add_pool2d() {
  Pool2dAttrs attrs;
  attrs.kernel_h = pick(1, 8), attrs.kernel_w = pick(1, 8), attrs.stride_h = pick(1, 3), attrs.stride_w = pick(1, 3);
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_input({1, attrs.kernel_h + pick(0, 5), attrs.kernel_w + pick(0, 5), pick(4, 14)});
  const std::string name = "y" + std::to_string(graph_.outputs.size());
  graph_.outputs.push_back(add_node(graph_, one_of({"average_pool2d", "max_pool2d"}), name, {x}, attrs, {graph_.type(x).quant}));
}

std::vector<int64_t> RandomLayers::pads_up_to(int64_t rows, int64_t columns) {
  std::vector<int64_t> pads;
  for (const int64_t most : {rows, rows, columns, columns}) pads.push_back(one_of({true, false}) ? pick(0, static_cast<int>(most)) : 0);
  return pads;
}

void RandomLayers::add_padded() {
  // Single pixels that are padded at some sides only are easily taken for those that are not padded.
  const bool point = pick(0, 2) == 0;
  const int kernel_h = point ? 1 : pick(1, 4), kernel_w = point ? 1 : pick(1, 4), in_c = pick(1, 17), out_c = pick(1, 9);
  const int kind = point ? 0 : pick(0, 3), wider = point || (kind < 2 && pick(0, 4) == 0) ? 2 : 0;
  const auto lay = [&](auto attrs) {
    attrs.stride_h = attrs.stride_w = pick(1, 2);
    attrs.pads = pads_up_to(kernel_h - 1 + wider, kernel_w - 1 + wider);
    return attrs;
  };
  const int more = point ? 2 : 5;  // a single row whose windows reach over its end
  const ValueId x = add_input({1, kernel_h + pick(0, more), kernel_w + pick(0, more), in_c});
  const double spread = 5000 * std::sqrt(kernel_h * kernel_w * (kind == 0 ? in_c : 1));
  if (kind == 0)
    return finish("conv2d", {x, add_weights({out_c, kernel_h, kernel_w, in_c}, 0), add_bias(out_c)}, lay(Conv2dAttrs{}), 0.05f * 0.03f,
                  spread);
  if (kind == 1)
    return finish("dwconv2d", {x, add_weights({1, kernel_h, kernel_w, in_c}, 3), add_bias(in_c)}, lay(Dwconv2dAttrs{}), 0.05f * 0.03f,
                  spread);
  Pool2dAttrs attrs = lay(Pool2dAttrs{});
  attrs.kernel_h = kernel_h, attrs.kernel_w = kernel_w;
  const std::string name = "y" + std::to_string(graph_.outputs.size());
  graph_.outputs.push_back(add_node(graph_, kind == 2 ? "average_pool2d" : "max_pool2d", name, {x}, attrs, {graph_.type(x).quant}));
}

void RandomLayers::add_sum() {
  const Shape shape{1, pick(1, 5), pick(1, 30)};
  const ValueId a = add_input(shape), b = add_input(shape);
  graph_.value(a).type.quant.scale[0] = 0.01f * static_cast<float>(pick(1, 20));
  graph_.value(b).type.quant.scale[0] = 0.01f * static_cast<float>(pick(1, 20));
  BinaryAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu});
  finish(one_of({"add", "sub"}), {a, b}, attrs, 0.1f, 128);
}

void RandomLayers::add_wide_conv2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4), in_c = pick(1, 70), out_c = pick(1, 70);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = pick(1, 3);
  attrs.stride_h = pick(1, 2), attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_input({pick(1, 2), (kernel_h - 1) * 2 + pick(1, 5), (kernel_w - 1) * 3 + pick(1, 6), in_c});
  const double taps = kernel_h * kernel_w * in_c;
  finish("conv2d", {x, add_weights({out_c, kernel_h, kernel_w, in_c}, 0), add_bias(out_c)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(taps));
}

void RandomLayers::add_wide_dwconv2d() {
  const int kernel_h = pick(1, 6), kernel_w = pick(1, 6), channels = pick(2, 70);
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = pick(1, 3);
  attrs.stride_h = pick(1, 3), attrs.stride_w = one_of({1, 1, 2, 3});
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_input({pick(1, 2), (kernel_h - 1) * 2 + pick(1, 5), (kernel_w - 1) * 3 + pick(1, 9), channels});
  const double spread = 5000 * std::sqrt(static_cast<double>(kernel_h * kernel_w));
  finish("dwconv2d", {x, add_weights({1, kernel_h, kernel_w, channels}, 3), add_bias(channels)}, attrs, 0.05f * 0.03f, spread);
}

void RandomLayers::add_wide_fully_connected() {
  const int features = pick(1, 200), units = pick(1, 150), rows = pick(1, 11);
  add_fully_connected_of(rows, features, units);
}

void RandomLayers::add_long_fully_connected() {
  const int features = pick(56, 400), units = pick(30, 150);
  add_fully_connected_of(1, features, units);
}

void RandomLayers::add_fully_connected_of(int rows, int features, int units) {
  const ValueId x = add_input({rows, features});
  FullyConnectedAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu});
  finish("fully_connected", {x, add_weights({units, features}, 0), add_bias(units)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(features));
}

void RandomLayers::add_product() {
  const Shape shape{1, pick(1, 5), pick(1, 30)};
  const ValueId a = add_input(shape), b = add_input(shape);
  BinaryAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu});
  finish("mul", {a, b}, attrs, 0.05f * 0.05f, 128 * 64);
}

void RandomLayers::add_any_conv2d() {
  const int groups = one_of({1, 1, 2, 3}), group_c = pick(1, 9), group_out = pick(1, 7);
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = pick(1, 2), attrs.stride_w = pick(1, 2), attrs.dilation_h = pick(1, 3), attrs.dilation_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const int64_t rows = (kernel_h - 1) * attrs.dilation_h + 1, columns = (kernel_w - 1) * attrs.dilation_w + 1;
  const ValueId x = add_input({pick(1, 2), rows + pick(0, 5), columns + pick(0, 7), groups * group_c});
  const ValueId w = add_weights({groups * group_out, kernel_h, kernel_w, group_c}, 0);
  finish("conv2d", {x, w, add_bias(groups * group_out)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(kernel_h * kernel_w * group_c));
}

void RandomLayers::add_rows() {
  const int features = one_of({3, 8, 17, 33, 64}), units = pick(1, 9), rows = one_of({1, 2, 3, 5, 9});
  FullyConnectedAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_input({rows, features});
  finish("fully_connected", {x, add_weights({units, features}, 0), add_bias(units)}, attrs, 0.05f * 0.03f, 5000 * std::sqrt(features));
}

void RandomLayers::add_long_sums() {
  const int features = pick(600, 2500), units = pick(2, 9);
  if (pick(0, 1)) {
    const ValueId x = add_input({1, features});
    finish("fully_connected", {x, add_weights({units, features}, 0), add_bias(units)}, FullyConnectedAttrs{}, 0.05f * 0.03f,
           9000 * std::sqrt(features));
  } else {
    const int channels = features / 9;
    const ValueId x = add_input({1, pick(3, 5), pick(3, 5), channels});
    Conv2dAttrs attrs;
    attrs.activation = one_of({Activation::None, Activation::Relu});
    finish("conv2d", {x, add_weights({units, 3, 3, channels}, 0), add_bias(units)}, attrs, 0.05f * 0.03f, 9000 * std::sqrt(features));
  }
}

void RandomLayers::add_int16_conv2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4), in_c = one_of({1, 3, 4, 8, 12, pick(1, 70)}), out_c = pick(1, 9);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = one_of({1, 1, 3});
  attrs.stride_h = pick(1, 2), attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = add_int16_input({pick(1, 2), (kernel_h - 1) * 2 + pick(1, 4), (kernel_w - 1) * 3 + pick(1, 5), in_c});
  finish_int16("conv2d", {x, add_weights({out_c, kernel_h, kernel_w, in_c}, 0), add_wide_bias(out_c)}, attrs, kernel_h * kernel_w * in_c);
}

void RandomLayers::add_int16_dwconv2d() {
  const int kernel_h = pick(1, 5), kernel_w = pick(1, 5), channels = pick(3, 14);
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = one_of({1, 1, 3});
  attrs.stride_h = attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = add_int16_input({pick(1, 2), (kernel_h - 1) * 2 + pick(1, 4), (kernel_w - 1) * 3 + pick(1, 5), channels});
  finish_int16("dwconv2d", {x, add_weights({1, kernel_h, kernel_w, channels}, 3), add_wide_bias(channels)}, attrs, kernel_h * kernel_w);
}

void RandomLayers::add_int16_fully_connected() {
  const int features = one_of({1, 4, 17, 64, 130, 700}), units = pick(1, 11);
  FullyConnectedAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const ValueId x = add_int16_input({pick(1, 4), features});
  finish_int16("fully_connected", {x, add_weights({units, features}, 0), add_wide_bias(units)}, attrs, features);
}

void RandomLayers::add_nibble_conv2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4), in_c = one_of({1, 3, 4, 8, 12, pick(1, 50)}), out_c = pick(1, 9);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = one_of({1, 1, 3});
  attrs.stride_h = pick(1, 2), attrs.stride_w = pick(1, 2);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = add_input({pick(1, 2), (kernel_h - 1) * 2 + pick(1, 4), (kernel_w - 1) * 3 + pick(1, 5), in_c});
  const double taps = kernel_h * kernel_w * in_c;
  finish("conv2d", {x, add_nibble_weights({out_c, kernel_h, kernel_w, in_c}), add_bias(out_c)}, attrs, 0.05f * 0.3f, 330 * std::sqrt(taps));
}

void RandomLayers::add_nibble_fully_connected() {
  const int features = one_of({1, 4, 17, 64, 130, 700}), units = pick(1, 11);
  FullyConnectedAttrs attrs;
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const ValueId x = add_input({pick(1, 4), features});
  finish("fully_connected", {x, add_nibble_weights({units, features}), add_bias(units)}, attrs, 0.05f * 0.3f, 330 * std::sqrt(features));
}

void RandomLayers::add_wide_float_conv2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4), in_c = pick(1, 40), out_c = pick(1, 70);
  Conv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = pick(1, 3);
  attrs.stride_h = pick(1, 3), attrs.stride_w = pick(1, 3);
  attrs.activation = one_of({Activation::None, Activation::Relu});
  const Shape shape = {pick(1, 2), (kernel_h - 1) * 2 + pick(1, 5), (kernel_w - 1) * 3 + pick(1, 16), in_c};
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::F32, shape, {}});
  finish_float("conv2d", {x, add_floats("w", {out_c, kernel_h, kernel_w, in_c}), add_floats("b", {out_c})}, attrs);
}

void RandomLayers::add_wide_float_dwconv2d() {
  const int kernel_h = pick(1, 6), kernel_w = pick(1, 6), channels = pick(2, 70);
  Dwconv2dAttrs attrs;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.dilation_h = pick(1, 2), attrs.dilation_w = pick(1, 3);
  attrs.stride_h = pick(1, 3), attrs.stride_w = one_of({1, 1, 2, 3});
  const Shape shape = {pick(1, 2), (kernel_h - 1) * 2 + pick(1, 5), (kernel_w - 1) * 3 + pick(1, 9), channels};
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::F32, shape, {}});
  finish_float("dwconv2d", {x, add_floats("w", {1, kernel_h, kernel_w, channels}), add_floats("b", {channels})}, attrs);
}

void RandomLayers::add_float_pool2d() {
  const int kernel_h = pick(1, 4), kernel_w = pick(1, 4);
  Pool2dAttrs attrs;
  attrs.kernel_h = kernel_h, attrs.kernel_w = kernel_w;
  attrs.padding = one_of({Padding::Same, Padding::Valid});
  attrs.stride_h = pick(1, 3), attrs.stride_w = pick(1, 3);
  attrs.activation = one_of({Activation::None, Activation::Relu, Activation::Relu6});
  const Shape shape = {pick(1, 2), kernel_h + pick(0, 5), kernel_w + pick(0, 5), pick(4, 40)};
  const ValueId x = graph_.add_input("x" + std::to_string(graph_.inputs.size()), {DType::F32, shape, {}});
  finish_float(one_of({"average_pool2d", "max_pool2d"}), {x}, attrs);
}

}  // namespace thimble::testing
