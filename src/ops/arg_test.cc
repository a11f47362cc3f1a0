#include "ops/arg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/indexing.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

template <class Index>
std::vector<Index> found(std::string_view op, const Shape& shape, const std::vector<int8_t>& values, const ArgAttrs& attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I8, shape, per_tensor(1, 0)});
  graph.outputs = {add_node(graph, op, "y", {x}, attrs)};
  EXPECT_EQ(graph.type(graph.outputs[0]).dtype, dtype_of<Index>());
  Buffer in(values.size());
  std::memcpy(in.data(), values.data(), in.size());
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  std::vector<Index> results(out.size() / sizeof(Index));
  std::memcpy(results.data(), out.data(), out.size());
  return results;
}

TEST(Argmax, TheFirstOfEqualsWins) {
  EXPECT_THAT(found<int32_t>("argmax", {2, 4}, {-3, 7, 7, 2, 5, 5, 5, 5}, {1}), ElementsAre(1, 0));
  EXPECT_THAT(found<int64_t>("argmin", {2, 4}, {-3, 7, -3, 2, 5, 4, 4, 5}, {1, true}), ElementsAre(0, 1));
}

TEST(Argmax, SearchesAnyAxis) {
  EXPECT_THAT(found<int32_t>("argmax", {2, 3, 2}, {1, 9, 2, 8, 3, 7, 30, -7, 20, -8, 10, -9}, {1}), ElementsAre(2, 0, 0, 0));
  EXPECT_THAT(found<int32_t>("argmin", {2, 2}, {1, -5, -1, 5}, {0}), ElementsAre(1, 0));
}

TEST(Argmax, OfAVectorIsAScalar) { EXPECT_THAT(found<int32_t>("argmax", {3}, {1, 2, 0}, {0}), ElementsAre(1)); }

std::string refusal(std::string_view op, const std::vector<int64_t>& axes) {
  ForeignGraph graph{.name = "m", .tensors = std::vector<ForeignTensor>(1), .nodes = {}};
  graph.tensors[0].type.shape = {2, 3};
  ForeignNode node{"", "node", 1, {0}, {}, {}};
  append_operand(node, graph, "axis", axes);
  try {
    op_named(op).tflite[0].read(node, graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "read";
}

TEST(Argmax, ReadsOneAxis) {
  EXPECT_EQ(refusal("argmax", {-1}), "read");
  EXPECT_EQ(refusal("argmax", {0, 1}), "one axis is searched at a time, not 2");
  EXPECT_EQ(refusal("argmin", {2}), "axis 2 does not exist: the tensor has 2 axes");
}

}  // namespace
}  // namespace thimble
