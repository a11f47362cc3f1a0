#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/dsp_packing.h"
#include "kernels/packing.h"
#include "ops/binary.h"

namespace thimble {
namespace {

constexpr int kNarrowed = 16, kMostDrop = 8;       // bits that go by the two narrowings
constexpr int64_t kMost = (int64_t{1} << 30) - 1;  // of both products together, and of the addend

/// out = (a * factors.a + b * factors.b + factors.c) >> (kNarrowed + drop), rounded, then clamped.
struct Factors {
  int64_t a = 0, b = 0, c = 0;
  int drop = 0;
};

/// What the reference makes of all pairs, and its real factors.
struct Sums {
  std::vector<int32_t> out;  ///< [a][b], both from -128 on
  IntRange range{};
  double a = 0, b = 0, c = 0;
};

double real(Multiplier m) { return std::ldexp(static_cast<double>(m.mantissa), m.shift - 31); }

Sums sums_of(const Node& node, const Graph& graph) {
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const AddScaling scaling = add_scaling(a, b, y);
  const int sign = node.op->name == "sub" ? -1 : 1;
  Sums sums{.out = {}, .range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y)};
  const auto scaled = [](const TensorType& type, Multiplier m) {
    std::vector<int32_t> values;
    for (int v = -128; v <= 127; ++v) values.push_back(requantize((v - type.quant.zero[0]) * (1 << kAddLeftShift), m));
    return values;
  };
  Multiplier second = scaling.b;
  second.mantissa *= sign;
  const std::vector<int32_t> from_a = scaled(a, scaling.a), from_b = scaled(b, second);
  for (int32_t sum_a : from_a)
    for (int32_t sum_b : from_b)
      sums.out.push_back(std::clamp(requantize(sum_a + sum_b, scaling.out) + y.quant.zero[0], sums.range.min, sums.range.max));
  const double unit = std::ldexp(real(scaling.out), kAddLeftShift);
  sums.a = unit * real(scaling.a), sums.b = unit * real(second);
  sums.c = y.quant.zero[0] - sums.a * a.quant.zero[0] - sums.b * b.quant.zero[0];
  return sums;
}

/// The addends c for which all pairs come out right: [low, high], empty where there are none.
struct Addends {
  int64_t low, high;
};
Addends addends_of(const Sums& sums, int64_t a, int64_t b, int shift) {
  Addends fit{-kMost, kMost};
  const int64_t unit = int64_t{1} << shift, half = unit / 2;
  auto out = sums.out.begin();
  for (int64_t x = -128; x < 128; ++x)
    for (int64_t y = -128; y < 128; ++y, ++out) {
      const int64_t product = x * a + y * b;
      if (*out > sums.range.min) fit.low = std::max(fit.low, *out * unit - half - product);
      if (*out < sums.range.max) fit.high = std::min(fit.high, *out * unit + half - 1 - product);
      if (fit.low > fit.high) return fit;
    }
  return fit;
}

std::optional<Factors> factors_of(const Sums& sums) {
  constexpr int64_t kNear = 2;
  for (int drop = kMostDrop; drop > 0; --drop) {
    const double unit = std::ldexp(1.0, kNarrowed + drop);
    if (128 * (unit * (std::abs(sums.a) + std::abs(sums.b)) + 2 * kNear) > static_cast<double>(kMost)) continue;
    for (int64_t near_a = -kNear; near_a <= kNear; ++near_a)
      for (int64_t near_b = -kNear; near_b <= kNear; ++near_b) {
        const int64_t a = std::llround(sums.a * unit) + near_a, b = std::llround(sums.b * unit) + near_b;
        const Addends fit = addends_of(sums, a, b, kNarrowed + drop);
        if (fit.low <= fit.high) return Factors{a, b, (fit.low + fit.high) / 2, drop};
      }
  }
  return std::nullopt;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, DType::I8)) return "the operands are not int8";
  if (graph.type(node.in[0]).shape != graph.type(node.in[1]).shape) return "the shapes differ";
  return refuse_unless({{factors_of(sums_of(node, graph)).has_value(), "no factors give the reference's roundings for all operands"}});
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Sums sums = sums_of(node, graph);
  const Factors f = *factors_of(sums);
  const int64_t count = graph.type(node.out[0]).elements();
  const std::string loop = fmt::format("thimble_add_helium_{}_{}_{}_{}", count, f.drop, c_word(sums.range.min), c_word(sums.range.max));
  return KernelCall("thimble_add_s8_helium")
      .define(fmt::format("THIMBLE_ADD_HELIUM({}, {}, {}, {}, {})", loop, count, f.drop, sums.range.min, sums.range.max))
      .input(0)
      .input(1)
      .output(0)
      .constant("factors", std::vector<int32_t>{static_cast<int32_t>(f.a), static_cast<int32_t>(f.b), static_cast<int32_t>(f.c)})
      .name(loop);
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  return 30 + 2.8 * static_cast<double>(graph.type(node.out[0]).elements());
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/add_helium.h",
          .op = op,
          .needs = Isa::Helium,
          .refuses = refuses,
          .cycles = cycles,
          .lower = lower,
          .in_place = true};
}

}  // namespace

std::span<const Kernel> add_helium_kernels() {
  static const Kernel kRows[] = {row("add_s8_helium", "add"), row("sub_s8_helium", "sub")};
  return kRows;
}

}  // namespace thimble
