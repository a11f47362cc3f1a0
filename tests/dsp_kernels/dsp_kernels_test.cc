// Each family of kernels on a Cortex-M4: random layers side by side in one firmware, bit for bit against the interpreter.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "base/files.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "dsp_kernels/random_layers.h"
#include "kernels/kernel.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "runners/compare.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("nano33ble"); }

/// Random contents, both ends of the range at random, and each end everywhere.
std::vector<std::vector<Buffer>> records_for(const Graph& graph) {
  std::mt19937 random(5);
  std::vector<std::vector<Buffer>> records(4);
  for (size_t r = 0; r < records.size(); ++r)
    for (ValueId id : graph.inputs) {
      Buffer bytes(static_cast<size_t>(graph.type(id).bytes()));
      for (std::byte& b : bytes) {
        const unsigned byte = random() & 255u;
        b = static_cast<std::byte>(r == 0 ? byte : r == 1 ? (byte & 1u ? 127u : 128u) : r == 2 ? 127u : 128u);
      }
      records[r].push_back(std::move(bytes));
    }
  return records;
}

int nodes_on_dsp_kernels(const Graph& graph) {
  int count = 0;
  for (const Node& node : graph.nodes) {
    const auto verdicts = consider(node, graph, board());
    count += verdicts.front().refusal.empty() && verdicts.front().kernel->name.ends_with("_dsp");
  }
  return count;
}

/// Compares every output of every record; tells the layers that differ.
void run(const Graph& graph, const std::vector<std::vector<Buffer>>& records) {
  Progress quiet;
  const TempDir dir;
  std::vector<std::vector<std::byte>> joined;
  for (const auto& record : records) {
    joined.emplace_back();
    for (const Buffer& input : record) joined.back().insert(joined.back().end(), input.begin(), input.end());
  }
  RunResult result;
  try {
    const Firmware firmware = build_firmware(compile(graph, board(), {.golden = false}), board(), dir.path(), {}, quiet);
    result = run_firmware(firmware, joined, false, quiet);
  } catch (const Error& error) {
    if (std::string(error.what()).find("is not installed") == std::string::npos) throw;
    GTEST_SKIP() << error.what();
  }
  const auto wanted = interpret(graph, records);
  for (size_t r = 0; r < records.size(); ++r) {
    std::ptrdiff_t at = 0;
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
      const TensorType& type = graph.type(graph.outputs[o]);
      const auto from = result.outputs.at(r).begin() + at;
      at += type.bytes();
      if (auto fault = difference(type, {from, from + type.bytes()}, wanted[r][o], 0))
        ADD_FAILURE() << "record " << r << ", layer " << o << ": " << *fault << " in " << graph.nodes[o].op->name;
    }
  }
}

struct Family {
  const char* name;
  void (RandomLayers::*add)();
  int layers, least_on_dsp;
};
void PrintTo(const Family& family, std::ostream* out) { *out << family.name; }

class RandomDspLayers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomDspLayers, AgreeWithTheInterpreter) {
  RandomLayers layers(2026);
  for (int i = 0; i < GetParam().layers; ++i) (layers.*GetParam().add)();
  EXPECT_GE(nodes_on_dsp_kernels(layers.graph()), GetParam().least_on_dsp);
  run(layers.graph(), records_for(layers.graph()));
}

INSTANTIATE_TEST_SUITE_P(, RandomDspLayers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 100},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 60},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 80},
                                           Family{"pool2d", &RandomLayers::add_pool2d, 40, 40},
                                           Family{"sum", &RandomLayers::add_sum, 60, 50}),
                         [](const auto& info) { return info.param.name; });

/// Four outputs whose weights all have one sign and sum to `sum`: at x = -128 everywhere the paired sum is the largest there is.
Graph at_the_bound(int sum, int sign) {
  constexpr int kFeatures = 520, kUnits = 4;
  Graph graph;
  graph.name = "bound";
  std::vector<int8_t> weights(kFeatures * kUnits);
  for (int u = 0; u < kUnits; ++u)
    for (int k = 0, left = sum; k < kFeatures; ++k) {
      const int w = std::min(left, 127);
      weights[static_cast<size_t>(u * kFeatures + k)] = static_cast<int8_t>(sign * w);
      left -= w;
    }
  const ValueId x = graph.add_input("x", {DType::I8, {1, kFeatures}, per_tensor(0.05f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {kUnits, kFeatures}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w}, FullyConnectedAttrs{}, {per_tensor(40.0f, 3)})};
  return graph;
}

TEST(PairedSums, AreExactUpToTheirBoundAndRefusedBeyond) {
  constexpr int kMost = (1 << 16) - 1;  // times 128 is just below 2^23
  for (int sign : {-1, 1}) {
    const Graph graph = at_the_bound(kMost, sign);
    ASSERT_EQ(nodes_on_dsp_kernels(graph), 1);
    run(graph, records_for(graph));
  }
  const Graph beyond = at_the_bound(kMost + 1, 1);
  for (const Verdict& verdict : consider(beyond.nodes[0], beyond, board()))
    if (verdict.kernel->name == "fully_connected_s8_dsp") {
      EXPECT_EQ(verdict.refusal, "the weights of channel 0 could overflow the paired sum");
    }
}

}  // namespace
}  // namespace thimble::testing
