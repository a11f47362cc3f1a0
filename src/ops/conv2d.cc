#include "ops/conv2d.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {
namespace {

Window2d lay(const Conv2dAttrs& a, Inputs in) { return lay_window(a, *in[0].type, in[1].type->shape[1], in[1].type->shape[2]); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = *in[0].type, &w = *in[1].type;
  expect_weight_types("conv2d", in, 1, 2, Int16::Yes);
  expect(x.rank() == 4, "the input must be [batch, rows, columns, channels]");
  expect(w.rank() == 4, "weights must be [filters, rows, columns, channels]");
  const int64_t filters = w.shape[0], depth = w.shape[3];
  expect(filters > 0 && depth > 0 && x.shape[3] % depth == 0,
         "the input's " + std::to_string(x.shape[3]) + " channels are not a multiple of the filters' " + std::to_string(depth));
  expect(x.shape[3] > 0 && filters % (x.shape[3] / depth) == 0, "the filters do not divide into the groups of input channels");
  expect(in.size() < 3 || !in[2] || in[2].type->elements() == filters, "the bias needs one element per filter");
  expect_symmetric("conv2d", w);
  expect_scales_along("conv2d", w, 0);
  expect_sums_fit("conv2d", in, 2, w.elements() / filters);
  const Window2d at = lay(attrs.as<Conv2dAttrs>(), in);
  return {{x.dtype, {at.batches, at.out_h, at.out_w, filters}, {}}};
}

/// Sums of input times weight for filter `f` at one output pixel, in the order rows, columns, channels.
template <class Sum, class X, class W>
Sum sum_of(const Window2d& at, const X& x, const W& w, int64_t batch, int64_t oy, int64_t ox, int64_t f, int64_t depth,
           int64_t first_channel, Sum x_zero) {
  Sum sum = 0;
  at.for_each_tap(batch, oy, ox, [&](int64_t ky, int64_t kx, int64_t offset) {
    const auto *tap = &x[static_cast<size_t>(offset + first_channel)],
               *weight = &w[static_cast<size_t>(((f * at.kernel_h + ky) * at.kernel_w + kx) * depth)];
    for (int64_t c = 0; c < depth; ++c) sum += (static_cast<Sum>(tap[c]) - x_zero) * static_cast<Sum>(weight[c]);
  });
  return sum;
}

void eval_float(const Conv2dAttrs& a, Inputs in, const TensorView& out) {
  const Window2d at = lay(a, in);
  const auto x = in[0].as<const float>();
  const auto w = real_values(in[1]);
  const auto y = out.as<float>();
  const int64_t filters = in[1].type->shape[0], depth = in[1].type->shape[3], per_group = filters / (at.in_c / depth);
  const FloatRange range = float_range(a.activation);
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t f = 0; f < filters; ++f) {
      const float sum = sum_of<float>(at, x, w, batch, oy, ox, f, depth, f / per_group * depth, 0) + value_or_zero<float>(in, 2, f);
      y[static_cast<size_t>(pixel * filters + f)] = std::clamp(sum, range.min, range.max);
    }
  });
}

template <class T>
void eval_integers(const Conv2dAttrs& a, Inputs in, const TensorView& out) {
  const Window2d at = lay(a, in);
  const auto x = in[0].as<const T>();
  const auto w = in[1].as<const int8_t>();
  const auto y = out.as<T>();
  const int64_t filters = in[1].type->shape[0], depth = in[1].type->shape[3], per_group = filters / (at.in_c / depth);
  const auto multipliers = channel_multipliers(*in[0].type, *in[1].type, *out.type, filters);
  const IntRange range = quantized_range(a.activation, *out.type);
  const int32_t x_zero = in[0].type->quant.zero[0], y_zero = out.type->quant.zero[0];
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t f = 0; f < filters; ++f) {
      const int64_t sum =
          sum_of<int64_t>(at, x, w, batch, oy, ox, f, depth, f / per_group * depth, x_zero) + value_or_zero<BiasOf<T>>(in, 2, f);
      const int32_t scaled = requantized<T>(sum, multipliers[static_cast<size_t>(f)]) + y_zero;
      y[static_cast<size_t>(pixel * filters + f)] = static_cast<T>(std::clamp(scaled, range.min, range.max));
    }
  });
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<Conv2dAttrs>();
  switch (in[0].type->dtype) {
    case DType::F32: return eval_float(a, in, out[0]);
    case DType::I16: return eval_integers<int16_t>(a, in, out[0]);
    default: eval_integers<int8_t>(a, in, out[0]);
  }
}

int64_t macs(const Attrs&, Inputs in, Outputs out) {
  const TensorType& w = *in[1].type;
  return out[0].type->elements() * w.shape[1] * w.shape[2] * w.shape[3];
}

Translated read(const ForeignNode& node, const ForeignGraph&) { return {Conv2dAttrs{read_window(node), read_activation(node)}, node.in}; }

/// TFLite's CONV_2D insists on a bias.
void add_zero_bias(ForeignNode& node, ForeignGraph& graph) {
  const DType x = graph.operand(node, 0)->type.dtype;
  const int64_t filters = graph.operand(node, 1)->type.shape[0];
  TensorType type{x == DType::F32 ? DType::F32 : x == DType::I16 ? DType::I64 : DType::I32, {filters}, {}};
  std::vector<std::byte> zeros(static_cast<size_t>(type.bytes()));
  node.in = {node.in[0], node.in[1], static_cast<int>(graph.tensors.size())};
  graph.tensors.push_back({node.name + "_bias", std::move(type), make_bytes(std::move(zeros))});
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<Conv2dAttrs>();
  if (!a.pads.empty()) return false;
  if (node.in.size() < 3 || node.in[2] < 0) add_zero_bias(node, graph);
  node.attrs = write_window(a);
  node.attrs["dilation_h_factor"] = a.dilation_h;
  node.attrs["dilation_w_factor"] = a.dilation_w;
  node.attrs["fused_activation_function"] = write_activation(a.activation);
  node.version = 3;
  return true;
}

constexpr ForeignMap kTflite[] = {{"CONV_2D", read, write}};

}  // namespace

std::span<const OpDef> conv2d_ops() {
  static const OpDef kOps[] = {{.name = "conv2d",
                                .summary = "convolution over rows and columns, in groups of channels where the filters are narrower",
                                .min_in = 2,
                                .max_in = 3,
                                .attrs = Conv2dAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
