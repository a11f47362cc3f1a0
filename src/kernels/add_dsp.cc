#include <fmt/format.h>

#include "kernels/dsp_packing.h"
#include "kernels/packing.h"
#include "ops/binary.h"

namespace thimble {
namespace {

constexpr int kShift = 19;  // TFLite shifts operands by 20 and halves them
constexpr Multiplier kHalf{.mantissa = 1 << 30, .shift = 0};

/// The operand that is only shifted, and the other one.
struct Roles {
  size_t shifted = 0, table = 1;
  AddScaling scaling;
};
Roles roles_of(const Node& node, const Graph& graph) {
  Roles roles{.scaling = add_scaling(graph.type(node.in[0]), graph.type(node.in[1]), graph.type(node.out[0]))};
  if (roles.scaling.a != kHalf) std::swap(roles.shifted, roles.table);
  return roles;
}

/// The sum as a layer of one channel whose bias is the largest sum.
Int8Layer sum_of(const Roles& roles, const Node& node, const Graph& graph) {
  const TensorType& y = graph.type(node.out[0]);
  Int8Layer layer{.channels = 1,
                  .taps = 0,
                  .weights = {},
                  .bias = {2 * 255 * (1 << kShift)},
                  .multipliers = {roles.scaling.out},
                  .out_zero = {y.quant.zero[0]},
                  .range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y)};
  layer.exact_ties = layer.range.min < y.quant.zero[0];
  return layer;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, DType::I8)) return "the operands are not int8";
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]);
  if (a.shape != b.shape) return "the shapes differ";
  const Roles roles = roles_of(node, graph);
  if ((roles.shifted == 0 ? roles.scaling.a : roles.scaling.b) != kHalf) return "neither operand is brought to scale by a shift";
  const Int8Layer sum = sum_of(roles, node, graph);
  if (auto reason = refuses_scaling(sum)) return reason;
  return refuse_unless({{scaling_of(sum, 31, 2).shift >= 0, "the sum's scale is out of range"}});
}

/// Elements by their byte, both zero points folded in, raised as the sum is to be.
std::vector<int32_t> make_table(const Roles& roles, const Int8Scaling& scaling, const Node& node, const Graph& graph) {
  const auto zero = [&](size_t i) { return graph.type(node.in[i]).quant.zero[0]; };
  const bool subtracts = node.op->name == "sub";
  const int sign_table = subtracts && roles.table == 1 ? -1 : 1, sign_shifted = subtracts && roles.shifted == 1 ? -1 : 1;
  Multiplier multiplier = roles.table == 0 ? roles.scaling.a : roles.scaling.b;
  multiplier.mantissa *= sign_table;
  std::vector<int32_t> table;
  scaling.append(table, 0);
  table.resize(3);
  for (int byte = 0; byte < 256; ++byte) {
    const int32_t scaled = requantize((static_cast<int8_t>(byte) - zero(roles.table)) * (1 << (kShift + 1)), multiplier);
    table.push_back((scaled - sign_shifted * zero(roles.shifted) * (1 << kShift)) * (1 << scaling.up));
  }
  return table;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Roles roles = roles_of(node, graph);
  const Int8Layer sum = sum_of(roles, node, graph);
  const Int8Scaling scaling = scaling_of(sum, 31, 2);
  const int64_t count = graph.type(node.out[0]).elements();
  const char* const op = node.op->name == "sub" && roles.shifted == 1 ? "sub" : "add";
  const std::string loop = fmt::format("thimble_add_dsp_{}_{}_{}_{}_{}_{}_{}", count, op, kShift + scaling.up, scaling.shift,
                                       int{scaling.exact}, c_word(sum.range.min), c_word(sum.range.max));
  return KernelCall("thimble_add_s8_dsp")
      .define(fmt::format("THIMBLE_ADD_DSP({}, {}, {}, {}, {}, {}, {}, {})", loop, count, op, kShift + scaling.up, scaling.shift,
                          int{scaling.exact}, sum.range.min, sum.range.max))
      .input(static_cast<int>(roles.shifted))
      .input(static_cast<int>(roles.table))
      .output(0)
      .constant("table", make_table(roles, scaling, node, graph))
      .name(loop);
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/add_dsp.h",
          .op = op,
          .needs = Isa::ArmDsp,
          .refuses = refuses,
          .cycles = cycles_per_output<13>,
          .lower = lower,
          .in_place = true};
}

}  // namespace

std::span<const Kernel> add_dsp_kernels() {
  static const Kernel kRows[] = {row("add_s8_dsp", "add"), row("sub_s8_dsp", "sub")};
  return kRows;
}

}  // namespace thimble
