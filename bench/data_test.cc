#include <gmock/gmock.h>

#include "bench/data_sets.h"
#include "project/project.h"

namespace thimble::bench {
namespace {

Json told(double accuracy, const char* answers) {
  Json scores;
  return scores.set("accuracy", accuracy).set("answers", Json::parse(answers));
}

SeedFigures of_two_windows(double rounded, const char* on_board) {
  Json trained, judged = told(0.5, on_board), compiled;
  trained.set("seed", 3).set("seconds", 7.5).set("float", told(1, "[0,1]")).set("rounded", told(rounded, "[0,0]"));
  trained.set("int8", told(0.5, "[0,0]"));
  judged.set("cycles", 64000.0);
  compiled.set("ram", Json::parse("{\"total\": 5999}")).set("flash", Json::parse("{\"total\": 20000}"));
  return seed_figures(trained, judged, compiled, 64e6);
}

TEST(DataSets, ReadWhatTheVerbsTell) {
  const SeedFigures figures = of_two_windows(0.5, "[0,1]");
  EXPECT_EQ(figures.seed, 3);
  EXPECT_EQ(figures.float32, 1);
  EXPECT_EQ(figures.rounded, 0.5);
  EXPECT_EQ(figures.windows, 2);
  EXPECT_EQ(figures.differing, 1) << "training said class 0 of the second window";
  EXPECT_EQ(figures.ram, 5999);
  EXPECT_EQ(figures.ms, 1);
}

std::vector<std::string> missed(const std::vector<DataVerdict>& verdicts) {
  std::vector<std::string> names;
  for (const DataVerdict& one : verdicts)
    if (!one.met) names.push_back(one.what + ": " + one.measured + ", asked " + one.asked);
  return names;
}

TEST(DataSets, AreMetOrMissed) {
  const DataSet set{.name = "a", .folder = "b", .accuracy = 0.5, .ram = 6000, .flash = 20001, .ms = 2};
  EXPECT_THAT(missed(judge(set, {of_two_windows(0.5, "[0,0]"), of_two_windows(0.5, "[0,0]")})), testing::IsEmpty());
  const DataSet tight{.name = "a", .folder = "b", .accuracy = 0.6, .ram = 5999, .flash = 20000, .ms = 1};
  EXPECT_THAT(
      missed(judge(tight, {of_two_windows(0.5, "[0,0]"), of_two_windows(1, "[0,1]")})),
      testing::ElementsAre("accuracy, int8 on the board, mean: 50.00 %, asked at least 60.00 %", "RAM: 5,999 B, asked under 5,999 B",
                           "flash: 20,000 B, asked under 20,000 B", "time of a window: 1.00 ms, asked under 1 ms",
                           "trained as int8, mean: 50.00 %, asked at least merely rounded, 75.00 %",
                           "answers of the board that differ from training's: 1 of 4, asked 0"));
}

TEST(DataSets, HaveAProjectEach) {
  for (const DataSet& set : all_data_sets()) {
    const Project project = load_project(fs::path(THIMBLE_SOURCE_DIR) / "examples" / set.name);
    EXPECT_EQ(project.project.name, set.name);
    EXPECT_EQ(project.data.path, "../../../shared/data/" + std::string(set.folder));
  }
}

}  // namespace
}  // namespace thimble::bench
