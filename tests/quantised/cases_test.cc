// Every float case of the op table becomes int8 with little noise, and a file that reads back the same.
#include <gmock/gmock.h>

#include "formats/export.h"
#include "formats/import.h"
#include "formats/tflite.h"
#include "quantised/quantised_case.h"

namespace thimble::testing {
namespace {

std::vector<TensorType> input_types(const Graph& graph) {
  std::vector<TensorType> types;
  for (ValueId id : graph.inputs) types.push_back(graph.type(id));
  return types;
}

THIMBLE_EACH_CASE(Quantised) {
  const auto made = quantised(one());
  if (!made) return;
  for (const LayerDamage& layer : made->damage.layers) {
    if (layer.op == "exp" || layer.op == "rsqrt") continue;
    EXPECT_GT(layer.own.db(), 25) << layer.name << "\n" << print(made->graph);
  }
  if (!one().tflite) return;
  const Graph again = import_bytes(write_tflite(export_graph(made->graph)), made->graph.name);
  EXPECT_EQ(input_types(again), input_types(made->graph));
  EXPECT_EQ(interpret(again, made->inputs), interpret(made->graph, made->inputs)) << print(again) << print(made->graph);
}

}  // namespace
}  // namespace thimble::testing
