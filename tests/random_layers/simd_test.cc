// The vector kernels, one algorithm on several instruction sets.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "kernels/kernel.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"
#include "runners/compare.h"
#include "runners/host_c.h"

namespace thimble::testing {
namespace {

struct Core {
  const char *board, *suffix;
  bool fuses;       ///< sums of floats round once where the reference's round twice
  int one_in;       ///< of the layers of a family: cross-compilers and emulators take their time; more by THIMBLE_SEEDS
  int least_pools;  ///< of a hundred pools on the core's kernels: the others do not fill a vector
};
void PrintTo(const Core& core, std::ostream* out) { *out << core.board; }

constexpr Core kCores[] = {{"x86_64_avx2", "_avx2", true, 4, 0},
                           {"x86_64_avx512", "_avx512", true, 4, 0},
                           {"rpi3", "_neon", false, 4, 60},
                           {"wasm", "_wasm", false, 4, 60}};

Family family_on(const Core& core, Family family) {
  family.layers /= core.one_in;
  if (family.least_on_kernels == 0) family.least_on_kernels = core.least_pools;
  return family;
}

const Family kFamilies[] = {{"conv2d", &RandomLayers::add_conv2d, 60, 90},
                            {"dwconv2d", &RandomLayers::add_dwconv2d, 40, 60},
                            {"fully_connected", &RandomLayers::add_fully_connected, 40, 90},
                            {"pool2d", &RandomLayers::add_pool2d, 40, 0},
                            {"sum", &RandomLayers::add_sum, 40, 90},
                            {"padded", &RandomLayers::add_padded, 60, 20},
                            {"wide_conv2d", &RandomLayers::add_wide_conv2d, 40, 90},
                            {"wide_dwconv2d", &RandomLayers::add_wide_dwconv2d, 40, 90},
                            {"wide_fully_connected", &RandomLayers::add_wide_fully_connected, 20, 90}};

const Family kFloatFamilies[] = {{"conv2d", &RandomLayers::add_float_conv2d, 60, 90},
                                 {"dwconv2d", &RandomLayers::add_float_dwconv2d, 60, 90},
                                 {"fully_connected", &RandomLayers::add_float_fully_connected, 40, 90},
                                 {"wide_conv2d", &RandomLayers::add_wide_float_conv2d, 40, 90},
                                 {"wide_dwconv2d", &RandomLayers::add_wide_float_dwconv2d, 40, 90},
                                 {"pool2d", &RandomLayers::add_float_pool2d, 80, 60}};

/// Sums that may round once where the interpreter's round twice, so that products which cancel differ in the last digits.
constexpr double kFused = 1e-5;

class RandomSimdLayers : public ::testing::TestWithParam<std::tuple<Core, Family>> {};

TEST_P(RandomSimdLayers, AgreeWithTheInterpreter) {
  const Core& core = std::get<0>(GetParam());
  expect_family_equal_on(family_on(core, std::get<1>(GetParam())), board_named(core.board), core.suffix);
}

INSTANTIATE_TEST_SUITE_P(, RandomSimdLayers, ::testing::Combine(::testing::ValuesIn(kCores), ::testing::ValuesIn(kFamilies)),
                         [](const auto& info) { return std::string(std::get<0>(info.param).board) + "_" + std::get<1>(info.param).name; });

class RandomSimdFloatLayers : public ::testing::TestWithParam<std::tuple<Core, Family>> {};

TEST_P(RandomSimdFloatLayers, AgreeWithTheInterpreter) {
  const Core& core = std::get<0>(GetParam());
  const Family family = family_on(core, std::get<1>(GetParam()));
  const Board& board = board_named(core.board);
  expect_family_equal_on(family, board, core.suffix, Optimize::Balanced, kFused);
  if (core.fuses || ::testing::Test::IsSkipped()) return;
  for_each_seed(family, [&](const Graph& graph) {
    const auto records = searching_records(graph);
    EXPECT_EQ(outputs_on(graph, board, records), outputs_on(graph, board, records, Optimize::Flash))
        << "the rows of flash are the reference's";
  });
}

INSTANTIATE_TEST_SUITE_P(, RandomSimdFloatLayers, ::testing::Combine(::testing::ValuesIn(kCores), ::testing::ValuesIn(kFloatFamilies)),
                         [](const auto& info) { return std::string(std::get<0>(info.param).board) + "_" + std::get<1>(info.param).name; });

/// Two outputs of eight taps, the first four as given.
Graph of_taps(std::vector<int8_t> first) {
  std::vector<int8_t> weights = first;
  weights.insert(weights.end(), {1, 2, 3, 4});
  for (int i = 0; i < 8; ++i) weights.push_back(static_cast<int8_t>(-i));
  Graph graph;
  graph.name = "taps";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 8}, per_tensor(0.05f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {2, 8}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w}, FullyConnectedAttrs{}, {per_tensor(0.5f, 3)})};
  return graph;
}

