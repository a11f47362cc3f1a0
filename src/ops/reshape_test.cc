#include "ops/reshape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/indexing.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

/// A foreign node over an input of that shape, with a second operand where `list` is not empty.
struct Foreign {
  ForeignGraph graph;
  ForeignNode node{"", "node", 1, {}, {}, {}};

  Foreign(Shape shape, const std::vector<int64_t>& list) {
    ForeignTensor x;
    x.type.shape = std::move(shape);
    graph.tensors.push_back(x);
    node.in = {0};
    if (!list.empty()) append_operand(node, graph, "list", list);
  }
  Shape read(std::string_view op) const {
    for (const ForeignMap& map : op_named("reshape").tflite)
      if (map.name == op) return map.read(node, graph).attrs.as<ReshapeAttrs>().shape;
    return {-1};
  }
  std::string refusal(std::string_view op) const {
    try {
      read(op);
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  }
};

TEST(Reshape, ResolvesTheFreeDimension) {
  EXPECT_THAT(Foreign({2, 3, 4}, {-1, 8}).read("RESHAPE"), ElementsAre(3, 8));
  EXPECT_EQ(Foreign({2, 3, 4}, {-1, 7}).refusal("RESHAPE"), "24 elements cannot be reshaped to rows of 7");
  EXPECT_EQ(Foreign({2, 3, 4}, {-1, 0}).refusal("RESHAPE"), "shape 1x0 has an axis without elements");
}

TEST(Reshape, TakesTheDeclaredShapeWhereItIsComputed) {
  Foreign foreign({1, 6}, {1, 2, 3});
  foreign.graph.tensors[1].data = nullptr;
  EXPECT_EQ(foreign.refusal("RESHAPE"), "the shape is computed while the model runs");
  ForeignTensor y;
  y.type.shape = {1, 3, 2};
  foreign.graph.tensors.push_back(y);
  foreign.node.out = {2};
  EXPECT_THAT(foreign.read("RESHAPE"), ElementsAre(1, 3, 2));
}

TEST(Reshape, SqueezesAllOnesOrTheNamedOnes) {
  Foreign foreign({1, 3, 1, 2}, {});
  EXPECT_THAT(foreign.read("SQUEEZE"), ElementsAre(3, 2));
  foreign.node.attrs = {{"squeeze_dims", std::vector<int64_t>{-2}}};
  EXPECT_THAT(foreign.read("SQUEEZE"), ElementsAre(1, 3, 2));
  foreign.node.attrs = {{"squeeze_dims", std::vector<int64_t>{1}}};
  EXPECT_EQ(foreign.refusal("SQUEEZE"), "axis 1 of 1x3x1x2 cannot be squeezed: it is not 1");
}

TEST(Reshape, AddsAnAxis) {
  EXPECT_THAT(Foreign({3, 2}, {-1}).read("EXPAND_DIMS"), ElementsAre(3, 2, 1));
  EXPECT_THAT(Foreign({3, 2}, {0}).read("EXPAND_DIMS"), ElementsAre(1, 3, 2));
  EXPECT_EQ(Foreign({3, 2}, {3}).refusal("EXPAND_DIMS"), "axis 3 does not exist: the tensor has 3 axes");
}

}  // namespace
}  // namespace thimble
