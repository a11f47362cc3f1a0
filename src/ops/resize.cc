#include "ops/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer_nearest(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<ResizeAttrs>();
  const TensorType& x = operand_type(in, 0);
  expect(x.rank() == 4, fmt::format("the input must be [batch, rows, columns, channels], not {}", to_string(x.shape)));
  for (int64_t size : {a.height, a.width, x.shape[1], x.shape[2]})
    expect(size >= 1 && size <= INT16_MAX, fmt::format("images are resized between 1 and 32767 rows and columns, not {}", size));
  const Shape shape = {x.shape[0], a.height, a.width, x.shape[3]};
  checked_elements(shape);
  return {moved(x, shape)};
}

std::vector<TensorType> infer_bilinear(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<ResizeAttrs>();
  const DType dtype = operand_type(in, 0).dtype;
  expect(dtype == DType::F32 || dtype == DType::I8, fmt::format("the input is {}; images of f32 and i8 can be blended", name_of(dtype)));
  expect(!a.align_corners || !a.half_pixel_centers, "align_corners and half_pixel_centers exclude each other");
  // Beyond, the rounded steps of 1/1024 row that the integer arithmetic takes add up to more than a row.
  expect(dtype == DType::F32 || std::max(a.height, a.width) <= 2048, "images of i8 are blended up to 2048 rows and columns");
  return infer_nearest(attrs, in);
}

void eval_nearest(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ResizeAttrs>();
  const auto rows = nearest_positions(a, in[0].type->shape[1], a.height), columns = nearest_positions(a, in[0].type->shape[2], a.width);
  const auto strides = strides_of(in[0].type->shape);
  int64_t written = 0;
  for_each_index(out[0].type->shape, [&](const std::vector<int64_t>& i) {
    const int64_t row = rows[static_cast<size_t>(i[1])], column = columns[static_cast<size_t>(i[2])];
    copy_element(in[0], i[0] * strides[0] + row * strides[1] + column * strides[2] + i[3], out[0], written++);
  });
}

/// The four pixels that element `i` of the output lies between.
struct Corners {
  int64_t low_low, high_low, low_high, high_high;
};
template <class B>
Corners corners(const std::vector<int64_t>& strides, const std::vector<int64_t>& i, const B& y, const B& x) {
  const int64_t base = i[0] * strides[0] + i[3];
  const auto at = [&](int64_t row, int64_t column) { return base + row * strides[1] + column * strides[2]; };
  return {at(y.low, x.low), at(y.high, x.low), at(y.low, x.high), at(y.high, x.high)};
}

void eval_bilinear_float(const ResizeAttrs& a, const TensorView& in, const TensorView& out) {
  const auto rows = bilinear_positions(a, in.type->shape[1], a.height), columns = bilinear_positions(a, in.type->shape[2], a.width);
  const auto strides = strides_of(in.type->shape);
  const auto x = in.as<const float>();
  const auto pixel = [&](int64_t i) { return x[static_cast<size_t>(i)]; };
  size_t written = 0;
  for_each_index(out.type->shape, [&](const std::vector<int64_t>& i) {
    const Blend &row = rows[static_cast<size_t>(i[1])], &column = columns[static_cast<size_t>(i[2])];
    const Corners c = corners(strides, i, row, column);
    const float v = row.fraction, h = column.fraction;
    out.as<float>()[written++] = pixel(c.low_low) * (1 - v) * (1 - h) + pixel(c.high_low) * v * (1 - h) + pixel(c.low_high) * (1 - v) * h +
                                 pixel(c.high_high) * v * h;
  });
}

void eval_bilinear_int8(const ResizeAttrs& a, const TensorView& in, const TensorView& out) {
  const auto rows = integer_bilinear_positions(a, in.type->shape[1], a.height);
  const auto columns = integer_bilinear_positions(a, in.type->shape[2], a.width);
  const auto strides = strides_of(in.type->shape);
  const auto x = in.as<const int8_t>();
  const auto pixel = [&](int64_t i) { return int64_t{x[static_cast<size_t>(i)]}; };
  size_t written = 0;
  for_each_index(out.type->shape, [&](const std::vector<int64_t>& i) {
    const IntegerBlend &row = rows[static_cast<size_t>(i[1])], &column = columns[static_cast<size_t>(i[2])];
    const Corners c = corners(strides, i, row, column);
    const int64_t v = row.fraction, h = column.fraction;
    const int64_t sum = pixel(c.low_low) * (1024 - v) * (1024 - h) + pixel(c.high_low) * v * (1024 - h) +
                        pixel(c.low_high) * (1024 - v) * h + pixel(c.high_high) * v * h;
    out.as<int8_t>()[written++] = static_cast<int8_t>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
  });
}

