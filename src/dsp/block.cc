#include "dsp/block.h"

#include <fmt/format.h>

namespace thimble {

TensorType example_of(const Block& block) {
  const auto [first, second, third] = block.example;
  if (third > 0) return {DType::U8, {first, second, third}, {}};
  return {DType::F32, {first, second}, {}};
}

const Block& block_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Block* block : all_blocks()) {
    if (block->op.name == name) return *block;
    names.emplace_back(block->op.name);
  }
  throw Error(Blame::User, fmt::format("there is no signal block '{}'{}", name, suggest(name, names)), "`thimble blocks` lists them");
}

}  // namespace thimble
