#include "steps/memory.h"

#include <fmt/format.h>

#include "base/table.h"
#include "steps/pipeline.h"

namespace thimble {

FirmwareSizes planned_sizes(const Compiled& model) {
  FirmwareSizes sizes;
  sizes.arena = model.arena_bytes;
  sizes.state = model.state_bytes;
  sizes.constants = model.constant_bytes;
  return sizes;
}

std::string memory_text(const Board& board, const FirmwareSizes& sizes) {
  Table table({{"memory"}, {"bytes", Align::Right}, {"of the board", Align::Right}, {"made of"}});
  const auto limit = [](const Region& region) { return region.bytes > 0 ? " of " + grouped(region.bytes) : std::string(); };
  table.row({Cell("RAM", Style::Accent), Cell(grouped(sizes.ram()), Style::Bold), share_of(sizes.ram(), board.ram) + limit(board.ram),
             fmt::format("arena {}, state {}, stack {}", grouped(sizes.arena), grouped(sizes.state), grouped(sizes.stack))});
  table.row({Cell("flash", Style::Accent), Cell(grouped(sizes.flash()), Style::Bold),
             share_of(sizes.flash(), board.flash) + limit(board.flash),
             fmt::format("code {}, constants {}", grouped(sizes.code), grouped(sizes.constants))});
  return table.text();
}

std::string planned_memory_text(const Board& board, const Compiled& model, const std::string& why_not) {
  Table table({{"memory"}, {"bytes", Align::Right}, {"made of"}});
  table.row({Cell("RAM", Style::Accent), Cell(grouped(model.arena_bytes + model.state_bytes) + " + stack", Style::Bold),
             fmt::format("arena {}, state {}", grouped(model.arena_bytes), grouped(model.state_bytes))});
  table.row({Cell("flash", Style::Accent), Cell(grouped(model.constant_bytes) + " + code", Style::Bold),
             fmt::format("constants {}", grouped(model.constant_bytes))});
  return table.text() + "  " + styled(Style::Warn, fmt::format("from the plan, not from a linked firmware: {}", why_not)) +
         fmt::format("\n  `thimble doctor --board {}` tells what it takes to know code and stack too\n", board.name);
}

void set_memory(Json& json, const FirmwareSizes& sizes) {
  Json ram, flash;
  ram.set("arena", sizes.arena).set("state", sizes.state).set("stack", sizes.stack).set("total", sizes.ram());
  flash.set("code", sizes.code).set("constants", sizes.constants).set("total", sizes.flash());
  json.set("ram", ram).set("flash", flash);
}

}  // namespace thimble
