#include "deploy/counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "deploy/elf.h"
#include "deploy/timing.h"

namespace thimble {
namespace {

struct Line {
  int layer = 0;
  uint64_t address = 0;
  size_t instructions = 0;
  uint64_t executions = 0, taken = 0, cycles = 0;
};

const ElfSymbol& must_find(const Elf& elf, const std::string& name) {
  const ElfSymbol* symbol = elf.find(name);
  require(symbol != nullptr, fmt::format("the firmware has no function '{}'", name));
  return *symbol;
}

double cycles_of(const Line& line, std::span<const Instruction> block, const TimingTable* table) {
  if (!table) return static_cast<double>(line.cycles);
  const BlockCycles cycles = table->cycles(block);
  return cycles.straight * static_cast<double>(line.executions) + cycles.taken * static_cast<double>(line.taken) +
         static_cast<double>(line.cycles);
}

}  // namespace

std::string counter_configuration(const Firmware& firmware) {
  const Elf elf = read_elf(firmware.elf);
  const ElfSymbol& run = must_find(elf, firmware.run_symbol);
  std::string text = fmt::format("run {:x} {:x}\n", run.address, run.address + static_cast<uint64_t>(run.size));
  for (size_t i = 0; i < firmware.layer_symbols.size(); ++i)
    text += fmt::format("layer {} {:x}\n", i, must_find(elf, firmware.layer_symbols[i]).address);
  const Region& flash = firmware.board->flash;
  if (firmware.wait_states > 0)
    text += fmt::format("flash {} {:x} {:x}\n", firmware.wait_states, flash.base, flash.base + static_cast<uint64_t>(flash.bytes));
  return text;
}

void read_counts(std::string_view counts, const Board& board, const Disassembly& code, size_t layers, RunResult& result) {
  const TimingTable* const table = timing_for(board.core);
  std::vector<FunctionCost> functions(code.functions().size());
  uint64_t instructions = 0;
  double cycles = 0;
  result.layers.assign(layers, {});
  std::istringstream lines{std::string(counts)};
  for (std::string text; std::getline(lines, text);) {
    Line line;
    std::istringstream words(text);
    words >> line.layer >> std::hex >> line.address >> std::dec >> line.instructions >> line.executions >> line.taken >> line.cycles;
    require(!words.fail(), "the counter's result has the line '" + text + "'");
    const auto block = code.block(line.address, line.instructions);
    require(!block.empty(), fmt::format("the inference executed code at {:#x} that is not the model's", line.address));
    const LayerCost cost{line.instructions * line.executions, cycles_of(line, block, table)};
    FunctionCost& function = functions[static_cast<size_t>(block[0].function)];
    if (line.layer >= 0) {
      result.layers[static_cast<size_t>(line.layer)].instructions += cost.instructions;
      result.layers[static_cast<size_t>(line.layer)].cycles += cost.cycles;
    }
    function.instructions += cost.instructions;
    function.cycles += cost.cycles;
    instructions += cost.instructions;
    cycles += cost.cycles;
  }
  for (size_t i = 0; i < functions.size(); ++i) functions[i].name = code.functions()[i].name;
  std::erase_if(functions, [](const FunctionCost& one) { return one.instructions == 0; });
  std::sort(functions.begin(), functions.end(),
            [](const FunctionCost& a, const FunctionCost& b) { return a.instructions > b.instructions; });
  result.functions = std::move(functions);
  result.instructions = instructions;
  result.cycles = cycles;
}

}  // namespace thimble
