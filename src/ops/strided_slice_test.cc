#include "ops/strided_slice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/interpreter.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

/// A STRIDED_SLICE node of a foreign graph over an input of that shape.
struct Foreign {
  ForeignGraph graph;
  ForeignNode node{"STRIDED_SLICE", "slice", 1, {0}, {}, {}};

  Foreign(Shape shape, std::vector<int32_t> begin, std::vector<int32_t> end, std::vector<int32_t> strides) {
    add("x", {DType::F32, std::move(shape), {}}, nullptr);
    for (const auto& list : {begin, end, strides})
      add("list", {DType::I32, {static_cast<int64_t>(list.size())}, {}}, bytes_from<int32_t>(list));
    node.in = {0, 1, 2, 3};
  }
  void add(std::string name, TensorType type, Bytes data) {
    ForeignTensor tensor;
    tensor.name = std::move(name);
    tensor.type = std::move(type);
    tensor.data = std::move(data);
    graph.tensors.push_back(std::move(tensor));
  }
  StridedSliceAttrs read() const { return op_named("strided_slice").tflite[1].read(node, graph).attrs.as<StridedSliceAttrs>(); }
  std::string refusal() const {
    try {
      read();
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  }
};

std::vector<float> slice_of_counted(Shape shape, StridedSliceAttrs attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::F32, std::move(shape), {}});
  graph.outputs = {add_node(graph, "strided_slice", "y", {x}, std::move(attrs))};
  Buffer in(static_cast<size_t>(graph.type(x).bytes()));
  for (int i = 0; i < graph.type(x).elements(); ++i) reinterpret_cast<float*>(in.data())[i] = static_cast<float>(i);
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  const auto* values = reinterpret_cast<const float*>(out.data());
  return {values, values + out.size() / sizeof(float)};
}

TEST(StridedSlice, StepsBackwards) {
  // Rows 2 and 0 of a 3x4 tensor counted from 0, columns 3 and 1.
  EXPECT_THAT(slice_of_counted({3, 4}, {{2, 3}, {2, 2}, {-2, -2}, {2, 2}}), ElementsAre(11, 9, 3, 1));
}

TEST(StridedSlice, ReadsMasksAndNegativeNumbers) {
  Foreign foreign({4, 5, 6}, {1, -2, 9}, {-1, 7, 9}, {2, 1, -3});
  foreign.node.attrs = {{"begin_mask", int64_t{1}}, {"end_mask", int64_t{4}}};
  const StridedSliceAttrs a = foreign.read();
  // Axis 0 from its begin to 3 by 2: 0, 2. Axis 1 from 3 to its end: 3, 4. Axis 2 from its last element down by 3: 5, 2.
  EXPECT_THAT(a.begin, ElementsAre(0, 3, 5));
  EXPECT_THAT(a.size, ElementsAre(2, 2, 2));
  EXPECT_THAT(a.step, ElementsAre(2, 1, -3));
  EXPECT_THAT(a.shape, ElementsAre(2, 2, 2));
}

TEST(StridedSlice, ReadsEllipsisNewAndDroppedAxes) {
  Foreign foreign({4, 5, 6}, {0, 0, -1}, {0, 0, 0}, {1, 1, 1});
  foreign.node.attrs = {{"ellipsis_mask", int64_t{1}}, {"new_axis_mask", int64_t{2}}, {"shrink_axis_mask", int64_t{4}}};
  const StridedSliceAttrs a = foreign.read();
  EXPECT_THAT(a.begin, ElementsAre(0, 0, 5));
  EXPECT_THAT(a.size, ElementsAre(4, 5, 1));
  EXPECT_THAT(a.shape, ElementsAre(4, 5, 1));
}

TEST(StridedSlice, WritesWhatItReads) {
  const StridedSliceAttrs all[] = {
      {{3, 1}, {1, 2}, {1, 2}, {2}}, {{2, 4}, {3, 2}, {-1, -3}, {1, 3, 1, 2, 1}}, {{0, 0}, {1, 1}, {1, 1}, {}}};
  for (const StridedSliceAttrs& attrs : all) {
    Foreign foreign({4, 5}, {}, {}, {});
    foreign.node.in = {0};
    ASSERT_TRUE(op_named("strided_slice").tflite[1].write(attrs, foreign.node, foreign.graph));
    const StridedSliceAttrs back = foreign.read();
    EXPECT_EQ(back.begin, attrs.begin);
    EXPECT_EQ(back.size, attrs.size);
    EXPECT_EQ(back.shape, attrs.shape);
  }
}

TEST(StridedSlice, RefusesWhatSelectsNothing) {
  EXPECT_EQ(Foreign({4}, {2}, {2}, {1}).refusal(), "nothing is left of an axis of 4 elements between 2 and 2");
  EXPECT_EQ(Foreign({4}, {0}, {2}, {0}).refusal(), "a stride of 0 leads nowhere");
  EXPECT_EQ(Foreign({4}, {0, 0}, {2, 1}, {1, 1}).refusal(), "the slice is given for 2 axes; the input has 1");
  Foreign dropped({4}, {7}, {8}, {1});
  dropped.node.attrs = {{"shrink_axis_mask", int64_t{1}}};
  EXPECT_EQ(dropped.refusal(), "nothing is left of an axis of 4 elements between 7 and 8");
  Foreign runtime({4}, {0}, {2}, {1});
  runtime.graph.tensors[1].data = nullptr;
  EXPECT_EQ(runtime.refusal(), "the begin is computed while the model runs");
}

}  // namespace
}  // namespace thimble
