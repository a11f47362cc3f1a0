#include "ops/dwconv2d.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {
namespace {

Window2d lay(const Dwconv2dAttrs& a, Inputs in) { return lay_window(a, *in[0].type, in[1].type->shape[1], in[1].type->shape[2]); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = *in[0].type, &w = *in[1].type;
  expect_weight_types("dwconv2d", in, 1, 2, Int16::Yes);
  expect(x.rank() == 4, "the input must be [batch, rows, columns, channels]");
  expect(w.rank() == 4 && w.shape[0] == 1, "weights must be [1, rows, columns, channels * multiplier]");
  expect(x.shape[3] > 0 && w.shape[3] > 0 && w.shape[3] % x.shape[3] == 0,
         "the " + std::to_string(w.shape[3]) + " filters are not a multiple of the input's " + std::to_string(x.shape[3]) + " channels");
  expect(in.size() < 3 || !in[2] || in[2].type->elements() == w.shape[3], "the bias needs one element per filter");
  expect_symmetric("dwconv2d", w);
  expect_scales_along("dwconv2d", w, 3);
  expect_sums_fit("dwconv2d", in, 2, w.elements() / w.shape[3]);
  const Window2d at = lay(attrs.as<Dwconv2dAttrs>(), in);
  return {{x.dtype, {at.batches, at.out_h, at.out_w, w.shape[3]}, {}}};
}

/// Sum of input channel `c` times filter `f` at one output pixel, row by row.
template <class Sum, class X, class W>
Sum sum_of(const Window2d& at, const X& x, const W& w, int64_t batch, int64_t oy, int64_t ox, int64_t c, int64_t f, int64_t filters,
           Sum x_zero) {
  Sum sum = 0;
  at.for_each_tap(batch, oy, ox, [&](int64_t ky, int64_t kx, int64_t offset) {
    sum += (static_cast<Sum>(x[static_cast<size_t>(offset + c)]) - x_zero) *
           static_cast<Sum>(w[static_cast<size_t>((ky * at.kernel_w + kx) * filters + f)]);
  });
  return sum;
}

void eval_float(const Dwconv2dAttrs& a, Inputs in, const TensorView& out) {
  const Window2d at = lay(a, in);
  const auto x = in[0].as<const float>();
  const auto w = real_values(in[1]);
  const auto y = out.as<float>();
  const int64_t filters = in[1].type->shape[3], multiplier = filters / at.in_c;
  const FloatRange range = float_range(a.activation);
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t f = 0; f < filters; ++f) {
      const float sum = sum_of<float>(at, x, w, batch, oy, ox, f / multiplier, f, filters, 0) + value_or_zero<float>(in, 2, f);
      y[static_cast<size_t>(pixel * filters + f)] = std::clamp(sum, range.min, range.max);
    }
  });
}

template <class T>
void eval_integers(const Dwconv2dAttrs& a, Inputs in, const TensorView& out) {
  const Window2d at = lay(a, in);
  const auto x = in[0].as<const T>();
  const auto w = in[1].as<const int8_t>();
  const auto y = out.as<T>();
  const int64_t filters = in[1].type->shape[3], multiplier = filters / at.in_c;
  const auto multipliers = channel_multipliers(*in[0].type, *in[1].type, *out.type, filters);
  const IntRange range = quantized_range(a.activation, *out.type);
  const int32_t x_zero = in[0].type->quant.zero[0], y_zero = out.type->quant.zero[0];
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t f = 0; f < filters; ++f) {
      const int64_t sum = sum_of<int64_t>(at, x, w, batch, oy, ox, f / multiplier, f, filters, x_zero) + value_or_zero<BiasOf<T>>(in, 2, f);
      const int32_t scaled = requantized<T>(sum, multipliers[static_cast<size_t>(f)]) + y_zero;
      y[static_cast<size_t>(pixel * filters + f)] = static_cast<T>(std::clamp(scaled, range.min, range.max));
    }
  });
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<Dwconv2dAttrs>();
  switch (in[0].type->dtype) {
    case DType::F32: return eval_float(a, in, out[0]);
    case DType::I16: return eval_integers<int16_t>(a, in, out[0]);
    default: eval_integers<int8_t>(a, in, out[0]);
  }
}

int64_t macs(const Attrs&, Inputs in, Outputs out) { return out[0].type->elements() * in[1].type->shape[1] * in[1].type->shape[2]; }

Translated read(const ForeignNode& node, const ForeignGraph&) { return {Dwconv2dAttrs{read_window(node), read_activation(node)}, node.in}; }

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<Dwconv2dAttrs>();
  if (!a.pads.empty()) return false;
  const int64_t channels = graph.operand(node, 0)->type.shape[3], filters = graph.operand(node, 1)->type.shape[3];
  node.attrs = write_window(a);
  node.attrs["dilation_h_factor"] = a.dilation_h;
  node.attrs["dilation_w_factor"] = a.dilation_w;
  node.attrs["depth_multiplier"] = filters / channels;
  node.attrs["fused_activation_function"] = write_activation(a.activation);
  node.version = 3;
  return true;
}

constexpr ForeignMap kTflite[] = {{"DEPTHWISE_CONV_2D", read, write}};

}  // namespace

std::span<const OpDef> dwconv2d_ops() {
  static const OpDef kOps[] = {{.name = "dwconv2d",
                                .summary = "convolution of each channel with filters of its own",
                                .min_in = 2,
                                .max_in = 3,
                                .attrs = Dwconv2dAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
