#include "bench/words.h"

namespace thimble::bench {

std::span<const Step* const> all_words() {
  static const Step* const kAll[] = {&kGoals, &kModels, &kKernels, &kLayers, &kHost, &kData, &kDocument};
  return kAll;
}

}  // namespace thimble::bench
