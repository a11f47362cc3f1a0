#include "cases/block_case.h"

namespace thimble::testing {

std::vector<OpCase> dsp_normalise_cases() {
  return {block_case("normalise", "by_sensor", 31, 6), block_case("normalise", "all_axes", 20, 2, {{"group", int64_t{0}}}),
          block_case("normalise", "roots", 15, 3, {{"root", true}}), block_case("normalise", "as_they_lie", 9, 3, {{"centre", false}}),
          block_case("normalise", "one_sample", 1, 3)};
}

}  // namespace thimble::testing
