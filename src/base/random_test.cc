#include "base/random.h"

#include <gmock/gmock.h>

namespace thimble {
namespace {

TEST(Random, IsTheSameEverywhere) {
  Random random(0);
  EXPECT_EQ(random.next(), 0xe220a8397b1dcdafu);  // the published first numbers of SplitMix64 from 0
  EXPECT_EQ(random.next(), 0x6e789e6aa1b965f4u);
}

TEST(Random, PartsDiffer) {
  EXPECT_NE(Random(1, 0).next(), Random(1, 1).next());
  EXPECT_NE(Random(1, 1).next(), Random(2, 1).next());
  EXPECT_EQ(Random(3, 4).next(), Random(3, 4).next());
}

TEST(Random, HasTheMomentsItSays) {
  Random random(7);
  double sum = 0, squares = 0, uniform = 0;
  constexpr int kCount = 20000;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.normal(), u = random.uniform();
    sum += x, squares += x * x, uniform += u;
    ASSERT_TRUE(u >= 0 && u < 1);
    const int64_t below = random.below(3);
    ASSERT_TRUE(below >= 0 && below < 3);
  }
  EXPECT_NEAR(sum / kCount, 0, 0.03);
  EXPECT_NEAR(squares / kCount, 1, 0.03);
  EXPECT_NEAR(uniform / kCount, 0.5, 0.01);
}

TEST(Random, ShufflesKeepEverything) {
  std::vector<int> items{1, 2, 3, 4, 5, 6, 7, 8};
  Random(5).shuffle(items);
  EXPECT_NE(items, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_THAT(items, ::testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

}  // namespace
}  // namespace thimble
