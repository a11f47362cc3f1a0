#include "ops/pad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

std::vector<int8_t> padded(const TensorType& type, const std::vector<int8_t>& values, PadAttrs attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", type);
  graph.outputs = {add_node(graph, "pad", "y", {x}, std::move(attrs))};
  Buffer in(values.size());
  std::memcpy(in.data(), values.data(), in.size());
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  const auto* bytes = reinterpret_cast<const int8_t*>(out.data());
  return {bytes, bytes + out.size()};
}

std::string refusal(const PadAttrs& attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I8, {2, 3}, per_tensor(1, 0)});
  try {
    add_node(graph, "pad", "y", {x}, attrs);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

TEST(Pad, ConstantBorderIsTheZeroPoint) {
  EXPECT_THAT(padded({DType::I8, {2}, per_tensor(1, -9)}, {1, 2}, {{1}, {2}}), ElementsAre(-9, 1, 2, -9, -9));
}

TEST(Pad, ReflectLeavesTheEdgeOut) {
  EXPECT_THAT(padded({DType::I8, {3}, per_tensor(1, 0)}, {1, 2, 3}, {{2}, {2}, PadMode::Reflect}), ElementsAre(3, 2, 1, 2, 3, 2, 1));
}

TEST(Pad, SymmetricRepeatsTheEdge) {
  EXPECT_THAT(padded({DType::I8, {3}, per_tensor(1, 0)}, {1, 2, 3}, {{3}, {1}, PadMode::Symmetric}), ElementsAre(3, 2, 1, 1, 2, 3, 3));
}

TEST(Pad, CornersAreMirroredAlongBothAxes) {
  // [[1 2][3 4]] with one symmetric row above and one column to the right.
  EXPECT_THAT(padded({DType::I8, {2, 2}, per_tensor(1, 0)}, {1, 2, 3, 4}, {{1, 0}, {0, 1}, PadMode::Symmetric}),
              ElementsAre(1, 2, 2, 1, 2, 2, 3, 4, 4));
}

TEST(Pad, RefusesBordersThatCannotBe) {
  EXPECT_EQ(refusal({{0, 3}, {0, 0}, PadMode::Reflect}), "axis 1 of 3 elements has a reflect border of 3; 2 is the most");
  EXPECT_EQ(refusal({{3, 0}, {0, 0}, PadMode::Symmetric}), "axis 0 of 2 elements has a symmetric border of 3; 2 is the most");
  EXPECT_EQ(refusal({{0, -1}, {0, 0}}), "axis 1 has a negative border: cut with strided_slice instead");
  EXPECT_EQ(refusal({{0}, {0}}), "the border is given for 1 axes; the input has 2");
  EXPECT_EQ(refusal({{0, 3}, {0, 0}}), "taken");
}

}  // namespace
}  // namespace thimble
