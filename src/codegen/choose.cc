#include "codegen/choose.h"

#include <fmt/format.h>

#include "kernels/views.h"

namespace thimble {
namespace {

std::string refusals(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return "no kernel exists";
  std::string text;
  for (const Verdict& verdict : verdicts) text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", verdict.kernel->name, verdict.refusal);
  return text;
}

/// `verdicts` hold an admissible one first.
const Kernel* chosen_of(const std::vector<Verdict>& verdicts, const std::string& preferred) {
  for (const Verdict& verdict : verdicts)
    if (verdict.refusal.empty() && verdict.kernel->name == preferred) return verdict.kernel;
  return verdicts[0].kernel;
}

}  // namespace

std::vector<const Kernel*> choose_kernels(const Graph& graph, const Board& board, Optimize optimize, const Preference& prefer) {
  std::vector<const Kernel*> chosen;
  std::string faults;
  int count = 0;
  for (const Node& node : graph.nodes) {
    const std::vector<Verdict> verdicts = consider(node, graph, board, optimize);
    if (!verdicts.empty() && verdicts[0].refusal.empty()) {
      chosen.push_back(chosen_of(verdicts, prefer ? prefer(node, graph) : ""));
      continue;
    }
    ++count;
    faults += fmt::format("\n  {}  '{}'  {}", node.op->name, node.name, refusals(verdicts));
  }
  if (count > 0)
    throw Error(Blame::Unsupported,
                fmt::format("model has {} node{} that no kernel runs on {}{}", count, count == 1 ? "" : "s", board.name, faults),
                "`thimble kernels` lists what there is; quantise the model to int8 or keep those nodes out of it");
  return chosen;
}

PlanStep plan_step(const Node& node, const Kernel& kernel, const Graph& graph) {
  PlanStep step{.align = kernel.align, .in_place = kernel.in_place, .alias = kernel.alias};
  if (kernel.scratch) step.scratch_bytes = kernel.scratch(node, graph);
  if (kernel.overlap) step.overlap = kernel.overlap(node, graph);
  step.operands_at = operands_in_output(node, graph);
  step.outputs_at = outputs_in_operand(node, graph);
  return step;
}

std::vector<PlanStep> plan_steps(const Graph& graph, const std::vector<const Kernel*>& kernels) {
  std::vector<PlanStep> steps;
  for (size_t n = 0; n < kernels.size(); ++n) steps.push_back(plan_step(graph.nodes[n], *kernels[n], graph));
  return steps;
}

}  // namespace thimble
