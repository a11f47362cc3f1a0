// A project's impulse on its way to the board, with a network that was never trained: what it says means nothing, what it is made of
// counts.
#include <gmock/gmock.h>

#include "base/files.h"
#include "compress/calibrate.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "project/templates.h"
#include "runs/store.h"
#include "steps/step.h"
#include "steps/training.h"

namespace thimble {
namespace {

using ::testing::HasSubstr;

/// A project as `new` makes it, and what training would have left in its folder.
void make_project(const fs::path& folder, std::string_view from) {
  Progress progress;
  write_text(folder / kProjectFile, project_text(template_named(from), "wand"));
  const Project project = load_project(folder);
  const Dataset dataset = dataset_of(project, progress);
  Learnt learnt{.classes = dataset.classes, .window = {dataset.train.shape, dataset.channels, dataset.rate}, .config = project.text};
  Examples features = features_of(feature_graph(project, learnt.window), dataset.train, progress);
  learnt.standard = standard_of(features);
  for (size_t i = 0; i < features.values.size(); ++i) {
    const size_t c = i % learnt.standard.scale.size();
    features.values[i] = (features.values[i] + learnt.standard.offset[c]) * learnt.standard.scale[c];
  }
  Graph network =
      project.network.row->build(project.network.given, features.shape, static_cast<int>(dataset.classes.size()), project.project.task, 1);
  float_passes(network);
  write_bytes(project.out() / "model.tflite", write_tflite(export_graph(quantize(network, calibrate(network, features, {}, progress)))));
  write_learnt(project, learnt);
}

StepResult verb(std::string_view name, const AttrBag& given) {
  const Step& step = step_named(name);
  AttrBag fields;
  for (const FieldInfo& field : step.fields()) fields[field.name] = field.value;
  for (const auto& [key, value] : given) fields[key] = value;
  Progress progress;
  return step.run(fields, progress);
}

TEST(Projects, CompilesAndHearsRecordings) {
  const TempDir dir;
  make_project(dir.path(), "motion");
  const std::string project = dir.path().string();
  const StepResult compiled = verb("compile", {{"model", project}, {"run", true}, {"recordings", int64_t{7}}});
  for (const char* file : {"wand.c", "wand.h", "wand_example.c"}) EXPECT_TRUE(fs::exists(dir.path() / "out/firmware" / file)) << file;
  EXPECT_TRUE(*compiled.json.find("exact")->as_bool());
  EXPECT_EQ(compiled.json.find("layers")->as_array()->at(0).find("op")->as_string() != nullptr, true);
  const Json& played = *compiled.json.find("played");
  ASSERT_EQ(played.find("recordings")->as_array()->size(), 7u);
  for (const Json& recording : *played.find("recordings")->as_array()) {
    EXPECT_NE(recording.find("label"), nullptr);
    EXPECT_GE(recording.find("results")->as_array()->size(), 1u) << "a window at least";
  }
  EXPECT_GT(compiled.json.find("window")->find("ms")->number(), 0);
  EXPECT_THAT(compiled.text, HasSubstr("7 recordings that it never saw, played on nano33ble:"));

  const fs::path here = fs::current_path();
  fs::current_path(dir.path());
  verb("compile", {{"plan_only", true}});  // the project of the working directory
  fs::current_path(here);
  const std::vector<thimble::Run> runs = RunStore(dir.path() / ".thimble/runs.sqlite").all();
  ASSERT_EQ(runs.size(), 2u);
  const std::map<std::string, double> linked = runs[1].summary();
  const std::map<std::string, double> planned = runs[0].summary();
  EXPECT_EQ(linked.at("ram_bytes"), compiled.json.find("ram")->find("total")->number());
  EXPECT_EQ(linked.at("flash_bytes"), compiled.json.find("flash")->find("total")->number());
  EXPECT_GT(runs[1].seconds, 0.1) << "it linked and played";
  EXPECT_EQ(runs[1].board, "nano33ble");
  EXPECT_GT(planned.at("planned_ram_bytes"), 0);
  EXPECT_FALSE(planned.contains("ram_bytes")) << "what was not linked is not told as if it were";

  const StepResult verified = verb("verify", {{"model", project}, {"boards", std::vector<std::string>{"nano33ble", "esp32c3"}}});
  EXPECT_EQ(verified.status, 0) << verified.text;
  const StepResult profiled = verb("profile", {{"model", project}});
  EXPECT_EQ(profiled.json.find("ram")->dump(), compiled.json.find("ram")->dump()) << "both are those of the linked firmware";
  EXPECT_EQ(profiled.json.find("flash")->dump(), compiled.json.find("flash")->dump());
  EXPECT_THAT(profiled.text, HasSubstr("spectral"));
}

}  // namespace
}  // namespace thimble
