/// The linked program as objdump shows it: instructions by address, functions, who calls whom.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thimble {

struct Instruction {
  uint64_t address = 0;
  int size = 0;
  int function = -1;     ///< index into Disassembly::functions
  std::string mnemonic;  ///< "ldr", without what only tells the encoding's width (".w", ".n")
  std::string operands;  ///< "r0, [r1, #4]", without comments
  std::string target;    ///< symbol a jump goes to: "memcpy" or "memcpy+0x10"; empty when there is none
};

struct CodeFunction {
  std::string name;
  size_t first = 0, count = 0;  ///< its instructions
};

class Disassembly {
 public:
  /// Parses the output of `objdump -d -z`.
  static Disassembly parse(std::string_view text);

  /// The `count` instructions from `address` on; empty when they are not all here.
  std::span<const Instruction> block(uint64_t address, size_t count) const;
  std::span<const Instruction> body(const CodeFunction& function) const {
    return std::span(instructions_).subspan(function.first, function.count);
  }
  const std::vector<CodeFunction>& functions() const { return functions_; }
  /// The function of that name; null when there is none.
  const CodeFunction* find(std::string_view name) const;

 private:
  std::vector<Instruction> instructions_;
  std::vector<CodeFunction> functions_;
  std::unordered_map<uint64_t, size_t> by_address_;
};

}  // namespace thimble
