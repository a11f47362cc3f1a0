#include "ir/call.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace thimble {

std::string c_literal(int64_t value) {
  if (value == std::numeric_limits<int32_t>::min()) return "(-2147483647 - 1)";
  return std::to_string(value);
}

std::string c_literal(float value) {
  require(std::isfinite(value), "a float literal that is not finite");
  return fmt::format("{:a}f", value);
}

}  // namespace thimble
