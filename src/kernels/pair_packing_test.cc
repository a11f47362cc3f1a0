#include "kernels/pair_packing.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

using Weights = std::vector<int8_t>;

/// Both halves of the packed sum, taken out after each block as the kernels do it.
std::pair<int32_t, int32_t> packed_sums(const Weights& weights, const std::vector<int>& blocks, int xa, int xb) {
  uint32_t all = 0, high = 0;
  size_t k = 0;
  for (int length : blocks) {
    uint32_t sum = 0;
    for (int i = 0; i < length; ++i, ++k)
      sum += (static_cast<uint32_t>(xa) + (static_cast<uint32_t>(xb) << 16)) * static_cast<uint32_t>(int{weights[k]});
    all += sum;
    high += static_cast<uint32_t>(static_cast<int32_t>(sum + 0x8000) >> 16);
  }
  EXPECT_EQ(k, weights.size());
  return {static_cast<int32_t>(all - (high << 16)), static_cast<int32_t>(high)};
}

TEST(HalfWord, HoldsTheSumUpToItsEdge) {
  struct Edge {
    Weights weights;
    bool fits;
  };
  const Edge edges[] = {{{127, 127, 1}, true},
                        {{127, 127, 2}, true},
                        {{127, 127, 3}, false},
                        {{-127, -127, -1}, true},
                        {{-127, -127, -2}, false},
                        {{-128, -127}, true},
                        {{-128, -128}, false},
                        {{127, -127, 1, -1}, true},
                        {{127, -128, 1, -1}, false},
                        {{100, -100, 50, 6}, true},
                        {{}, true}};
  for (const Edge& edge : edges) EXPECT_EQ(fits_half_word(edge.weights), edge.fits) << ::testing::PrintToString(edge.weights);
}

TEST(PairBlocks, AreExactForTheFarthestInputs) {
  for (const Weights& weights : {Weights(40, 127), Weights(40, -127), Weights(40, -128), Weights{1, -128, 127, 5, 0, 0, 90, -90, 75, 1, -1},
                                 Weights(300, 1), Weights(300, -1)}) {
    int sum = 0;
    for (int8_t w : weights) sum += w;
    for (int xa : {-128, 127, 0, -1})
      for (int xb : {-128, 127, 0, -1}) EXPECT_EQ(packed_sums(weights, pair_blocks(weights, 1000), xa, xb), std::pair(sum * xa, sum * xb));
  }
}

TEST(PairBlocks, AreAsLongAsTheyCanBe) {
  EXPECT_EQ(pair_blocks(Weights{127, 127, 2, 1, 1}, 9), (std::vector{3, 2}));
  EXPECT_EQ(pair_blocks(Weights(7, 1), 3), (std::vector{3, 3, 1}));
  EXPECT_EQ(pair_blocks(Weights(3, -128), 9), (std::vector{1, 1, 1}));
  EXPECT_EQ(pair_blocks(Weights{}, 9), std::vector<int>{});
}

TEST(PairBlocks, OfChannelsSideBySideServeThemAll) {
  const Weights a{1, 1, 1, 127, 127, 127}, b{127, 127, 127, 1, 1, 1};
  const std::span<const int8_t> channels[] = {a, b};
  EXPECT_EQ(pair_blocks(channels, 9), (std::vector{2, 3, 1}));
}

TEST(UniformPairBlock, ServesEveryChannel) {
  const Weights weights{60, 60, 60, 60, 60,  60,  //
                        1,  1,  1,  1,  127, 127};
  EXPECT_EQ(uniform_pair_block(weights, 6, 8), 4);
  EXPECT_EQ(uniform_pair_block(Weights(12, -128), 6, 8), 1);
}

}  // namespace
}  // namespace thimble
