#include "plan/arena.h"

#include <gtest/gtest.h>

namespace thimble::testing {
namespace {

/// Lifetimes that interlock, so that the sizes have to be stacked in the right order.
TEST(Arena, ReachesTheBoundWhereLifetimesInterlock) {
  std::vector<PlanBuffer> buffers;
  const struct {
    int64_t bytes;
    int first, last;
  } rows[] = {{2, 0, 1}, {3, 0, 2}, {4, 1, 4}, {3, 3, 5}, {2, 2, 3}, {5, 5, 6}, {1, 4, 6}};
  for (const auto& row : rows) buffers.push_back({.bytes = row.bytes, .first = row.first, .last = row.last});
  const Distances apart(buffers);
  const int64_t bound = lower_bound_of(buffers, apart, 7);
  EXPECT_EQ(place_buffers(buffers, apart, bound), 9);
  EXPECT_EQ(bound, 9);
}

}  // namespace
}  // namespace thimble::testing
