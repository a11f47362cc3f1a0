#include <algorithm>
#include <cmath>

#include "kernels/window2d.h"
#include "ops/binary.h"

namespace thimble {
namespace {

constexpr int64_t kMost = (int64_t{1} << 31) - 1;  // of the sum
constexpr int kMostShift = 24, kLeastShift = 12;

/// out = (x * a + y * b + c) >> shift, clamped.
struct Factors {
  int64_t a = 0, b = 0, c = 0;
  int shift = 0;
};

/// What the reference makes of all pairs of operands, and the real factors that it approximates.
struct Answers {
  std::vector<int32_t> out;  ///< [x][y], both from -128 on
  IntRange range{};
  double a = 0, b = 0;
};

double real(Multiplier m) { return std::ldexp(static_cast<double>(m.mantissa), m.shift - 31); }

/// The operand's values from -128 on, on the common scale.
std::vector<int32_t> scaled(const TensorType& type, Multiplier m) {
  std::vector<int32_t> values;
  for (int v = -128; v <= 127; ++v) values.push_back(requantize((v - type.quant.zero[0]) * (1 << kAddLeftShift), m));
  return values;
}

Answers answers_of(const Node& node, const Graph& graph) {
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  AddScaling scaling = add_scaling(a, b, y);
  if (node.op->name == "sub") scaling.b.mantissa = -scaling.b.mantissa;
  Answers answers{.out = {}, .range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y)};
  const std::vector<int32_t> from_a = scaled(a, scaling.a), from_b = scaled(b, scaling.b);
  for (int32_t sum_a : from_a)
    for (int32_t sum_b : from_b)
      answers.out.push_back(std::clamp(requantize(sum_a + sum_b, scaling.out) + y.quant.zero[0], answers.range.min, answers.range.max));
  const double unit = std::ldexp(real(scaling.out), kAddLeftShift);
  answers.a = unit * real(scaling.a), answers.b = unit * real(scaling.b);
  return answers;
}

/// An addend with which all pairs come out right, or nothing.
std::optional<int64_t> addend_of(const Answers& answers, int64_t a, int64_t b, int shift) {
  int64_t low = -kMost, high = kMost;
  auto out = answers.out.begin();
  for (int64_t x = -128; x < 128; ++x)
    for (int64_t y = -128; y < 128; ++y, ++out) {
      const int64_t product = x * a + y * b;
      low = std::max(low, -kMost - product), high = std::min(high, kMost - product);
      if (*out > answers.range.min) low = std::max(low, *out * (int64_t{1} << shift) - product);
      if (*out < answers.range.max) high = std::min(high, (*out + 1) * (int64_t{1} << shift) - 1 - product);
      if (low > high) return std::nullopt;
    }
  return low + (high - low) / 2;
}

/// The largest shift leaves the factors most bits.
std::optional<Factors> factors_of(const Answers& answers) {
  constexpr int64_t kNear = 2;
  for (int shift = kMostShift; shift >= kLeastShift; --shift) {
    const double unit = std::ldexp(1.0, shift);
    if (128 * (unit * (std::abs(answers.a) + std::abs(answers.b)) + 2 * kNear) > static_cast<double>(kMost)) continue;
    for (int64_t near_a = -kNear; near_a <= kNear; ++near_a)
      for (int64_t near_b = -kNear; near_b <= kNear; ++near_b) {
        const int64_t a = std::llround(answers.a * unit) + near_a, b = std::llround(answers.b * unit) + near_b;
        if (const auto c = addend_of(answers, a, b, shift)) return Factors{a, b, *c, shift};
      }
  }
  return std::nullopt;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the operands are not int8"},
                                   {graph.type(node.in[0]).shape == graph.type(node.in[1]).shape, "the shapes differ"},
                                   {!is_constant(graph, node, 0) && !is_constant(graph, node, 1),
                                    "an operand is a constant, which this kernel cannot read from flash"}}))
    return reason;
  if (!factors_of(answers_of(node, graph))) return "no factors give the reference's roundings for all operands";
  return std::nullopt;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Answers answers = answers_of(node, graph);
  const Factors f = *factors_of(answers);
  Fields fields;
  append(fields, {{"count", graph.type(node.out[0]).elements()},
                  {"a_factor", f.a},
                  {"b_factor", f.b},
                  {"addend", f.c},
                  {"shift", f.shift},
                  {"low", answers.range.min},
                  {"high", answers.range.max}});
  return KernelCall("thimble_add_s8_factors").input(0).input(1).output(0).geometry("thimble_add_s8_factors_shape", std::move(fields));
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  const double one = has(board.isa, Isa::ArmDsp) ? 15 : has(board.isa, Isa::Avr) ? 150 : 16;
  return one * static_cast<double>(graph.type(node.out[0]).elements());
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/add_factors.h",
          .op = op,
          .refuses = refuses,
          .cycles = cycles,
          .lower = lower,
          .in_place = true,
          .dual_issue = 0.75};
}

}  // namespace

std::span<const Kernel> add_factors_kernels() {
  static const Kernel kRows[] = {row("add_s8_factors", "add"), row("sub_s8_factors", "sub")};
  return kRows;
}

}  // namespace thimble
