#include "steps/cost.h"

#include <fmt/format.h>

#include <cmath>

#include "base/table.h"

namespace thimble {

Cost cost_of(const RunResult& run, const Board& board) {
  Cost cost;
  if (run.instructions) cost.instructions = static_cast<int64_t>(*run.instructions);
  if (run.cycles) cost.cycles = static_cast<int64_t>(*run.cycles);
  if (run.cycles && board.clock_hz > 0) cost.ms = *run.cycles / board.clock_hz * 1e3;
  if (!cost.ms && run.host_ms > 0) cost.ms = run.host_ms;
  if (cost.cycles) cost.uj = energy_uj(static_cast<double>(*cost.cycles), board);
  return cost;
}

std::string energy_text(double uj) { return uj < 100 ? fmt::format("{:.3g} uJ", uj) : grouped(std::llround(uj)) + " uJ"; }

double battery_days(double uj, double seconds) {
  constexpr double kSecondsPerHour = 3600, kSecondsPerDay = 86400;
  const double joules = kCellMilliampHours * 1e-3 * kCellVolts * kSecondsPerHour;
  return joules / (uj * 1e-6) * seconds / kSecondsPerDay;
}

}  // namespace thimble
