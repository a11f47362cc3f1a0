// Figures as distances: a pixel is as dark as the figure's edge is near, so that edges are smooth at any angle.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "data/synthetic.h"

namespace thimble {
namespace {

/// Distance of a point to the figure of radius 1; negative inside.
using Distance = double (*)(double x, double y);

double circle(double x, double y) { return std::hypot(x, y) - 1; }
double ring(double x, double y) { return std::abs(std::hypot(x, y) - 0.75) - 0.25; }
double box(double x, double y, double w, double h) {
  const double dx = std::abs(x) - w, dy = std::abs(y) - h;
  return std::hypot(std::max(dx, 0.0), std::max(dy, 0.0)) + std::min(std::max(dx, dy), 0.0);
}
double square(double x, double y) { return box(x, y, 0.85, 0.85); }
double cross(double x, double y) { return std::min(box(x, y, 1, 0.3), box(x, y, 0.3, 1)); }

/// The inside of `sides` half planes around the centre.
double polygon(double x, double y, int sides, double inner) {
  double most = -10;
  for (int i = 0; i < sides; ++i) {
    const double angle = 2 * std::numbers::pi * i / sides + std::numbers::pi / 2;
    most = std::max(most, x * std::cos(angle) + y * std::sin(angle) - inner);
  }
  return most;
}
double triangle(double x, double y) { return polygon(x, y, 3, 0.55); }

/// Five points: two polygons' worth of folds, measured in the sector of one point.
double star(double x, double y) {
  const double sector = 2 * std::numbers::pi / 5;
  const double angle = std::atan2(y, x), turned = std::abs(std::remainder(angle, sector)), radius = std::hypot(x, y);
  const double px = radius * std::cos(turned), py = radius * std::sin(turned);
  const double ix = 0.45 * std::cos(sector / 2), iy = 0.45 * std::sin(sector / 2);  // from the point (1, 0) to the notch (ix, iy)
  const double nx = iy, ny = 1 - ix, length = std::hypot(nx, ny);
  return ((px - 1) * nx + py * ny) / length;
}
double empty(double, double) { return 10; }

struct Shape2d {
  std::string_view name;
  Distance distance;
};
constexpr Shape2d kShapes[] = {{"circle", circle}, {"square", square}, {"triangle", triangle}, {"cross", cross},
                               {"ring", ring},     {"star", star},     {"empty", empty}};

const Shape2d& shape_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Shape2d& shape : kShapes) {
    if (shape.name == name) return shape;
    known.emplace_back(shape.name);
  }
  throw Error(Blame::User, fmt::format("there is no shape '{}'{}", name, suggest(name, known)));
}

Recording draw(const ShapeOptions& o, const Shape2d& shape, int64_t number, uint64_t which) {
  Random random(static_cast<uint64_t>(o.seed), (which + 1) * 1000003 + static_cast<uint64_t>(number));
  const auto size = static_cast<double>(o.size);
  const double radius = size * random.uniform(0.2, 0.38), room = size / 2 - radius;
  const double at_x = size / 2 + room * random.uniform(-0.8, 0.8), at_y = size / 2 + room * random.uniform(-0.8, 0.8);
  const double angle = random.uniform(-0.35, 0.35), ground = random.uniform(30, 225), slope_x = random.uniform(-30, 30),
               slope_y = random.uniform(-30, 30), stretch = random.uniform(0.9, 1.1);
  const double contrast = random.uniform(45, 130) * (ground > 128 ? -1 : 1);
  const bool outlined = random.chance(0.3);
  Recording r{
      .name = fmt::format("{}.{}.png", shape.name, number + 1), .label = std::string(shape.name), .group = "", .split = "", .file = ""};
  r.width = o.size;
  r.channels = {{"grey", ""}};
  for (int64_t row = 0; row < o.size; ++row)
    for (int64_t column = 0; column < o.size; ++column) {
      const double px = (static_cast<double>(column) + 0.5 - at_x) / radius * stretch,
                   py = (static_cast<double>(row) + 0.5 - at_y) / radius;
      const double x = px * std::cos(angle) + py * std::sin(angle), y = py * std::cos(angle) - px * std::sin(angle);
      double distance = shape.distance(x, -y) * radius;
      if (outlined) distance = std::abs(distance + 1) - std::max(1.0, size / 28);
      const double ink = std::clamp(0.5 - distance, 0.0, 1.0);
      const double light = slope_x * (static_cast<double>(column) / size - 0.5) + slope_y * (static_cast<double>(row) / size - 0.5);
      const double value = ground + light + ink * contrast + o.noise * 6 * random.normal();
      r.samples.push_back(static_cast<float>(std::clamp(std::round(value), 0.0, 255.0)));
    }
  return r;
}

}  // namespace

std::vector<Recording> drawn_shapes(const ShapeOptions& options) {
  std::vector<Recording> all;
  uint64_t which = 0;
  for (const std::string& name : options.shapes) {
    const Shape2d& shape = shape_named(name);
    for (int64_t i = 0; i < options.each; ++i) all.push_back(draw(options, shape, i, which));
    ++which;
  }
  return all;
}

}  // namespace thimble
