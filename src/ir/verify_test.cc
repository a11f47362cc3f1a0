#include <gtest/gtest.h>

#include "ir/testing_ops.h"

namespace thimble::testing {
namespace {

Graph sound() {
  Graph graph;
  graph.name = "g";
  const ValueId x = graph.add_input("x", {DType::I32, {2, 3}, {}});
  graph.outputs = {graph.add_node(scale_op(), "y", {x}, ScaleAttrs{3})};
  return graph;
}

std::string faults_of(const Graph& graph) {
  try {
    verify(graph, Blame::User);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::User);
    return error.what();
  }
  return "sound";
}

TEST(Verify, SoundGraphPasses) { EXPECT_EQ(faults_of(sound()), "sound"); }

struct Fault {
  void (*spoil)(Graph&);
  const char* text;
};

class VerifyFault : public ::testing::TestWithParam<Fault> {};

TEST_P(VerifyFault, IsTold) {
  Graph graph = sound();
  GetParam().spoil(graph);
  EXPECT_EQ(faults_of(graph), std::string("the graph 'g' is not sound:") + GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, VerifyFault,
    ::testing::Values(
        Fault{[](Graph& g) { g.outputs.clear(); }, "\n  the graph has no output"},
        Fault{[](Graph& g) { g.outputs = {7}; }, "\n  graph output 7 is never computed"},
        Fault{[](Graph& g) { g.outputs = {kAbsent}; }, "\n  graph output -1 is never computed"},
        Fault{[](Graph& g) { g.inputs = {9}; }, "\n  graph input 9 does not exist"},
        Fault{[](Graph& g) {
                g.inputs = {0, 0};
              },
              "\n  graph input 'x' is defined twice"},
        Fault{[](Graph& g) {
                g.values[0].type.shape = {2, 0};
              },
              "\n  value 0 'x': has shape 2x0; every dimension must be at least 1"},
        Fault{[](Graph& g) {
                g.values[0].type.shape = {int64_t{1} << 31, int64_t{1} << 31, 2};
              },
              "\n  value 0 'x': has shape 2147483648x2147483648x2; no tensor may exceed 2147483647 bytes"},
        Fault{[](Graph& g) { g.nodes[0].op = nullptr; }, "\n  node 'y' (no op): has no op\n  graph output 1 is never computed"},
        Fault{[](Graph& g) { g.nodes[0].in = {}; },
              "\n  node 'y' (scale): has 0 operands; it takes 1 to 1\n  graph output 1 is never computed"},
        Fault{[](Graph& g) { g.nodes[0].in = {5}; },
              "\n  node 'y' (scale): reads value 5, which does not exist\n  graph output 1 is never computed"},
        Fault{[](Graph& g) { g.nodes[0].in = {1}; },
              "\n  node 'y' (scale): reads 'y' before it is computed\n  graph output 1 is never computed"},
        Fault{[](Graph& g) { g.nodes[0].in = {kAbsent}; }, "\n  node 'y' (scale): operand 0 is absent\n  graph output 1 is never computed"},
        Fault{[](Graph& g) { g.nodes[0].out = {0}; }, "\n  output of node 'y', 'x' is defined twice\n  graph output 1 is never computed"},
        Fault{[](Graph& g) {
                g.values[1].type.shape = {3, 2};
              },
              "\n  node 'y' (scale): output 0 is i32[3x2]; its operands make i32[2x3]"},
        Fault{[](Graph& g) {
                g.nodes[0].out.push_back(g.add_value({"z", {DType::I32, {1}, {}}, nullptr}));
              },
              "\n  node 'y' (scale): has 2 outputs; its operands make 1"},
        Fault{[](Graph& g) { g.values[0].type.dtype = DType::F32; }, "\n  node 'y' (scale): the input is not int32"},
        Fault{[](Graph& g) {
                g.add_value({"c", {DType::I32, {2}, {}}, make_bytes(std::vector<std::byte>(7))});
              },
              "\n  value 2 'c': holds 7 bytes where i32[2] needs 8"},
        Fault{[](Graph& g) { g.values[1].type.quant = per_tensor(-0.5f, 0); }, "\n  value 1 'y': has scale -0.5; scales must be positive"},
        Fault{[](Graph& g) {
                g.values[1].type.quant = {{0.5f, 0.5f}, {0, 0}, 2};
              },
              "\n  value 1 'y': has per-channel scales along axis 2, which it lacks"},
        Fault{[](Graph& g) {
                g.values[1].type.quant = {{0.5f, 0.5f}, {0, 0}, 1};
              },
              "\n  value 1 'y': has 2 scales along axis 1 of 2x3"},
        Fault{[](Graph& g) {
                g.values[1].type.quant = {{0.5f}, {}, -1};
              },
              "\n  value 1 'y': has scales and zero points in different numbers"},
        Fault{[](Graph& g) {
                g.values[0].type.quant = per_tensor(0, 0);
                g.values[1].type.shape[0] = -1;
              },
              "\n  value 0 'x': has scale 0; scales must be positive\n  value 1 'y': has shape -1x3; every dimension must be at least 1"}));

}  // namespace
}  // namespace thimble::testing
