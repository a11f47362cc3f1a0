#include "ops/transpose_conv.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {

Window2d transposed_window(const TransposeConvAttrs& a, const TensorType& x, const TensorType& w) {
  const TensorType out{x.dtype, {x.shape[0], a.out_h, a.out_w, w.shape[0]}, {}};
  return lay_window({a.padding, {}, a.stride_h, a.stride_w, 1, 1}, out, w.shape[1], w.shape[2]);
}

namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = *in[0].type, &w = *in[1].type;
  const auto& a = attrs.as<TransposeConvAttrs>();
  expect_weight_types("transpose_conv", in, 1, 2);
  expect(x.rank() == 4, "the input must be [batch, rows, columns, channels]");
  expect(w.rank() == 4 && w.shape[0] > 0, "weights must be [filters, rows, columns, channels]");
  expect(x.shape[3] == w.shape[3], "the input has " + std::to_string(x.shape[3]) + " channels, the filters " + std::to_string(w.shape[3]));
  expect(in.size() < 3 || !in[2] || in[2].type->elements() == w.shape[0], "the bias needs one element per filter");
  expect_symmetric("transpose_conv", w);
  expect_scales_along("transpose_conv", w, 0);
  const Window2d back = transposed_window(a, x, w);
  expect(back.out_h == x.shape[1] && back.out_w == x.shape[2], "an output of " + std::to_string(a.out_h) + "x" + std::to_string(a.out_w) +
                                                                   " would need an input of " + std::to_string(back.out_h) + "x" +
                                                                   std::to_string(back.out_w) + ", not " + std::to_string(x.shape[1]) +
                                                                   "x" + std::to_string(x.shape[2]));
  return {{x.dtype, {x.shape[0], a.out_h, a.out_w, w.shape[0]}, {}}};
}

/// Adds every input element times its filters to `sums`, one per output element, in the order of the input.
template <class Sum, class X, class W>
void scatter(const Window2d& back, const X& x, const W& w, int64_t channels, Sum x_zero, std::vector<Sum>& sums) {
  for (int64_t batch = 0, pixel = 0; batch < back.batches; ++batch)
    for (int64_t iy = 0; iy < back.out_h; ++iy)
      for (int64_t ix = 0; ix < back.out_w; ++ix, ++pixel)
        for (int64_t c = 0; c < channels; ++c)
          back.for_each_tap(batch, iy, ix, [&](int64_t ky, int64_t kx, int64_t offset) {
            for (int64_t f = 0; f < back.in_c; ++f)
              sums[static_cast<size_t>(offset + f)] +=
                  (static_cast<Sum>(x[static_cast<size_t>(pixel * channels + c)]) - x_zero) *
                  static_cast<Sum>(w[static_cast<size_t>(((f * back.kernel_h + ky) * back.kernel_w + kx) * channels + c)]);
          });
}

void eval_float(const TransposeConvAttrs& a, Inputs in, const TensorView& out) {
  const Window2d back = transposed_window(a, *in[0].type, *in[1].type);
  const auto y = out.as<float>();
  const FloatRange range = float_range(a.activation);
  std::vector<float> sums(y.size());
  scatter<float>(back, in[0].as<const float>(), real_values(in[1]), in[0].type->shape[3], 0, sums);
  for (size_t i = 0; i < y.size(); ++i)
    y[i] = std::clamp(sums[i] + value_or_zero<float>(in, 2, static_cast<int64_t>(i) % back.in_c), range.min, range.max);
}

void eval_int8(const TransposeConvAttrs& a, Inputs in, const TensorView& out) {
  const Window2d back = transposed_window(a, *in[0].type, *in[1].type);
  const auto y = out.as<int8_t>();
  const auto multipliers = channel_multipliers(*in[0].type, *in[1].type, *out.type, back.in_c);
  const IntRange range = quantized_range(a.activation, *out.type);
  std::vector<int64_t> sums(y.size());
  scatter<int64_t>(back, in[0].as<const int8_t>(), in[1].as<const int8_t>(), in[0].type->shape[3], in[0].type->quant.zero[0], sums);
  for (size_t i = 0; i < y.size(); ++i) {
    const int64_t f = static_cast<int64_t>(i) % back.in_c;
    const auto sum = static_cast<int32_t>(sums[i] + value_or_zero<int32_t>(in, 2, f));
    y[i] = static_cast<int8_t>(
        std::clamp(requantize(sum, multipliers[static_cast<size_t>(f)]) + out.type->quant.zero[0], range.min, range.max));
  }
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<TransposeConvAttrs>();
  in[0].type->dtype == DType::F32 ? eval_float(a, in, out[0]) : eval_int8(a, in, out[0]);
}

int64_t macs(const Attrs&, Inputs in, Outputs) {
  const TensorType& w = *in[1].type;
  return in[0].type->elements() * w.shape[0] * w.shape[1] * w.shape[2];
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  expect(node.in.size() >= 3, "a transposed convolution needs an output shape, weights and an input");
  const TensorView shape = graph.view(node, 0);
  if (!shape || !shape.data)
    throw Error(Blame::Unsupported, "the output shape of a transposed convolution is computed while the model runs",
                "export the model with a fixed batch size and fixed image size");
  const std::vector<int64_t> sizes = to_int64(shape);
  expect(sizes.size() == 4, "the output shape of a transposed convolution needs four numbers");
  std::vector<int> in = {node.in[2], node.in[1]};
  if (node.in.size() > 3) in.push_back(node.in[3]);
  return {TransposeConvAttrs{read_padding(node), attr_or<int64_t>(node, "stride_h", 1), attr_or<int64_t>(node, "stride_w", 1), sizes[1],
                             sizes[2], read_activation(node)},
          in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<TransposeConvAttrs>();
  const int64_t batch = graph.operand(node, 0)->type.shape[0], filters = graph.operand(node, 1)->type.shape[0];
  const auto sizes = {batch, a.out_h, a.out_w, filters};
  std::vector<int32_t> shape;
  for (int64_t size : sizes) shape.push_back(static_cast<int32_t>(size));
  graph.tensors.push_back({node.name + "_shape", {DType::I32, {4}, {}}, bytes_from<int32_t>(shape)});
  const bool biased = node.in.size() > 2 && node.in[2] >= 0;
  std::vector<int> in = {static_cast<int>(graph.tensors.size()) - 1, node.in[1], node.in[0]};
  if (biased) in.push_back(node.in[2]);
  node.in = in;
  node.attrs = {{"padding", write_padding(a.padding)},
                {"stride_h", a.stride_h},
                {"stride_w", a.stride_w},
                {"fused_activation_function", write_activation(a.activation)}};
  node.version = a.activation != Activation::None ? 4 : biased ? 3 : 2;
  return true;
}

constexpr ForeignMap kTflite[] = {{"TRANSPOSE_CONV", read, write}};

}  // namespace

std::span<const OpDef> transpose_conv_ops() {
  static const OpDef kOps[] = {{.name = "transpose_conv",
                                .summary = "transposed convolution: enlarges rows and columns by the stride",
                                .min_in = 2,
                                .max_in = 3,
                                .attrs = TransposeConvAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
