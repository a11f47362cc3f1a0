#include "train/schedule.h"

#include <cmath>

namespace thimble {
namespace {

/// From 1 to 0 along half a cosine.
double fall(double part) { return (1 + std::cos(3.14159265358979323846 * part)) / 2; }

double one_cycle(double part) {
  constexpr double kRise = 0.3, kStart = 0.04;
  return part < kRise ? kStart + (1 - kStart) * (1 - fall(part / kRise)) : fall((part - kRise) / (1 - kRise));
}

}  // namespace

double learning_rate_at(Schedule schedule, double peak, double part) {
  switch (schedule) {
    case Schedule::Constant: return peak;
    case Schedule::Cosine: return peak * fall(part);
    case Schedule::Step: return part < 1.0 / 3 ? peak : part < 2.0 / 3 ? peak / 10 : peak / 100;
    case Schedule::OneCycle: return peak * one_cycle(part);
  }
  return peak;
}

}  // namespace thimble
