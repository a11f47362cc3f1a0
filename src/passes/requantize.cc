#include <fmt/format.h>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

enum class Verdict { Differs, Nothing, Direct };

/// What a dequantize and the quantize behind it come to, found by taking all 256 codes through them.
Verdict compare(const Graph& graph, const Node& dequantize, const Node& quantize) {
  const TensorType &from = graph.type(dequantize.in[0]), &real = graph.type(dequantize.out[0]), &to = graph.type(quantize.out[0]);
  const auto codes = all_codes(from);
  if (!codes || !all_codes(to)) return Verdict::Differs;
  const Codes both = apply(quantize, apply(dequantize, *codes, real), to);
  if (from == to && both.bytes == codes->bytes) return Verdict::Nothing;
  Node direct = quantize;
  direct.in[0] = dequantize.in[0];
  if (!inferred(graph, direct)) return Verdict::Differs;
  return apply(quantize, *codes, to).bytes == both.bytes ? Verdict::Direct : Verdict::Differs;
}

int run(Graph& graph, PassContext& context) {
  const Uses uses = uses_of(graph);
  std::vector<bool> dead(graph.nodes.size());
  int rewrites = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& quantize = graph.nodes[n];
    if (!is_op(quantize, {"quantize"})) continue;
    const int producer = uses.producer[static_cast<size_t>(quantize.in[0])];
    if (producer < 0 || !is_op(graph.nodes[static_cast<size_t>(producer)], {"dequantize"})) continue;
    const ValueId codes = graph.nodes[static_cast<size_t>(producer)].in[0];
    if (graph.value(codes).state) continue;
    const Verdict verdict = compare(graph, graph.nodes[static_cast<size_t>(producer)], quantize);
    if (verdict == Verdict::Differs) {
      context.note(fmt::format("'{}' stays: no single step gives the same codes", quantize.name));
      continue;
    }
    if (verdict == Verdict::Nothing && !replace_output(graph, uses, n, codes, dead)) continue;
    if (verdict == Verdict::Direct) quantize.in[0] = codes;
    context.note(fmt::format("'{}' needs no floats", quantize.name));
    ++rewrites;
  }
  erase_nodes(graph, dead);
  if (rewrites > 0) erase_unread(graph, "dequantize");
  return rewrites;
}

}  // namespace

std::span<const Pass> requantize_passes() {
  static const Pass kPasses[] = {
      {"requantize", "let a quantize behind a dequantize work on the codes themselves, where that is exact", run}};
  return kPasses;
}

}  // namespace thimble
