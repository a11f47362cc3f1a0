#include "data/gesture_paths.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace thimble {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

/// From 0 to 1 with the least jerk, as hands reach for things (Flash and Hogan, 1985).
double reach(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * t * (10 + t * (6 * t - 15));
}

/// Along the corners in straight strokes, each as long in time as the others.
Pose along(std::span<const Pose> corners, double part) {
  const double place = part * static_cast<double>(corners.size() - 1);
  const auto leg = std::min(static_cast<size_t>(place), corners.size() - 2);
  const double s = reach(place - static_cast<double>(leg));
  const Pose &a = corners[leg], &b = corners[leg + 1];
  return {.x = a.x + (b.x - a.x) * s, .y = a.y + (b.y - a.y) * s, .z = a.z + (b.z - a.z) * s};
}

/// Swells and dies away.
double swell(double part) { return reach(std::min(part, 1 - part) * 5); }

Pose circle(double part, double wild) {
  const double angle = kTurn * reach(part), r = 0.16;
  return {.x = r * (1 + 0.15 * wild) * std::sin(angle), .z = r * (std::cos(angle) - 1)};
}

Pose triangle(double part, double wild) {
  const Pose corners[] = {{}, {.x = 0.17, .z = -0.3 * (1 + 0.1 * wild)}, {.x = -0.17, .z = -0.3 * (1 + 0.1 * wild)}, {}};
  return along(corners, part);
}

Pose square(double part, double wild) {
  const double w = 0.28 * (1 + 0.15 * wild);
  const Pose corners[] = {{}, {.x = w}, {.x = w, .z = -0.28}, {.z = -0.28}, {}};
  return along(corners, part);
}

Pose zigzag(double part, double wild) {
  const double w = 0.28 * (1 + 0.15 * wild);
  const Pose corners[] = {{}, {.x = w}, {.z = -0.25}, {.x = w, .z = -0.25}};
  return along(corners, part);
}

Pose infinity(double part, double wild) {
  const double angle = kTurn * reach(part);
  return {.x = 0.2 * std::sin(angle), .z = 0.11 * (1 + 0.2 * wild) * std::sin(2 * angle)};
}

Pose flick(double part, double wild) {
  const double there = part < 0.4 ? reach(part / 0.4) : 1 - reach((part - 0.4) / 0.6);
  return {.y = 0.05 * there, .z = -0.03 * there, .roll = 0.2 * wild * there, .pitch = -0.9 * there};
}

Pose shake(double part, double wild) {
  const double swing = std::sin(kTurn * (6 + wild) * part) * swell(part);
  return {.x = 0.03 * swing, .z = 0.01 * swing * wild, .yaw = 0.12 * swing};
}

Pose wave(double part, double wild) {
  const double swing = std::sin(kTurn * (3 + 0.5 * wild) * part) * swell(part);
  return {.x = 0.05 * swing, .roll = 0.6 * swing};
}

Pose tap(double part, double wild) {
  const auto once = [](double t) { return t <= 0 || t >= 1 ? 0 : std::sin(std::numbers::pi * reach(t)); };
  const double down = once(part / 0.4) + once((part - 0.6) / 0.4);
  return {.y = 0.015 * wild * down, .z = -0.05 * down, .pitch = -0.1 * down};
}

/// A hand that rests or carries: slow turns, no stroke.
Pose idle(double part, double wild) {
  const double drift = std::sin(kTurn * (0.35 + 0.2 * wild) * part + 3 * wild);
  return {.x = 0.012 * drift, .z = 0.01 * wild * drift, .roll = 0.12 * wild * drift, .pitch = 0.07 * drift};
}

constexpr GesturePath kPaths[] = {
    {"circle", 1.1, circle}, {"triangle", 1.3, triangle}, {"square", 1.5, square}, {"zigzag", 1.1, zigzag}, {"infinity", 1.4, infinity},
    {"flick", 0.4, flick},   {"shake", 1.2, shake},       {"wave", 1.3, wave},     {"tap", 0.6, tap},       {"idle", 0, idle}};

}  // namespace

std::span<const GesturePath> gesture_paths() { return kPaths; }

}  // namespace thimble
