#include "ops/pool2d.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase pool_case(std::string_view op, std::string name, DType dtype, Shape x, Pool2dAttrs attrs) {
  OpCase c{.name = std::string(op) + "/" + std::move(name), .graph = {}};
  c.graph.name = std::string(op);
  const Quant quant = dtype == DType::I8 ? per_tensor(0.04f, -10) : dtype == DType::I16 ? per_tensor(0.0003f, 0) : Quant{};
  const ValueId in = c.graph.add_input("x", {dtype, std::move(x), quant});
  c.graph.outputs = {add_node(c.graph, op, "y", {in}, attrs)};
  if (dtype == DType::F32) c.tolerance = 1e-6;
  return c;
}

constexpr Padding kSame = Padding::Same, kValid = Padding::Valid;

}  // namespace

std::vector<OpCase> pool2d_cases() {
  std::vector<OpCase> all;
  for (const std::string_view op : {"average_pool2d", "max_pool2d"}) {
    const auto add = [&](std::string name, DType dtype, Shape x, Pool2dAttrs attrs) {
      all.push_back(pool_case(op, std::move(name), dtype, std::move(x), attrs));
    };
    add("2x2_stride2_s8", DType::I8, {1, 6, 8, 3}, {{kValid, {}, 2, 2}, 2, 2});
    add("3x3_same_s8", DType::I8, {1, 5, 7, 2}, {{kSame}, 3, 3, Activation::Relu});
    add("global_s8", DType::I8, {1, 25, 5, 4}, {{kValid, {}, 25, 5}, 25, 5});
    add("3x2_same_stride2_batch2_s8", DType::I8, {2, 6, 5, 3}, {{kSame, {}, 2, 2}, 3, 2, Activation::Relu6});
    add("relu_n1_to_1_s8", DType::I8, {1, 4, 4, 1}, {{kValid}, 2, 3, Activation::ReluN1To1});
    add("global_9_channels_s8", DType::I8, {1, 7, 5, 9}, {{kValid, {}, 7, 5}, 7, 5});
    add("3x2_same_20_channels_s8", DType::I8, {1, 5, 4, 20}, {{kSame, {}, 2, 1}, 3, 2});
    add("2x2_stride2_f32", DType::F32, {1, 6, 8, 3}, {{kValid, {}, 2, 2}, 2, 2});
    add("3x3_same_relu_f32", DType::F32, {2, 5, 7, 2}, {{kSame, {}, 2, 1}, 3, 3, Activation::Relu});
    add("3x2_same_20_channels_f32", DType::F32, {1, 5, 4, 20}, {{kSame, {}, 2, 1}, 3, 2, Activation::Relu});
    add("2x2_stride2_s16", DType::I16, {1, 6, 8, 3}, {{kValid, {}, 2, 2}, 2, 2});
    add("3x2_same_batch2_relu6_s16", DType::I16, {2, 6, 5, 3}, {{kSame, {}, 2, 1}, 3, 2, Activation::Relu6});
    add("global_s16", DType::I16, {1, 25, 5, 4}, {{kValid, {}, 25, 5}, 25, 5});
    add("4x4_relu6_f32", DType::F32, {1, 5, 5, 2}, {{kValid}, 4, 4, Activation::Relu6});
  }
  return all;
}

}  // namespace thimble::testing
