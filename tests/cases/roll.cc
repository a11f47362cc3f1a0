#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase roll(const std::string& name, int64_t rows, int64_t columns) {
  OpCase c{.name = "roll/" + name, .graph = {}};
  c.graph.name = "roll";
  const ValueId row = c.graph.add_input("row", {DType::F32, {1, columns}, {}});
  const ValueId kept = c.graph.add_state("kept", {DType::F32, {rows, columns}, {}});
  c.graph.outputs = {add_node(c.graph, "roll", "rows", {row, kept})};
  c.records = 5;
  c.exact = true;
  c.tflite = false;
  return c;
}

}  // namespace

std::vector<OpCase> roll_cases() { return {roll("three_rows", 3, 4), roll("one_row", 1, 7)}; }

}  // namespace thimble::testing
