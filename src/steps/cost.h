/// What one inference costs on a board: time and energy beside instructions and cycles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "deploy/deploy.h"

namespace thimble {

struct Cost {
  std::optional<int64_t> instructions, cycles;
  std::optional<double> ms, uj;
};
Cost cost_of(const RunResult& run, const Board& board);

/// "12.3 uJ", "1,234 uJ"
std::string energy_text(double uj);

/// The cell that battery life is told for.
constexpr double kCellMilliampHours = 200, kCellVolts = 3.7;
/// Days for which such a cell feeds `uj` every `seconds`.
double battery_days(double uj, double seconds);

}  // namespace thimble
