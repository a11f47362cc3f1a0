/// The learning rate along the way.
#pragma once

#include "train/train.h"

namespace thimble {

/// `part`: how much of the phase is done, from 0 to 1.
double learning_rate_at(Schedule schedule, double peak, double part);

}  // namespace thimble
