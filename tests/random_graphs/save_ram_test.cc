// Random chains and graphs on their way through --optimize ram: what they become, as a graph and as C under ASan and UBSan, gives the bits
// that they gave.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "fit/save_ram.h"
#include "random_graphs/random_chain.h"
#include "random_graphs/random_graph.h"
#include "runners/compare.h"
#include "runners/host_c.h"

namespace thimble::testing {
namespace {

uint32_t graphs_wanted() {
  const char* text = std::getenv("THIMBLE_GRAPHS");
  return text ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : 100;
}

Graph saved(const Graph& graph) {
  const Board& host = board_named("host");
  return save_ram(graph, host, {.optimize = Optimize::Ram}, ram_policy(Optimize::Ram, host, 0)).graph;
}

std::vector<Buffer> record_of(const Graph& graph, uint32_t seed) {
  std::vector<Buffer> record;
  for (ValueId id : graph.inputs) record.push_back(random_contents(graph.type(id), seed++));
  return record;
}

TEST(SavedRamOfRandomGraphs, GivesTheSameBits) {
  std::vector<Graph> wholes;
  std::vector<HostModel> models;
  uint32_t cut = 0;
  for (uint32_t seed = 5000; seed < 5000 + 2 * graphs_wanted(); ++seed) {
    Graph whole = seed % 2 == 0 ? RandomChain(seed).graph : random_graph(seed);
    HostModel model{saved(whole), {record_of(whole, 10 * seed), record_of(whole, 10 * seed + 5)}};
    verify(model.graph);
    ASSERT_EQ(interpret(model.graph, model.records), interpret(whole, model.records)) << "seed " << seed << "\n" << print(model.graph);
    const bool changed = model.graph.nodes.size() > whole.nodes.size();
    cut += changed;
    if (!changed) continue;  // random_graphs_test runs it as C
    wholes.push_back(std::move(whole));
    models.push_back(std::move(model));
  }
  EXPECT_GE(4 * cut, graphs_wanted());
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
