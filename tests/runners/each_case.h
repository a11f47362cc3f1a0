/// One test per case, named after it: `THIMBLE_EACH_CASE(HostC) { check(one()); }`.
#pragma once

#include <gtest/gtest.h>

#include "runners/compare.h"

namespace thimble::testing {

/// All cases, made once; a test's parameter is an index into them.
inline const std::vector<OpCase>& cases() {
  static const std::vector<OpCase> kAll = all_cases();
  return kAll;
}

class EachCase : public ::testing::TestWithParam<size_t> {
 protected:
  static const OpCase& one() { return cases()[GetParam()]; }
};

}  // namespace thimble::testing

#define THIMBLE_EACH_CASE(suite)                                                                  \
  class suite : public EachCase {};                                                               \
  INSTANTIATE_TEST_SUITE_P(Case, suite, ::testing::Range(size_t{0}, cases().size()),              \
                           [](const auto& info) { return test_name(cases()[info.param].name); }); \
  TEST_P(suite, Agrees)
