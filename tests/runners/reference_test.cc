// The interpreter runs every case: the graph is sound, the results are the same each time, and equal what the case knows of them.
#include "runners/each_case.h"

namespace thimble::testing {
namespace {

THIMBLE_EACH_CASE(Reference) {
  const Graph& graph = one().graph;
  ASSERT_NO_THROW(verify(graph));
  const auto records = records_of(one());
  ASSERT_FALSE(records.empty());
  const auto outputs = interpret(graph, records);
  EXPECT_EQ(difference(graph, interpret(graph, records), outputs, 0).value_or("equal"), "equal") << "run twice";
  if (!one().expected.empty()) {
    EXPECT_EQ(difference(graph, outputs, one().expected, one().tolerance).value_or("equal"), "equal") << print(graph);
  }
}

}  // namespace
}  // namespace thimble::testing
