// The kernels for the ARM DSP extension, on a Cortex-M4.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/subprocess.h"
#include "cases/other_widths.h"
#include "codegen/compiled.h"
#include "deploy/toolchain.h"
#include "kernels/kernel.h"
#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "ops/reshape.h"
#include "ops/softmax.h"
#include "random_layers/on_board.h"
#include "runners/compare.h"
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

/// A classifier of int16 activations from its first convolution to its softmax.
Graph int16_network() {
  Graph graph;
  graph.name = "wide";
  uint32_t seed = 1;
  const auto weighted = [&](std::string_view op, ValueId x, const Shape& shape, int axis, const Attrs& attrs, float scale) {
    const int64_t channels = shape[static_cast<size_t>(axis)];
    const ValueId w = random_weights(graph, "w", shape, axis, ++seed), b = random_wide_bias(graph, "b", channels, ++seed);
    return add_node(graph, op, "layer" + std::to_string(seed), {x, w, b}, attrs, {per_tensor(scale, 0)});
  };
  const Padding same = Padding::Same, valid = Padding::Valid;
  const ValueId x = graph.add_input("x", {DType::I16, {1, 12, 12, 2}, per_tensor(0.0002f, 0)});
  const ValueId first = weighted("conv2d", x, {8, 3, 3, 2}, 0, Conv2dAttrs{{same}, Activation::Relu}, 0.0005f);
  const ValueId each = weighted("dwconv2d", first, {1, 3, 3, 8}, 3, Dwconv2dAttrs{{same}, Activation::None}, 0.0012f);
  const ValueId sum = add_node(graph, "add", "sum", {first, each}, BinaryAttrs{Activation::Relu}, {per_tensor(0.0015f, 0)});
  const ValueId most = add_node(graph, "max_pool2d", "most", {sum}, Pool2dAttrs{{valid, {}, 2, 2}, 2, 2}, {per_tensor(0.0015f, 0)});
  const ValueId mean = add_node(graph, "average_pool2d", "mean", {most}, Pool2dAttrs{{valid}, 6, 6}, {per_tensor(0.0015f, 0)});
  const ValueId flat = add_node(graph, "reshape", "flat", {mean}, ReshapeAttrs{{1, 8}});
  const ValueId scores = weighted("fully_connected", flat, {5, 8}, 0, FullyConnectedAttrs{}, 0.0008f);
  graph.outputs = {add_node(graph, "softmax", "y", {scores}, SoftmaxAttrs{}, {per_tensor(1.0f / 32768, 0)})};
  return graph;
}

TEST(Int16Networks, RunFromTheFirstConvolutionToSoftmax) {
  const Graph graph = int16_network();
  const auto records = searching_records(graph);
  for (const char* name : {"nano33ble", "pico"}) expect_equal_on(graph, board_named(name), records);
  std::set<std::vector<std::byte>> different;
  for (const auto& outputs : interpret(graph, records)) different.insert(outputs[0]);
  EXPECT_EQ(different.size(), records.size()) << "inputs must not all look the same to it";
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
