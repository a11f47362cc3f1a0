#include "plan/order.h"

#include <gmock/gmock.h>

#include <limits>
#include <numeric>

#include "plan/distances.h"
#include "plan/random_sketch.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

TEST(Order, RunsTheShrinkingBranchFirst) {
  Sketch s;
  const ValueId x = s.input(10);
  const ValueId a = s.node({x}, 100), b = s.node({x}, 100);  // as given, both large values are alive together
  const ValueId c = s.node({a}, 1), d = s.node({b}, 1), y = s.node({c, d}, 1);
  const Plan plan = s.plan({y});
  EXPECT_THAT(plan.order, ElementsAre(0, 2, 1, 3, 4));
  EXPECT_EQ(plan.arena_bytes, 111);
  EXPECT_TRUE(sound(s, plan));
}

TEST(Order, IsKeptWhenNoneIsBetter) {
  Sketch s;
  const ValueId x = s.input(10), a = s.node({x}, 10), b = s.node({x}, 10), y = s.node({a, b}, 10);
  EXPECT_THAT(s.plan({y}).order, ElementsAre(0, 1, 2));
}

TEST(Order, NodesThatShareStateKeepTheirOrder) {
  Sketch s;
  const ValueId x = s.input(10), state = s.graph.add_state("s", {DType::I8, {1}, {}});
  const ValueId a = s.node({x, state}, 100), b = s.node({x}, 100), c = s.node({b, state}, 1), d = s.node({a}, 1), y = s.node({c, d}, 1);
  const Plan plan = s.plan({y});
  const auto at = [&](int n) { return std::find(plan.order.begin(), plan.order.end(), n) - plan.order.begin(); };
  EXPECT_LT(at(0), at(2));
  EXPECT_EQ(plan.arena_bytes, 111);
}

/// Wide graphs of many equal branches, so that the exact search gives up.
TEST(Order, LargeGraphsStayBoundedAndImprove) {
  Sketch s;
  const ValueId x = s.input(10);
  std::vector<ValueId> wide, narrow;
  for (int i = 0; i < 40; ++i) wide.push_back(s.node({x}, 100 + i));
  for (ValueId id : wide) narrow.push_back(s.node({id}, 1));
  const Plan plan = s.plan({s.node(narrow, 1)});
  EXPECT_TRUE(sound(s, plan));
  EXPECT_LE(plan.arena_bytes, 10 + 40 + 139);
}

/// The least peak of all valid orders, by trying them all.
int64_t least_peak(const Sketch& s) {
  std::vector<int> order(s.graph.nodes.size());
  std::iota(order.begin(), order.end(), 0);
  const Uses uses = uses_of(s.graph);
  int64_t least = std::numeric_limits<int64_t>::max();
  do {
    std::vector<int> at(order.size());
    for (size_t i = 0; i < order.size(); ++i) at[static_cast<size_t>(order[i])] = static_cast<int>(i);
    bool valid = true;
    for (size_t n = 0; n < at.size(); ++n)
      for (ValueId id : s.graph.nodes[n].in)
        if (const int producer = uses.producer[static_cast<size_t>(id)]; producer >= 0) valid &= at[static_cast<size_t>(producer)] < at[n];
    if (!valid) continue;
    const Lifetimes lives = lifetimes_of(s.graph, s.steps, order);
    const auto live = live_bytes_of(lives.buffers, distances_of(s.graph, s.steps, order, lives), order.size());
    least = std::min(least, *std::max_element(live.begin(), live.end()));
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

TEST(Order, SmallGraphsGetTheLeastPeak) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const Sketch s = random_sketch(seed, 7, seed % 2);
    const Plan plan = plan_memory(s.graph, s.steps);
    EXPECT_EQ(*std::max_element(plan.live_bytes.begin(), plan.live_bytes.end()), least_peak(s));
  }
}

}  // namespace
}  // namespace thimble::testing
