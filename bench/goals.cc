#include "bench/goals.h"

#include <algorithm>
#include <set>

#include "bench/models.h"
#include "bench/peers.h"

namespace thimble::bench {
namespace {

constexpr std::string_view kModelNames[] = {"kws_int8", "vww_int8", "ic_int8", "ad_int8"};

enum class Measure { Instructions, Cycles, Ram, Flash, Code };

/// At most `limits` of something, on one board, compiled one way.
struct Goal {
  std::string_view what, board;
  Measure measure;
  Optimize optimize;
  double limits[4];
};

constexpr Goal kRows[] = {
    {"Cortex-M4, instructions", "nano33ble", Measure::Instructions, Optimize::Balanced, {2.65e6, 5.0e6, 11.6e6, 0.250e6}},
    {"Cortex-M4, cycles", "nano33ble", Measure::Cycles, Optimize::Balanced, {3.7e6, 7.0e6, 16.2e6, 0.375e6}},
    {"Cortex-M55, instructions", "corstone300", Measure::Instructions, Optimize::Balanced, {1.0e6, 2.4e6, 2.9e6, 0.085e6}},
    {"Cortex-M0+, instructions", "pico", Measure::Instructions, Optimize::Balanced, {9.5e6, 18e6, 40e6, 0.85e6}},
    {"RV32IMC, instructions", "esp32c3", Measure::Instructions, Optimize::Balanced, {7.5e6, 14e6, 33e6, 0.70e6}},
    {"RAM, balanced", "nano33ble", Measure::Ram, Optimize::Balanced, {10.5e3, 38e3, 36e3, 2.2e3}},
    {"RAM, --optimize ram", "nano33ble", Measure::Ram, Optimize::Ram, {9.2e3, 30e3, 35e3, 1.6e3}},
    {"flash, balanced", "nano33ble", Measure::Flash, Optimize::Balanced, {40e3, 80e3, 95e3, 285e3}},
    {"code, --optimize flash", "nano33ble", Measure::Code, Optimize::Flash, {6e3, 9e3, 8e3, 3e3}},
};

std::optional<int64_t> measured(const Goal& goal, const std::vector<Row>& rows, std::string_view model) {
  const std::string key = key_of(model, goal.board, word_of(goal.optimize));
  switch (goal.measure) {
    case Measure::Instructions: return figure(rows, key, "instructions");
    case Measure::Cycles: return figure(rows, key, "cycles");
    case Measure::Ram: return ram_of(rows, key);
    case Measure::Flash: return flash_of(rows, key);
    case Measure::Code: return figure(rows, key, "code");
  }
  return std::nullopt;
}

/// The best of the peers in this measure: CMSIS-NN's instructions, published cycles, TensorFlow Lite Micro's RAM, flash and code.
std::optional<double> best_peer(const Goal& goal, std::string_view model) {
  const std::string_view core = board_named(goal.board).core;
  const auto of = [](const PeerBuild* build, auto value) {
    return build ? std::optional(static_cast<double>(value(*build))) : std::nullopt;
  };
  switch (goal.measure) {
    case Measure::Instructions: return of(peers().fastest(core, model), [](const PeerBuild& one) { return *one.instructions; });
    case Measure::Cycles: {
      const PeerSilicon* chip = peers().best_silicon(core, model);
      return chip ? std::optional(chip->cycles()) : std::nullopt;
    }
    case Measure::Ram: return of(peers().least_ram(core, model), [](const PeerBuild& one) { return one.ram; });
    case Measure::Flash: return of(peers().least_code(core, model), [](const PeerBuild& one) { return one.code + one.constants; });
    case Measure::Code: return of(peers().least_code(core, model), [](const PeerBuild& one) { return one.code; });
  }
  return std::nullopt;
}

}  // namespace

std::vector<GoalVerdict> judge(const std::vector<Row>& rows) {
  std::vector<GoalVerdict> verdicts;
  for (const Goal& goal : kRows)
    for (size_t i = 0; i < std::size(kModelNames); ++i)
      if (const auto ours = measured(goal, rows, kModelNames[i]))
        verdicts.push_back({std::string(goal.what), std::string(goal.board), std::string(kModelNames[i]),
                            static_cast<int64_t>(goal.limits[i]), *ours, best_peer(goal, kModelNames[i])});
  return verdicts;
}

std::vector<Job> goal_jobs(const fs::path& made) {
  std::vector<Job> jobs;
  std::set<std::string> keys;
  for (const Model& model : all_models()) {
    if (std::find(std::begin(kModelNames), std::end(kModelNames), model.name) == std::end(kModelNames)) continue;
    const auto file = file_of(model, made);
    if (!file) continue;
    for (const Goal& goal : kRows)
      if (keys.insert(key_of(model.name, goal.board, word_of(goal.optimize))).second)
        jobs.push_back({std::string(model.name), *file, std::string(goal.board), goal.optimize});
  }
  return jobs;
}

Grid goal_grid(const std::vector<GoalVerdict>& verdicts) {
  Grid grid{.heading = "", .columns = {"goal", "model", "at most", "ours", "of the goal", "best peer", "of the peer", ""}, .rows = {}};
  std::string before;
  for (const GoalVerdict& one : verdicts) {
    const auto peer = one.peer ? std::optional(static_cast<int64_t>(*one.peer)) : std::nullopt;
    grid.rows.push_back({one.what == before ? "" : one.what, one.model, number(one.limit), number(one.ours),
                         ratio(one.ours, static_cast<double>(one.limit)), number(peer), ratio(one.ours, one.peer),
                         one.met() ? "met" : "MISSED"});
    before = one.what;
  }
  return grid;
}

}  // namespace thimble::bench
