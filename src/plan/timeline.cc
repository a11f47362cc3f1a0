#include <fmt/format.h>

#include <algorithm>

#include "plan/plan.h"

namespace thimble {
namespace {

constexpr size_t kOp = 16, kName = 19, kMap = 44;

/// What a cell of the map shows; the later wins where buffers share a cell.
enum Cell { Free, Kept, Read, Scratch, Written };
constexpr std::string_view kGlyphs[] = {"·", "░", "▒", "▓", "█"};

std::string thousands(int64_t number) {
  std::string text = fmt::format("{}", number);
  for (auto i = static_cast<int64_t>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<size_t>(i), ",");
  return text;
}

/// The telling end of a long name: imported names are paths, and lists of the names that were fused into them.
std::string shorten(std::string_view name, size_t width) {
  name = name.substr(0, name.find(';'));
  const auto continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  const auto columns = static_cast<size_t>(std::count_if(name.begin(), name.end(), [&](char c) { return !continuation(c); }));
  if (columns <= width) return std::string(name) + std::string(width - columns, ' ');
  size_t at = name.size();
  for (size_t kept = 0; kept < width - 1; ++kept) do
      --at;
    while (continuation(name[at]));
  return "…" + std::string(name.substr(at));
}

class Timeline {
 public:
  Timeline(const Graph& graph, const Plan& plan) : graph_(graph), plan_(plan) {}

  std::string text() const {
    std::string text = fmt::format("{:>3} {} {} {:>9}  {}\n", "#", shorten("op", kOp), shorten("layer", kName), "live", scale());
    const auto peak = std::max_element(plan_.live_bytes.begin(), plan_.live_bytes.end());
    for (size_t i = 0; i < plan_.order.size(); ++i) {
      const Node& node = graph_.nodes[static_cast<size_t>(plan_.order[i])];
      text += fmt::format("{:>3} {} {} {:>9}{} {}\n", i, shorten(node.op->name, kOp), shorten(node.name, kName),
                          thousands(plan_.live_bytes[i]), plan_.live_bytes[i] == *peak ? "◂" : " ", map(static_cast<int>(i)));
    }
    return text + footer();
  }

 private:
  std::string scale() const {
    const std::string end = thousands(plan_.arena_bytes);
    return fmt::format("0{:>{}}", end, kMap - 1);
  }

  std::string footer() const {
    const int64_t gap = plan_.arena_bytes - plan_.lower_bound;
    const double percent = plan_.lower_bound > 0 ? 100.0 * static_cast<double>(gap) / static_cast<double>(plan_.lower_bound) : 0.0;
    return fmt::format("\n    {} written  {} read  {} kept for later  {} scratch  {} free   ◂ peak\n", kGlyphs[Written], kGlyphs[Read],
                       kGlyphs[Kept], kGlyphs[Scratch], kGlyphs[Free]) +
           fmt::format("    arena {} bytes, lower bound {} bytes, gap {} ({:.2f} %)\n", thousands(plan_.arena_bytes),
                       thousands(plan_.lower_bound), gap == 0 ? "none" : thousands(gap) + " bytes", percent);
  }

  /// The arena from its first to its last byte while the node at `position` runs.
  std::string map(int position) const {
    std::vector<Cell> cells(kMap, Free);
    for (size_t b = 0; b < plan_.buffers.size(); ++b) {
      const PlanBuffer& buffer = plan_.buffers[b];
      if (position < buffer.first || position > buffer.last) continue;
      const auto begin = column(buffer.offset), end = std::max(column(buffer.offset + buffer.bytes - 1), begin);
      for (size_t c = begin; c <= end; ++c) cells[c] = std::max(cells[c], kind(static_cast<int>(b), position));
    }
    std::string text;
    for (Cell cell : cells) text += kGlyphs[cell];
    return text;
  }

  size_t column(int64_t offset) const {
    return static_cast<size_t>(offset * static_cast<int64_t>(kMap) / std::max<int64_t>(plan_.arena_bytes, 1));
  }

  Cell kind(int buffer, int position) const {
    if (plan_.buffers[static_cast<size_t>(buffer)].scratch_of >= 0) return Scratch;
    const Node& node = graph_.nodes[static_cast<size_t>(plan_.order[static_cast<size_t>(position)])];
    const auto in_buffer = [&](ValueId id) { return id != kAbsent && plan_.buffer_of[static_cast<size_t>(id)] == buffer; };
    if (std::any_of(node.out.begin(), node.out.end(), in_buffer)) return Written;
    return std::any_of(node.in.begin(), node.in.end(), in_buffer) ? Read : Kept;
  }

  const Graph& graph_;
  const Plan& plan_;
};

}  // namespace

std::string print_timeline(const Graph& graph, const Plan& plan) { return Timeline(graph, plan).text(); }

}  // namespace thimble
