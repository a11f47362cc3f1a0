#include "ops/binary.h"

#include <fmt/format.h>

#include "kernels/kernel.h"
#include "kernels/packing.h"
#include "ops/broadcast.h"

namespace thimble {
namespace {

constexpr size_t kOuterLoops = 5;  // of the broadcasting kernels
constexpr std::string_view kSource = "kernels/binary_ref.h", kSource16 = "kernels/binary_ref.h kernels/binary_s16_ref.h";

std::vector<BroadcastLoop> loops_of(const Node& node, const Graph& graph) {
  return broadcast_loops(graph.type(node.in[0]).shape, graph.type(node.in[1]).shape);
}
/// Whether the innermost loop is a row: each operand moves on by one element or not at all.
bool ends_in_row(const std::vector<BroadcastLoop>& loops) { return loops.back().a_step <= 1 && loops.back().b_step <= 1; }

template <DType kDType, bool kBroadcast>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, kDType)) return "the operands are not " + std::string(name_of(kDType));
  const auto loops = loops_of(node, graph);
  if (!kBroadcast && loops.size() > 1) return "the shapes differ by more than one operand being a single element";
  if (!ends_in_row(loops) || loops.size() > kOuterLoops + 1) return "the shapes need more than six nested loops";
  return std::nullopt;
}

Geometry::Field field(const char* name, int64_t value) { return {name, c_literal(value)}; }

/// A subtraction is an addition whose second multiplier is negative.
std::vector<Geometry::Field> add_fields(const Node& node, const Graph& graph) {
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const AddScaling scaling = add_scaling(a, b, y);
  const IntRange range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y);
  return {field("a_zero", a.quant.zero[0]),
          field("a_mantissa", scaling.a.mantissa),
          field("a_shift", scaling.a.shift),
          field("b_zero", b.quant.zero[0]),
          field("b_mantissa", node.op->name == "sub" ? -scaling.b.mantissa : scaling.b.mantissa),
          field("b_shift", scaling.b.shift),
          field("mantissa", scaling.out.mantissa),
          field("shift", scaling.out.shift),
          field("out_zero", y.quant.zero[0]),
          field("out_min", range.min),
          field("out_max", range.max)};
}

std::vector<Geometry::Field> mul_fields(const Node& node, const Graph& graph) {
  const TensorType &a = graph.type(node.in[0]), &b = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const Multiplier multiplier = mul_scaling(a, b, y);
  const IntRange range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y);
  return {field("a_zero", a.quant.zero[0]), field("b_zero", b.quant.zero[0]),   field("mantissa", multiplier.mantissa),
          field("shift", multiplier.shift), field("out_zero", y.quant.zero[0]), field("out_min", range.min),
          field("out_max", range.max)};
}

std::vector<Geometry::Field> float_fields(const Node& node, const Graph&) {
  const FloatRange range = float_range(node.attrs.as<BinaryAttrs>().activation);
  return {{"out_min", c_literal(range.min)}, {"out_max", c_literal(range.max)}};
}
std::vector<Geometry::Field> no_fields(const Node&, const Graph&) { return {}; }

/// "{1, 2, 3, 4, 5}": the outer loops' numbers, ones (or zeros) in front where there are fewer.
std::string outer(const std::vector<BroadcastLoop>& loops, int64_t BroadcastLoop::*member, int64_t missing) {
  std::string text;
  for (size_t i = 0; i < kOuterLoops; ++i) {
    const size_t absent = kOuterLoops - (loops.size() - 1);
    text += (i ? ", " : "{") + c_literal(i < absent ? missing : loops[i - absent].*member);
  }
  return text + "}";
}

KernelCall lower(const std::string& function, const std::string& shape, std::vector<Geometry::Field> own, bool broadcast, const Node& node,
                 const Graph& graph) {
  const auto loops = loops_of(node, graph);
  std::vector<Geometry::Field> fields = {field("count", loops.back().count), field("a_step", loops.back().a_step),
                                         field("b_step", loops.back().b_step), field("a_constant", is_constant(graph, node, 0)),
                                         field("b_constant", is_constant(graph, node, 1))};
  fields.insert(fields.end(), own.begin(), own.end());
  KernelCall call("thimble_" + function + (broadcast ? "_broadcast" : ""));
  call.input(0).input(1).output(0).geometry(shape, std::move(fields));
  if (broadcast)
    call.geometry("thimble_broadcast", {{"count", outer(loops, &BroadcastLoop::count, 1)},
                                        {"a_step", outer(loops, &BroadcastLoop::a_step, 0)},
                                        {"b_step", outer(loops, &BroadcastLoop::b_step, 0)}});
  return call;
}

