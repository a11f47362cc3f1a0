#include "deploy/timing_helium.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>

namespace thimble {
namespace {

enum Pipe : uint8_t { Memory, Integer, Multiply, IntegerOrMultiply };

struct Kind {
  Pipe pipe = Multiply;
  int latency = 2;            ///< cycles from its start to that of an instruction that reads its result
  bool reads_result = false;  ///< the first operand is read too
};

struct Row {
  std::string_view head;  ///< of the mnemonic
  Kind kind;
};

/// The first row that fits counts. After the scheduling model of the Cortex-M55 in LLVM (ARMScheduleM55.td), which Arm contributed.
constexpr Row kRows[] = {
    {"vldr", {Memory, 1}},           {"vld", {Memory, 2, true}},       {"vst", {Memory, 1, true}},
    {"vadd.f", {Multiply, 1}},       {"vsub.f", {Multiply, 1}},        {"vabs.f", {Multiply, 1}},
    {"vneg.f", {Multiply, 1}},       {"vaddv", {Multiply, 2}},         {"vaddlv", {Multiply, 2}},
    {"vadd", {Integer, 1}},          {"vsub", {Integer, 1}},           {"vqadd", {Integer, 1}},
    {"vqsub", {Integer, 1}},         {"vhadd", {Integer, 1}},          {"vhsub", {Integer, 1}},
    {"vrhadd", {Integer, 1}},        {"vabav", {Integer, 3, true}},    {"vabd", {Integer, 1}},
    {"vabs", {Integer, 1}},          {"vneg", {Integer, 1}},           {"vand", {Integer, 1}},
    {"vbic", {Integer, 1}},          {"veor", {Integer, 1}},           {"vorr", {Integer, 1}},
    {"vorn", {Integer, 1}},          {"vmvn", {Integer, 1}},           {"vdup", {Integer, 1}},
    {"vidup", {Integer, 1}},         {"vpsel", {Integer, 1}},          {"vrev", {Integer, 1}},
    {"vmaxv", {Integer, 3, true}},   {"vminv", {Integer, 3, true}},    {"vmaxnm", {Multiply, 1}},
    {"vminnm", {Multiply, 1}},       {"vmax", {Integer, 1}},           {"vmin", {Integer, 1}},
    {"vmovl", {Integer, 1}},         {"vmovn", {Integer, 3, true}},    {"vqmov", {Integer, 3, true}},
    {"vshrn", {Integer, 3, true}},   {"vrshrn", {Integer, 3, true}},   {"vqshrn", {Integer, 3, true}},
    {"vqrshrn", {Integer, 3, true}}, {"vqrshrun", {Integer, 3, true}}, {"vshlc", {Integer, 1, true}},
    {"vshl", {Integer, 1}},          {"vshr", {Integer, 1}},           {"vsli", {Integer, 1, true}},
    {"vsri", {Integer, 1, true}},    {"vrshl", {Integer, 2}},          {"vrshr", {Integer, 2}},
    {"vqshl", {Integer, 2}},         {"vqrshl", {Integer, 2}},         {"vadc", {Integer, 2}},
    {"vsbc", {Integer, 2}},          {"vcmp", {Multiply, 1}},          {"vmov", {IntegerOrMultiply, 1}},
    {"vmladav.", {Multiply, 2}},     {"vmla", {Multiply, 2, true}},    {"vmls", {Multiply, 2, true}},
    {"vrmla", {Multiply, 2, true}},  {"vqdmla", {Multiply, 2, true}},  {"vqrdmla", {Multiply, 2, true}},
    {"vfma", {Multiply, 2, true}},   {"vfms", {Multiply, 2, true}},
};

Kind kind_of(const Instruction& one) {
  for (const Row& row : kRows)
    if (std::string_view(one.mnemonic).starts_with(row.head)) {
      Kind kind = row.kind;
      if (row.head == "vmov") kind.reads_result = one.operands.find('[') != std::string::npos;
      if (row.head == "vldr" && one.operands.find("q", 2) != std::string::npos) kind.latency = 2;
      return kind;
    }
  return {};
}

/// A register among the operands.
struct Operand {
  std::string name;
  bool first = false, address = false;
};

std::vector<Operand> registers_of(std::string_view operands) {
  std::vector<Operand> registers;
  bool address = false, list = false;
  int commas = 0;
  for (size_t at = 0; at < operands.size();) {
    const char c = operands[at];
    if (c == '{') list = true;
    if (c == '}') list = false;
    if (c == ',' && !list) ++commas;
    if (c == '[') address = commas > 0;  // "q0[2]" names a lane
    if (c == ']') address = false;
    size_t end = at;
    while (end < operands.size() && std::isalnum(static_cast<unsigned char>(operands[end]))) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    if (std::isalpha(static_cast<unsigned char>(c)))
      registers.push_back({std::string(operands.substr(at, end - at)), commas == 0, address});
    at = end;
  }
  return registers;
}

/// When pipes are free and results are there, in cycles from the block's start.
struct Clock {
  int now = 0, stalls = 0;
  std::array<int, 3> free{};
  std::map<std::string, int> ready;

  int ready_at(const Operand& operand) const {
    const auto found = ready.find(operand.name);
    if (found == ready.end()) return 0;
    return found->second + (operand.address && operand.name.starts_with('q') ? 4 : 0);
  }
  void scalar(const Instruction& one) {
    for (const Operand& operand : registers_of(one.operands)) ready.erase(operand.name);
    ++now;
  }
  void vector(const Instruction& one) {
    const Kind kind = kind_of(one);
    const std::vector<Operand> operands = registers_of(one.operands);
    const bool stores = one.mnemonic.starts_with("vst");
    const int pipe = kind.pipe != IntegerOrMultiply ? kind.pipe : free[Integer] <= free[Multiply] ? Integer : Multiply;
    int start = std::max(now, free[static_cast<size_t>(pipe)]);
    for (const Operand& operand : operands)
      if (!operand.first || kind.reads_result) start = std::max(start, ready_at(operand));
    stalls += start - now;
    free[static_cast<size_t>(pipe)] = start + 2;
    for (const Operand& operand : operands) {
      if (operand.first && !stores) ready[operand.name] = start + kind.latency;
      if (operand.address && one.operands.ends_with('!')) ready[operand.name] = start + 1;
    }
    now = start + 1;
  }
};

}  // namespace

bool touches_vector(std::string_view operands) {
  for (size_t at = operands.find('q'); at != std::string_view::npos; at = operands.find('q', at + 1))
    if ((at == 0 || !std::isalnum(static_cast<unsigned char>(operands[at - 1]))) && at + 1 < operands.size() &&
        std::isdigit(static_cast<unsigned char>(operands[at + 1])))
      return true;
  return false;
}

double vector_stalls(std::span<const Instruction> block) {
  Clock clock;
  for (const Instruction& one : block)
    if (one.mnemonic.starts_with('v') && touches_vector(one.operands))
      clock.vector(one);
    else
      clock.scalar(one);
  return clock.stalls;
}

}  // namespace thimble
