/// What kernels ask of a sliding window, and its members in the order of the structs in runtime/kernels.
#pragma once

#include <algorithm>

#include "kernels/packing.h"
#include "ops/window2d.h"

namespace thimble {

using Fields = std::vector<Geometry::Field>;

/// Whether each output pixel is made of the input pixel in its own place: windows of one pixel, one step apart, nothing around the input.
inline bool pixel_by_pixel(const Window2d& at) {
  const bool by_one = (at.stride_h == 1 || at.out_h == 1) && (at.stride_w == 1 || at.out_w == 1);
  return at.kernel_h * at.kernel_w == 1 && by_one && at.pad_top + at.pad_left == 0 && at.out_h == at.in_h && at.out_w == at.in_w;
}

/// Such windows as those of one long row, through all batches; any other as it is.
inline Window2d flattened(Window2d at) {
  if (!pixel_by_pixel(at)) return at;
  at.in_w = at.out_w = at.batches * at.out_h * at.out_w;
  at.batches = at.in_h = at.out_h = at.stride_h = at.stride_w = 1;
  return at;
}

/// Whether every window is one pixel inside the input, so that it can be read where it lies.
inline bool read_in_place(const Window2d& at) {
  return at.kernel_h * at.kernel_w == 1 && at.pad_top + at.pad_left == 0 && (at.out_h - 1) * at.stride_h < at.in_h &&
         (at.out_w - 1) * at.stride_w < at.in_w;
}

/// The rows of a fully connected layer as the pixels of a convolution.
inline Window2d rows_as_pixels(const Node& node, const Graph& graph) {
  Window2d at;
  at.in_h = at.out_h = at.kernel_h = at.kernel_w = 1;
  at.in_c = graph.type(node.in[1]).shape[1];
  at.in_w = at.out_w = graph.type(node.in[0]).elements() / at.in_c;
  return at;
}

/// Refuses what the halfwords do not hold that structs in runtime/kernels keep all of a window in but the rows and columns of the maps.
/// channels: of the output; taps: of one filter.
inline std::optional<std::string> refuses_wide(const Window2d& at, int64_t channels, int64_t taps) {
  const int64_t widest = std::max({at.batches, at.in_c, channels, taps, at.kernel_h, at.kernel_w, at.stride_h, at.stride_w, at.dilation_h,
                                   at.dilation_w, at.pad_top, at.pad_left});
  if (widest < 65536) return std::nullopt;
  return "a size of the window or its channels takes more than 16 bits";
}

inline Fields& append(Fields& fields, std::initializer_list<std::pair<const char*, int64_t>> more) {
  for (const auto& [name, value] : more) fields.push_back({name, c_literal(value)});
  return fields;
}

/// kernel_h ... pad_left.
inline void append_window(Fields& fields, const Window2d& at) {
  append(fields, {{"kernel_h", at.kernel_h},
                  {"kernel_w", at.kernel_w},
                  {"stride_h", at.stride_h},
                  {"stride_w", at.stride_w},
                  {"dilation_h", at.dilation_h},
                  {"dilation_w", at.dilation_w},
                  {"pad_top", at.pad_top},
                  {"pad_left", at.pad_left}});
}

/// in_zero, out_zero, out_min, out_max.
inline void append_quant(Fields& fields, Activation activation, const TensorType& x, const TensorType& y) {
  const IntRange range = quantized_range(activation, y);
  append(fields, {{"in_zero", x.quant.zero[0]}, {"out_zero", y.quant.zero[0]}, {"out_min", range.min}, {"out_max", range.max}});
}

/// out_min, out_max of a float result.
inline void append_range(Fields& fields, Activation activation) {
  const FloatRange range = float_range(activation);
  fields.push_back({"out_min", c_literal(range.min)});
  fields.push_back({"out_max", c_literal(range.max)});
}

}  // namespace thimble
