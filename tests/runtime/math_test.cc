#include "core/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <cmath>

namespace {

struct Function {
  const char* name;
  float (*ours)(float);
  double (*exact)(double);
  double ulp;          // the bound that math.h states
  double least, most;  // of the argument
};

void PrintTo(const Function& f, std::ostream* out) { *out << f.name; }

constexpr double kAll = FLT_MAX;
const Function kFunctions[] = {{"exp", thimble_expf, std::exp, 1, -kAll, kAll},
                               {"log", thimble_logf, std::log, 1, 0, kAll},
                               {"tanh", thimble_tanhf, std::tanh, 2, -kAll, kAll},
                               {"logistic", thimble_logisticf, [](double x) { return 1 / (1 + std::exp(-x)); }, 3, -kAll, kAll},
                               {"sin", thimble_sinf, std::sin, 3, -kAll, kAll},
                               {"cos", thimble_cosf, std::cos, 3, -kAll, kAll},
                               {"expm1", thimble_expm1f, std::expm1, 4, -kAll, kAll},
                               {"sqrt", thimble_sqrtf, std::sqrt, 0.5, 0, kAll},
                               {"floor", thimble_floorf, std::floor, 0, -kAll, kAll},
                               {"round_even", thimble_round_evenf, std::nearbyint, 0, -kAll, kAll}};

class MathTest : public testing::TestWithParam<Function> {};

/// Every 1999th float of either sign (a prime, so that all low bits occur), the subnormal ones included.
TEST_P(MathTest, StaysWithinItsBound) {
  const Function& f = GetParam();
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 1999) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (!std::isfinite(x) || x < f.least || x > f.most) continue;
    const double want = f.exact(x);
    const float got = f.ours(x);
    if (std::fabs(want) > static_cast<double>(FLT_MAX)) {
      ASSERT_TRUE(std::isinf(got)) << f.name << "(" << x << ")";
      continue;
    }
    if (got == 0 && std::fabs(want) < static_cast<double>(FLT_MIN)) continue;
    const double ulp = std::ldexp(1.0, std::max(std::ilogb(want), -126) - 23);
    ASSERT_LE(std::fabs(static_cast<double>(got) - want), f.ulp * ulp) << f.name << "(" << x << ") gives " << got << ", not " << want;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MathTest, testing::ValuesIn(kFunctions), [](const auto& one) { return std::string(one.param.name); });

TEST(Math, ErfcStaysWithinItsBound) {
  for (float x = -6; x < 9; x += 0.00037f) {
    const double want = std::erfc(static_cast<double>(x));
    const double square = static_cast<double>(x) * static_cast<double>(x);
    ASSERT_LE(std::fabs(static_cast<double>(thimble_erfcf(x)) - want), (5e-7 + 2e-7 * square) * want) << x;
  }
}

TEST(Math, TakesTheEdges) {
  const float infinity = INFINITY;
  EXPECT_EQ(thimble_expf(-infinity), 0);
  EXPECT_EQ(thimble_expf(infinity), infinity);
  EXPECT_EQ(thimble_logf(0), -infinity);
  EXPECT_TRUE(std::isnan(thimble_logf(-1)));
  EXPECT_EQ(thimble_tanhf(infinity), 1);
  EXPECT_EQ(thimble_tanhf(-infinity), -1);
  EXPECT_EQ(thimble_logisticf(-infinity), 0);
  EXPECT_EQ(thimble_logisticf(infinity), 1);
  EXPECT_TRUE(std::isnan(thimble_sinf(infinity)));
  EXPECT_TRUE(std::isnan(thimble_expf(NAN)));
  EXPECT_TRUE(std::isnan(thimble_tanhf(NAN)));
  EXPECT_EQ(thimble_round_to_int(2.5f), 3);
  EXPECT_EQ(thimble_round_to_int(-2.5f), -3);
  EXPECT_EQ(thimble_round_to_int(0.49999997f), 0);
}

}  // namespace
