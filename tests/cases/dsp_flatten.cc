#include "cases/block_case.h"

namespace thimble::testing {

std::vector<OpCase> dsp_flatten_cases() {
  return {block_case("flatten", "all", 31, 3), block_case("flatten", "negative_scale", 8, 1, {{"scale_axes", -2.5}}),
          block_case("flatten", "one_sample", 1, 2), block_case("flatten", "some", 20, 2, {{"minimum", false}, {"rms", false}})};
}

}  // namespace thimble::testing
