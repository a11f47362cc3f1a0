// Skeleton of tests/cases/example.cc: small graphs that every runner takes through the interpreter, the C, the formats and the boards.
#include "cases/op_case.h"
#include "example.h"

namespace thimble::testing {

std::vector<OpCase> example_cases() {
  OpCase c{.name = "example/f32", .graph = {}};
  c.graph.name = "example";
  const ValueId x = c.graph.add_input("x", {DType::F32, {2, 3}, {}});
  c.graph.outputs = {add_node(c.graph, "example", "y", {x}, ExampleAttrs{3})};
  return {c};
}

}  // namespace thimble::testing
