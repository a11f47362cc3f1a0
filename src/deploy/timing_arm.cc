// Cortex-M: every instruction is put into a class, a row per core says what a class costs. Zero wait states, no bus contention.
#include <algorithm>
#include <array>
#include <string>

#include "deploy/timing.h"
#include "deploy/timing_helium.h"

namespace thimble {
namespace {

enum Class : uint8_t {
  Alu,
  Mul,
  MulLong,
  Div,
  Load,
  LoadPair,
  LoadMany,
  Store,
  StorePair,
  StoreMany,
  Branch,
  Call,
  TableJump,
  If,
  Fp,
  FpMulAdd,
  FpDiv,
  FpLoad,
  FpStore,
  Vector,
  VectorMemory,
  LoopStart,
  LoopEnd,
  kClasses
};

struct Core {
  std::array<double, kClasses> cost;  ///< in the order of Class; *Many: without the registers
  double taken;                       ///< added for a taken branch (pipeline refill)
  double return_from_load;            ///< added when a load or pop writes the program counter
  double call_extra;                  ///< of a taken BL beyond `taken`
  bool loads_pipeline;                ///< a load right after a load whose result is not its address takes one cycle less
  bool pairs;                         ///< two independent neighbours of suitable classes issue together
  double fp_use;                      ///< a floating-point result that the next instruction reads costs this much more
  double load_use;                    ///< a loaded value that the next instruction reads costs this much more
  bool vectors = false;               ///< has Helium, whose pipes are looked at one by one
};

bool starts_with_any(std::string_view word, std::initializer_list<std::string_view> heads) {
  return std::any_of(heads.begin(), heads.end(), [&](std::string_view head) { return word.starts_with(head); });
}

bool is_condition(std::string_view word) {
  static constexpr std::string_view kWords[] = {"",   "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                                "hi", "ls", "ge", "lt", "gt", "le", "hs", "lo"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

Class classify_vector_unit(std::string_view m, std::string_view operands) {
  if (touches_vector(operands)) return starts_with_any(m, {"vld", "vst"}) ? VectorMemory : Vector;
  if (starts_with_any(m, {"vldr"})) return FpLoad;
  if (starts_with_any(m, {"vstr"})) return FpStore;
  if (starts_with_any(m, {"vldm", "vpop"})) return LoadMany;
  if (starts_with_any(m, {"vstm", "vpush"})) return StoreMany;
  if (starts_with_any(m, {"vdiv", "vsqrt"})) return FpDiv;
  if (starts_with_any(m, {"vmla.", "vmls.", "vfma", "vfms", "vnmla", "vnmls", "vfnma", "vfnms"})) return FpMulAdd;
  return Fp;
}

Class classify(const Instruction& one) {
  const std::string_view m = one.mnemonic;
  if (m.starts_with('v')) return classify_vector_unit(m, one.operands);
  if (m.starts_with("ldrd")) return LoadPair;
  if (m.starts_with("strd")) return StorePair;
  if (starts_with_any(m, {"ldm", "pop"})) return LoadMany;
  if (starts_with_any(m, {"stm", "push"})) return StoreMany;
  if (m.starts_with("ldr")) return Load;
  if (m.starts_with("str")) return Store;
  if (starts_with_any(m, {"sdiv", "udiv"})) return Div;
  if (starts_with_any(m, {"smlal", "smull", "umull", "umlal", "umaal"})) return MulLong;
  if (starts_with_any(m, {"mul", "mla", "mls", "smla", "smul", "smua", "smml", "smmul", "smus", "smls"})) return Mul;
  if (m == "tbb" || m == "tbh") return TableJump;
  if (starts_with_any(m, {"wls", "dls"})) return LoopStart;
  if (m == "le" || m == "letp") return LoopEnd;
  if (m == "bl" || m == "blx") return Call;
  if (starts_with_any(m, {"cbz", "cbnz"}) || m.starts_with("bx") || (m.starts_with('b') && is_condition(m.substr(1)))) return Branch;
  if (m.starts_with("it") && m.find_first_not_of("te", 1) == std::string_view::npos) return If;
  return Alu;
}

/// Registers of "{r4-r7, lr}"; double-precision ones count twice.
int registers_in(std::string_view operands) {
  int total = 0;
  size_t at = operands.find('{');
  while (at != std::string_view::npos && at + 1 < operands.size()) {
    std::string item(operands.substr(at + 1, operands.find_first_of(",}", at + 1) - at - 1));
    item.erase(0, item.find_first_not_of(' '));
    int count = 1;
    if (const size_t dash = item.find('-'); dash != std::string::npos)
      count = std::stoi(item.substr(dash + 2)) - std::stoi(item.substr(1, dash - 1)) + 1;
    total += item.starts_with('d') ? 2 * count : count;
    at = operands.find(',', at + 1);
  }
  return total;
}

std::string_view first_operand(std::string_view operands) { return operands.substr(0, operands.find_first_of(", }")); }

/// Whether `operands` name the register, from position `from` on.
bool names(std::string_view operands, std::string_view reg, size_t from = 0) {
  if (reg.empty()) return false;
  for (size_t at = operands.find(reg, from); at != std::string_view::npos; at = operands.find(reg, at + 1)) {
    const bool starts = at == 0 || !std::isalnum(static_cast<unsigned char>(operands[at - 1]));
    const size_t end = at + reg.size();
    if (starts && (end == operands.size() || !std::isalnum(static_cast<unsigned char>(operands[end])))) return true;
  }
  return false;
}

bool is_load(Class c) { return c == Load || c == LoadPair || c == FpLoad; }
bool is_memory(Class c) { return (c >= Load && c <= StoreMany) || c == FpLoad || c == FpStore || c == VectorMemory; }

/// Whether the Cortex-M7 may issue the two together: not both at memory, both multiplies or both floating point, and independent.
bool may_pair(const Instruction& a, Class ca, const Instruction& b, Class cb) {
  const auto solo = [](Class c) {
    return c == Div || c == LoadMany || c == StoreMany || c == LoadPair || c == StorePair || c == TableJump || c == FpDiv;
  };
  const auto multiplies = [](Class c) { return c == Mul || c == MulLong; };
  const auto floats = [](Class c) { return c == Fp || c == FpMulAdd; };
  if (solo(ca) || solo(cb) || ca == Branch || ca == Call) return false;
  if ((is_memory(ca) && is_memory(cb) && !(is_load(ca) && is_load(cb))) || (multiplies(ca) && multiplies(cb)) || (floats(ca) && floats(cb)))
    return false;
  const bool compares = a.mnemonic.starts_with("cmp") || a.mnemonic.starts_with("tst");
  if (!compares && names(b.operands, first_operand(a.operands))) return false;
  return !(compares && cb != Branch && cb != Alu);
}

BlockCycles cycles_on(const Core& core, std::span<const Instruction> block) {
  BlockCycles sum;
  Class before = Alu;
  bool paired = false;
  for (size_t i = 0; i < block.size(); ++i) {
    const Instruction& one = block[i];
    const Instruction* previous = i ? &block[i - 1] : nullptr;
    const Class c = classify(one);
    double cost = core.cost[c];
    if (c == LoadMany || c == StoreMany) cost += registers_in(one.operands);
    const std::string_view result =
        previous && (is_load(before) || before == Fp || before == FpMulAdd) ? first_operand(previous->operands) : "";
    const bool reads_result = previous && names(one.operands, result, c == Store || c == FpStore ? 0 : first_operand(one.operands).size());
    if (core.loads_pipeline && (is_load(c) || c == Store || c == FpStore) && is_load(before) && !reads_result)
      cost -= is_load(c) || c == FpStore ? 1 : 0;
    if (reads_result) cost += is_load(before) ? core.load_use : core.fp_use;
    const bool pairs = core.pairs && previous && !paired && !reads_result && may_pair(*previous, before, one, c);
    if (pairs) cost = std::max(0.0, cost - 1);
    paired = pairs;
    sum.straight += cost;
    before = c;
  }
  if (block.empty()) return sum;
  if (core.vectors) sum.straight += vector_stalls(block);
  const Instruction& last = block.back();
  const bool loads_pc = is_memory(before) && (names(last.operands, "pc") && !names(last.operands, "[pc"));
  sum.taken = before == LoopEnd ? 0 : core.taken + (before == Call ? core.call_extra : 0) + (loads_pc ? core.return_from_load : 0);
  return sum;
}

//                                Alu Mul Long Div Ld LdP LdM St StP StM B  BL TB If Fp Mac FpD FpL FpS V  VM LS LE
constexpr Core kM0Plus{{1, 1, 1, 1, 2, 3, 1, 2, 3, 1, 1, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1}, 1, 1, 0, false, false, 0, 0};
constexpr Core kM3{{1, 1, 4, 7, 2, 3, 1, 1, 3, 1, 1, 1, 2, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1}, 2, 0, 0, true, false, 0, 0};
constexpr Core kM4{{1, 1, 1, 7, 2, 3, 1, 1, 3, 1, 1, 1, 2, 1, 1, 3, 14, 2, 2, 1, 1, 1, 1}, 2, 0, 0, true, false, 1, 0};
constexpr Core kM7{{1, 1, 1, 8, 1, 2, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 14, 1, 1, 1, 1, 1, 1}, 1, 1, 0, false, true, 2, 1};
constexpr Core kM33{{1, 1, 1, 6, 2, 3, 1, 1, 3, 1, 1, 1, 2, 1, 1, 3, 14, 2, 2, 1, 1, 1, 1}, 2, 0, 0, true, false, 1, 0};
constexpr Core kM55{{1, 1, 1, 6, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 14, 1, 1, 1, 1, 1, 1}, 2, 1, 0, false, false, 1, 1, true};

template <const Core& core>
BlockCycles cycles(std::span<const Instruction> block) {
  return cycles_on(core, block);
}

constexpr TimingTable kTables[] = {
    {"cortex-m0plus", "Cortex-M0+ TRM (DDI 0484), 3.3 instruction set summary, single-cycle multiplier",
     "-5 % to +10 % at zero wait states", cycles<kM0Plus>},
    {"cortex-m3", "Cortex-M3 TRM (DDI 0337), 3.3.1 instruction timings; a taken branch refills two cycles",
     "-10 % to +10 % at zero wait states", cycles<kM3>},
    {"cortex-m4", "Cortex-M4 TRM (DDI 0439), 3.3.1 instruction timings and 7.2.3 floating point; a taken branch refills two cycles",
     "-10 % to +5 % at zero wait states", cycles<kM4>},
    {"cortex-m7",
     "no table is published; after Arm's scheduling model in LLVM (ARMScheduleM7.td): single-cycle classes, pairs of words in one cycle, "
     "in-order dual issue of independent neighbours (not two multiplies, not load with store), one cycle load-to-use, predicted branches",
     "an estimate, -30 % to +30 %, with data and code in TCM or warm caches", cycles<kM7>},
    {"cortex-m33",
     "Cortex-M4 TRM figures, which the M33's three-stage pipeline is near to; divide 6; its limited dual issue of 16-bit pairs is not "
     "counted",
     "an estimate, -20 % to +5 % at zero wait states", cycles<kM33>},
    {"cortex-m55",
     "Arm's scheduling model in LLVM (ARMScheduleM55.td): a Helium instruction holds its pipe for two cycles, one for another pipe begins "
     "after the first; results after one to three cycles; low-overhead loop ends are free; pairs of 16-bit instructions are not counted",
     "an estimate, -20 % to +20 %, with code and data in TCM", cycles<kM55>},
};

}  // namespace

std::span<const TimingTable> arm_timing() { return kTables; }

}  // namespace thimble
