/// The words of the bench: each is a row like a verb of `thimble`, so that flags, --help and --json follow from its fields.
#pragma once

#include <span>

#include "steps/step.h"

namespace thimble::bench {

extern const Step kGoals, kModels, kKernels, kLayers, kHost, kData, kDocument;

/// In the order in which the overview lists them; the first is what `./thimble bench` does without a word.
std::span<const Step* const> all_words();

}  // namespace thimble::bench
