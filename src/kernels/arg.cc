#include "ops/arg.h"

#include <fmt/format.h>

#include "kernels/packing.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, dtype)) return "the input is not " + std::string(name_of(dtype));
  return refuse_unless({{!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"}});
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<ArgAttrs>();
  const TensorType& x = graph.type(node.in[0]);
  const std::string_view suffix = x.dtype == DType::F32 ? "f32" : x.dtype == DType::I32 ? "s32" : "s8";
  const int64_t inner = strides_of(x.shape)[static_cast<size_t>(a.axis)], size = x.shape[static_cast<size_t>(a.axis)];
  return KernelCall(fmt::format("thimble_{}_{}{}", node.op->name, suffix, a.wide ? "_wide" : ""))
      .input(0)
      .output(0)
      .geometry("thimble_arg_shape",
                {{"outer", c_literal(x.elements() / (size * inner))}, {"size", c_literal(size)}, {"inner", c_literal(inner)}});
}

double cycles(const Node& node, const Graph& graph, const Board&) { return 6 * static_cast<double>(graph.type(node.in[0]).elements()); }

constexpr Kernel row(std::string_view name, std::string_view op, decltype(Kernel::refuses) refuses) {
  return {.name = name, .source = "kernels/arg_ref.h", .op = op, .refuses = refuses, .cycles = cycles, .lower = lower};
}

}  // namespace

std::span<const Kernel> arg_kernels() {
  static const Kernel kRows[] = {
      row("argmax_s8_ref", "argmax", refuses<DType::I8>),   row("argmax_f32_ref", "argmax", refuses<DType::F32>),
      row("argmax_s32_ref", "argmax", refuses<DType::I32>), row("argmin_s8_ref", "argmin", refuses<DType::I8>),
      row("argmin_f32_ref", "argmin", refuses<DType::F32>), row("argmin_s32_ref", "argmin", refuses<DType::I32>)};
  return kRows;
}

}  // namespace thimble
