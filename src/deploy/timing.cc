#include "deploy/timing.h"

#include <fmt/format.h>

#include "deploy/deploy.h"

namespace thimble {

const TimingTable* timing_for(std::string_view core) {
  for (const auto tables : {arm_timing(), other_timing()})
    for (const TimingTable& table : tables)
      if (table.core == core) return &table;
  return nullptr;
}

std::string timing_note(const Board& board) {
  if (board.core == "avr") return "exact: simavr models the core's cycles";
  const TimingTable* table = timing_for(board.core);
  return table ? fmt::format("{}; {}", table->source, table->band) : "no cycle model";
}

std::optional<double> energy_uj(double cycles, const Board& board) {
  if (board.active_mw <= 0 || board.clock_hz <= 0) return std::nullopt;
  return cycles / board.clock_hz * board.active_mw * 1e3;
}

}  // namespace thimble
