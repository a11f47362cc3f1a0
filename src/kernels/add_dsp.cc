#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/dsp_packing.h"
#include "kernels/int8_scaling.h"
#include "kernels/packing.h"
#include "ops/binary.h"

namespace thimble {
namespace {

constexpr int kShift = 19;  // TFLite shifts operands by 20 and halves them

/// What is requantised as a layer of one channel whose bias is the largest sum or product.
Int8Layer result_layer(int32_t most, Multiplier multiplier, const Node& node, const Graph& graph) {
  const TensorType& y = graph.type(node.out[0]);
  Int8Layer layer{.channels = 1,
                  .taps = 0,
                  .weights = {},
                  .bias = {most},
                  .multipliers = {multiplier},
                  .out_zero = {y.quant.zero[0]},
                  .range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y)};
  layer.exact_ties = layer.range.min < y.quant.zero[0];
  return layer;
}

/// One operand of a sum: what the reference makes of each byte, and the factor of the linear form.
struct Term {
  std::vector<int32_t> values;  ///< of -128 to 127
  double factor = 0;
  int32_t zero = 0;
};
Term term_of(const TensorType& type, Multiplier multiplier, int sign) {
  Term term{.values = {},
            .factor = std::ldexp(sign * static_cast<double>(multiplier.mantissa), multiplier.shift - 31 + kAddLeftShift),
            .zero = type.quant.zero[0]};
  multiplier.mantissa *= sign;
  for (int32_t byte = -128; byte < 128; ++byte) term.values.push_back(requantize((byte - term.zero) * (1 << kAddLeftShift), multiplier));
  return term;
}

struct Sum {
  Term a, b;
  Int8Layer layer;
  Int8Scaling scaling;
};
Sum sum_of(const Node& node, const Graph& graph) {
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]);
  const AddScaling scaling = add_scaling(a, b, graph.type(node.out[0]));
  Sum sum{.a = term_of(a, scaling.a, 1),
          .b = term_of(b, scaling.b, node.op->name == "sub" ? -1 : 1),
          .layer = result_layer(2 * 255 * (1 << kShift), scaling.out, node, graph),
          .scaling = {}};
  if (!refuses_scaling(sum.layer)) sum.scaling = scaling_of(sum.layer, 31, 2);
  return sum;
}

/// a * Ma + b * Mb + C.
struct Linear {
  int64_t a = 0, b = 0, c = 0;
};

/// Whether the form ends in the reference's int8 for every pair of bytes.
bool agrees(const Sum& sum, const Linear& form) {
  const int64_t m = sum.scaling.table[0], h = sum.scaling.table[1], third = sum.scaling.exact ? sum.scaling.table[2] : 0;
  for (size_t i = 0; i < 256; ++i)
    for (size_t j = 0; j < 256; ++j) {
      const int64_t x = form.a * (static_cast<int64_t>(i) - 128) + form.b * (static_cast<int64_t>(j) - 128) + form.c;
      if (x != static_cast<int32_t>(x)) return false;
      const int64_t high = ((x * m) >> 32) + h + (x < 0 ? third : 0);
      const int32_t out = std::clamp(static_cast<int32_t>(high >> sum.scaling.shift), sum.layer.range.min, sum.layer.range.max);
      if (out != output_of(sum.layer, 0, int64_t{sum.a.values[i]} + sum.b.values[j])) return false;
    }
  return true;
}

/// The rounding of the reference's terms moves some sums across a threshold for one choice of factors and not for its neighbour.
std::optional<Linear> linear_form(const Sum& sum) {
  constexpr int kTries[] = {0, 1, -1, 2, -2, 3, -3};
  if (sum.scaling.table.empty() || sum.scaling.shift < 0) return std::nullopt;
  const double raise = std::ldexp(1.0, sum.scaling.up);
  for (int da : kTries)
    for (int db : kTries)
      for (int dc : kTries) {
        Linear form{.a = std::llround(sum.a.factor * raise) + da, .b = std::llround(sum.b.factor * raise) + db};
        form.c = -form.a * sum.a.zero - form.b * sum.b.zero + dc * static_cast<int64_t>(raise);
        if (form.c == static_cast<int32_t>(form.c) && agrees(sum, form)) return form;
      }
  return std::nullopt;
}

