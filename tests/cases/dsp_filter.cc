#include "cases/block_case.h"

namespace thimble::testing {

std::vector<OpCase> dsp_filter_cases() {
  return {block_case("filter", "band", 40, 2, {{"low_cutoff", 1.0}, {"high_cutoff", 20.0}}),
          block_case("filter", "high_order", 25, 1, {{"high_cutoff", 5.0}, {"order", int64_t{8}}}), block_case("decimate", "by_ten", 95, 3),
          block_case("decimate", "by_three", 31, 1, {{"ratio", int64_t{3}}})};
}

}  // namespace thimble::testing
