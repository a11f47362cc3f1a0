// Strokes through a strap-down accelerometer and gyroscope: the hand's pose gives the sensor's orientation R and position p;
// the accelerometer feels R^T (p'' - g), the gyroscope the turning that leads from R to the next R.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "data/gesture_paths.h"
#include "data/synthetic.h"

namespace thimble {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  // rows

constexpr double kGravity = 9.80665;
constexpr double kDegrees = 180 / std::numbers::pi;
constexpr double kArm = 0.45;  // metres from the elbow to the sensor: moving the hand turns it

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j)
      for (size_t k = 0; k < 3; ++k) c[i][j] += a[i][k] * b[k][j];
  return c;
}

Matrix transposed(const Matrix& a) { return {{{a[0][0], a[1][0], a[2][0]}, {a[0][1], a[1][1], a[2][1]}, {a[0][2], a[1][2], a[2][2]}}}; }

Vector turned_by(const Matrix& a, const Vector& v) {
  Vector out{};
  for (size_t i = 0; i < 3; ++i) out[i] = a[i][0] * v[0] + a[i][1] * v[1] + a[i][2] * v[2];
  return out;
}

/// Yaw about z, then pitch about x, then roll about y (the way the arm points).
Matrix rotation(double roll, double pitch, double yaw) {
  const double cr = std::cos(roll), sr = std::sin(roll), cp = std::cos(pitch), sp = std::sin(pitch), cy = std::cos(yaw), sy = std::sin(yaw);
  const Matrix about_z{{{cy, -sy, 0}, {sy, cy, 0}, {0, 0, 1}}}, about_x{{{1, 0, 0}, {0, cp, -sp}, {0, sp, cp}}},
      about_y{{{cr, 0, sr}, {0, 1, 0}, {-sr, 0, cr}}};
  return product(product(about_z, about_x), about_y);
}

struct Person {
  double tempo, size, tremor, tremor_hz;
  Matrix grip;  ///< how the sensor sits in the hand

  explicit Person(Random random)
      : tempo(random.uniform(0.8, 1.3)),
        size(random.uniform(0.7, 1.35)),
        tremor(random.uniform(0.00001, 0.00008)),
        tremor_hz(random.uniform(7, 11)),
        grip(rotation(random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4), random.uniform(-0.25, 0.25))) {}
};

/// What one chip does wrong.
struct Sensor {
  Vector acc_bias{}, gyro_bias{};
  double clock;  ///< its seconds in ours
  double noise;

  Sensor(Random& random, double noise_of) : clock(random.uniform(0.99, 1.01)), noise(noise_of) {
    for (double& b : acc_bias) b = noise * 0.15 * random.normal();
    for (double& b : gyro_bias) b = noise * 0.8 * random.normal();
  }
};

/// One performance: the pose at any time.
struct Performance {
  const GesturePath& path;
  const Person& person;
  double begin, seconds, size, wild, phase;

  Pose at(double t) const {
    const double part = path.seconds > 0 ? std::clamp((t - begin) / seconds, 0.0, 1.0) : t;
    Pose pose = path.at(part, wild);
    for (double* axis : {&pose.x, &pose.y, &pose.z}) *axis *= size;
    const double turn = 2 * std::numbers::pi * person.tremor_hz * t + phase;
    pose.x += person.tremor * std::sin(turn), pose.z += person.tremor * std::sin(1.31 * turn);
    return pose;
  }
  Matrix orientation(double t) const {
    const Pose pose = at(t);
    return product(rotation(pose.roll, pose.pitch + pose.z / kArm, pose.yaw - pose.x / kArm), person.grip);
  }
  Vector position(double t) const {
    const Pose pose = at(t);
    return {pose.x, pose.y, pose.z};
  }
};

