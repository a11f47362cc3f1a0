/// Two operands of shapes that differ: axes of one element, and those that are missing in front, are repeated.
#pragma once

#include <vector>

#include "ir/tensor.h"

namespace thimble {

/// The shape of the result; a User error when the two do not fit.
Shape broadcast(const Shape& a, const Shape& b);

/// Loops that walk two operands and the result at once, innermost last: as few as the shapes allow. A step of 0 repeats an element.
struct BroadcastLoop {
  int64_t count = 1, a_step = 0, b_step = 0;
};
std::vector<BroadcastLoop> broadcast_loops(const Shape& a, const Shape& b);

}  // namespace thimble
