#include "ops/pool2d.h"

#include <algorithm>
#include <limits>

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<Pool2dAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 || x.dtype == DType::I8 || x.dtype == DType::I16,
         "pooling takes float, int8 or int16, not " + std::string(name_of(x.dtype)) + ": convert the model with int8 quantisation");
  const Window2d at = lay_window(a, x, a.kernel_h, a.kernel_w);
  expect(at.pad_top < (a.kernel_h - 1) * a.dilation_h + 1 && at.pad_left < (a.kernel_w - 1) * a.dilation_w + 1,
         "a window would lie wholly in the padding");
  return {{x.dtype, {at.batches, at.out_h, at.out_w, at.in_c}, x.quant}};
}

std::vector<TensorType> infer_average(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<Pool2dAttrs>();
  expect(in[0].type->dtype != DType::I16 || (a.kernel_h < 65536 && a.kernel_w < 65536 && a.kernel_h * a.kernel_w < 65536),
         "averages of int16 take windows of at most 65535 elements, so that sums fit 32 bits");
  return infer(attrs, in);
}

/// One output element from its taps; T is the element type.
float average(float sum, int64_t count) { return sum / static_cast<float>(count); }
/// Rounded to nearest, halves away from zero.
int64_t average(int64_t sum, int64_t count) { return (sum > 0 ? sum + count / 2 : sum - count / 2) / count; }

template <class T, class Sum, class Range>
void eval_average(const Window2d& at, Range range, const TensorView& in, const TensorView& out) {
  const auto x = in.as<const T>();
  const auto y = out.as<T>();
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t c = 0; c < at.in_c; ++c) {
      Sum sum = 0;
      int64_t count = 0;
      at.for_each_tap(batch, oy, ox, [&](int64_t, int64_t, int64_t offset) { sum += x[static_cast<size_t>(offset + c)], ++count; });
      y[static_cast<size_t>(pixel * at.in_c + c)] = static_cast<T>(std::clamp(average(sum, count), Sum{range.min}, Sum{range.max}));
    }
  });
}

template <class T, class Range>
void eval_max(const Window2d& at, Range range, const TensorView& in, const TensorView& out) {
  const auto x = in.as<const T>();
  const auto y = out.as<T>();
  at.for_each_pixel([&](int64_t batch, int64_t oy, int64_t ox, int64_t pixel) {
    for (int64_t c = 0; c < at.in_c; ++c) {
      T best = std::numeric_limits<T>::lowest();
      at.for_each_tap(batch, oy, ox, [&](int64_t, int64_t, int64_t offset) { best = std::max(best, x[static_cast<size_t>(offset + c)]); });
      y[static_cast<size_t>(pixel * at.in_c + c)] = std::clamp(best, static_cast<T>(range.min), static_cast<T>(range.max));
    }
  });
}

void eval_average_pool(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<Pool2dAttrs>();
  const Window2d at = lay_window(a, *in[0].type, a.kernel_h, a.kernel_w);
  switch (in[0].type->dtype) {
    case DType::F32: return eval_average<float, float>(at, float_range(a.activation), in[0], out[0]);
    case DType::I16: return eval_average<int16_t, int64_t>(at, quantized_range(a.activation, *out[0].type), in[0], out[0]);
    default: eval_average<int8_t, int64_t>(at, quantized_range(a.activation, *out[0].type), in[0], out[0]);
  }
}

void eval_max_pool(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<Pool2dAttrs>();
  const Window2d at = lay_window(a, *in[0].type, a.kernel_h, a.kernel_w);
  switch (in[0].type->dtype) {
    case DType::F32: return eval_max<float>(at, float_range(a.activation), in[0], out[0]);
    case DType::I16: return eval_max<int16_t>(at, quantized_range(a.activation, *out[0].type), in[0], out[0]);
    default: eval_max<int8_t>(at, quantized_range(a.activation, *out[0].type), in[0], out[0]);
  }
}

Translated read(const ForeignNode& node, const ForeignGraph&) {
  return {Pool2dAttrs{read_window(node), attr_or<int64_t>(node, "filter_height", 1), attr_or<int64_t>(node, "filter_width", 1),
                      read_activation(node)},
          node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  const auto& a = attrs.as<Pool2dAttrs>();
  if (!a.pads.empty() || a.dilation_h != 1 || a.dilation_w != 1) return false;
  node.attrs = write_window(a);
  node.attrs["filter_height"] = a.kernel_h;
  node.attrs["filter_width"] = a.kernel_w;
  node.attrs["fused_activation_function"] = write_activation(a.activation);
  node.version = 2;
  return true;
}

constexpr ForeignMap kAverage[] = {{"AVERAGE_POOL_2D", read, write}};
constexpr ForeignMap kMax[] = {{"MAX_POOL_2D", read, write}};

}  // namespace

std::span<const OpDef> pool2d_ops() {
  static const OpDef kOps[] = {{.name = "average_pool2d",
                                .summary = "average of each channel over windows of rows and columns",
                                .attrs = Pool2dAttrs{},
                                .infer = infer_average,
                                .eval = eval_average_pool,
                                .tflite = kAverage},
                               {.name = "max_pool2d",
                                .summary = "maximum of each channel over windows of rows and columns",
                                .attrs = Pool2dAttrs{},
                                .infer = infer,
                                .eval = eval_max_pool,
                                .tflite = kMax}};
  return kOps;
}

}  // namespace thimble
