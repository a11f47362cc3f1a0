#include "plan/plan.h"

#include <gmock/gmock.h>

#include "plan/plan_test.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

TEST(Plan, ChainReusesMemory) {
  Sketch s;
  const ValueId x = s.input(100), a = s.node({x}, 60), b = s.node({a}, 80), c = s.node({b}, 10);
  const Plan plan = s.plan({c});
  EXPECT_THAT(plan.live_bytes, ElementsAre(160, 140, 90));
  EXPECT_EQ(plan.arena_bytes, 160);
  EXPECT_EQ(plan.lower_bound, 160);
  EXPECT_TRUE(sound(s, plan));
}

TEST(Plan, AliasSharesItsOperand) {
  Sketch s;
  const ValueId x = s.input(64), a = s.node({x}, 64), v = s.node({a}, 64, kAlias), b = s.node({v}, 8), c = s.node({b, a}, 8);
  const Plan plan = s.plan({c});
  EXPECT_EQ(plan.buffer_of[static_cast<size_t>(a)], plan.buffer_of[static_cast<size_t>(v)]);
  EXPECT_THAT(plan.live_bytes, ElementsAre(128, 64, 72, 80));
  EXPECT_TRUE(sound(s, plan));
}

TEST(Plan, AliasOfAnInputMayBeAnOutput) {
  Sketch s;
  const ValueId x = s.input(64), v = s.node({x}, 64, kAlias), a = s.node({v}, 64, kInPlace);
  const Plan plan = s.plan({v, a});
  EXPECT_EQ(plan.offset_of(x), plan.offset_of(v));
  EXPECT_EQ(plan.arena_bytes, 128);
  EXPECT_TRUE(sound(s, plan));
}

TEST(Plan, AliasOfAConstantGetsMemoryOfItsOwn) {
  Sketch s;
  const std::vector<int8_t> data(16);
  const ValueId c = s.graph.add_constant<int8_t>("c", {16}, data), v = s.node({c}, 16, kAlias), y = s.node({v}, 4);
  const Plan plan = s.plan({y});
  EXPECT_EQ(plan.buffer_of[static_cast<size_t>(c)], -1);
  EXPECT_GE(plan.buffer_of[static_cast<size_t>(v)], 0);
  EXPECT_EQ(plan.arena_bytes, 20);
}

TEST(Plan, InPlaceTakesADyingOperandOfEqualSize) {
  Sketch s;
  const ValueId x = s.input(64), a = s.node({x}, 64, kInPlace), b = s.node({a}, 64, kInPlace);
  const Plan plan = s.plan({b});
  EXPECT_EQ(plan.buffers.size(), 1u);
  EXPECT_EQ(plan.arena_bytes, 64);
  EXPECT_TRUE(sound(s, plan));
}

TEST(Plan, InPlaceLeavesWhatIsStillNeeded) {
  struct Row {
    const char* why;
    Plan (*plan)(Sketch&);
    int64_t arena;
  };
  const Row rows[] = {
      {"a later reader",
       [](Sketch& s) {
         const ValueId x = s.input(8), a = s.node({x}, 8, kInPlace), b = s.node({a, x}, 4);
         return s.plan({b});
       },
       20},
      {"a later reader of an alias",
       [](Sketch& s) {
         const ValueId x = s.input(8), v = s.node({x}, 8, kAlias), a = s.node({x}, 8, kInPlace), b = s.node({a, v}, 4);
         return s.plan({b});
       },
       20},
      {"it is a graph output",
       [](Sketch& s) {
         const ValueId x = s.input(8), a = s.node({x}, 8), b = s.node({a}, 8, kInPlace);
         return s.plan({a, b});
       },
       16},
      {"another size",
       [](Sketch& s) {
         const ValueId x = s.input(8), a = s.node({x}, 7, kInPlace);
         return s.plan({a});
       },
       15},
      {"the second operand will do",
       [](Sketch& s) {
         const ValueId x = s.input(8), a = s.node({x}, 4), b = s.node({a, x}, 8, kInPlace);
         return s.plan({b});
       },
       12},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    Sketch s;
    const Plan plan = row.plan(s);
    EXPECT_EQ(plan.arena_bytes, row.arena);
    EXPECT_TRUE(sound(s, plan));
  }
}

TEST(Plan, ConstantsAndStateAreNotInTheArena) {
  Sketch s;
  const std::vector<int8_t> data(8);
  const ValueId c = s.graph.add_constant<int8_t>("c", {8}, data), state = s.graph.add_state("s", {DType::I8, {8}, {}});
  const ValueId x = s.input(8), y = s.node({c, state, x}, 8, kInPlace);
  const Plan plan = s.plan({y});
  EXPECT_EQ(plan.buffer_of[static_cast<size_t>(c)], -1);
  EXPECT_EQ(plan.buffer_of[static_cast<size_t>(state)], -1);
  EXPECT_EQ(plan.arena_bytes, 8);
}

TEST(Plan, ScratchLivesAtItsNodeOnly) {
  Sketch s;
  const ValueId x = s.input(10), a = s.node({x}, 10, {.scratch_bytes = 30, .scratch_align = 8}), b = s.node({a}, 40);
  const Plan plan = s.plan({b});
  const PlanBuffer& scratch = plan.buffers[static_cast<size_t>(plan.scratch_of[0])];
  EXPECT_EQ(scratch.first, 0);
  EXPECT_EQ(scratch.last, 0);
  EXPECT_EQ(scratch.align, 8);
  EXPECT_EQ(plan.scratch_of[1], -1);
  EXPECT_THAT(plan.live_bytes, ElementsAre(50, 50));
  EXPECT_EQ(plan.arena_bytes, plan.lower_bound);
  EXPECT_TRUE(sound(s, plan));
}

TEST(Plan, LowerBoundCountsWhatAlignmentCosts) {
  Sketch s;
  const ValueId x = s.input(5), a = s.node({x}, 5, {.align = 4}), b = s.node({a}, 1);
  const Plan plan = s.plan({b});
  EXPECT_EQ(plan.live_bytes[0], 10);
  EXPECT_EQ(plan.lower_bound, 13);
  EXPECT_EQ(plan.arena_bytes, 13);
}

TEST(Plan, GraphWithoutNodes) {
  Sketch s;
  const ValueId x = s.input(12);
  const Plan plan = s.plan({x});
  EXPECT_EQ(plan.arena_bytes, 12);
  EXPECT_THAT(plan.live_bytes, ElementsAre(12));
}

}  // namespace
}  // namespace thimble::testing
