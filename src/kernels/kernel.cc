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

std::vector<Verdict> consider(const Node& node, const Graph& graph, const Board& board, Optimize optimize) {
  std::vector<Verdict> verdicts;
  for (const Kernel* kernel : all_kernels()) {
    if (kernel->op != node.op->name) continue;
    Verdict verdict{kernel, "", 0};
    if (!has(board.isa, kernel->needs))
      verdict.refusal = fmt::format("needs {}, which {} lacks", to_string(kernel->needs), board.name);
    else if (kernel->per_shape && optimize == Optimize::Flash)
      verdict.refusal = "makes code for every shape, against --optimize flash";
    else if (const auto reason = kernel->refuses ? kernel->refuses(node, graph) : std::nullopt)
      verdict.refusal = *reason;
    else
      verdict.cycles = (kernel->cycles ? kernel->cycles(node, graph, board) : 0) * (board.dual_issue ? kernel->dual_issue : 1);
    if (!std::isfinite(verdict.cycles)) verdict = {kernel, fmt::format("made for a core that lacks what {} has", board.name), 0};
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
