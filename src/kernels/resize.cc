#include "ops/resize.h"

#include "kernels/packing.h"
#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

/// True when each of `in` rows is repeated equally often, in order.
bool repeats(const ResizeAttrs& attrs, int64_t in, int64_t out) {
  if (out % in != 0) return false;
  const auto positions = nearest_positions(attrs, in, out);
  for (int64_t i = 0; i < out; ++i)
    if (positions[static_cast<size_t>(i)] != i / (out / in)) return false;
  return true;
}

std::optional<std::string> refuses_repeat(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<ResizeAttrs>();
  const Shape& x = graph.type(node.in[0]).shape;
  return refuse_unless({{repeats(a, x[1], a.height) && repeats(a, x[2], a.width), "the pixels are not all repeated equally often"}});
}

/// A step of 0 on the side of the input repeats a pixel or a row.
KernelCall lower_repeat(const Node& node, const Graph& graph) {
  const Shape &x = graph.type(node.in[0]).shape, &y = graph.type(node.out[0]).shape;
  const auto from = strides_of(x), to = strides_of(y);
  const int64_t rows = y[1] / x[1], columns = y[2] / x[2];
  const StridedCopy copy{{{x[0], from[0], to[0]},
                          {x[1], from[1], rows * to[1]},
                          {rows, 0, to[1]},
                          {x[2], from[2], columns * to[2]},
                          {columns, 0, to[2]},
                          {x[3], 1, 1}}};
  return copy_call(copy, element_bytes(node, graph), 0, 0);
}

KernelCall lower_nearest(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<ResizeAttrs>();
  const Shape& x = graph.type(node.in[0]).shape;
  const auto table = [&](int64_t in, int64_t out) {
    const auto positions = nearest_positions(a, in, out);
    return std::vector<int16_t>(positions.begin(), positions.end());
  };
  return KernelCall("thimble_resize_nearest_pixels")
      .input(0)
      .output(0)
      .constant("rows", table(x[1], a.height))
      .constant("columns", table(x[2], a.width))
      .geometry("thimble_resize_nearest_shape", {{"batch", c_literal(x[0])},
                                                 {"in_height", c_literal(x[1])},
                                                 {"in_width", c_literal(x[2])},
                                                 {"height", c_literal(a.height)},
                                                 {"width", c_literal(a.width)},
                                                 {"pixel", c_literal(x[3] * element_bytes(node, graph))}});
}

std::vector<Geometry::Field> bilinear_geometry(const Shape& x, const ResizeAttrs& a) {
  return {{"batch", c_literal(x[0])},      {"in_height", c_literal(x[1])}, {"in_width", c_literal(x[2])},
          {"height", c_literal(a.height)}, {"width", c_literal(a.width)},  {"channels", c_literal(x[3])}};
}

std::optional<std::string> refuses_s8(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"}});
}

std::optional<std::string> refuses_f32(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::F32), "the input is not float"}});
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<ResizeAttrs>();
  const Shape& x = graph.type(node.in[0]).shape;
  const auto table = [&](int64_t in, int64_t out) {
    std::vector<int16_t> flat;
    for (const IntegerBlend& blend : integer_bilinear_positions(a, in, out))
      for (int64_t value : {blend.low, blend.high, blend.fraction}) flat.push_back(static_cast<int16_t>(value));
    return flat;
  };
  return KernelCall("thimble_resize_bilinear_s8")
      .input(0)
      .output(0)
      .constant("rows", table(x[1], a.height))
      .constant("columns", table(x[2], a.width))
      .geometry("thimble_resize_bilinear_shape", bilinear_geometry(x, a));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<ResizeAttrs>();
  const Shape& x = graph.type(node.in[0]).shape;
  const auto ends = [&](int64_t in, int64_t out) {
    std::vector<int16_t> flat;
    for (const Blend& blend : bilinear_positions(a, in, out))
      for (int64_t value : {blend.low, blend.high}) flat.push_back(static_cast<int16_t>(value));
    return flat;
  };
  const auto parts = [&](int64_t in, int64_t out) {
    std::vector<float> flat;
    for (const Blend& blend : bilinear_positions(a, in, out)) flat.push_back(blend.fraction);
    return flat;
  };
  return KernelCall("thimble_resize_bilinear_f32")
      .input(0)
      .output(0)
      .constant("rows", ends(x[1], a.height))
      .constant("row_parts", parts(x[1], a.height))
      .constant("columns", ends(x[2], a.width))
      .constant("column_parts", parts(x[2], a.width))
      .geometry("thimble_resize_bilinear_shape", bilinear_geometry(x, a));
}

}  // namespace

std::span<const Kernel> resize_kernels() {
  static const Kernel kRows[] = {{.name = "resize_nearest_repeat_ref",
                                  .source = kStridedCopySource,
                                  .op = "resize_nearest",
                                  .refuses = refuses_repeat,
                                  .cycles = cycles_per_output<4>,
                                  .lower = lower_repeat},
                                 {.name = "resize_nearest_ref",
                                  .source = "kernels/resize_ref.h",
                                  .op = "resize_nearest",
                                  .cycles = cycles_per_output<5>,
                                  .lower = lower_nearest},
                                 {.name = "resize_bilinear_s8_ref",
                                  .source = "kernels/resize_ref.h",
                                  .op = "resize_bilinear",
                                  .refuses = refuses_s8,
                                  .cycles = cycles_per_output<40>,
                                  .lower = lower_s8},
                                 {.name = "resize_bilinear_f32_ref",
                                  .source = "kernels/resize_ref.h",
                                  .op = "resize_bilinear",
                                  .refuses = refuses_f32,
                                  .cycles = cycles_per_output<40>,
                                  .lower = lower_f32}};
  return kRows;
}

}  // namespace thimble
