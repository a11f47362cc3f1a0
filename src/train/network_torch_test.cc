// libtorch computes what the interpreter computes.
#include "train/network_torch.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "cases/op_case.h"
#include "formats/import.h"
#include "ir/interpreter.h"
#include "models/architecture.h"
#include "ops/concat.h"
#include "ops/depth_to_space.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pad.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/split.h"
#include "ops/strided_slice.h"
#include "ops/transpose.h"

namespace thimble::testing {
namespace {

using at::Tensor;

std::vector<float> floats_of(const Buffer& bytes) {
  std::vector<float> all(bytes.size() / sizeof(float));
  std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}

/// The largest difference over the largest number.
double difference(const std::vector<float>& a, const std::vector<float>& b) {
  double worst = 0, largest = 1e-6;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(a[i])));
    worst = std::max(worst, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return a.size() == b.size() ? worst / largest : INFINITY;
}

/// A batch of random examples through both; the graph's first axis is the batch.
double difference(const Graph& graph, int64_t examples = 2) {
  const TensorType& in = graph.type(graph.inputs[0]);
  Interpreter interpreter(graph);
  std::vector<float> batch, expected;
  for (int64_t i = 0; i < examples; ++i) {
    const Buffer one = random_contents(in, static_cast<uint32_t>(i + 5));
    interpreter.reset();
    const Buffer out = interpreter.run(std::vector<Buffer>{one})[0];
    for (float x : floats_of(one)) batch.push_back(x);
    for (float y : floats_of(out)) expected.push_back(y);
  }
  Shape shape = in.shape;
  shape[0] *= examples;
  TorchNetwork network(graph, false);
  const Tensor y = network.forward(at::tensor(at::ArrayRef<float>(batch)).view(shape), {}).contiguous();
  return difference(expected, {y.data_ptr<float>(), y.data_ptr<float>() + y.numel()});
}

bool is_float_op(const Graph& graph) {
  const auto real = [&](ValueId id) { return graph.type(id).dtype == DType::F32 && graph.type(id).rank() > 0; };
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1 || !real(graph.inputs[0]) || !real(graph.outputs[0])) return false;
  for (const Value& value : graph.values)
    if (value.constant() && value.type.dtype == DType::I8) return false;
  return std::all_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return lowering_of(node.op->name) != nullptr; });
}

/// A graph of one op over [1, 4, 6, 8].
Graph one_op(std::string_view op, Attrs attrs, std::vector<Shape> constants = {}) {
  Graph graph{.name = std::string(op)};
  std::vector<ValueId> in = {graph.add_input("x", {DType::F32, {1, 4, 6, 8}, {}})};
  for (Shape& shape : constants) in.push_back(random_floats(graph, "c", std::move(shape), 4));
  graph.outputs = {add_node(graph, op, "y", std::move(in), std::move(attrs))};
  return graph;
}

/// What the cases of these ops have as first axis is not always a batch.
std::vector<Graph> over_batches() {
  return {one_op("fully_connected", FullyConnectedAttrs{Activation::Relu, false}, {{3, 192}, {3}}),
          one_op("fully_connected", FullyConnectedAttrs{Activation::None, true}, {{3, 8}}),
          one_op("concat", ConcatAttrs{3}, {{1, 4, 6, 2}}),
          one_op("depth_to_space", BlockAttrs{2}),
          one_op("space_to_depth", BlockAttrs{2}),
          one_op("pad", PadAttrs{{0, 1, 0, 2}, {0, 0, 3, 1}}),
          one_op("sum", ReduceAttrs{{1, 2}, false}),
          one_op("reduce_max", ReduceAttrs{{3}, true}),
          one_op("reduce_min", ReduceAttrs{{1}, false}),
          one_op("reshape", ReshapeAttrs{{1, 24, 8}}),
          one_op("split", SplitAttrs{2, {2, 4}}),
          one_op("strided_slice", StridedSliceAttrs{{0, 1, 0, 3}, {1, 3, 3, 1}, {1, 1, 2, 1}, {1, 3, 3}}),
          one_op("transpose", TransposeAttrs{{0, 3, 1, 2}})};
}

