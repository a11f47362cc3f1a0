/// The input with a border: of one value, or of the input mirrored at its edges.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Reflect leaves the edge itself out of the mirror image, symmetric repeats it.
enum class PadMode : uint8_t { Constant, Reflect, Symmetric };
std::span<const std::string_view> enum_names(PadMode);

/// Operand 1, if present, is the value of a constant border; without it the border is real zero (the zero point of integers).
struct PadAttrs {
  std::vector<int64_t> before, after;
  PadMode mode = PadMode::Constant;
  template <class V>
  void fields(V&& v) {
    v("before", before, "elements added in front of each axis");
    v("after", after, "elements added behind each axis");
    v("mode", mode, "what the border holds");
  }
};

}  // namespace thimble
