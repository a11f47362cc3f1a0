/// Where in the arena each buffer goes.
#pragma once

#include <span>

#include "plan/distances.h"

namespace thimble {

/// How long to look for a better placement.
enum class Effort { Quick, Thorough };

/// Sets the offset of every buffer so that two that are alive together keep their distance; returns the bytes the arena needs.
/// Stops at once when `lower_bound` is reached. Deterministic: the same buffers get the same offsets on every machine.
int64_t place_buffers(std::span<PlanBuffer> buffers, const Distances& distances, int64_t lower_bound, Effort effort = Effort::Thorough);

}  // namespace thimble
