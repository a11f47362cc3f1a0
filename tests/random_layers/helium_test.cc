// The kernels for Helium, on a Cortex-M55.
#include <gtest/gtest.h>

#include "kernels/kernel.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("corstone300"); }

class RandomHeliumLayers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomHeliumLayers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_helium"); }

INSTANTIATE_TEST_SUITE_P(, RandomHeliumLayers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 83},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 60},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 80},
                                           Family{"pool2d", &RandomLayers::add_pool2d, 40, 90},
                                           Family{"padded", &RandomLayers::add_padded, 100, 30},
                                           Family{"sum", &RandomLayers::add_sum, 60, 60}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thimble::testing
