#include "train/train.h"

namespace thimble {

std::span<const std::string_view> enum_names(Optimizer) {
  static constexpr std::string_view kNames[] = {"adam", "adamw", "sgd"};
  return kNames;
}

std::span<const std::string_view> enum_names(Schedule) {
  static constexpr std::string_view kNames[] = {"constant", "cosine", "step", "one_cycle"};
  return kNames;
}

std::span<const std::string_view> enum_names(ClassWeights) {
  static constexpr std::string_view kNames[] = {"none", "balanced"};
  return kNames;
}

std::span<const std::string_view> enum_names(Device) {
  static constexpr std::string_view kNames[] = {"auto", "cpu", "cuda"};
  return kNames;
}

}  // namespace thimble
