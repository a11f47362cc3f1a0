// The kernels for the LX106, on an ESP8266.
#include <gtest/gtest.h>

#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

class RandomLx106Layers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomLx106Layers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board_named("esp8266"), "_lx106"); }

INSTANTIATE_TEST_SUITE_P(, RandomLx106Layers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 40, 80},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 30, 80},
                                           Family{"any_dwconv2d", &RandomLayers::add_any_dwconv2d, 30, 45},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 50, 70}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thimble::testing
