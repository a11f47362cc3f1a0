#include "ops/reshape.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

Graph chain() {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {2, 3}, {}});
  const ValueId a = add_node(graph, "reshape", "a", {x}, ReshapeAttrs{{6}});
  add_node(graph, "reshape", "unused", {x}, ReshapeAttrs{{1, 6}});
  graph.outputs = {add_node(graph, "reshape", "y", {a}, ReshapeAttrs{{3, 2}})};
  return graph;
}

std::vector<std::string> names(const std::vector<PassReport>& reports) {
  std::vector<std::string> all;
  for (const PassReport& report : reports) all.push_back(report.name);
  return all;
}

TEST(Pipeline, RunsAndReportsEveryPass) {
  Graph graph = chain();
  const auto reports = run_pipeline(graph);
  EXPECT_THAT(names(reports),
              ElementsAre("dead_code", "int8_weights", "fold_constants", "identities", "requantize", "fuse_batch_norm", "fuse_pad",
                          "fuse_activation", "one_channel_depthwise", "one_pixel_convolution", "dead_channels", "dead_code"));
  EXPECT_EQ(reports[0].rewrites, 1);
  EXPECT_EQ(reports[0].nodes, 2U);
  EXPECT_THAT(reports[0].notes, ElementsAre("'unused' is never used"));
  EXPECT_EQ(reports[3].rewrites, 1);
  EXPECT_EQ(graph.nodes.size(), 1U);
  EXPECT_TRUE(reports[3].before.empty());
}

TEST(Pipeline, NamesEveryPassOnce) {
  Graph graph = chain();
  std::vector<std::string> in_pipeline = names(run_pipeline(graph)), in_table;
  for (const Pass* pass : all_passes()) {
    in_table.emplace_back(pass->name);
    EXPECT_FALSE(pass->summary.empty());
  }
  std::sort(in_pipeline.begin(), in_pipeline.end());
  in_pipeline.erase(std::unique(in_pipeline.begin(), in_pipeline.end()), in_pipeline.end());
  std::sort(in_table.begin(), in_table.end());
  EXPECT_EQ(in_pipeline, in_table);
}

TEST(Pipeline, StopsAfter) {
  Graph graph = chain();
  EXPECT_THAT(names(run_pipeline(graph, {.stop_after = "fold_constants"})), ElementsAre("dead_code", "int8_weights", "fold_constants"));
}

TEST(Pipeline, LeavesOut) {
  Graph graph = chain();
  run_pipeline(graph, {.without = {"identities", "dead_code"}});
  EXPECT_EQ(graph.nodes.size(), 3U);
}

TEST(Pipeline, SnapshotsWhatChanged) {
  Graph graph = chain();
  const auto reports = run_pipeline(graph, {.snapshots = true});
  EXPECT_EQ(reports[3].after, print(graph));
  EXPECT_NE(reports[3].before, reports[3].after);
  EXPECT_TRUE(reports[1].before.empty() && reports[1].after.empty());
}

TEST(Pipeline, UnknownNamesAreSpelt) {
  Graph graph = chain();
  const auto message = [&](const PipelineOptions& options) -> std::string {
    try {
      run_pipeline(graph, options);
    } catch (const Error& error) {
      return explain(error);
    }
    return "";
  };
  EXPECT_EQ(message({.stop_after = "fuse_pads"}),
            "error: there is no pass 'fuse_pads'; did you mean 'fuse_pad'?\n  'thimble passes' lists them all\n");
  EXPECT_EQ(message({.without = {"identites"}}),
            "error: there is no pass 'identites'; did you mean 'identities'?\n  'thimble passes' lists them all\n");
}

}  // namespace
}  // namespace thimble::testing
