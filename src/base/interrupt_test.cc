#include "base/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace thimble {
namespace {

TEST(Interrupt, IsAskedForOnceAndThenEndsTheProgram) {
  {
    Interrupt interrupt;
    EXPECT_FALSE(interrupt.asked());
    std::raise(SIGINT);
    EXPECT_TRUE(interrupt.asked());
  }
  EXPECT_FALSE(Interrupt().asked());
  const auto twice = [] {
    Interrupt interrupt;
    std::raise(SIGTERM);
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(twice(), ::testing::KilledBySignal(SIGTERM), "once more ends at once");
  EXPECT_EXIT(std::raise(SIGINT), ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace thimble
