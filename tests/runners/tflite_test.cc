// Every case through the TFLite file format and back: the graph that returns prints the same and computes the same.
#include "formats/tflite.h"
#include "formats/export.h"
#include "formats/import.h"
#include "runners/each_case.h"

namespace thimble::testing {
namespace {

/// The graph as the format can hold it: nodes bear the name of their first output, numbers are float.
Graph as_stored(Graph graph) {
  for (Node& node : graph.nodes) {
    node.name = graph.value(node.out[0]).name;
    AttrBag bag = node.attrs.bag();
    for (auto& [key, value] : bag)
      if (double* number = std::get_if<double>(&value)) *number = static_cast<double>(static_cast<float>(*number));
    node.attrs = node.attrs.with(bag);
  }
  return graph;
}

THIMBLE_EACH_CASE(TfliteRoundTrip) {
  if (!one().tflite) GTEST_SKIP() << "the case says that TFLite cannot express it";
  const std::vector<std::byte> file = write_tflite(export_graph(one().graph));
  const Graph again = import_bytes(file, one().graph.name);
  const std::vector<std::byte> file_again = write_tflite(export_graph(again));
  EXPECT_EQ(print(import_bytes(file_again, one().graph.name)), print(again)) << "the second trip";
  const auto records = records_of(one());
  EXPECT_EQ(difference(one().graph, interpret(again, records), interpret(one().graph, records), 0).value_or("equal"), "equal")
      << print(one().graph) << "came back as\n"
      << print(again);
  const bool same_size = again.nodes.size() == one().graph.nodes.size() && again.values.size() == one().graph.values.size();
  EXPECT_TRUE(!same_size || print(again) == print(as_stored(one().graph))) << print(one().graph) << "came back as\n" << print(again);
}

}  // namespace
}  // namespace thimble::testing
