#include "ops/pool2d.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

std::vector<int8_t> pooled(std::string_view op, const Shape& shape, const std::vector<int8_t>& values, const Pool2dAttrs& attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I8, shape, per_tensor(1, 0)});
  graph.outputs = {add_node(graph, op, "y", {x}, attrs)};
  Buffer in(values.size());
  std::memcpy(in.data(), values.data(), in.size());
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  const auto* bytes = reinterpret_cast<const int8_t*>(out.data());
  return {bytes, bytes + out.size()};
}

TEST(AveragePool2d, RoundsHalvesAwayFromZero) {
  const Pool2dAttrs pairs{{Padding::Valid, {}, 1, 2}, 1, 2};
  EXPECT_THAT(pooled("average_pool2d", {1, 1, 6, 1}, {2, 3, -2, -3, -1, 0}, pairs), ElementsAre(3, -3, -1));
}

TEST(AveragePool2d, DividesByTheTapsInside) {
  const Pool2dAttrs same{{Padding::Same}, 1, 3};
  EXPECT_THAT(pooled("average_pool2d", {1, 1, 3, 1}, {10, 20, 60}, same), ElementsAre(15, 30, 40));
}

TEST(MaxPool2d, PaddingTakesNoPart) {
  const Pool2dAttrs same{{Padding::Same}, 1, 3};
  EXPECT_THAT(pooled("max_pool2d", {1, 1, 3, 1}, {-10, -20, -60}, same), ElementsAre(-10, -10, -20));
}

TEST(AveragePool2d, RefusesOtherTypes) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I32, {1, 4, 4, 1}, {}});
  try {
    add_node(graph, "average_pool2d", "y", {x}, Pool2dAttrs{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "pooling takes float, int8 or int16, not i32: convert the model with int8 quantisation");
  }
}

TEST(AveragePool2d, RefusesInt16SumsBeyond32Bits) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I16, {1, 256, 256, 1}, per_tensor(1, 0)});
  add_node(graph, "average_pool2d", "fits", {x}, Pool2dAttrs{{}, 255, 256});
  add_node(graph, "max_pool2d", "sums nothing", {x}, Pool2dAttrs{{}, 256, 256});
  try {
    add_node(graph, "average_pool2d", "y", {x}, Pool2dAttrs{{}, 256, 256});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "averages of int16 take windows of at most 65535 elements, so that sums fit 32 bits");
  }
}

}  // namespace
}  // namespace thimble