std::string refusal(const Graph& graph, const char* board, std::string_view kernel) {
  for (const Verdict& verdict : consider(graph.nodes[0], graph, board_named(board)))
    if (verdict.kernel->name == kernel) return verdict.refusal;
  return "no such kernel";
}

/// Products of taps that lie two apart share 16 bits.
TEST(NeonSums, FillSixteenBitsAndNoMore) {
  for (const std::vector<int8_t>& taps : {std::vector<int8_t>{-128, -128, -127, -127}, {127, 127, 127, 127}}) {
    const Graph graph = of_taps(taps);
    EXPECT_EQ(refusal(graph, "rpi3", "fully_connected_s8_neon"), "");
    expect_equal_on(graph, board_named("rpi3"), searching_records(graph));
  }
  EXPECT_EQ(refusal(of_taps({-128, 0, -128, 0}), "rpi3", "fully_connected_s8_neon"), "two weights of -128 could overflow a sum of 16 bits");
  EXPECT_EQ(refusal(of_taps({-128, 0, -128, 0}), "wasm", "fully_connected_s8_wasm"), "");
}

/// Rows come one after the other into the same taps: clang 14 loads one for WebAssembly when the next has already been stored.
TEST(WasmRows, AreLoadedBeforeTheNextIsStored) {
  Graph graph;
  graph.name = "rows";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 3, 2, 2}, per_tensor(0.05f, 127)});
  const ValueId w = graph.add_constant<int8_t>("w", {1, 1, 1, 2}, std::vector<int8_t>{-2, -61}, per_tensor(0.05f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {1}, std::vector<int32_t>{0});
  const Conv2dAttrs attrs{{Padding::Valid, {2, 0, 0, 0}, 2, 2}, Activation::None};
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w, b}, attrs, {per_tensor(0.3f, -128)})};
  ASSERT_EQ(nodes_on_kernels(graph, board_named("wasm"), "_wasm"), 1);
  expect_equal_on(graph, board_named("wasm"), searching_records(graph));
}

/// Under the sanitizers: no vector reads or writes beyond its tensor.
TEST(SimdLayers, StayWithinTheirTensors) {
  if (board_named("host").isa == board_named("x86_64").isa) GTEST_SKIP() << "this processor has no vectors that we use";
  std::vector<HostModel> models;
  std::vector<Family> families(std::begin(kFamilies), std::end(kFamilies));
  families.insert(families.end(), std::begin(kFloatFamilies), std::end(kFloatFamilies));
  for (const Family& family : families) {
    RandomLayers layers(7);
    for (int i = 0; i < 8; ++i) (layers.*family.add)();
    models.push_back({layers.graph(), searching_records(layers.graph())});
  }
  const TempDir dir;
  const auto outcomes = run_as_host_c(models, dir.path(), board_named("host"));
  for (size_t i = 0; i < models.size(); ++i) {
    ASSERT_EQ(outcomes[i].fault, "") << families[i].name;
    const auto wanted = interpret(models[i].graph, models[i].records);
    EXPECT_EQ(difference(models[i].graph, outcomes[i].outputs, wanted, kFused).value_or("equal"), "equal") << families[i].name;
  }
}

}  // namespace
}  // namespace thimble::testing
