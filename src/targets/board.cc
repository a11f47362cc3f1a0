#include "targets/board.h"

#include "base/fields.h"

namespace thimble {

std::string to_string(Isa isa) {
  constexpr std::string_view kWords[] = {"arm",     "dsp", "helium", "fpu",  "riscv", "xtensa", "avr",
                                         "aarch64", "x86", "avx2",   "wasm", "mul64", "avx512"};
  std::string text;
  for (size_t bit = 0; bit < std::size(kWords); ++bit)
    if (has(isa, static_cast<Isa>(1u << bit))) text += (text.empty() ? "" : " ") + std::string(kWords[bit]);
  return text.empty() ? "plain C" : text;
}

const Board& board_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Board* board : all_boards()) {
    if (board->name == name) return *board;
    names.emplace_back(board->name);
  }
  throw Error(Blame::User, "no board named '" + std::string(name) + "'" + suggest(name, names), "`thimble boards` lists them");
}

}  // namespace thimble
