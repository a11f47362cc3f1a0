#include "ops/fully_connected.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = *in[0].type, &w = *in[1].type;
  expect_weight_types("fully_connected", in, 1, 2, Int16::Yes);
  expect(w.rank() == 2 && w.shape[0] > 0 && w.shape[1] > 0, "weights must be [units, features]");
  expect_scales_along("fully_connected", w, 0);
  const int64_t units = w.shape[0], features = w.shape[1];
  expect(x.elements() % features == 0, "the input is not a whole number of rows of " + std::to_string(features) + " features");
  expect(in.size() < 3 || !in[2] || in[2].type->elements() == units, "the bias needs one element per unit");
  expect_sums_fit("fully_connected", in, 2, features);
  Shape shape = {x.elements() / features, units};
  if (attrs.as<FullyConnectedAttrs>().keep_dims) {
    expect(x.rank() > 0 && x.shape.back() == features, "with keep_dims the last axis must hold the features");
    shape = x.shape;
    shape.back() = units;
  }
  return {{x.dtype, shape, {}}};
}

void eval_float(Activation activation, Inputs in, const TensorView& out) {
  const auto x = in[0].as<const float>();
  const auto w = real_values(in[1]);
  const auto y = out.as<float>();
  const int64_t units = in[1].type->shape[0], features = in[1].type->shape[1];
  const FloatRange range = float_range(activation);
  for (int64_t row = 0; row < in[0].type->elements() / features; ++row)
    for (int64_t u = 0; u < units; ++u) {
      float sum = 0;
      for (int64_t k = 0; k < features; ++k) sum += x[static_cast<size_t>(row * features + k)] * w[static_cast<size_t>(u * features + k)];
      y[static_cast<size_t>(row * units + u)] = std::clamp(sum + value_or_zero<float>(in, 2, u), range.min, range.max);
    }
}

template <class T>
void eval_integers(Activation activation, Inputs in, const TensorView& out) {
  const auto x = in[0].as<const T>();
  const auto w = in[1].as<const int8_t>();
  const auto y = out.as<T>();
  const int64_t units = in[1].type->shape[0], features = in[1].type->shape[1];
  const auto multipliers = fully_connected_multipliers(*in[0].type, *in[1].type, *out.type);
  const IntRange range = quantized_range(activation, *out.type);
  const int32_t x_zero = in[0].type->quant.zero[0], w_zero = in[1].type->quant.zero[0], y_zero = out.type->quant.zero[0];
  for (int64_t row = 0; row < in[0].type->elements() / features; ++row)
    for (int64_t u = 0; u < units; ++u) {
      int64_t sum = value_or_zero<BiasOf<T>>(in, 2, u);
      for (int64_t k = 0; k < features; ++k)
        sum += (x[static_cast<size_t>(row * features + k)] - x_zero) * (w[static_cast<size_t>(u * features + k)] - w_zero);
      const int32_t scaled = requantized<T>(sum, multipliers[static_cast<size_t>(u)]) + y_zero;
      y[static_cast<size_t>(row * units + u)] = static_cast<T>(std::clamp(scaled, range.min, range.max));
    }
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Activation activation = attrs.as<FullyConnectedAttrs>().activation;
  switch (in[0].type->dtype) {
    case DType::F32: return eval_float(activation, in, out[0]);
    case DType::I16: return eval_integers<int16_t>(activation, in, out[0]);
    default: eval_integers<int8_t>(activation, in, out[0]);
  }
}

int64_t macs(const Attrs&, Inputs in, Outputs out) { return out[0].type->elements() * in[1].type->shape[1]; }

Translated read(const ForeignNode& node, const ForeignGraph&) {
  const auto format = attr_or<std::string>(node, "weights_format", "DEFAULT");
  if (format != "DEFAULT") throw Error(Blame::Unsupported, "weights in format " + format, "export the model with default weights format");
  return {FullyConnectedAttrs{read_activation(node), attr_or(node, "keep_num_dims", false)}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  const auto& a = attrs.as<FullyConnectedAttrs>();
  node.attrs = {{"fused_activation_function", write_activation(a.activation)}, {"keep_num_dims", a.keep_dims}};
  node.version = 5;
  return true;
}

constexpr ForeignMap kTflite[] = {{"FULLY_CONNECTED", read, write}};

}  // namespace

std::vector<Multiplier> fully_connected_multipliers(const TensorType& x, const TensorType& w, const TensorType& y) {
  const int64_t units = w.shape[0];
  if (w.quant.per_channel()) return channel_multipliers(x, w, y, units);
  return std::vector<Multiplier>(static_cast<size_t>(units), tensor_multiplier(x, w, y));
}

std::span<const OpDef> fully_connected_ops() {
  static const OpDef kOps[] = {{.name = "fully_connected",
                                .summary = "matrix times vector plus bias",
                                .min_in = 2,
                                .max_in = 3,
                                .attrs = FullyConnectedAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
