#include "formats/import.h"

#include <gtest/gtest.h>

#include "formats/advice.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"

namespace thimble {
namespace {

ForeignTensor constant(std::string name, Shape shape) {
  TensorType type{DType::F32, std::move(shape), {}};
  return {std::move(name), type, make_bytes(std::vector<std::byte>(static_cast<size_t>(type.bytes())))};
}

/// w, input -> dense with a fused RELU, and a tensor that nobody uses.
ForeignGraph dense() {
  ForeignGraph graph;
  graph.name = "dense";
  graph.tensors = {constant("w", {3, 4}),
                   {"input", {DType::F32, {1, 4}, {}}, nullptr},
                   {"unused", {DType::I32, {0}, {}}, nullptr},
                   {"dense", {DType::F32, {1, 3}, {}}, nullptr}};
  graph.nodes = {{"FULLY_CONNECTED", "dense", 1, {1, 0, -1}, {3}, {{"fused_activation_function", std::string("RELU")}}}};
  graph.inputs = {1};
  graph.outputs = {3};
  return graph;
}

TEST(Import, ValuesKeepTheTensorsOrder) {
  const Graph graph = import_graph(dense());
  ASSERT_EQ(graph.values.size(), 4U);
  EXPECT_EQ(graph.values[0].name, "w");
  EXPECT_TRUE(graph.values[0].constant());
  EXPECT_EQ(graph.values[3].name, "dense");
  EXPECT_EQ(graph.type(3).shape, (Shape{1, 3}));
  EXPECT_EQ(graph.inputs, std::vector<ValueId>{1});
  EXPECT_EQ(graph.outputs, std::vector<ValueId>{3});
}

TEST(Import, NodesCarryOurAttributes) {
  const Graph graph = import_graph(dense());
  ASSERT_EQ(graph.nodes.size(), 1U);
  EXPECT_EQ(graph.nodes[0].op, find_op("fully_connected"));
  EXPECT_EQ(graph.nodes[0].attrs.as<FullyConnectedAttrs>().activation, Activation::Relu);
  EXPECT_EQ(graph.nodes[0].in, (std::vector<ValueId>{1, 0, kAbsent}));
}

TEST(Import, ConstantWithoutContentsIsRefused) {
  ForeignGraph foreign = dense();
  foreign.tensors[0].data = nullptr;
  try {
    import_graph(foreign);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::User);
    EXPECT_STREQ(error.what(),
                 "the graph 'dense' is not sound:\n  node 'dense' (fully_connected): reads 'w' before it is computed\n"
                 "  graph output 3 is never computed");
  }
}

TEST(Import, LongFusedNamesAreCutInMessages) {
  ForeignGraph foreign = dense();
  foreign.nodes[0].op = "RFFT2D";
  foreign.nodes[0].name = "model/dense/Relu;model/dense/MatMul;model/dense/BiasAdd";
  try {
    import_graph(foreign);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Unsupported);
    EXPECT_STREQ(error.what(),
                 "model uses 1 op that Thimble cannot run\n"
                 "  RFFT2D 'model/dense/Relu'  (node 0)  no kernel; compute the spectrum by a signal block before the model");
  }
}

TEST(Import, ManyFaultsAreCounted) {
  Faults faults;
  for (size_t i = 0; i < 45; ++i) faults.tensor("'t'", i, Blame::Unsupported, "is int4");
  try {
    faults.raise();
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("model has 45 tensors that Thimble cannot hold\n  't'  (tensor 0)   is int4\n"));
    EXPECT_TRUE(text.ends_with("(tensor 39)  is int4\n  and 5 more"));
  }
}

TEST(Import, AdviceNamesTheNearestOp) {
  EXPECT_EQ(advice_for({"FULLY_CONNECTEDX", "n"}), "not supported; FULLY_CONNECTED is");
  EXPECT_EQ(advice_for({"CUSTOM", "n", 1, {}, {}, {{"custom_code", std::string("FlexErf")}}}),
            "is TensorFlow's own Erf; convert without SELECT_TF_OPS, so that only TFLite's ops are used");
  EXPECT_EQ(advice_for({"STABLEHLO_ADD", "n"}),
            "is StableHLO, which TFLite itself does not run on a device; convert to TFLite's builtin ops");
}

TEST(Export, IsTheInverseOfImport) {
  const Graph graph = import_graph(dense());
  const Graph second = import_graph(read_tflite(write_tflite(export_graph(graph)), "dense"));
  EXPECT_EQ(print(second), print(graph));
}

TEST(Export, ListsWhatTfliteLacks) {
  static const OpDef kOurs{.name = "ours"};
  Graph graph = import_graph(dense());
  graph.nodes[0].op = &kOurs;
  try {
    export_graph(graph);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Unsupported);
    EXPECT_STREQ(error.what(), "TFLite has no op for:\n  ours 'dense'");
  }
}

}  // namespace
}  // namespace thimble