template <bool kBroadcast>
KernelCall lower_add_s8(const Node& node, const Graph& graph) {
  return lower("add_s8", "thimble_add_s8_shape", add_fields(node, graph), kBroadcast, node, graph);
}
template <bool kBroadcast>
KernelCall lower_mul_s8(const Node& node, const Graph& graph) {
  return lower("mul_s8", "thimble_mul_s8_shape", mul_fields(node, graph), kBroadcast, node, graph);
}
template <bool kBroadcast>
KernelCall lower_add_s16(const Node& node, const Graph& graph) {
  return lower("add_s16", "thimble_add_s8_shape", add_fields(node, graph), kBroadcast, node, graph);
}
template <bool kBroadcast>
KernelCall lower_mul_s16(const Node& node, const Graph& graph) {
  return lower("mul_s16", "thimble_mul_s8_shape", mul_fields(node, graph), kBroadcast, node, graph);
}
template <bool kBroadcast>
KernelCall lower_f32(const Node& node, const Graph& graph) {
  return lower(std::string(node.op->name) + "_f32", "thimble_binary_f32_shape", float_fields(node, graph), kBroadcast, node, graph);
}
template <bool kBroadcast>
KernelCall lower_plain(const Node& node, const Graph& graph) {
  const DType dtype = graph.type(node.in[0]).dtype;
  const char* suffix = dtype == DType::I8 ? "_s8" : dtype == DType::I16 ? "_s16" : "_s32";
  return lower(std::string(node.op->name) + suffix, "thimble_binary_shape", no_fields(node, graph), kBroadcast, node, graph);
}

using Lower = KernelCall (*)(const Node&, const Graph&);
struct Names {
  std::string_view op, f32, f32_broadcast, s8, s8_broadcast, s16, s16_broadcast, s32, s32_broadcast;
};
#define PAIR(op, type) op "_" type "_ref", op "_" type "_broadcast_ref"
#define NAMES(op) op, PAIR(op, "f32"), PAIR(op, "s8"), PAIR(op, "s16"), PAIR(op, "s32")
constexpr Names kAdd{NAMES("add")}, kSub{NAMES("sub")}, kMul{NAMES("mul")}, kDiv{NAMES("div")};
constexpr Names kSquaredDifference{NAMES("squared_difference")}, kMinimum{NAMES("minimum")}, kMaximum{NAMES("maximum")};
#undef NAMES
#undef PAIR

template <DType kDType, int kCycles>
void add_pair(std::vector<Kernel>& rows, std::string_view op, std::string_view flat, std::string_view broadcast, Lower lower_flat,
              Lower lower_broadcast) {
  const auto row = [&](std::string_view name, auto refusal, auto cycles, Lower lowered) {
    constexpr std::string_view source = kDType == DType::I16 ? kSource16 : kSource;
    rows.push_back({.name = name, .source = source, .op = op, .refuses = refusal, .cycles = cycles, .lower = lowered, .in_place = true});
  };
  row(flat, refuses<kDType, false>, cycles_per_output<kCycles>, lower_flat);
  row(broadcast, refuses<kDType, true>, cycles_per_output<kCycles + 2>, lower_broadcast);
}

}  // namespace

std::span<const Kernel> binary_kernels() {
  static const std::vector<Kernel> kRows = [] {
    std::vector<Kernel> rows;
    const auto f32 = [&](const Names& n) {
      add_pair<DType::F32, 10>(rows, n.op, n.f32, n.f32_broadcast, lower_f32<false>, lower_f32<true>);
    };
    const auto s32 = [&](const Names& n) {
      add_pair<DType::I32, 8>(rows, n.op, n.s32, n.s32_broadcast, lower_plain<false>, lower_plain<true>);
    };
    const auto s8 = [&](const Names& n, Lower flat, Lower broadcast) {
      add_pair<DType::I8, 40>(rows, n.op, n.s8, n.s8_broadcast, flat, broadcast);
    };
    for (const Names* n : {&kAdd, &kSub, &kMul, &kDiv, &kSquaredDifference, &kMinimum, &kMaximum}) f32(*n);
    for (const Names* n : {&kAdd, &kSub, &kMul, &kSquaredDifference, &kMinimum, &kMaximum}) s32(*n);
    for (const Names* n : {&kAdd, &kSub}) s8(*n, lower_add_s8<false>, lower_add_s8<true>);
    s8(kMul, lower_mul_s8<false>, lower_mul_s8<true>);
    const auto s16 = [&](const Names& n, Lower flat, Lower broadcast) {
      add_pair<DType::I16, 40>(rows, n.op, n.s16, n.s16_broadcast, flat, broadcast);
    };
    for (const Names* n : {&kAdd, &kSub}) s16(*n, lower_add_s16<false>, lower_add_s16<true>);
    s16(kMul, lower_mul_s16<false>, lower_mul_s16<true>);
    for (const Names* n : {&kMinimum, &kMaximum}) s16(*n, lower_plain<false>, lower_plain<true>);
    for (const Names* n : {&kMinimum, &kMaximum}) s8(*n, lower_plain<false>, lower_plain<true>);
    return rows;
  }();
  return kRows;
}

}  // namespace thimble
