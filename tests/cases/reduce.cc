#include "ops/reduce.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase reduce_case(std::string_view op, std::string name, TensorType x, ReduceAttrs attrs, Quant out = {}) {
  OpCase c{.name = std::string(op) + "/" + std::move(name), .graph = {}};
  c.graph.name = std::string(op) + "_of";
  const ValueId in = c.graph.add_input("x", std::move(x));
  std::vector<Quant> quant;
  if (out.quantised()) quant.push_back(std::move(out));
  c.graph.outputs = {add_node(c.graph, op, "y", {in}, std::move(attrs), std::move(quant))};
  return c;
}

/// TFLite's reference kernel of int8 sums reads the bytes as unsigned. Where nothing is negative, that makes no difference.
OpCase without_negatives(OpCase c) {
  for (uint32_t record = 0; record < 4; ++record) {
    Buffer bytes = random_contents(c.graph.type(c.graph.inputs[0]), record + 1);
    for (std::byte& b : bytes) b &= std::byte{0x7f};
    c.inputs.push_back({bytes});
  }
  return c;
}

OpCase int16_case(std::string_view op, std::string name, Shape shape, ReduceAttrs attrs, float out = 0.0003f) {
  return reduce_case(op, std::move(name), {DType::I16, std::move(shape), per_tensor(0.0003f, 0)}, std::move(attrs), per_tensor(out, 0));
}

}  // namespace

std::vector<OpCase> reduce_cases() {
  const Quant quant = per_tensor(0.04f, -10);
  const auto s8 = [&](Shape shape) { return TensorType{DType::I8, std::move(shape), quant}; };
  const auto f32 = [](Shape shape) { return TensorType{DType::F32, std::move(shape), {}}; };
  std::vector<OpCase> all = {reduce_case("mean", "global_s8", s8({1, 7, 5, 12}), {{1, 2}}, per_tensor(0.021f, 7)),
                             reduce_case("mean", "global_keep_s8", s8({2, 4, 4, 3}), {{1, 2}, true}, per_tensor(0.011f, -128)),
                             reduce_case("mean", "one_scale_s8", s8({1, 3, 3, 8}), {{1, 2}}, quant),
                             reduce_case("mean", "coarser_scale_s8", s8({3, 10}), {{1}}, per_tensor(0.9f, 3)),
                             reduce_case("mean", "much_finer_scale_s8", s8({3, 10}), {{0}}, per_tensor(0.0009f, 100)),
                             reduce_case("mean", "tiny_ratio_s8", {DType::I8, {4, 33}, per_tensor(1e-8f, 0)}, {{1}}, per_tensor(2.0f, -5)),
                             reduce_case("mean", "outer_and_inner_s8", s8({5, 3, 7}), {{0, 2}, true}, per_tensor(0.03f, 0)),
                             reduce_case("mean", "everything_s8", s8({3, 5, 2}), {{0, 1, 2}, true}, per_tensor(0.01f, 0)),
                             reduce_case("mean", "alternating_s8", s8({2, 3, 2, 3, 2, 3}), {{0, 2, 4}}, per_tensor(0.03f, -3)),
                             int16_case("mean", "global_s16", {1, 7, 5, 12}, {{1, 2}}),
                             int16_case("mean", "finer_scale_s16", {2, 4, 4, 3}, {{1, 2}, true}, 0.0001f),
                             int16_case("mean", "coarser_scale_s16", {2, 3, 4, 5}, {{1, 3}}, 0.0005f),
                             reduce_case("mean", "global_f32", f32({1, 5, 4, 3}), {{1, 2}}),
                             reduce_case("mean", "last_f32", f32({2, 3, 17}), {{2}, true}),
                             reduce_case("mean", "s32", {DType::I32, {3, 7}, {}}, {{1}}),
                             without_negatives(reduce_case("sum", "rows_s8", s8({2, 9, 3}), {{1}, true}, per_tensor(0.6f, 0))),
                             without_negatives(reduce_case("sum", "last_s8", s8({4, 6}), {{1}}, per_tensor(0.4f, 2))),
                             reduce_case("sum", "last_f32", f32({3, 4, 19}), {{2}}),
                             reduce_case("sum", "alternating_f32", f32({2, 3, 2, 3, 2}), {{1, 3}, true}),
                             reduce_case("sum", "s32", {DType::I32, {3, 7, 2}, {}}, {{0, 1}})};
  for (const std::string_view op : {"reduce_max", "reduce_min"}) {
    all.push_back(reduce_case(op, "rows_s8", s8({1, 6, 5, 3}), {{1, 2}}));
    all.push_back(reduce_case(op, "last_s8", s8({4, 11}), {{1}, true}));
    all.push_back(int16_case(op, "rows_s16", {1, 6, 5, 3}, {{1, 2}}));
    all.push_back(reduce_case(op, "first_f32", f32({5, 2, 3}), {{0}}));
    all.push_back(reduce_case(op, "outer_and_inner_s32", {DType::I32, {4, 3, 5}, {}}, {{0, 2}}));
  }
  for (OpCase& c : all)
    if (c.graph.type(c.graph.inputs[0]).dtype == DType::F32) c.tolerance = 1e-6;
  return all;
}

}  // namespace thimble::testing
