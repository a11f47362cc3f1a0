// A motor as its housing feels it: the turning shaft and its harmonics, what a fault adds, a resonance of the housing, and noise.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "data/synthetic.h"

namespace thimble {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

struct Machine {
  double speed, weight, resonance, hum, ambient;

  explicit Machine(Random random)
      : speed(random.uniform(22, 34)),
        weight(random.uniform(0.8, 1.25)),
        resonance(random.uniform(140, 190)),
        hum(random.uniform(0.8, 1.2)),
        ambient(random.uniform(18, 26)) {}
};

/// How much of each trouble there is.
struct Trouble {
  double imbalance = 0, bearing = 0, loose = 0, heat = 0;
};

struct State {
  std::string_view name;
  Trouble trouble;
};
constexpr State kStates[] = {{"normal", {}},
                             {"imbalance", {.imbalance = 1}},
                             {"bearing", {.bearing = 1, .heat = 0.3}},
                             {"loose", {.loose = 1}},
                             {"hot", {.heat = 1}}};

const State& state_named(const std::string& name) {
  std::vector<std::string> known;
  for (const State& state : kStates) {
    if (state.name == name) return state;
    known.emplace_back(state.name);
  }
  throw Error(Blame::User, fmt::format("there is no state '{}' of a machine{}", name, suggest(name, known)));
}

/// What rings in the housing after each knock of a damaged bearing: 5.2 balls pass a turn.
double knocks(double t, double speed, double resonance) {
  const double period = 1 / (5.2 * speed), since = std::fmod(t, period);
  return std::exp(-since * 110) * std::sin(kTurn * resonance * since);
}

/// A loose foot hits the ground once every other turn, and half waves are cut off.
double rattle(double t, double speed) {
  const double half = std::sin(kTurn * speed / 2 * t);
  return 0.7 * half + 1.3 * std::max(0.0, half - 0.6) * std::sin(kTurn * 4 * speed * t);
}

struct Run {
  const Machine& machine;
  Trouble trouble;
  double speed, load, severity, phase;

  double vibration(double t) const {
    const double angle = kTurn * speed * t + phase, more = severity * machine.weight;
    const double usual = 0.5 * std::sin(angle) + 0.25 * std::sin(2 * angle + 1) + 0.12 * std::sin(3 * angle + 2);
    return machine.weight * usual +
           more * (1.6 * trouble.imbalance * std::sin(angle + 0.4) + 2.2 * trouble.bearing * knocks(t + phase, speed, machine.resonance) +
                   1.2 * trouble.loose * rattle(t + phase, speed));
  }
  double current(double t) const {
    return machine.hum * (1.5 + load) * std::abs(std::sin(kTurn * 50 * t + phase)) *
           (1 + 0.04 * trouble.loose * std::sin(kTurn * speed * t));
  }
  double temperature(double t) const {
    return machine.ambient + 18 + 14 * load + severity * trouble.heat * 25 + 0.02 * t * (1 + 20 * trouble.heat);
  }
};

Recording watch(const MachineOptions& o, const State& state, int64_t number, uint64_t which) {
  const int64_t unit = number % o.machines;
  const auto seed = static_cast<uint64_t>(o.seed);
  const Machine machine(Random(seed, static_cast<uint64_t>(unit) + 1000));
  Random random(seed, (which + 1) * 1000003 + static_cast<uint64_t>(number));
  const double load = random.uniform(0.2, 1);
  const Run run{.machine = machine,
                .trouble = state.trouble,
                .speed = machine.speed * (1.04 - 0.08 * load) * random.uniform(0.85, 1.15),
                .load = load,
                .severity = random.uniform(0.6, 1.4),
                .phase = random.uniform(0, 6)};
  Recording r{.name = fmt::format("{}.{}.csv", state.name, number + 1),
              .label = o.label == MachineLabel::Speed ? fmt::format("{:.3f}", run.speed) : std::string(state.name),
              .group = fmt::format("machine{}", unit + 1),
              .split = "",
              .file = ""};
  r.rate = o.rate;
  r.channels = {{"vibration", "m/s2"}, {"current", "A"}, {"temperature", "degC"}};
  double slow = 0;  // other machines on the same floor
  for (int64_t i = 0; i < std::llround(o.seconds * o.rate); ++i) {
    const double t = static_cast<double>(i) / o.rate;
    slow = 0.95 * slow + 0.05 * random.normal();
    r.samples.push_back(static_cast<float>(run.vibration(t) + o.noise * (0.12 * random.normal() + 0.8 * slow)));
    r.samples.push_back(static_cast<float>(run.current(t) + o.noise * 0.03 * random.normal()));
    r.samples.push_back(static_cast<float>(run.temperature(t) + o.noise * 0.05 * random.normal()));
  }
  return r;
}

}  // namespace

std::span<const std::string_view> enum_names(MachineLabel) {
  static constexpr std::string_view kNames[] = {"fault", "speed"};
  return kNames;
}

std::vector<Recording> machine_series(const MachineOptions& options) {
  std::vector<Recording> all;
  uint64_t which = 0;
  for (const std::string& name : options.states) {
    const State& state = state_named(name);
    for (int64_t i = 0; i < options.each; ++i) all.push_back(watch(options, state, i, which));
    ++which;
  }
  return all;
}

}  // namespace thimble
