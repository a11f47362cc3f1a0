// The kernels for the ARM DSP extension, on a Cortex-M4.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "base/subprocess.h"
#include "codegen/compiled.h"
#include "deploy/toolchain.h"
#include "kernels/kernel.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("nano33ble"); }

class RandomDspLayers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomDspLayers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_dsp"); }

INSTANTIATE_TEST_SUITE_P(
    , RandomDspLayers,
    ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 83}, Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 60},
                      Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 80},
                      Family{"pool2d", &RandomLayers::add_pool2d, 40, 100}, Family{"sum", &RandomLayers::add_sum, 60, 83},
                      Family{"any_conv2d", &RandomLayers::add_any_conv2d, 80, 88}, Family{"rows", &RandomLayers::add_rows, 60, 75},
                      Family{"padded", &RandomLayers::add_padded, 100, 20}, Family{"long_sums", &RandomLayers::add_long_sums, 12, 100},
                      Family{"product", &RandomLayers::add_product, 40, 80},
                      Family{"int16_conv2d", &RandomLayers::add_int16_conv2d, 40, 90},
                      Family{"int16_dwconv2d", &RandomLayers::add_int16_dwconv2d, 30, 50},
                      Family{"int16_fully_connected", &RandomLayers::add_int16_fully_connected, 20, 85}),
    [](const auto& info) { return info.param.name; });

/// Where flash counts, the compiler saves alignment and the layers share more code.
class RandomDspLayersInLittleFlash : public ::testing::TestWithParam<Family> {};

TEST_P(RandomDspLayersInLittleFlash, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_dsp", Optimize::Flash); }

INSTANTIATE_TEST_SUITE_P(, RandomDspLayersInLittleFlash,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 60, 83},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 60, 60},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 60, 80},
                                           Family{"sum", &RandomLayers::add_sum, 30, 83},
                                           Family{"any_conv2d", &RandomLayers::add_any_conv2d, 60, 88},
                                           Family{"nibble_conv2d", &RandomLayers::add_nibble_conv2d, 40, 70},
                                           Family{"nibble_fully_connected", &RandomLayers::add_nibble_fully_connected, 20, 70}),
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

TEST(PairedSums, AreExactUpToTheirBoundAndBeyondIt) {
  constexpr int kMost = (1 << 16) - 1;  // times 128 is just below 2^23; one more and the sum is put aside now and then
  for (int sum : {kMost, kMost + 1})
    for (int sign : {-1, 1}) {
      const Graph graph = at_the_bound(sum, sign);
      ASSERT_EQ(nodes_on_kernels(graph, board(), "_dsp"), 1);
      expect_equal_on(graph, board(), searching_records(graph));
    }
}

/// Two outputs of 520 taps of one sign, whose sums at one end of the int16 range are `bias` away from sum * 32768.
Graph at_the_wide_bound(int sum, int sign, int64_t bias) {
  constexpr int kFeatures = 520, kUnits = 2;
  std::vector<int8_t> weights(kFeatures * kUnits);
  for (int u = 0; u < kUnits; ++u)
    for (int k = 0, left = sum; k < kFeatures; ++k) {
      const int w = std::min(left, 127);
      weights[static_cast<size_t>(u * kFeatures + k)] = static_cast<int8_t>(sign * w);
      left -= w;
    }
  Graph graph;
  graph.name = "bound";
  const ValueId x = graph.add_input("x", {DType::I16, {1, kFeatures}, per_tensor(0.0002f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {kUnits, kFeatures}, weights, per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int64_t>("b", {kUnits}, std::vector<int64_t>{-sign * bias, 0});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(0.2f, 0)})};
  return graph;
}

TEST(NarrowSums, FillThirtyTwoBitsAndNoMore) {
  constexpr int kSum = (1 << 16) - 1;
  for (int sign : {-1, 1})
    for (const int64_t bias : {32767, 32768}) {
      const Graph graph = at_the_wide_bound(kSum, sign, bias);
      const std::string source = compile(graph, board(), {.golden = false}).source;
      EXPECT_EQ(source.find("one_narrow_dsp, &") != std::string::npos, bias == 32767);
      expect_equal_on(graph, board(), searching_records(graph));
    }
}

/// Writes a model with a layer of each family into `dir`.
void write_one_of_each(const std::string& name, uint32_t seed, const std::filesystem::path& dir) {
  RandomLayers layers(seed);
  for (const auto add : {&RandomLayers::add_conv2d, &RandomLayers::add_any_conv2d, &RandomLayers::add_dwconv2d,
                         &RandomLayers::add_fully_connected, &RandomLayers::add_sum, &RandomLayers::add_product,
                         &RandomLayers::add_int16_conv2d, &RandomLayers::add_int16_dwconv2d, &RandomLayers::add_nibble_conv2d})
    for (int i = 0; i < 3; ++i) (layers.*add)();
  Graph graph = layers.graph();
  graph.name = name;
  const Compiled model = compile(graph, board(), {.golden = false});
  write_text(dir / (name + ".c"), model.source);
  write_text(dir / (name + ".h"), model.header);
}

TEST(OneModel, IsCxxForTheBoardToo) {
  const auto compiler = find_tool({.program = "arm-none-eabi-g++", .package = ""});
  if (!compiler) THIMBLE_SKIP_FOR_WANT_OF("arm-none-eabi-g++ is not installed");
  const TempDir dir;
  write_one_of_each("hall", 1, dir.path());
  const CommandResult built = run_command({compiler->string(), "-x", "c++", "-std=c++17", "-mcpu=cortex-m4", "-mthumb", "-O2", "-Wall",
                                           "-Wextra", "-Werror", "-ffp-contract=off", "-c", "hall.c"},
                                          dir.path());
  EXPECT_EQ(built.status, 0) << built.out;
}

TEST(TwoModels, AreAssembledAsOneProgram) {
  const auto compiler = find_tool({.program = "arm-none-eabi-gcc", .package = ""});
  if (!compiler) THIMBLE_SKIP_FOR_WANT_OF("arm-none-eabi-gcc is not installed");
  const TempDir dir;
  write_one_of_each("hall", 1, dir.path());
  write_one_of_each("door", 2, dir.path());
  write_text(dir.path() / "main.c",
             "#include \"hall.h\"\n#include \"door.h\"\nstatic thimble_hall a;\nstatic thimble_door b;\n"
             "int main(void) { return thimble_hall_run(&a) + thimble_door_run(&b); }\n");
  const CommandResult built = run_command({compiler->string(), "-mcpu=cortex-m4", "-mthumb", "-O2", "-flto", "-flto-partition=one",
                                           "-ffp-contract=off", "--specs=nosys.specs", "main.c", "hall.c", "door.c"},
                                          dir.path());
  EXPECT_EQ(built.status, 0) << built.out;
}

}  // namespace
}  // namespace thimble::testing
