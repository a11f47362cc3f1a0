#include "kernels/fours_dsp.h"

#include <algorithm>

namespace thimble {

int64_t fours_of(const Window2d& at) { return (at.kernel_h * at.kernel_w * at.in_c + 3) / 4; }
bool reads_directly(const Window2d& at) { return pixel_by_pixel(at) && at.in_c % 4 == 0; }

std::pair<int64_t, int64_t> pair_from(int64_t first, int64_t channels) {
  const int64_t a = std::max<int64_t>(0, std::min(first, channels - 2));
  return {a, std::min(a + 1, channels - 1)};
}

Fields fields_of_fours(const Window2d& at, int64_t channels) {
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"batches", at.batches},
                  {"in_c", at.in_c},
                  {"out_c", channels}});
  append_window(fields, at);
  return append(fields, {{"fours", fours_of(at)}, {"direct", reads_directly(at)}});
}

}  // namespace thimble