std::optional<std::string> refuses_operands(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the operands are not int8"},
                        {graph.type(node.in[0]).shape == graph.type(node.in[1]).shape, "the shapes differ"}});
}

std::optional<std::string> refuses_sum(const Node& node, const Graph& graph) {
  if (auto reason = refuses_operands(node, graph)) return reason;
  const Sum sum = sum_of(node, graph);
  if (auto reason = refuses_scaling(sum.layer)) return reason;
  return refuse_unless({{linear_form(sum).has_value(), "no linear form gives the reference's roundings"}});
}

Int8Layer product_of(const Node& node, const Graph& graph) {
  return result_layer(255 * 255, mul_scaling(graph.type(node.in[0]), graph.type(node.in[1]), graph.type(node.out[0])), node, graph);
}

std::optional<std::string> refuses_product(const Node& node, const Graph& graph) {
  if (auto reason = refuses_operands(node, graph)) return reason;
  return refuses_scaling(product_of(node, graph));
}

KernelCall call_of(const char* element, int64_t first, int64_t last, int64_t constant, const Int8Layer& layer, const Int8Scaling& scaling,
                   int64_t count) {
  std::vector<int32_t> words = {static_cast<int32_t>(first)};
  scaling.append(words, 0);
  words.resize(4);
  words.push_back(static_cast<int32_t>(last));
  words.push_back(static_cast<int32_t>(constant));
  const std::string key =
      fmt::format("{}, {}, {}, {}, {}, {}", element, scaling.up, scaling.shift, int{scaling.exact}, layer.range.min, layer.range.max);
  const std::string loop = fmt::format("thimble_pairwise_dsp_{}_{}_{}_{}_{}_{}", element, scaling.up, c_word(scaling.shift),
                                       int{scaling.exact}, c_word(layer.range.min), c_word(layer.range.max));
  return KernelCall("thimble_pairwise_s8_dsp")
      .define(fmt::format("THIMBLE_PAIRWISE_LOOP_DSP({}, {})", loop, key))
      .input(0)
      .input(1)
      .output(0)
      .constant("words", words)
      .name(loop)
      .geometry("thimble_pairwise_s8_dsp_shape", {{"count", c_literal(count)}});
}

KernelCall lower_sum(const Node& node, const Graph& graph) {
  constexpr int kAnyUp = 3;  // the code does not need to know
  const Sum sum = sum_of(node, graph);
  const Linear form = *linear_form(sum);
  Int8Scaling scaling = sum.scaling;
  scaling.up = kAnyUp;
  return call_of("ADD", form.b, form.a, form.c, sum.layer, scaling, graph.type(node.out[0]).elements());
}

KernelCall lower_product(const Node& node, const Graph& graph) {
  const Int8Layer layer = product_of(node, graph);
  return call_of("MUL", -graph.type(node.in[1]).quant.zero[0], -graph.type(node.in[0]).quant.zero[0], 0, layer, scaling_of(layer, 31, 2),
                 graph.type(node.out[0]).elements());
}

using Refuses = std::optional<std::string> (*)(const Node&, const Graph&);
constexpr Kernel row(std::string_view name, std::string_view op, Refuses refuses, KernelCall (*lower)(const Node&, const Graph&)) {
  return {.name = name,
          .source = "kernels/add_dsp.h",
          .op = op,
          .needs = Isa::ArmDsp,
          .refuses = refuses,
          .cycles = cycles_per_output<11>,
          .lower = lower,
          .in_place = true,
          .dual_issue = 0.77};
}

}  // namespace

std::span<const Kernel> add_dsp_kernels() {
  static const Kernel kRows[] = {row("add_s8_dsp", "add", refuses_sum, lower_sum), row("sub_s8_dsp", "sub", refuses_sum, lower_sum),
                                 row("mul_s8_dsp", "mul", refuses_product, lower_product)};
  return kRows;
}

}  // namespace thimble
