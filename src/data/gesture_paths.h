/// How a hand moves: a pose for each moment of a gesture.
#pragma once

#include <span>
#include <string_view>

namespace thimble {

/// Where the hand is (metres; x to the right, y forward, z up) and how it is turned beyond what the arm does (radians).
struct Pose {
  double x = 0, y = 0, z = 0, roll = 0, pitch = 0, yaw = 0;
};

struct GesturePath {
  std::string_view name;
  double seconds;                        ///< that it takes an average person; 0: it lasts all the time
  Pose (*at)(double part, double wild);  ///< part: 0 (begin) to 1 (end); wild: -1 to 1, this recording's own way
};

std::span<const GesturePath> gesture_paths();

}  // namespace thimble
