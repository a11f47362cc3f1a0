#include "ops/transpose_conv.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

enum class Kind { Int8, Float, Hybrid };

struct Options {
  std::string name;
  Shape x, w;  ///< [batch, rows, columns, channels], [filters, rows, columns, channels]
  TransposeConvAttrs attrs;
  bool per_channel = true, bias = true;
};

OpCase make(const Options& o, Kind kind) {
  OpCase c{.name = "transpose_conv/" + o.name, .graph = {}, .tolerance = kind == Kind::Int8 ? 0 : 1e-5, .tflite = kind != Kind::Hybrid};
  c.graph.name = "transpose_conv";
  const bool int8 = kind == Kind::Int8;
  const ValueId x = c.graph.add_input("x", int8 ? TensorType{DType::I8, o.x, per_tensor(0.05f, 11)} : TensorType{DType::F32, o.x, {}});
  const ValueId w =
      kind == Kind::Float ? random_floats(c.graph, "w", o.w, 7) : random_weights(c.graph, "w", o.w, o.per_channel ? 0 : -1, 7);
  std::vector<ValueId> in = {x, w};
  if (o.bias) in.push_back(int8 ? random_bias(c.graph, "b", o.w[0], 8) : random_floats(c.graph, "b", {o.w[0]}, 8));
  c.graph.outputs = {add_node(c.graph, "transpose_conv", "y", in, o.attrs, {int8 ? per_tensor(0.05f, -2) : Quant{}})};
  return c;
}

constexpr Padding kSame = Padding::Same, kValid = Padding::Valid;

}  // namespace

std::vector<OpCase> transpose_conv_cases() {
  const Options doubled = {"", {1, 3, 4, 2}, {3, 3, 3, 2}, {kSame, 2, 2, 6, 8}};
  const Options odd = {"", {1, 3, 4, 2}, {2, 4, 2, 2}, {kSame, 2, 3, 5, 11}};
  const Options valid = {"", {2, 3, 2, 3}, {2, 3, 2, 3}, {kValid, 1, 1, 5, 3}};
  const Options gaps = {"", {1, 2, 3, 1}, {4, 2, 1, 1}, {kValid, 3, 2, 5, 5}};
  const auto named = [](Options o, std::string name) {
    o.name = std::move(name);
    return o;
  };
  Options no_bias = named(doubled, "no_bias_s8"), relu = named(doubled, "relu_s8"), relu_float = named(doubled, "relu6_f32");
  no_bias.bias = false;
  relu.attrs.activation = Activation::Relu;
  relu_float.attrs.activation = Activation::Relu6;
  Options one_scale = named(odd, "odd_f32_s8w_per_tensor");
  one_scale.per_channel = false;
  return {make(named(doubled, "doubled_s8"), Kind::Int8),
          make(named(odd, "odd_s8"), Kind::Int8),
          make(named(valid, "valid_batch2_s8"), Kind::Int8),
          make(named(gaps, "stride_beyond_kernel_s8"), Kind::Int8),
          make(no_bias, Kind::Int8),
          make(relu, Kind::Int8),
          make(named(doubled, "doubled_f32"), Kind::Float),
          make(named(odd, "odd_f32"), Kind::Float),
          make(named(valid, "valid_batch2_f32"), Kind::Float),
          make(relu_float, Kind::Float),
          make(named(doubled, "doubled_f32_s8w"), Kind::Hybrid),
          make(one_scale, Kind::Hybrid)};
}

}  // namespace thimble::testing
