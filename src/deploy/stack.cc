#include "deploy/stack.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace thimble {
namespace {

using Frames = std::map<std::string, int64_t, std::less<>>;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_call(const Instruction& one) {
  return one_of(one.mnemonic, {"bl", "blx", "jal", "jalr", "call", "rcall", "call0", "callx0", "callq"});
}

bool ends_function(const Instruction& one) {
  return one_of(one.mnemonic,
                {"b", "bx", "j", "jr", "ret", "reti", "jmp", "rjmp", "ijmp", "jx", "pop", "ldmia", "ldr", "tbb", "tbh", "nop"}) ||
         one.mnemonic.starts_with('.') || one.mnemonic.starts_with("ret");
}

/// The first number of the text, in either base; `fallback` when there is none.
int64_t number_in(std::string_view text, int64_t fallback = 0) {
  const size_t at = text.find_first_of("0123456789");
  if (at == std::string_view::npos) return fallback;
  const bool hex = text.substr(at).starts_with("0x");
  int64_t value = fallback;
  std::from_chars(text.data() + at + (hex ? 2 : 0), text.data() + text.size(), value, hex ? 16 : 10);
  return at > 0 && text[at - 1] == '-' ? -value : value;
}

/// Bytes of "{r4-r7, lr}" or "{d8-d11}".
int64_t register_list_bytes(std::string_view operands) {
  int64_t total = 0;
  size_t at = operands.find('{');
  while (at != std::string_view::npos && at + 1 < operands.size()) {
    std::string_view item = operands.substr(at + 1, operands.find_first_of(",}", at + 1) - at - 1);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    const int64_t each = item.starts_with('d') ? 8 : item.starts_with('q') ? 16 : 4;
    const size_t dash = item.find('-');
    total += each * (dash == std::string_view::npos ? 1 : number_in(item.substr(dash + 1), 0) - number_in(item, 0) + 1);
    at = operands.find(',', at + 1);
  }
  return total;
}

/// What one instruction takes off the stack pointer.
int64_t taken_by(const Instruction& one) {
  const std::string_view m = one.mnemonic, ops = one.operands;
  if (ops.starts_with('{') && one_of(m, {"push", "vpush"})) return register_list_bytes(ops);  // Arm
  if (one_of(m, {"stmdb", "vstmdb"}) && ops.starts_with("sp!")) return register_list_bytes(ops);
  if (m == "push") return ops.starts_with('%') ? 8 : 1;                                                    // x86-64, AVR
  if (one_of(m, {"sub", "subw"}) && ops.starts_with("sp,")) return number_in(ops.substr(ops.rfind(',')));  // Arm, AArch64
  if (m == "sub" && ops.ends_with(",%rsp")) return number_in(ops);                                         // x86-64
  if (one_of(m, {"addi", "add", "c.addi16sp"}) && (ops.starts_with("sp,sp,-") || ops.starts_with("a1, a1, -")))
    return -number_in(ops.substr(ops.rfind(',')));
  if (one_of(m, {"str", "strd", "stp"}) && ops.find("[sp, #-") != std::string_view::npos && ops.ends_with("]!"))  // pre-indexed
    return -number_in(ops.substr(ops.find("#-")));
  return 0;
}

class Walk {
 public:
  Walk(const Disassembly& code, const Frames& frames, int call_pushes) : code_(code), frames_(frames), call_pushes_(call_pushes) {
    for (size_t i = 0; i < code.functions().size(); ++i) index_.emplace(code.functions()[i].name, i);
  }

  int64_t worst(std::string_view name) {
    const auto found = index_.find(name);
    return found == index_.end() ? call_pushes_ : worst(found->second);
  }

 private:
  int64_t worst(size_t index) {
    if (const auto known = known_.find(index); known != known_.end()) return known->second;
    if (!active_.insert(index).second) return 0;  // none of our code recurses; a library's error path may
    const CodeFunction& function = code_.functions()[index];
    const int64_t frame = frame_of(function);
    int64_t most = frame;
    const auto body = code_.body(function);
    for (const Instruction& one : body) {
      if (one.target.empty()) {
        if (is_call(one)) most = std::max(most, frame + worst_loop());
        continue;
      }
      const std::string_view target = std::string_view(one.target).substr(0, one.target.find('+'));
      if (is_call(one))
        most = std::max(most, frame + worst(target));
      else if (target != function.name && index_.contains(target))
        most = std::max(most, worst(target));
    }
    // Only hand-written library code runs on into the function that follows it.
    if (!known_frame(function) && !body.empty() && !ends_function(body.back()) && index + 1 < code_.functions().size())
      most = std::max(most, frame + worst(index + 1));
    active_.erase(index);
    return known_[index] = most;
  }

  /// Of the assembly loops of kernels, one of which an indirect call goes to: the runtime's other functions are called by name.
  int64_t worst_loop() {
    int64_t most = 0;
    for (size_t i = 0; i < code_.functions().size(); ++i)
      if (code_.functions()[i].name.starts_with("thimble_") && !known_frame(code_.functions()[i])) most = std::max(most, worst(i));
    return most;
  }

  /// What the compiler said; null for functions that it did not compile now.
  const int64_t* known_frame(const CodeFunction& function) const {
    auto known = frames_.find(function.name);
    if (known == frames_.end()) known = frames_.find(std::string_view(function.name).substr(0, function.name.find('.')));
    return known == frames_.end() ? nullptr : &known->second;
  }

  int64_t frame_of(const CodeFunction& function) const {
    // The compiler says 0 of a naked function too, whose body alone knows.
    if (const int64_t* known = known_frame(function); known && *known > 0) return *known;
    int64_t frame = call_pushes_;
    for (const Instruction& one : code_.body(function)) frame += taken_by(one);
    return frame;
  }

  const Disassembly& code_;
  const Frames& frames_;
  int call_pushes_;
  std::map<std::string, size_t, std::less<>> index_;
  std::map<size_t, int64_t> known_;
  std::set<size_t> active_;
};

}  // namespace

Frames parse_stack_usage(std::string_view text) {
  Frames frames;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::string_view place = line.substr(0, tab);
    int64_t& frame = frames[std::string(place.substr(place.rfind(':') + 1))];
    frame = std::max(frame, number_in(line.substr(tab)));
  }
  return frames;
}

int64_t worst_stack(const Disassembly& code, const Frames& frames, std::string_view function, int call_pushes) {
  return Walk(code, frames, call_pushes).worst(function);
}

}  // namespace thimble
