#include "deploy/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace thimble {
namespace {

/// "1,234,567"
std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

struct Need {
  int64_t flash = 0, ram = 0;
  std::string flash_parts, ram_parts;
};

std::string line(std::string_view what, int64_t need, const std::string& parts, int64_t has) {
  const std::string verdict = need > has ? fmt::format("{} too many", grouped(need - has)) : "fits";
  return fmt::format("\n  {:<5}  needs {} B ({}), the board has {}: {}", what, grouped(need), parts, grouped(has), verdict);
}

/// Boards with room for the same needs, the smallest first; real computers last.
std::vector<const Board*> roomier_boards(const Need& need) {
  std::vector<const Board*> boards;
  for (const Board* board : all_boards())
    if (board->ram.bytes > 0 && fits(*board, need.flash, need.ram)) boards.push_back(board);
  std::sort(boards.begin(), boards.end(),
            [](const Board* a, const Board* b) { return std::pair(a->ram.bytes, a->name) < std::pair(b->ram.bytes, b->name); });
  return boards;
}

std::string other_board(const Board& board) {
  const std::string flash = board.flash.bytes > 0 ? fmt::format("{} B of flash, ", grouped(board.flash.bytes)) : "";
  return fmt::format("--board {} ({}{} B of RAM) has room", board.name, flash, grouped(board.ram.bytes));
}

/// Which layer to shrink so that the arena fits.
std::string smaller_arena(const Compiled& model, int64_t excess) {
  const auto peak =
      std::max_element(model.layers.begin(), model.layers.end(), [](const Layer& a, const Layer& b) { return a.ram_live < b.ram_live; });
  const int64_t allowed = model.arena_bytes - excess;
  if (peak == model.layers.end() || allowed <= 0) return "";
  std::string text = fmt::format("a smaller model: the arena peaks at '{}' ({}) with {} B and may have {} B", peak->name, peak->op,
                                 grouped(peak->ram_live), grouped(allowed));
  const bool image = !model.inputs.empty() && model.inputs[0].type.shape.size() == 4 && model.inputs[0].type.shape[1] > 1;
  const double side = std::floor(100 * std::sqrt(static_cast<double>(allowed) / static_cast<double>(model.arena_bytes))) / 100;
  if (image) text += fmt::format("; input height and width times {:.2f} would do it where activations grow with them", side);
  return text;
}

/// Which layer's constants to shrink so that flash suffices.
std::string fewer_constants(const Compiled& model, int64_t excess) {
  const auto largest = std::max_element(model.layers.begin(), model.layers.end(),
                                        [](const Layer& a, const Layer& b) { return a.constant_bytes < b.constant_bytes; });
  if (largest == model.layers.end() || largest->constant_bytes == 0 || excess >= model.constant_bytes) return "";
  return fmt::format("fewer weights: '{}' ({}) holds {} of {} B of constants; {} B less in all would do it", largest->name, largest->op,
                     grouped(largest->constant_bytes), grouped(model.constant_bytes), grouped(excess));
}

[[noreturn]] void refuse(const Compiled& model, const Board& board, const Need& need, std::string_view small_code) {
  std::string what = fmt::format("'{}' does not fit the board '{}'", model.name, board.name);
  what += line("flash", need.flash, need.flash_parts, board.flash.bytes) + line("RAM", need.ram, need.ram_parts, board.ram.bytes);
  std::vector<std::string> ways;
  if (!small_code.empty()) ways.emplace_back(small_code);
  const std::vector<const Board*> boards = roomier_boards(need);
  if (!boards.empty()) ways.push_back(other_board(*boards[0]));
  if (need.ram > board.ram.bytes) ways.push_back(smaller_arena(model, need.ram - board.ram.bytes));
  if (need.flash > board.flash.bytes) ways.push_back(fewer_constants(model, need.flash - board.flash.bytes));
  for (size_t i = 1; i < boards.size(); ++i) ways.push_back(other_board(*boards[i]));
  std::erase(ways, "");
  std::string hint = ways.empty() ? "no board of ours has room for it; a smaller model is the only way" : "the cheapest ways out:";
  for (size_t i = 0; i < std::min<size_t>(ways.size(), 3); ++i) hint += "\n  - " + ways[i];
  throw Error(Blame::User, what, hint);
}

}  // namespace

bool fits(const Board& board, int64_t flash, int64_t ram) {
  return (board.flash.bytes == 0 || flash <= board.flash.bytes) && (board.ram.bytes == 0 || ram <= board.ram.bytes);
}

void refuse_if_data_alone_is_too_large(const Compiled& model, const Board& board) {
  if (board.pointer_bytes != 2 || fits(board, model.constant_bytes, model.arena_bytes + model.state_bytes)) return;
  refuse(model, board,
         {model.constant_bytes, model.arena_bytes + model.state_bytes, fmt::format("constants alone, without code"),
          fmt::format("arena {} + state {}, without stack", grouped(model.arena_bytes), grouped(model.state_bytes))},
         "");
}

void refuse_if_too_large(const Compiled& model, const Board& board, const FirmwareSizes& sizes, int64_t small_code) {
  const int64_t flash = sizes.flash() + sizes.support_flash, ram = sizes.ram() + sizes.support_ram;
  if (fits(board, flash, ram)) return;
  const bool small_helps = small_code >= 0 && fits(board, flash - sizes.code + small_code, ram);
  refuse(model, board,
         {flash, ram,
          fmt::format("code {} + constants {} + start-up and harness {}", grouped(sizes.code), grouped(sizes.constants),
                      grouped(sizes.support_flash)),
          fmt::format("arena {} + state {} + stack {} + harness {}", grouped(sizes.arena), grouped(sizes.state), grouped(sizes.stack),
                      grouped(sizes.support_ram + sizes.data))},
         small_helps ? fmt::format("--optimize flash: the code shrinks from {} to {} B", grouped(sizes.code), grouped(small_code)) : "");
}

}  // namespace thimble
