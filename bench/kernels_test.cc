#include "bench/kernels.h"

#include <gmock/gmock.h>

namespace thimble::bench {
namespace {

TEST(Kernels, EveryRowOfTheTableIsMeasured) {
  for (const Kernel* kernel : all_kernels())
    EXPECT_TRUE(kernel->alias || !shapes_for(*kernel).empty()) << kernel->name << ": no case of one node reaches it";
}

TEST(Kernels, OneBoardStandsForItsCore) {
  std::vector<std::string> cores;
  for (const Board* board : boards_for_kernels({})) cores.emplace_back(board->core);
  EXPECT_THAT(cores, ::testing::UnorderedElementsAre("cortex-m55", "rv32imc", "lx106", "cortex-m7", "cortex-m4", "cortex-m0plus",
                                                     "cortex-a53", "cortex-m33", "avr"));
}

TEST(Kernels, ARowNamesKernelShapeAndBoard) {
  const Kernel* kernel = all_kernels()[0];
  const KernelFigures figures{
      .kernel = kernel, .shape = shapes_for(*kernel)[0], .board = &board_named("nano33ble"), .instructions = 5, .cycles = 7, .code = 9};
  const Row row = row_of(figures);
  EXPECT_EQ(row.key, std::string(kernel->name) + " " + figures.shape->name + " nano33ble");
  EXPECT_EQ(row.figures.at("instructions"), 5);
  EXPECT_EQ(row.figures.at("code"), 9);
}

}  // namespace
}  // namespace thimble::bench
