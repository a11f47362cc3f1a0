/// Where in the arena each buffer goes.
#pragma once

#include <span>

#include "plan/plan.h"

namespace thimble {

/// Sets the offset of every buffer so that no two that are alive together overlap; returns the bytes the arena needs.
/// Stops at once when `lower_bound` is reached. Deterministic: the same buffers get the same offsets on every machine.
int64_t place_buffers(std::span<PlanBuffer> buffers, int64_t lower_bound);

}  // namespace thimble
