#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace thimble {
namespace {

struct Watched : Progress {
  void begin(std::string_view what) override { activity = what; }
  void update(int64_t done, int64_t total) override { last = done, all = total; }
  std::string activity;
  int64_t last = 0, all = 0;
};

TEST(Parallel, DoesEveryPieceOnce) {
  std::vector<std::atomic<int>> times(100);
  Watched progress;
  in_parallel(times.size(), "counting", progress, [&](size_t i) { ++times[i]; });
  for (const auto& one : times) EXPECT_EQ(one, 1);
  EXPECT_EQ(progress.activity, "counting");
  EXPECT_EQ(progress.last, 100);
  EXPECT_EQ(progress.all, 100);
}

TEST(Parallel, ThrowsTheFirstFaultOnAndBeginsNothingMore) {
  std::atomic<int> begun = 0;
  Progress silent;
  EXPECT_THROW(in_parallel(1000, "failing", silent,
                           [&](size_t) {
                             ++begun;
                             throw std::runtime_error("no");
                           }),
               std::runtime_error);
  EXPECT_LT(begun, 1000);
}

TEST(Parallel, NothingIsNoWork) {
  Progress silent;
  in_parallel(0, "idling", silent, [](size_t) { FAIL(); });
}

}  // namespace
}  // namespace thimble
