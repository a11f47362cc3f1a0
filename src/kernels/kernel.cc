#include "kernels/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <sstream>
#include <tuple>

namespace thimble {

std::span<const std::string_view> enum_names(Optimize) {
  static constexpr std::string_view kNames[] = {"balanced", "speed", "flash", "ram"};
  return kNames;
}

std::vector<std::string> sources_of(const Kernel& kernel) {
  std::istringstream words{std::string(kernel.source)};
  return {std::istream_iterator<std::string>(words), {}};
}

namespace {

constexpr int kAhead = 2;  // cycles of a read from flash, where code is straight

bool waits_for_flash(const Kernel& kernel, const Node& node, const Graph& graph, const Board& board) {
  return board.flash_waits > kAhead && kernel.loop && kernel.loop(node, graph) > board.code_cache;
}

/// What becomes of the row's cycles by all that the core does beside executing one instruction after the other.
double factor_on(const Board& board, const Verdict& verdict) {
  constexpr double kCyclesOfAWord = 2.7;  // eight bytes: two instructions
  const double waiting = verdict.waits ? 1 + (board.flash_waits - kAhead) / kCyclesOfAWord : 1;
  return waiting * (board.dual_issue ? verdict.kernel->dual_issue : 1);
}

}  // namespace

std::vector<Verdict> consider(const Node& node, const Graph& graph, const Board& board, Optimize optimize) {
  std::vector<Verdict> verdicts;
  for (const Kernel* kernel : all_kernels()) {
    if (kernel->op != node.op->name) continue;
    Verdict verdict{kernel, "", 0, false};
    if (!has(board.isa, kernel->needs))
      verdict.refusal = fmt::format("needs {}, which {} lacks", to_string(kernel->needs), board.name);
    else if (kernel->per_shape && optimize == Optimize::Flash)
      verdict.refusal = "makes code for every shape, against --optimize flash";
    else if (const auto reason = kernel->refuses ? kernel->refuses(node, graph) : std::nullopt)
      verdict.refusal = *reason;
    else
      verdict.waits = waits_for_flash(*kernel, node, graph, board);
    if (verdict.refusal.empty()) verdict.cycles = (kernel->cycles ? kernel->cycles(node, graph, board) : 0) * factor_on(board, verdict);
    if (!std::isfinite(verdict.cycles)) verdict = {kernel, fmt::format("made for a core that lacks what {} has", board.name), 0, false};
    verdicts.push_back(std::move(verdict));
  }
  double limit = std::numeric_limits<double>::infinity();
  for (const Verdict& verdict : verdicts)
    if (verdict.refusal.empty() && optimize != Optimize::Flash) limit = std::min(limit, kCyclesForHalfTheFlash * verdict.cycles);
  const auto halves = [&](const Verdict& v) { return v.kernel->half_weights && optimize != Optimize::Speed && v.cycles <= limit; };
  const auto rank = [&](const Verdict& v) { return std::tuple(!v.refusal.empty(), !halves(v), v.cycles); };
  std::stable_sort(verdicts.begin(), verdicts.end(), [&](const Verdict& a, const Verdict& b) { return rank(a) < rank(b); });
  return verdicts;
}

}  // namespace thimble
