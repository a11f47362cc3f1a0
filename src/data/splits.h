/// Which recordings are learnt from, chosen by, and tested on. What belongs together (a group, the same samples twice) stays together.
#pragma once

#include <vector>

#include "data/windows.h"

namespace thimble {

/// What SplitBy::Auto means for these recordings: given, group or stratified.
SplitBy split_for(const std::vector<Recording>& recordings, const SplitOptions& options);

/// Sets the split of every recording to "train", "validation" or "test"; with folds of a split that is given, its test recordings have
/// none: they are left out. `by_label`: classes are spread evenly over the splits. User errors where there is not enough to split, or the
/// same samples are given in two splits.
void assign_splits(std::vector<Recording>& recordings, const SplitOptions& options, bool by_label);

}  // namespace thimble