void eval_bilinear(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ResizeAttrs>();
  in[0].type->dtype == DType::F32 ? eval_bilinear_float(a, in[0], out[0]) : eval_bilinear_int8(a, in[0], out[0]);
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  const auto size = constant_operand(node, graph, 1, "size");
  expect(size.size() == 2, fmt::format("the size must be rows and columns, not {} numbers", size.size()));
  return {ResizeAttrs{size[0], size[1], attr_or(node, "align_corners", false), attr_or(node, "half_pixel_centers", false)}, {node.in[0]}};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<ResizeAttrs>();
  append_operand(node, graph, "size", {a.height, a.width});
  node.attrs = {{"align_corners", a.align_corners}, {"half_pixel_centers", a.half_pixel_centers}};
  node.version = a.half_pixel_centers ? 3 : version_by_type(node, graph);
  return true;
}

constexpr ForeignMap kNearest[] = {{"RESIZE_NEAREST_NEIGHBOR", read, write}};
constexpr ForeignMap kBilinear[] = {{"RESIZE_BILINEAR", read, write}};

float scale_of(const ResizeAttrs& attrs, int64_t in, int64_t out) {
  if (attrs.align_corners && out > 1) return static_cast<float>(in - 1) / static_cast<float>(out - 1);
  return static_cast<float>(in) / static_cast<float>(out);
}

}  // namespace

std::vector<int64_t> nearest_positions(const ResizeAttrs& attrs, int64_t in, int64_t out) {
  const float scale = scale_of(attrs, in, out), offset = attrs.half_pixel_centers ? 0.5f : 0.0f;
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < out; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    positions.push_back(std::clamp<int64_t>(static_cast<int64_t>(attrs.align_corners ? std::round(at) : std::floor(at)), 0, in - 1));
  }
  return positions;
}

std::vector<Blend> bilinear_positions(const ResizeAttrs& attrs, int64_t in, int64_t out) {
  const float scale = scale_of(attrs, in, out);
  std::vector<Blend> positions;
  for (int64_t i = 0; i < out; ++i) {
    const float at = attrs.half_pixel_centers ? (static_cast<float>(i) + 0.5f) * scale - 0.5f : static_cast<float>(i) * scale;
    const int64_t low = std::clamp<int64_t>(static_cast<int64_t>(std::floor(at)), 0, in - 1);
    positions.push_back({low, std::min(static_cast<int64_t>(std::ceil(at)), in - 1), at - static_cast<float>(low)});
  }
  return positions;
}

std::vector<IntegerBlend> integer_bilinear_positions(const ResizeAttrs& attrs, int64_t in, int64_t out) {
  const bool align = attrs.align_corners && out > 1;
  const int64_t scale = align ? (1024 * (in - 1) + (out - 1) / 2) / (out - 1) : (1024 * in + out / 2) / out;
  std::vector<IntegerBlend> positions;
  for (int64_t i = 0; i < out; ++i) {
    const int64_t at = attrs.half_pixel_centers ? i * scale + scale / 2 - 512 : i * scale;
    const int64_t low = std::clamp<int64_t>(at / 1024, 0, in - 1);
    positions.push_back({low, std::min((at + 1023) / 1024, in - 1), at - 1024 * low});
  }
  return positions;
}

std::span<const OpDef> resize_ops() {
  static const OpDef kOps[] = {{.name = "resize_nearest",
                                .summary = "an image brought to another size by picking pixels",
                                .attrs = ResizeAttrs{},
                                .infer = infer_nearest,
                                .eval = eval_nearest,
                                .tflite = kNearest},
                               {.name = "resize_bilinear",
                                .summary = "an image brought to another size by blending pixels",
                                .attrs = ResizeAttrs{},
                                .infer = infer_bilinear,
                                .eval = eval_bilinear,
                                .tflite = kBilinear}};
  return kOps;
}

}  // namespace thimble