TEST(TorchNetwork, ComputesEveryOpAsTheInterpreterDoes) {
  std::set<std::string_view> tried;
  for (const Graph& graph : over_batches()) {
    EXPECT_LE(difference(graph, 3), 1e-5) << graph.name;
    tried.insert(graph.nodes[0].op->name);
  }
  for (const OpCase& one : all_cases()) {
    if (!is_float_op(one.graph)) continue;
    const bool batched = one.graph.type(one.graph.inputs[0]).shape[0] == 1;
    try {
      EXPECT_LE(difference(one.graph, batched ? 2 : 1), 1e-5) << one.name;
      tried.insert(one.graph.nodes[0].op->name);
    } catch (const Error& refused) {
      EXPECT_EQ(refused.blame, Blame::User) << one.name << ": " << explain(refused);
    }
  }
  std::set<std::string_view> untried;
  for (const OpDef* op : all_ops())
    if (lowering_of(op->name) && !tried.contains(op->name)) untried.insert(op->name);
  // Their cases have two inputs.
  for (std::string_view binary : {"add", "sub", "mul", "div", "squared_difference", "minimum", "maximum"}) untried.erase(binary);
  EXPECT_THAT(untried, ::testing::IsEmpty());
}

TEST(TorchNetwork, ComputesOpsOfTwoOperands) {
  for (std::string_view op : {"add", "sub", "mul", "div", "squared_difference", "minimum", "maximum"}) {
    Graph graph{.name = "g"};
    const ValueId x = graph.add_input("x", {DType::F32, {1, 3, 4}, {}});
    const ValueId a = add_node(graph, "relu", "a", {x}), b = add_node(graph, "exp", "b", {x});
    graph.outputs = {add_node(graph, op, "y", {a, b})};
    EXPECT_LE(difference(graph), 1e-5) << op;
    graph.outputs = {add_node(graph, op, "z", {a, random_floats(graph, "c", {4}, 3)})};
    EXPECT_LE(difference(graph), 1e-5) << op << " with a constant";
  }
}

TEST(TorchNetwork, ComputesEveryArchitecture) {
  for (const Architecture* one : all_architectures())
    for (const Shape& input : {Shape{24}, Shape{40, 3}, Shape{24, 24, 3}}) {
      Graph graph;
      try {
        graph = one->build({}, input, 4, one->name == "autoencoder" ? Task::Reconstruction : Task::Classification, 3);
      } catch (const Error&) {
        continue;
      }
      EXPECT_LE(difference(graph), 1e-5) << one->name;
      break;
    }
}

TEST(TorchNetwork, ComputesImportedModels) {
  const std::filesystem::path models = std::filesystem::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data/models";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << models << " is not there";
  for (const char* name : {"mlperf-tiny/kws_float", "mlperf-tiny/vww_float", "mlperf-tiny/ic_float", "mlperf-tiny/ad_float",
                           "magic-wand/wand_float", "tflm-examples/hello_world_float"})
    EXPECT_LE(difference(import_model(models / (std::string(name) + ".tflite"))), 1e-5) << name;
}

TEST(TorchNetwork, TakesConstantsOutAsTheyWentIn) {
  const Graph graph = architecture_named("mlp").build({}, {6}, 3, Task::Classification, 3);
  const Graph again = TorchNetwork(graph, false).graph();
  for (size_t v = 0; v < graph.values.size(); ++v) {
    if (graph.values[v].constant()) {
      EXPECT_EQ(*graph.values[v].data, *again.values[v].data) << graph.values[v].name;
    }
  }
}

TEST(TorchNetwork, NamesWhatCannotBeTrained) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 3}, {}});
  graph.outputs = {add_node(graph, "floor", "f", {x})};
  try {
    TorchNetwork network(graph, false);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        explain(error),
        "error: the network has an op that cannot be trained:\n  floor\n  train where the model was made, and give Thimble the result\n");
  }
}

}  // namespace
}  // namespace thimble::testing
