#include "ops/arg.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase arg_case(std::string_view op, std::string name, TensorType x, ArgAttrs attrs) {
  OpCase c{.name = std::string(op) + "/" + std::move(name), .graph = {}};
  c.graph.name = std::string(op) + "_of";
  const ValueId in = c.graph.add_input("x", std::move(x));
  c.graph.outputs = {add_node(c.graph, op, "y", {in}, attrs)};
  return c;
}

/// Few different values, so that most answers are ties.
OpCase with_ties(OpCase c) {
  for (uint32_t record = 0; record < 4; ++record) {
    Buffer bytes = random_contents(c.graph.type(c.graph.inputs[0]), record + 1);
    for (std::byte& b : bytes) b &= std::byte{0x81};
    c.inputs.push_back({bytes});
  }
  return c;
}

}  // namespace

std::vector<OpCase> arg_cases() {
  const Quant quant = per_tensor(0.1f, -7);
  std::vector<OpCase> all;
  for (const std::string_view op : {"argmax", "argmin"}) {
    all.push_back(arg_case(op, "last_s8", {DType::I8, {1, 12}, quant}, {1}));
    all.push_back(with_ties(arg_case(op, "ties_s8_wide", {DType::I8, {5, 9}, quant}, {1, true})));
    all.push_back(arg_case(op, "middle_f32", {DType::F32, {2, 5, 3}, {}}, {1}));
    all.push_back(arg_case(op, "first_f32_wide", {DType::F32, {4, 3}, {}}, {0, true}));
    all.push_back(arg_case(op, "last_s32", {DType::I32, {3, 8}, {}}, {1}));
    all.push_back(arg_case(op, "inner_s32_wide", {DType::I32, {3, 2, 2}, {}}, {0, true}));
    all.push_back(with_ties(arg_case(op, "channels_s8", {DType::I8, {1, 4, 3, 6}, quant}, {3})));
  }
  return all;
}

}  // namespace thimble::testing