Vector felt(const Performance& p, double t) {
  constexpr double kStep = 2e-3;
  const Vector before = p.position(t - kStep), now = p.position(t), after = p.position(t + kStep);
  Vector force{0, 0, kGravity};
  for (size_t i = 0; i < 3; ++i) force[i] += (before[i] - 2 * now[i] + after[i]) / (kStep * kStep);
  return turned_by(transposed(p.orientation(t)), force);
}

Vector turning(const Performance& p, double t) {
  constexpr double kStep = 1e-3;
  const Matrix change = product(transposed(p.orientation(t - kStep)), p.orientation(t + kStep));
  const double scale = kDegrees / (4 * kStep);
  return {(change[2][1] - change[1][2]) * scale, (change[0][2] - change[2][0]) * scale, (change[1][0] - change[0][1]) * scale};
}

/// What a 16-bit part with a range to both sides tells.
float told(double value, double range) {
  const double unit = range / 32768;
  return static_cast<float>(std::clamp(std::round(value / unit), -32768.0, 32767.0) * unit);
}

void sense(Recording& r, const Performance& performance, const Sensor& sensor, Random& random, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / r.rate * sensor.clock;
    const Vector acc = felt(performance, t), gyro = turning(performance, t);
    for (size_t a = 0; a < 3; ++a)
      r.samples.push_back(told(acc[a] + sensor.acc_bias[a] + sensor.noise * 0.03 * random.normal(), 4 * kGravity));
    for (size_t a = 0; a < 3; ++a) r.samples.push_back(told(gyro[a] + sensor.gyro_bias[a] + sensor.noise * 0.1 * random.normal(), 2000));
  }
}

const GesturePath& path_named(const std::string& name) {
  std::vector<std::string> known;
  for (const GesturePath& path : gesture_paths()) {
    if (path.name == name) return path;
    known.emplace_back(path.name);
  }
  throw Error(Blame::User, fmt::format("there is no gesture '{}'{}", name, suggest(name, known)));
}

Recording perform(const MotionOptions& o, const GesturePath& path, int64_t number, uint64_t gesture) {
  const int64_t who = number % o.persons;
  const auto seed = static_cast<uint64_t>(o.seed);
  const Person person(Random(seed, static_cast<uint64_t>(who) + 1000));
  Random random(seed, (gesture + 1) * 1000003 + static_cast<uint64_t>(number));
  const double seconds = std::min(0.95 * o.seconds, path.seconds * person.tempo * random.uniform(0.85, 1.15));
  const Performance performance{.path = path,
                                .person = person,
                                .begin = random.uniform(0, o.seconds - seconds),
                                .seconds = seconds,
                                .size = person.size * random.uniform(0.85, 1.15),
                                .wild = random.uniform(-1, 1),
                                .phase = random.uniform(0, 6)};
  const Sensor sensor(random, o.noise);
  Recording r{.name = fmt::format("{}.{}.csv", path.name, number + 1),
              .label = std::string(path.name),
              .group = fmt::format("person{}", who + 1),
              .split = "",
              .file = ""};
  r.rate = o.rate;
  for (const char* axis : {"x", "y", "z"}) r.channels.push_back({fmt::format("acc_{}", axis), "m/s2"});
  for (const char* axis : {"x", "y", "z"}) r.channels.push_back({fmt::format("gyro_{}", axis), "deg/s"});
  sense(r, performance, sensor, random, std::llround(o.seconds * o.rate));
  return r;
}

}  // namespace

std::span<const std::string_view> known_gestures() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const GesturePath& path : gesture_paths()) names.push_back(path.name);
    return names;
  }();
  return kNames;
}

std::vector<Recording> motion_gestures(const MotionOptions& options) {
  std::vector<Recording> all;
  uint64_t gesture = 0;
  for (const std::string& name : options.gestures) {
    const GesturePath& path = path_named(name);
    for (int64_t i = 0; i < options.each; ++i) all.push_back(perform(options, path, i, gesture));
    ++gesture;
  }
  return all;
}

}  // namespace thimble
