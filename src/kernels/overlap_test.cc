#include "kernels/overlap.h"

#include <gtest/gtest.h>

#include <random>

namespace thimble {
namespace {

/// A byte that is read or written, in the order in which it happens.
struct Access {
  bool write;
  int64_t at;
};

/// Every access of a walk, byte by byte, from the definition.
std::vector<Access> accesses(const Window2d& at, int64_t out_bytes, int64_t element_bytes, const PixelWalk& walk) {
  std::vector<Access> all;
  const int64_t count = at.out_h * at.out_w, pixel_bytes = at.in_c * element_bytes;
  const auto read = [&](int64_t batch, int64_t first, int64_t pixels) {
    for (int64_t p = first; p < first + pixels; ++p)
      at.for_each_tap(batch, p / at.out_w, p % at.out_w, [&](int64_t, int64_t, int64_t channel) {
        for (int64_t b = 0; b < pixel_bytes; ++b) all.push_back({false, channel * element_bytes + b});
      });
  };
  const auto run = [&](int64_t batch, int64_t first, int64_t pixels) {
    const int64_t begin = (batch * count + first) * out_bytes, end = begin + pixels * out_bytes;
    read(batch, first, pixels);
    for (int64_t b = begin; b < begin + walk.early; ++b) all.push_back({true, b});
    if (walk.early > 0) read(batch, first, pixels);
    for (int64_t b = begin + walk.early; b < end; ++b) all.push_back({true, b});
  };
  for (int64_t batch = 0; batch < at.batches; ++batch) {
    const int64_t whole = count - walk.tail;
    for (int64_t done = 0; done < whole; done += walk.pixels)
      run(batch, std::max<int64_t>(0, std::min(done, whole - walk.pixels)), std::min(walk.pixels, whole));
    if (walk.tail > 0) run(batch, whole, walk.tail);
  }
  return all;
}

/// True when no byte is read after something else was written over it.
bool unharmed(const std::vector<Access>& all, int64_t in_bytes, int64_t distance) {
  std::vector<bool> harmed(static_cast<size_t>(in_bytes));
  for (const Access& access : all) {
    if (!access.write && harmed[static_cast<size_t>(access.at)]) return false;
    const int64_t hit = access.at - distance;
    if (access.write && hit >= 0 && hit < in_bytes) harmed[static_cast<size_t>(hit)] = true;
  }
  return true;
}

Window2d random_window(std::mt19937& random) {
  const auto between = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (;;) {
    Window2d at{.batches = between(1, 2),
                .in_h = between(1, 7),
                .in_w = between(1, 7),
                .in_c = between(1, 4),
                .kernel_h = between(1, 4),
                .kernel_w = between(1, 4),
                .stride_h = between(1, 3),
                .stride_w = between(1, 3),
                .dilation_h = between(1, 2),
                .dilation_w = between(1, 2)};
    at.pad_top = between(0, at.kernel_h), at.pad_left = between(0, at.kernel_w);
    at.out_h = (at.in_h + at.pad_top + between(0, 2) - (at.kernel_h - 1) * at.dilation_h - 1) / at.stride_h + 1;
    at.out_w = (at.in_w + at.pad_left + between(0, 2) - (at.kernel_w - 1) * at.dilation_w - 1) / at.stride_w + 1;
    if (at.out_h > 0 && at.out_w > 0) return at;
  }
}

/// No nearer distance will do, and every farther one does.
TEST(Overlap, OfAWindowIsTheLeastThatHarmsNothing) {
  std::mt19937 random(1);
  int negative = 0, positive = 0;
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(round);
    const Window2d at = random_window(random);
    const int64_t out_bytes = 1 + static_cast<int64_t>(random() % 9), element_bytes = random() % 4 ? 1 : 4, count = at.out_h * at.out_w;
    PixelWalk walk{.pixels = 1 + static_cast<int64_t>(random() % 4)};
    if (walk.pixels > 1 && count % walk.pixels == 1 && count > 1 && random() % 2) walk.tail = 1;
    if (random() % 3 == 0) walk.early = static_cast<int64_t>(random() % static_cast<uint64_t>(out_bytes));
    const int64_t in_bytes = at.batches * at.in_h * at.in_w * at.in_c * element_bytes;
    const int64_t distance = overlap_of_window(at, out_bytes, element_bytes, walk);
    const std::vector<Access> all = accesses(at, out_bytes, element_bytes, walk);
    const int64_t farthest = at.batches * count * out_bytes;
    for (int64_t d = distance; d <= farthest; ++d) ASSERT_TRUE(unharmed(all, in_bytes, d)) << "distance " << d << " of " << distance;
    if (distance == -in_bytes) continue;
    ASSERT_FALSE(unharmed(all, in_bytes, distance - 1)) << "a distance of " << distance - 1 << " would do";
    ++(distance < 0 ? negative : positive);
  }
  EXPECT_GT(negative, 300);
  EXPECT_GT(positive, 300);
}

TEST(Overlap, OfRows) {
  EXPECT_EQ(overlap_of_rows(1, 10, 4), -10);  // one row: all is read first
  EXPECT_EQ(overlap_of_rows(3, 10, 10), 0);
  EXPECT_EQ(overlap_of_rows(3, 10, 12), 4);    // 24 bytes are written when row 2, at byte 20, is still to be read
  EXPECT_EQ(overlap_of_rows(3, 10, 4), -6);    // the input may begin before the output
  EXPECT_EQ(overlap_of_rows(3, 10, 4, 3), 3);  // a row that is written while it is read
}

/// 1x1 over a map whose last tile is moved back: it reads again what lies below the output of the tiles before it.
TEST(Overlap, OfAMapWhoseLastTileIsMovedBack) {
  Window2d at{.in_h = 1, .in_w = 6, .in_c = 8, .out_h = 1, .out_w = 6, .kernel_h = 1, .kernel_w = 1};
  EXPECT_EQ(overlap_of_window(at, 8, 1, {.pixels = 4}), 16);
  EXPECT_EQ(overlap_of_window(at, 8, 1, {.pixels = 3}), 0);
  at.in_w = at.out_w = 5;
  EXPECT_EQ(overlap_of_window(at, 8, 1, {.pixels = 4, .tail = 1}), 0);
}

}  // namespace
}  // namespace thimble
