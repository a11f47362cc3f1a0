#include "kernels/strided_copy.h"

#include <gtest/gtest.h>

#include "ops/indexing.h"

namespace thimble {
namespace {

using Axes = std::vector<CopyAxis>;

TEST(StridedCopy, AWholeTensorIsOneRun) {
  const Shape shape = {2, 1, 3, 4};
  const StridedCopy copy = block(shape, strides_of(shape), strides_of(shape));
  EXPECT_EQ(simplified(copy).axes, (Axes{{24, 1, 1}}));
}

TEST(StridedCopy, AxesJoinOnlyWhereBothSidesContinue) {
  // Three columns of five into a tensor of three: rows join on the side written, not on the side read.
  EXPECT_EQ(simplified(block({4, 3}, {5, 1}, {3, 1})).axes, (Axes{{4, 5, 3}, {3, 1, 1}}));
}

TEST(StridedCopy, ACallHasSixAxesAndARun) {
  const Shape seven = {2, 2, 2, 2, 2, 2, 2};
  const auto to = strides_of(seven);
  auto from = to;
  for (int64_t& stride : from) stride *= 3;
  EXPECT_TRUE(fits_call(block(seven, from, to))) << "seven axes that continue each other are one";
  std::swap(from[1], from[3]);
  std::swap(from[0], from[5]);
  std::swap(from[2], from[6]);
  EXPECT_FALSE(fits_call(block(seven, from, to)));
}

TEST(StridedCopy, CallsCountInBytes) {
  const StridedCopy copy{{{3, -2, 5}, {2, 1, 1}}, 4, 7};
  const KernelCall call = copy_call(copy, 4, 0, 1);
  ASSERT_EQ(call.arguments().size(), 3u);
  EXPECT_EQ(std::get<InputArg>(call.arguments()[0]).offset, 16);
  EXPECT_EQ(std::get<OutputArg>(call.arguments()[1]).offset, 28);
  const auto& fields = std::get<Geometry>(call.arguments()[2]).fields;
  EXPECT_EQ(fields[0].value, "8");
  EXPECT_EQ(fields[1].value, "{1, 1, 1, 1, 1, 3}");
  EXPECT_EQ(fields[2].value, "{0, 0, 0, 0, 0, -8}");
  EXPECT_EQ(fields[3].value, "{0, 0, 0, 0, 0, 20}");
}

}  // namespace
}  // namespace thimble
