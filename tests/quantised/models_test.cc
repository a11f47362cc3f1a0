#include <gmock/gmock.h>

#include "codegen/compiled.h"
#include "formats/export.h"
#include "formats/import.h"
#include "formats/tflite.h"
#include "passes/passes.h"
#include "quantised/models.h"
#include "targets/board.h"

namespace thimble::testing {
namespace {

/// Signal to noise that outputs keep at least, and of how many examples the largest element may change.
struct Row {
  const char* name;
  double db;
  int64_t others;
};

class QuantisedModel : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    model_ = float_model(GetParam().name);
    if (!model_) GTEST_SKIP() << "no " << GetParam().name << ".tflite with golden vectors at ../shared/data beside the source tree";
    constexpr size_t kEach = 4;
    examples_.assign(model_->smooth.begin(), model_->smooth.begin() + kEach);
    examples_.insert(examples_.end(), model_->uniform.begin(), model_->uniform.begin() + kEach);
    made_ = quantize(model_->graph, calibrate(model_->graph, examples_, {}, quiet_), {}, &report_);
  }
  std::optional<FloatModel> model_;
  std::vector<ExampleInputs> examples_;
  Graph made_;
  QuantizeReport report_;
  Progress quiet_;
};

TEST_P(QuantisedModel, AgreesWithFloat) {
  EXPECT_THAT(report_.stays_float, ::testing::IsEmpty());
  const Damage damage = damage_of(model_->graph, made_, report_, examples_, quiet_);
  ASSERT_EQ(damage.outputs.size(), 1U);
  EXPECT_GT(damage.outputs[0].error.db(), GetParam().db);
  EXPECT_GE(damage.outputs[0].same_largest(), damage.outputs[0].examples() - GetParam().others);
  for (const LayerDamage& layer : damage.layers) EXPECT_GT(layer.own.db(), 28) << layer.name;
  EXPECT_EQ(damage.layers.size(), model_->graph.nodes.size());
}

TEST_P(QuantisedModel, IsTheSameAsAFile) {
  const Graph again = import_bytes(write_tflite(export_graph(made_)), made_.name);
  EXPECT_EQ(print(again), print(made_));
  Interpreter ours(made_), theirs(again);
  const ExampleInputs inputs = inputs_for(made_, examples_[0]);
  EXPECT_EQ(ours.run(inputs), theirs.run(inputs));
}

TEST_P(QuantisedModel, RunsOnTheFastKernels) {
  Graph graph = made_;
  run_pipeline(graph);
  const Compiled compiled = compile(graph, board_named("nano33ble"), {.optimize = Optimize::Speed, .golden = false});
  for (const Layer& layer : compiled.layers) {
    if (layer.op == "softmax") continue;  // there is one kernel of it
    EXPECT_THAT(layer.kernel, ::testing::HasSubstr("_dsp")) << layer.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, QuantisedModel,
                         ::testing::Values(Row{"kws_float", 14, 1}, Row{"ic_float", 18, 1}, Row{"vww_float", 40, 0},
                                           Row{"ad_float", 30, 4}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace thimble::testing
