/// The whole pipeline, and the planner behind it, over the models that stand beside the project, when they are there.
#include "base/files.h"
#include "formats/import.h"
#include "passes/pass_test.h"
#include "plan/plan.h"

namespace thimble::testing {
namespace {

std::vector<fs::path> models() {
  const fs::path folder = fs::path(THIMBLE_SOURCE_DIR) / "../shared/data/models";
  std::vector<fs::path> found;
  if (fs::exists(folder))
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".tflite") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found.empty() ? std::vector<fs::path>{""} : found;
}

class PassesOverModels : public ::testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no models at ../shared/data/models beside the source tree";
    model_ = import_model(GetParam());
  }
  Graph model_;
};

TEST_P(PassesOverModels, ResultsStayAsTheyWere) {
  Graph after = model_;
  run_pipeline(after);
  EXPECT_LE(after.nodes.size(), model_.nodes.size());
  expect_unchanged(model_, after, 1e-6, 1);
  const std::string text = print(after);
  int more = 0;
  for (const PassReport& report : run_pipeline(after)) more += report.rewrites;
  EXPECT_EQ(more, 0) << "a second run finds something to do";
  EXPECT_EQ(print(after), text);
}

/// What the reference kernels can do: reshape for nothing, elementwise in place.
std::vector<PlanStep> usual_steps(const Graph& graph) {
  std::vector<PlanStep> steps;
  for (const Node& node : graph.nodes)
    steps.push_back({.in_place = is_op(node, {"add", "mul", "relu", "relu6", "logistic", "tanh"}), .alias = is_op(node, {"reshape"})});
  return steps;
}

TEST_P(PassesOverModels, TheArenaIsAtItsLowerBound) {
  run_pipeline(model_);
  const Plan plan = plan_memory(model_, usual_steps(model_));
  EXPECT_EQ(plan.arena_bytes, plan.lower_bound) << print_timeline(model_, plan);
}

std::string name_of_case(const ::testing::TestParamInfo<fs::path>& info) {
  return info.param.empty() ? std::string("none") : info.param.stem().string();
}
INSTANTIATE_TEST_SUITE_P(All, PassesOverModels, ::testing::ValuesIn(models()), name_of_case);

}  // namespace
}  // namespace thimble::testing
