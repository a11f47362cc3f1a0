#include "deploy/disassembly.h"

#include <charconv>

namespace thimble {
namespace {

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the part up to `mark` off the front of `rest`.
std::string_view take(std::string_view& rest, char mark) {
  const size_t at = std::min(rest.find(mark), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

/// "00001234 <name>:"
std::string_view function_name(std::string_view line) {
  const size_t open = line.find(" <");
  return open != std::string_view::npos && line.ends_with(">:") ? line.substr(open + 2, line.size() - open - 4) : std::string_view{};
}

/// "    1234:\tb580      \tpush\t{r7, lr}"
bool parse_line(std::string_view line, Instruction& out) {
  std::string_view rest = line;
  const std::string_view address = trim(take(rest, ':'));
  if (rest.empty() || rest[0] != '\t') return false;
  rest.remove_prefix(1);
  if (std::from_chars(address.data(), address.data() + address.size(), out.address, 16).ptr != address.data() + address.size())
    return false;
  int digits = 0;
  for (const char letter : take(rest, '\t')) digits += letter != ' ';
  out.size = digits / 2;
  std::string_view mnemonic = trim(take(rest, '\t'));
  if (const size_t blank = mnemonic.find(' '); blank != std::string_view::npos) {  // x86-64 puts a blank where the others put a tab
    rest = mnemonic.substr(blank + 1);
    mnemonic = mnemonic.substr(0, blank);
  }
  if (mnemonic.ends_with(".n") || mnemonic.ends_with(".w")) mnemonic.remove_suffix(2);
  out.mnemonic = mnemonic;
  const size_t open = rest.rfind('<'), close = rest.rfind('>');
  out.target =
      open != std::string_view::npos && close != std::string_view::npos && close > open ? rest.substr(open + 1, close - open - 1) : "";
  for (const char* comment : {";", "@", "//", "#  "}) rest = rest.substr(0, rest.find(comment));
  out.operands = trim(rest);
  return true;
}

}  // namespace

Disassembly Disassembly::parse(std::string_view text) {
  Disassembly all;
  while (!text.empty()) {
    const std::string_view line = take(text, '\n');
    if (const std::string_view name = function_name(line); !name.empty()) {
      all.functions_.push_back({std::string(name), all.instructions_.size(), 0});
      continue;
    }
    Instruction one;
    if (all.functions_.empty() || !parse_line(line, one)) continue;
    one.function = static_cast<int>(all.functions_.size()) - 1;
    ++all.functions_.back().count;
    all.by_address_.emplace(one.address, all.instructions_.size());
    all.instructions_.push_back(std::move(one));
  }
  return all;
}

std::span<const Instruction> Disassembly::block(uint64_t address, size_t count) const {
  const auto found = by_address_.find(address);
  if (found == by_address_.end() || found->second + count > instructions_.size()) return {};
  return std::span(instructions_).subspan(found->second, count);
}

const CodeFunction* Disassembly::find(std::string_view name) const {
  for (const CodeFunction& function : functions_)
    if (function.name == name) return &function;
  return nullptr;
}

}  // namespace thimble
