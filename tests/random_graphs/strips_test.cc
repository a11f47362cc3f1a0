// Random chains cut into random strips: the graph, and the C made of it under ASan and UBSan, give the bits of the whole chain.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "passes/strips.h"
#include "random_graphs/random_chain.h"
#include "runners/compare.h"
#include "runners/host_c.h"

namespace thimble::testing {
namespace {

uint32_t graphs_wanted() {
  const char* text = std::getenv("THIMBLE_GRAPHS");
  return text ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : 100;
}

/// A chain, and what it looks like in strips; nothing where a strip would see only padding.
struct Pair {
  Graph whole;
  std::optional<Graph> strips;
};

Pair pair_of(uint32_t seed) {
  RandomChain random(seed);
  const Chain chain = strip_chain(random.graph, uses_of(random.graph), 0);
  EXPECT_FALSE(chain.empty()) << "seed " << seed;
  const TensorType& result = random.graph.type(random.graph.nodes[static_cast<size_t>(chain.back())].out[0]);
  const std::vector<int64_t> heights = random.heights(result.shape[1]);
  return {random.graph, split_into_strips(random.graph, chain, heights)};
}

std::vector<std::vector<Buffer>> records_of(const Graph& graph, uint32_t seed) {
  std::vector<std::vector<Buffer>> records(3);
  for (uint32_t r = 0; r < records.size(); ++r) records[r].push_back(random_contents(graph.type(graph.inputs[0]), 10 * seed + r));
  return records;
}

TEST(StripsOfRandomChains, GiveTheSameBits) {
  int cut = 0, refused = 0;
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    const Pair pair = pair_of(seed);
    verify(pair.whole);
    refused += !pair.strips;
    if (!pair.strips) continue;
    verify(*pair.strips);
    cut += pair.strips->nodes.size() > pair.whole.nodes.size();
    const auto records = records_of(pair.whole, seed);
    ASSERT_EQ(interpret(*pair.strips, records), interpret(pair.whole, records)) << "seed " << seed << "\n" << print(*pair.strips);
  }
  EXPECT_GE(cut, 200);
  EXPECT_LE(refused, 80);
}

TEST(StripsOfRandomChains, RunAsHostC) {
  std::vector<Graph> wholes;
  std::vector<HostModel> models;
  for (uint32_t seed = 1000; seed < 1000 + graphs_wanted(); ++seed)
    if (Pair pair = pair_of(seed); pair.strips) {
      models.push_back({std::move(*pair.strips), records_of(pair.whole, seed)});
      wholes.push_back(std::move(pair.whole));
    }
  EXPECT_GE(models.size(), graphs_wanted() / 2);
  const TempDir dir;
  const std::vector<HostOutcome> outcomes = run_as_host_c(models, dir.path());
  for (size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ(outcomes[i].fault, "") << print(models[i].graph);
    if (!outcomes[i].fault.empty()) continue;
    EXPECT_EQ(difference(wholes[i], outcomes[i].outputs, interpret(wholes[i], models[i].records), 1e-4).value_or("equal"), "equal")
        << print(models[i].graph);
  }
}

}  // namespace
}  // namespace thimble::testing
