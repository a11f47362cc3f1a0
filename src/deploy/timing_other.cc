// Cores without a published table that is as fine as Cortex-M's: simple pipelines, stated as what they are.
#include <algorithm>

#include "deploy/timing.h"

namespace thimble {
namespace {

bool any_of(std::string_view word, std::initializer_list<std::string_view> heads) {
  return std::any_of(heads.begin(), heads.end(), [&](std::string_view head) { return word.starts_with(head); });
}

struct Pipeline {
  double load, store, multiply, divide, jump, taken, float_add, float_divide;
  double load_use;  ///< added when the next instruction reads what was loaded
  bool pairs;       ///< two neighbours that do not depend on each other issue together
};

std::string_view first_operand(std::string_view operands) { return operands.substr(0, operands.find_first_of(", ")); }

bool reads(const Instruction& one, std::string_view reg) {
  const size_t from = one.mnemonic.starts_with('s') ? 0 : std::min(one.operands.size(), first_operand(one.operands).size());
  return !reg.empty() && one.operands.find(reg, from) != std::string::npos;
}

double cost_of(const Pipeline& core, const Instruction& one, bool& load) {
  const std::string_view m = one.mnemonic;
  load = false;
  if (any_of(m, {"div", "rem", "sdiv", "udiv", "quos", "quou"})) return core.divide;
  if (any_of(m, {"fdiv", "fsqrt"})) return core.float_divide;
  if (any_of(m, {"fadd", "fsub", "fmul", "fmadd", "fmsub", "fcvt", "scvtf", "ucvtf"})) return core.float_add;
  if (any_of(m, {"mul", "madd", "msub", "smull", "umull", "smaddl", "umaddl", "smulh", "umulh"})) return core.multiply;
  if (any_of(m, {"ldp", "ldr", "ldu", "lw", "lb", "lh", "l32", "l16", "l8"})) {
    load = true;
    return core.load;
  }
  if (any_of(m, {"sw", "sb", "sh", "s32", "s16i", "s8i", "st"}) && !any_of(m, {"sbfx", "sbfiz", "shadd"})) return core.store;
  if (m == "j" || m == "jr" || m == "jal" || m == "jalr" || m == "ret" || m == "b" || m == "bl" || any_of(m, {"call", "jx"}))
    return core.jump;
  return 1;
}

BlockCycles cycles_on(const Pipeline& core, std::span<const Instruction> block) {
  BlockCycles sum;
  bool before_load = false, paired = false;
  for (size_t i = 0; i < block.size(); ++i) {
    bool load = false;
    double cost = cost_of(core, block[i], load);
    const bool depends = i > 0 && reads(block[i], first_operand(block[i - 1].operands));
    if (depends && before_load) cost += core.load_use;
    const bool pair = core.pairs && i > 0 && !paired && !depends && !(load && before_load) && cost <= 1;
    if (pair) cost = 0;
    paired = pair;
    before_load = load;
    sum.straight += cost;
  }
  sum.taken = core.taken;
  return sum;
}

constexpr Pipeline kRv32{.load = 1,
                         .store = 1,
                         .multiply = 1,
                         .divide = 16,
                         .jump = 1,
                         .taken = 2,
                         .float_add = 1,
                         .float_divide = 1,
                         .load_use = 1,
                         .pairs = false};
constexpr Pipeline kLx106{.load = 1,
                          .store = 1,
                          .multiply = 1,
                          .divide = 1,
                          .jump = 1,
                          .taken = 2,
                          .float_add = 1,
                          .float_divide = 1,
                          .load_use = 1,
                          .pairs = false};
constexpr Pipeline kA53{.load = 1,
                        .store = 1,
                        .multiply = 1,
                        .divide = 8,
                        .jump = 1,
                        .taken = 0,
                        .float_add = 1,
                        .float_divide = 13,
                        .load_use = 2,
                        .pairs = true};

template <const Pipeline& core>
BlockCycles cycles(std::span<const Instruction> block) {
  return cycles_on(core, block);
}

constexpr TimingTable kTables[] = {
    {"rv32imc",
     "ESP32-C3 data sheet: four-stage in-order core with single-cycle multiply; one cycle load-to-use, two per taken branch, divide 16",
     "an estimate, -10 % to +25 %, with code and data in internal RAM or a warm cache", cycles<kRv32>},
    {"lx106", "Xtensa LX: five-stage in-order core; one cycle load-to-use, two per taken branch",
     "rough, -10 % to +50 %: reads of flash through its cache cost more", cycles<kLx106>},
    {"cortex-a53", "Cortex-A53: in-order, two issued together when independent, branches predicted, caches warm", "rough, -30 % to +50 %",
     cycles<kA53>},
};

}  // namespace

std::span<const TimingTable> other_timing() { return kTables; }

}  // namespace thimble
