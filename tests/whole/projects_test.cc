// A stranger's path: a project from a template, trained, judged and taken to the board without an edit.
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/subprocess.h"
#include "program.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Projects : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const { return (dir_.path() / name).string(); }

  /// A verb that has to go well; what it says as JSON.
  Json json_of(std::vector<std::string> words) const {
    words.emplace_back("--json");
    const Said said = run_thimble(words);
    EXPECT_EQ(said.status, 0) << words[0] << "\n" << said.out << said.err;
    return said.status == 0 ? said.json() : Json();
  }

  TempDir dir_;
};

double number_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (std::string_view key : path)
    if (at) at = at->find(key);
  return at ? at->number(-1) : -1;
}

/// With few epochs: what is looked at is the path, not how far one gets on it.
class EachTemplate : public Projects, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Template, EachTemplate, ::testing::Values("motion", "audio", "image", "series"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EachTemplate, GoesFromNothingToTheBoard) {
  const std::string project = at(GetParam());
  json_of({"new", project, "--template", GetParam()});
  const Json trained = json_of({"train", project, "--epochs", "6", "--qat-epochs", "1"});
  const double learnt = number_at(trained, {"int8", "accuracy"});
  const auto* classes = trained.find("int8") ? trained.find("int8")->find("classes")->as_array() : nullptr;
  ASSERT_TRUE(classes);
  EXPECT_GT(learnt, 1.5 / static_cast<double>(classes->size())) << "better than guessing";
  for (const char* file : {"model.tflite", "model_float.tflite", "model.json", "report.html"})
    EXPECT_TRUE(fs::exists(fs::path(project) / "out" / file)) << file;

  const Json here = json_of({"eval", project});
  EXPECT_EQ(number_at(here, {"accuracy"}), learnt) << "the whole as C is as good as its parts were in training";
  EXPECT_EQ(here.find("confusion")->dump(), trained.find("int8")->find("confusion")->dump());
  const Json board = json_of({"eval", project, "--board", "nano33ble", "--count", "3"});
  EXPECT_EQ(number_at(board, {"differing"}), 0) << "the board gives the same bits";
  EXPECT_GT(number_at(board, {"cycles"}), 0);

  json_of({"compile", project, "--board", "nano33ble", "--run", "--recordings", "4", "--out", at("c")});
}

/// The demo with words of one's own, as short as it gets.
TEST_F(Projects, TheDemoLearnsSpokenWords) {
  if (!find_program("espeak-ng")) THIMBLE_SKIP_FOR_WANT_OF("espeak-ng is not installed");
  const Json told = json_of({"demo", "keyword", "--words", "kitchen,seven", "--quick", "--out", at("words")});
  const Json* int8 = told.find("train") ? told.find("train")->find("int8") : nullptr;
  ASSERT_TRUE(int8);
  std::vector<std::string> classes;
  for (const Json& one : *int8->find("classes")->as_array()) classes.push_back(*one.find("name")->as_string());
  EXPECT_THAT(classes, ::testing::ElementsAre("kitchen", "noise", "other", "seven"));
  EXPECT_GT(number_at(*int8, {"accuracy"}), 0.5) << "a quarter is guessing";
  const double heard = number_at(told, {"board", "played", "of"});
  EXPECT_EQ(heard, number_at(*int8, {"examples"})) << "the board hears what the test split holds";
  EXPECT_GT(number_at(told, {"board", "played", "right"}), heard / 2);
  EXPECT_TRUE(fs::exists(at("words/out/model.tflite")));
  EXPECT_TRUE(*told.find("quick")->as_bool());
  const std::string project = read_text(at("words/thimble.toml"));
  EXPECT_THAT(project, AllOf(HasSubstr("\nepochs = 8\n"), HasSubstr("\nqat_epochs = 2\n"), HasSubstr("\neach = 30\n")));
}

TEST_F(Projects, TheSameSeedAndDataGiveTheSameFiles) {
  const std::string project = at("twice");
  json_of({"new", project});
  const auto model = [&] {
    json_of({"train", project, "--epochs", "2", "--qat-epochs", "1"});
    return read_bytes(fs::path(project) / "out" / "model.tflite");
  };
  const auto first = model();
  EXPECT_EQ(first, model());
  const Json compared = json_of({"runs", "compare", "1", "2", "--project", project});
  EXPECT_EQ(number_at(compared, {"metrics", "test_accuracy", "a"}), number_at(compared, {"metrics", "test_accuracy", "b"}));
  EXPECT_TRUE(*compared.find("same_data")->as_bool());
  EXPECT_TRUE(compared.find("settings")->as_object()->empty());

  EXPECT_THAT(run_thimble({"runs", "--project", project}).out, AllOf(HasSubstr("train"), HasSubstr("test_accuracy")));
  EXPECT_THAT(run_thimble({"runs", "export", "1", "--project", project}).out, StartsWith("run,kind,began,epoch,name,value\n1,train,"));
  json_of({"runs", "export", "--format", "tensorboard", "--project", project});
  EXPECT_TRUE(fs::exists(fs::path(project) / "out/tensorboard/run001-train/events.out.tfevents.0000000001.thimble"));
  json_of({"runs", "rm", "1", "--project", project});
  EXPECT_THAT(run_thimble({"runs", "show", "1", "--project", project}).err, StartsWith("error: there is no run 1\n  the latest are 2\n"));
}

TEST_F(Projects, ADropoutOfFiveIsRefusedBeforeTraining) {
  const std::string project = at("wild");
  json_of({"new", project});
  const fs::path file = fs::path(project) / "thimble.toml";
  std::string text = read_text(file);
  const size_t place = text.find("#dropout = 0.0");
  ASSERT_NE(place, std::string::npos);
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n');
  text.replace(place, 14, "dropout = 5");
  write_text(file, text);
  const Said said = run_thimble({"train", project});
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.err, "error: " + file.string() + ":" + std::to_string(line) +
                          ": dropout = 5 is out of range; it must be between 0 and 0.95\n  while running `thimble train`\n");
}

TEST_F(Projects, MistakesAreToldWithTheWayOut) {
  const std::string project = at("first");
  json_of({"new", project});
  EXPECT_EQ(run_thimble({"new", project}).err,
            "error: there is already a project in '" + project + "'\n  take another name, or remove it\n  while running `thimble new`\n");
  EXPECT_EQ(run_thimble({"new", at("second"), "--template", "vidio"}).err,
            "error: --template cannot be 'vidio'; did you mean 'audio'?\n  while running `thimble new`\n");
  EXPECT_EQ(run_thimble({"eval", project}).err,
            "error: the project 'first' is not trained yet\n  `thimble train " + project + "` trains it\n  while running `thimble eval`\n");
  EXPECT_EQ(run_thimble({"runs", "--project", project}).err,
            "error: no run is kept in '" + project +
                "'\n  `thimble train` keeps one; --project names its folder\n  while running `thimble runs`\n");
  EXPECT_EQ(run_thimble({"train", at("nowhere")}).err,
            "error: there is no folder '" + at("nowhere") +
                "'\n  `thimble new NAME --template motion` makes one\n  while running `thimble train`\n");
}

}  // namespace
}  // namespace thimble::testing
