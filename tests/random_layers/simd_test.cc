// The vector kernels, one algorithm on several instruction sets.
#include <gtest/gtest.h>

#include "base/files.h"
#include "kernels/kernel.h"
#include "ops/fully_connected.h"
#include "random_layers/on_board.h"
#include "runners/compare.h"
#include "runners/host_c.h"

namespace thimble::testing {
namespace {

struct Core {
  const char *board, *suffix;
};
constexpr Core kCores[] = {{"x86_64_avx2", "_avx2"}, {"x86_64_avx512", "_avx512"}};

const Family kFamilies[] = {{"conv2d", &RandomLayers::add_conv2d, 60, 90},
                            {"dwconv2d", &RandomLayers::add_dwconv2d, 40, 60},
                            {"fully_connected", &RandomLayers::add_fully_connected, 40, 90},
                            {"pool2d", &RandomLayers::add_pool2d, 40, 0},
                            {"sum", &RandomLayers::add_sum, 40, 90},
                            {"wide_conv2d", &RandomLayers::add_wide_conv2d, 40, 90},
                            {"wide_dwconv2d", &RandomLayers::add_wide_dwconv2d, 40, 90},
                            {"wide_fully_connected", &RandomLayers::add_wide_fully_connected, 20, 90}};

const Family kFloatFamilies[] = {{"conv2d", &RandomLayers::add_float_conv2d, 60, 90},
                                 {"dwconv2d", &RandomLayers::add_float_dwconv2d, 60, 90},
                                 {"fully_connected", &RandomLayers::add_float_fully_connected, 40, 90},
                                 {"wide_conv2d", &RandomLayers::add_wide_float_conv2d, 40, 90},
                                 {"wide_dwconv2d", &RandomLayers::add_wide_float_dwconv2d, 40, 90},
                                 {"pool2d", &RandomLayers::add_float_pool2d, 40, 60}};

/// Sums that may round once where the interpreter's round twice, so that products which cancel differ in the last digits.
constexpr double kFused = 1e-5;

class RandomSimdLayers : public ::testing::TestWithParam<std::tuple<Core, Family>> {};

TEST_P(RandomSimdLayers, AgreeWithTheInterpreter) {
  const auto& [core, family] = GetParam();
  expect_family_equal_on(family, board_named(core.board), core.suffix);
}

INSTANTIATE_TEST_SUITE_P(, RandomSimdLayers, ::testing::Combine(::testing::ValuesIn(kCores), ::testing::ValuesIn(kFamilies)),
                         [](const auto& info) { return std::string(std::get<0>(info.param).board) + "_" + std::get<1>(info.param).name; });

class RandomSimdFloatLayers : public ::testing::TestWithParam<std::tuple<Core, Family>> {};

TEST_P(RandomSimdFloatLayers, AgreeWithTheInterpreter) {
  const auto& [core, family] = GetParam();
  const Board& board = board_named(core.board);
  RandomLayers layers(2026);
  for (int i = 0; i < family.layers; ++i) (layers.*family.add)();
  EXPECT_GE(nodes_on_kernels(layers.graph(), board, core.suffix) * 100, family.least_on_kernels * family.layers);
  expect_equal_on(layers.graph(), board, searching_records(layers.graph()), kFused);
}

INSTANTIATE_TEST_SUITE_P(, RandomSimdFloatLayers, ::testing::Combine(::testing::ValuesIn(kCores), ::testing::ValuesIn(kFloatFamilies)),
                         [](const auto& info) { return std::string(std::get<0>(info.param).board) + "_" + std::get<1>(info.param).name; });

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
