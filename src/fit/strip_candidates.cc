#include "fit/strip_candidates.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include "plan/lifetimes.h"

namespace thimble {
namespace {

constexpr size_t kLongestChain = 6;
constexpr int64_t kStrips[] = {2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96};

bool contains(const auto& list, auto item) { return std::find(list.begin(), list.end(), item) != list.end(); }

/// Chains of two layers and more, nothing in them cut yet, that one of `nodes` is a part of.
std::vector<Chain> chains_through(const Graph& graph, const Uses& uses, const std::set<int>& nodes) {
  std::vector<Chain> chains;
  for (int first = 0; first < static_cast<int>(graph.nodes.size()); ++first) {
    Chain whole = strip_chain(graph, uses, first);
    const auto is_strip = [&](int n) { return parse_strip_name(graph.nodes[static_cast<size_t>(n)].name).has_value(); };
    whole.erase(std::find_if(whole.begin(), whole.end(), is_strip), whole.end());
    for (size_t length = 2; length <= std::min(whole.size(), kLongestChain); ++length) {
      const Chain chain(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      if (std::any_of(chain.begin(), chain.end(), [&](int n) { return nodes.contains(n); })) chains.push_back(chain);
    }
  }
  return chains;
}

/// The chain as a graph of its own: what others make is an input, what others read later is an output.
Graph alone(const Graph& graph, const Uses& uses, const Chain& chain) {
  Graph part{.name = graph.name, .values = graph.values, .nodes = {}, .inputs = {}, .outputs = {}};
  std::set<ValueId> made;
  for (int n : chain) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    for (ValueId id : node.in) {
      if (!in_arena(graph, id) || made.contains(id) || contains(part.inputs, id)) continue;
      part.inputs.push_back(id);
      const auto& readers = uses.readers[static_cast<size_t>(id)];
      if (contains(graph.outputs, id) || std::any_of(readers.begin(), readers.end(), [&](int reader) { return !contains(chain, reader); }))
        part.outputs.push_back(id);
    }
    made.insert(node.out.begin(), node.out.end());
    part.nodes.push_back(node);
  }
  part.outputs.push_back(part.nodes.back().out[0]);
  return part;
}

/// Bytes that others keep in the arena all the while the chain runs.
int64_t bytes_beside(const Graph& part, const Plan& plan, const Chain& chain) {
  const auto position = [&](int n) { return static_cast<int>(std::find(plan.order.begin(), plan.order.end(), n) - plan.order.begin()); };
  const int first = position(chain.front()), last = position(chain.back());
  int64_t bytes = 0;
  std::set<ValueId> touched(part.inputs.begin(), part.inputs.end());
  for (const Node& node : part.nodes) touched.insert(node.out.begin(), node.out.end());
  for (const PlanBuffer& buffer : plan.buffers) {
    const bool ours = std::any_of(buffer.values.begin(), buffer.values.end(), [&](ValueId id) { return touched.contains(id); });
    if (buffer.first <= first && buffer.last >= last && !ours) bytes += buffer.bytes;
  }
  return bytes;
}

/// What no number of strips can go below: both ends of the chain exist as wholes, if not at the same time.
int64_t least_of(const Graph& part) {
  int64_t in = 0, out = 0;
  for (ValueId id : part.inputs) in += part.type(id).bytes();
  for (ValueId id : part.outputs) out += part.type(id).bytes();
  return std::max(in, out);
}

/// Tries more and more strips for one chain.
void try_chain(const Graph& graph, const Uses& uses, const Chain& chain, const Price& price, const Swaps& swaps, Pricer& pricer,
               std::vector<StripCandidate>& all) {
  const Graph part = alone(graph, uses, chain);
  const int64_t beside = bytes_beside(part, price.plan, chain), enough = peak_beside(price.plan, chain);
  if (least_of(part) + beside >= price.plan.arena_bytes) return;
  const auto whole = pricer.price(part, swaps, Planning::Quick);
  Chain layers(chain.size());
  std::iota(layers.begin(), layers.end(), 0);
  const int64_t rows = part.type(part.nodes.back().out[0]).shape[1];
  int64_t least = price.plan.arena_bytes;
  for (int64_t strips : kStrips) {
    if (strips > rows || least <= enough) return;
    const std::vector<int64_t> heights = strip_heights(rows, strips);
    const auto cut = split_into_strips(part, layers, heights);
    if (!cut) continue;
    const auto strip_price = pricer.price(*cut, swaps, Planning::Quick);
    if (!whole || !strip_price) continue;
    const int64_t taken = strip_price->plan.arena_bytes + beside;
    if (taken >= least) continue;
    least = taken;
    all.push_back({chain, heights, taken, enough, strip_price->cycles - whole->cycles});
  }
}

}  // namespace

std::set<int> nodes_at_peak(const Plan& plan) {
  std::set<int> nodes;
  for (const PlanBuffer& buffer : plan.buffers)
    if (buffer.offset + buffer.bytes == plan.arena_bytes && !plan.order.empty())
      nodes.insert(plan.order.begin() + buffer.first, plan.order.begin() + buffer.last + 1);
  return nodes;
}

int64_t peak_beside(const Plan& plan, const std::vector<int>& nodes) {
  int64_t most = 0;
  for (size_t t = 0; t < plan.order.size(); ++t)
    if (!contains(nodes, plan.order[t]) && plan.live_bytes[t] < plan.arena_bytes / 100 * 99) most = std::max(most, plan.live_bytes[t]);
  return most;
}

std::vector<StripCandidate> strip_candidates(const Graph& graph, const Price& price, const Swaps& swaps, Pricer& pricer) {
  std::vector<StripCandidate> all;
  const Uses uses = uses_of(graph);
  for (const Chain& chain : chains_through(graph, uses, nodes_at_peak(price.plan)))
    try_chain(graph, uses, chain, price, swaps, pricer, all);
  return all;
}

}  // namespace thimble
