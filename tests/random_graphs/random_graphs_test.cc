// Random graphs: the interpreter against generated C under ASan and UBSan. THIMBLE_GRAPHS says how many, THIMBLE_SEED from which seed on.
#include <gmock/gmock.h>

#include <cstdlib>
#include <set>

#include "base/files.h"
#include "ops/ops.h"
#include "random_graphs/random_graph.h"
#include "runners/compare.h"
#include "runners/host_c.h"

namespace thimble::testing {
namespace {

uint32_t from_environment(const char* name, uint32_t fallback) {
  const char* text = std::getenv(name);
  return text ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : fallback;
}

OpCase case_of(uint32_t seed) {
  return {.name = "random/" + std::to_string(seed), .graph = random_graph(seed), .seed = seed, .records = 3};
}

TEST(RandomGraphs, SameSeedSameGraph) {
  EXPECT_EQ(print(random_graph(7)), print(random_graph(7)));
  EXPECT_NE(print(random_graph(7)), print(random_graph(8)));
}

TEST(RandomGraphs, ReachEveryOp) {
  std::set<std::string_view> missing;
  for (const OpDef* op : all_ops()) missing.insert(op->name);
  for (uint32_t seed = 1; seed <= 600 && !missing.empty(); ++seed)
    for (const Node& node : random_graph(seed).nodes) missing.erase(node.op->name);
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST(RandomGraphs, InterpreterAndHostCAgree) {
  const uint32_t first = from_environment("THIMBLE_SEED", 1), graphs = from_environment("THIMBLE_GRAPHS", 200);
  std::vector<OpCase> all;
  std::vector<HostModel> models;
  for (uint32_t seed = first; seed < first + graphs; ++seed) {
    all.push_back(case_of(seed));
    models.push_back({all.back().graph, records_of(all.back())});
  }
  const TempDir dir;
  const std::vector<HostOutcome> outcomes = run_as_host_c(models, dir.path());
  for (size_t i = 0; i < all.size(); ++i) {
    const Graph& graph = all[i].graph;
    EXPECT_GE(graph.nodes.size(), 5u) << "THIMBLE_SEED=" << all[i].seed;
    EXPECT_EQ(outcomes[i].fault, "") << "THIMBLE_SEED=" << all[i].seed << " THIMBLE_GRAPHS=1\n" << print(graph);
    if (!outcomes[i].fault.empty()) continue;
    EXPECT_EQ(difference(graph, outcomes[i].outputs, interpret(graph, models[i].records), 1e-4).value_or("equal"), "equal")
        << "THIMBLE_SEED=" << all[i].seed << " THIMBLE_GRAPHS=1\n"
        << print(graph);
  }
}

}  // namespace
}  // namespace thimble::testing
