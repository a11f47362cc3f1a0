#include "ops/reduce.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/packing.h"
#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

using Fields = std::vector<Geometry::Field>;

/// As many axes of either kind as a call has.
constexpr size_t kAxes = 3;

/// The axes of the input as few as they can be, those that stay and those that are reduced; to == 0 marks the latter.
struct Axes {
  std::vector<CopyAxis> kept, reduced;
};

Axes axes_of(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  const auto reduced = reduced_axes(node.attrs.as<ReduceAttrs>(), x.rank());
  const auto strides = strides_of(x.shape);
  StridedCopy walk = block(x.shape, strides, strides);
  for (size_t i = 0; i < reduced.size(); ++i)
    if (reduced[i]) walk.axes[i].to = 0;
  Axes axes;
  for (const CopyAxis& axis : simplified(walk).axes) (axis.to == 0 ? axes.reduced : axes.kept).push_back(axis);
  return axes;
}

void append_axes(Fields& fields, const std::string& name, std::vector<CopyAxis> axes) {
  axes.insert(axes.begin(), kAxes - axes.size(), CopyAxis{1, 0, 0});
  std::vector<int64_t> sizes, strides;
  for (const CopyAxis& axis : axes) {
    sizes.push_back(axis.size);
    strides.push_back(axis.from);
  }
  fields.push_back({name, fmt::format("{{{}}}", fmt::join(sizes, ", "))});
  fields.push_back({name + "_stride", fmt::format("{{{}}}", fmt::join(strides, ", "))});
}

Fields walk_fields(const Node& node, const Graph& graph) {
  const Axes axes = axes_of(node, graph);
  Fields fields;
  append_axes(fields, "kept", axes.kept);
  append_axes(fields, "reduced", axes.reduced);
  return fields;
}

int64_t count_of(const Node& node, const Graph& graph) { return reduced_count(node.attrs.as<ReduceAttrs>(), graph.type(node.in[0])); }

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, dtype)) return "the input is not " + std::string(name_of(dtype));
  const Axes axes = axes_of(node, graph);
  return refuse_unless({{!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                        {axes.kept.size() <= kAxes && axes.reduced.size() <= kAxes, "reduced axes and others alternate more than thrice"}});
}

std::optional<std::string> refuses_sum_s8(const Node& node, const Graph& graph) {
  if (auto reason = refuses<DType::I8>(node, graph)) return reason;
  for (ValueId id : {node.in[0], node.out[0]})
    if (!graph.type(id).quant.quantised()) return "'" + graph.value(id).name + "' is int8 without a scale";
  return refuse_unless({{count_of(node, graph) <= INT32_MAX / 256, "more than 8388607 elements for one result, whose sum could overflow"}});
}

std::optional<std::string> refuses_mean_s16(const Node& node, const Graph& graph) {
  if (auto reason = refuses<DType::I16>(node, graph)) return reason;
  return refuse_unless({{graph.type(node.out[0]).quant.quantised(), "the output has no scale"}});
}

KernelCall lower_rescaled(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.out[0]);
  const int64_t count = count_of(node, graph);
  const Multiplier multiplier = node.op->name == "mean" ? mean_multiplier(x, y, count) : sum_multiplier(x, y);
  Fields fields = walk_fields(node, graph);
  fields.push_back({"zeros", c_literal(count * x.quant.zero[0])});
  fields.push_back({"mantissa", c_literal(int64_t{multiplier.mantissa})});
  fields.push_back({"shift", c_literal(int64_t{multiplier.shift})});
  fields.push_back({"out_zero", c_literal(int64_t{y.quant.zero[0]})});
  return KernelCall(x.dtype == DType::I16 ? "thimble_mean_s16" : "thimble_sum_s8")
      .input(0)
      .output(0)
      .geometry("thimble_reduce_s8_shape", std::move(fields));
}

KernelCall lower(const Node& node, const Graph& graph) {
  const DType dtype = graph.type(node.in[0]).dtype;
  const std::string_view suffix = dtype == DType::F32 ? "f32" : dtype == DType::I32 ? "s32" : dtype == DType::I16 ? "s16" : "s8";
  Fields fields = walk_fields(node, graph);
  fields.push_back({"count", c_literal(count_of(node, graph))});
  return KernelCall(fmt::format("thimble_{}_{}", node.op->name, suffix))
      .input(0)
      .output(0)
      .geometry("thimble_reduce_shape", std::move(fields));
}

template <int kPerElement>
double cycles(const Node& node, const Graph& graph, const Board&) {
  return kPerElement * static_cast<double>(graph.type(node.in[0]).elements()) +
         20 * static_cast<double>(graph.type(node.out[0]).elements());
}

constexpr Kernel row(std::string_view name, std::string_view op, decltype(Kernel::refuses) refuses, decltype(Kernel::cycles) cycles,
                     decltype(Kernel::lower) lower) {
  return {.name = name, .source = "kernels/reduce_ref.h", .op = op, .refuses = refuses, .cycles = cycles, .lower = lower};
}

constexpr Kernel row_s16(std::string_view name, std::string_view op, decltype(Kernel::refuses) refuses, decltype(Kernel::lower) lower) {
  Kernel kernel = row(name, op, refuses, cycles<5>, lower);
  kernel.source = "kernels/reduce_ref.h kernels/reduce_s16_ref.h";
  return kernel;
}

}  // namespace

std::span<const Kernel> reduce_kernels() {
  static const Kernel kRows[] = {row("mean_s8_ref", "mean", refuses_sum_s8, cycles<4>, lower_rescaled),
                                 row_s16("mean_s16_ref", "mean", refuses_mean_s16, lower_rescaled),
                                 row_s16("reduce_max_s16_ref", "reduce_max", refuses<DType::I16>, lower),
                                 row_s16("reduce_min_s16_ref", "reduce_min", refuses<DType::I16>, lower),
                                 row("mean_f32_ref", "mean", refuses<DType::F32>, cycles<5>, lower),
                                 row("mean_s32_ref", "mean", refuses<DType::I32>, cycles<6>, lower),
                                 row("sum_s8_ref", "sum", refuses_sum_s8, cycles<4>, lower_rescaled),
                                 row("sum_f32_ref", "sum", refuses<DType::F32>, cycles<5>, lower),
                                 row("sum_s32_ref", "sum", refuses<DType::I32>, cycles<4>, lower),
                                 row("reduce_max_s8_ref", "reduce_max", refuses<DType::I8>, cycles<5>, lower),
                                 row("reduce_max_f32_ref", "reduce_max", refuses<DType::F32>, cycles<6>, lower),
                                 row("reduce_max_s32_ref", "reduce_max", refuses<DType::I32>, cycles<5>, lower),
                                 row("reduce_min_s8_ref", "reduce_min", refuses<DType::I8>, cycles<5>, lower),
                                 row("reduce_min_f32_ref", "reduce_min", refuses<DType::F32>, cycles<6>, lower),
                                 row("reduce_min_s32_ref", "reduce_min", refuses<DType::I32>, cycles<5>, lower)};
  return kRows;
}

}  // namespace thimble
