#include "deploy/listing.h"

#include <fmt/format.h>

#include <deque>
#include <mutex>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

struct Kept {
  fs::path elf;
  fs::file_time_type time;
  std::shared_ptr<const Disassembly> listing;
};

Disassembly disassemble(const Board& board, const fs::path& elf) {
  std::vector<std::string> command{build_tools(board)[1].program, "-d", "-z", elf.string()};
  if (has(board.isa, Isa::Helium)) command.insert(command.begin() + 1, {"-m", "armv8.1-m.main"});  // it would not know the vectors
  const CommandResult result = run_command(command);
  if (result.status != 0) throw Error(Blame::Bug, fmt::format("cannot disassemble '{}':\n{}", elf.string(), result.out));
  return Disassembly::parse(result.out);
}

}  // namespace

std::shared_ptr<const Disassembly> listing_of(const Board& board, const fs::path& elf) {
  constexpr size_t kMost = 16;
  static std::mutex mutex;
  static std::deque<Kept> kept;
  const std::lock_guard lock(mutex);
  const fs::file_time_type time = fs::last_write_time(elf);
  for (const Kept& one : kept)
    if (one.elf == elf && one.time == time) return one.listing;
  if (kept.size() == kMost) kept.pop_front();
  kept.push_back({elf, time, std::make_shared<Disassembly>(disassemble(board, elf))});
  return kept.back().listing;
}

}  // namespace thimble
