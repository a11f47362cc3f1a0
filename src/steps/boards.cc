#include <fmt/format.h>

#include "base/table.h"
#include "steps/step.h"
#include "targets/board.h"

namespace thimble {
namespace {

std::string size_text(int64_t bytes) {
  if (bytes == 0) return "-";
  return bytes % (1024 * 1024) == 0 ? fmt::format("{} MB", bytes >> 20) : fmt::format("{} kB", bytes >> 10);
}

std::string clock_text(double hz) { return hz > 0 ? fmt::format("{:g} MHz", hz / 1e6) : "-"; }

/// "qemu mps2-an386": the program and the machine that it plays.
std::string emulator_text(std::string_view command) {
  if (command.empty()) return "runs natively";
  const std::string_view program = command.substr(0, command.find(' '));
  if (program == "thimble-avr") return "simavr";
  const size_t machine = command.find("-M ");
  if (machine == std::string_view::npos) return std::string(program);
  const std::string_view rest = command.substr(machine + 3);
  return fmt::format("qemu {}", rest.substr(0, rest.find_first_of(" ,")));
}

StepResult run(const AttrBag&, Progress&) {
  Table table({{"board"},
               {"core"},
               {"clock", Align::Right},
               {"flash", Align::Right},
               {"RAM", Align::Right},
               {"runs on"},
               {"what it is", Align::Wrap}});
  Json::Array rows;
  for (const Board* board : all_boards()) {
    table.row({Cell(board->name, Style::Accent), board->core, clock_text(board->clock_hz), size_text(board->flash.bytes),
               size_text(board->ram.bytes), emulator_text(board->emulator), board->summary});
    Json row;
    row.set("name", board->name).set("summary", board->summary).set("core", board->core).set("isa", to_string(board->isa));
    row.set("clock_hz", board->clock_hz).set("active_mw", board->active_mw).set("flash", board->flash.bytes).set("ram", board->ram.bytes);
    row.set("flash_waits", board->flash_waits).set("code_cache", board->code_cache);
    row.set("toolchain", board->triple).set("emulator", board->emulator);
    rows.push_back(std::move(row));
  }
  return {.text = table.text(), .json = rows};
}

}  // namespace

std::span<const Step> boards_steps() {
  static const Step kRows[] = {{.name = "boards",
                                .summary = "the boards that a model can be built for, with their true limits",
                                .details = "Every board runs here under emulation: no hardware is needed. Flash and RAM are the real "
                                           "board's, and the linker enforces them.",
                                .examples = "thimble boards\n"
                                            "thimble boards --json    # clock, power, limits, toolchain of each",
                                .fields = request_fields<NoRequest>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
