// The filters against what makes them wavelets, and a few published digits.
#include "dsp/wavelets.h"

#include <gmock/gmock.h>

#include <cmath>

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

/// The low pass of the synthesis, from the high pass of the analysis.
std::vector<double> synthesis_of(const WaveletFilters& f) {
  std::vector<double> taps;
  for (size_t n = 0; n < f.high.size(); ++n) taps.push_back(n % 2 ? f.high[n] : -f.high[n]);
  return taps;
}

TEST(Wavelets, BothSidesTogetherGiveTheSeriesBack) {
  ASSERT_EQ(wavelet_names().size(), 50u);
  for (const std::string_view name : wavelet_names()) {
    const WaveletFilters f = wavelet_filters(name);
    const std::vector<double> synthesis = synthesis_of(f);
    ASSERT_EQ(f.low.size(), f.high.size()) << name;
    ASSERT_EQ(f.low.size() % 2, 0u) << name;
    // Their product is a half-band filter: one tap of 1 in the middle of every second one.
    const auto length = static_cast<int>(f.low.size());
    for (int at = 1; at < 2 * length - 1; at += 2) {
      double sum = 0;
      for (int n = std::max(0, at - length + 1); n <= std::min(at, length - 1); ++n)
        sum += static_cast<double>(f.low[static_cast<size_t>(n)]) * synthesis[static_cast<size_t>(at - n)];
      EXPECT_NEAR(sum, at == length - 1 ? 1 : 0, 2e-6) << name << ", tap " << at;
    }
  }
}

TEST(Wavelets, ConstantsPassLowAndVanishHigh) {
  for (const std::string_view name : wavelet_names()) {
    const WaveletFilters f = wavelet_filters(name);
    double low = 0, high = 0;
    for (const float t : f.low) low += static_cast<double>(t);
    for (const float t : f.high) high += static_cast<double>(t);
    EXPECT_NEAR(low, std::sqrt(2.0), 2e-6) << name;
    EXPECT_NEAR(high, 0, 2e-6) << name;
  }
}

TEST(Wavelets, AreThePublishedOnes) {
  EXPECT_THAT(wavelet_filters("db2").low, ElementsAre(FloatNear(-0.129409522F, 1e-7F), FloatNear(0.224143868F, 1e-7F),
                                                      FloatNear(0.836516304F, 1e-7F), FloatNear(0.482962913F, 1e-7F)));
  EXPECT_NEAR(wavelet_filters("db10").low.back(), 0.0266700579F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("sym4").low[3], 0.803738752F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("sym9").low[8], 0.717897083F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("sym10").low[9], 0.769510037F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("coif1").low[3], 0.852572020F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("bior4.4").low[5], 0.852698679F, 1e-7F);
  EXPECT_NEAR(wavelet_filters("rbio2.2").high[2], -1.06066017F, 1e-7F);
}

}  // namespace
}  // namespace thimble
