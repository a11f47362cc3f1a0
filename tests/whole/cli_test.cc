// The command line without any compiler or emulator: texts, spelling help, JSON, exit codes.
#include <gmock/gmock.h>

#include <chrono>

#include "models.h"
#include "program.h"

namespace thimble::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Cli : public ::testing::Test {
 protected:
  Cli() {
    write_tiny(model_);
    std::string ramp = "x,y\n";
    for (int i = 0; i < 20; ++i) ramp += std::to_string(i) + ",1\n";
    write_text(in_dir("ramp.csv"), ramp);
  }
  std::string in_dir(const char* name) const { return dir_.path() / name; }

  TempDir dir_;
  std::string model_ = in_dir("tiny.tflite");
};

TEST_F(Cli, WithoutWordsTellsWhereToStart) {
  const Said said = run_thimble({});
  EXPECT_EQ(said.status, 0);
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("Three commands to begin with\n  thimble demo"), HasSubstr("\n  inspect  "), HasSubstr("\n  verify   ")));
  EXPECT_EQ(said.out, run_thimble({"--help"}).out);
  EXPECT_EQ(said.out.find('\x1b'), std::string::npos) << "colours only on a terminal";
}

TEST_F(Cli, TellsItsVersionAtOnce) {
  run_thimble({"--version"});  // into the page cache
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(run_thimble({"--version"}).out, StartsWith("thimble 0."));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200)) << "far above the 20 ms of an idle machine";
}

TEST_F(Cli, EveryVerbHasHelpWithExamples) {
  for (const char* verb :
       {"blocks", "boards", "compile", "data",    "demo",     "doctor", "eval", "explain",    "features", "inspect", "kernels",
        "new",    "ops",    "passes",  "profile", "quantize", "run",    "runs", "synthesize", "train",    "tune",    "verify"}) {
    const Said said = run_thimble({verb, "--help"});
    EXPECT_EQ(said.status, 0) << verb;
    EXPECT_THAT(said.out,
                AllOf(StartsWith(std::string("thimble ") + verb + ": "), HasSubstr("\nUsage\n"), HasSubstr("\nExamples\n  thimble ")));
    EXPECT_EQ(run_thimble({"help", verb}).out, said.out);
  }
}

TEST_F(Cli, QuantizesAFloatModelAndTellsTheDamage) {
  const std::string model = in_dir("tiny_float.tflite"), data = in_dir("some.csv"), out = in_dir("made.tflite");
  write_tiny_float(model);
  write_text(data, "0.5,-1,0.25,1\n-0.5,1,0,0.75\n1,1,-1,0\n");
  write_text(in_dir("labels.csv"), "0\n1\n2\n");
  const Said said = run_thimble({"quantize", model, "--data", data, "--labels", in_dir("labels.csv"), "--out", out});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("2 of 2 layers become int8"), HasSubstr("of 3 examples keep their largest output"),
                              HasSubstr("fully_connected"), HasSubstr("wrote " + out)));
  EXPECT_THAT(run_thimble({"inspect", out}).out, HasSubstr("i8 1x4"));
  EXPECT_THAT(run_thimble({"quantize", model, "--random", "--method", "best", "--json", "--out", out}).out, HasSubstr("\"same_largest\""));
}

TEST_F(Cli, QuantizeSaysWhatItNeeds) {
  const std::string model = in_dir("tiny_float.tflite");
  write_tiny_float(model);
  EXPECT_EQ(run_thimble({"quantize", model}).err,
            "error: to quantise 'tiny_float' some of its inputs are needed: without them nobody knows its ranges\n"
            "  --data FILE.npy, a hundred records or so of f32[1x4]; or --random, to learn what the int8 model costs\n"
            "  while running `thimble quantize`\n");
  EXPECT_EQ(run_thimble({"quantize", model_, "--random"}).err,
            "error: nothing in 'tiny' computes on floats that could be int8\n"
            "  give the float model that it was made of\n"
            "  while running `thimble quantize`\n");
  write_text(in_dir("some.csv"), "0.5,-1,0.25,1\n-0.5,1,0,0.75\n");
  write_text(in_dir("labels.csv"), "0\n");
  EXPECT_EQ(run_thimble({"quantize", model, "--data", in_dir("some.csv"), "--labels", in_dir("labels.csv")}).err,
            "error: '" + in_dir("labels.csv") +
                "' has 1 labels for 2 records\n"
                "  one whole number a record, in the same order: its class, counted from 0\n"
                "  while running `thimble quantize`\n");
  write_text(in_dir("labels.csv"), "0\n7\n");
  EXPECT_EQ(run_thimble({"quantize", model, "--data", in_dir("some.csv"), "--labels", in_dir("labels.csv")}).err,
            "error: label 1 of '" + in_dir("labels.csv") +
                "' is 7; the model tells 3 classes apart\n"
                "  one whole number a record, in the same order: its class, counted from 0\n"
                "  while running `thimble quantize`\n");
  fs::create_directory(in_dir("empty"));
  EXPECT_EQ(run_thimble({"quantize", model, "--data", in_dir("empty")}).err,
            "error: there is no .npy, .csv or .bin file in '" + in_dir("empty") +
                "'\n"
                "  numpy.save('examples.npy', x) writes one, with the record as first axis\n"
                "  while running `thimble quantize`\n");
}

struct Mistake {
  std::vector<std::string> words;
  int status;
  std::string text;
};

TEST_F(Cli, MistakesAreToldWithTheWayOut) {
  const std::vector<Mistake> mistakes = {
      {{"inspct", "x"}, 1, "error: thimble has no verb 'inspct'; did you mean 'inspect'?\n  `thimble` lists them all\n"},
      {{"--jsn"},
       1,
       "error: thimble knows no flag '--jsn' before a verb\n  flags of a verb follow it: `thimble inspect model.tflite --json`\n"},
      {{"compile"},
       1,
       "error: there is no project in '.': it has no thimble.toml\n"
       "  name a .tflite file or the folder of a project; `thimble new NAME --template motion` makes one\n"
       "  while running `thimble compile`\n"},
      {{"compile", in_dir("nosuch/thimble.toml")},
       1,
       "error: there is no folder '" + in_dir("nosuch") +
           "'\n  name a .tflite file or the folder of a project; `thimble new NAME --template motion` makes one\n"
           "  while running `thimble compile`\n"},
      {{"inspect"},
       1,
       "error: thimble inspect needs a model\n  for example: thimble inspect kws.tflite\n  while running `thimble inspect`\n"},
      {{"inspect", model_, "--after-pases"},
       1,
       "error: thimble inspect has no flag '--after-pases'; did you mean '--after-passes'?\n"
       "  `thimble inspect --help` shows how it is used\n  while running `thimble inspect`\n"},
      {{"inspect", in_dir("tinny.tflite")},
       1,
       "error: there is no file '" + in_dir("tinny.tflite") + "'; did you mean 'tiny.tflite'?\n  while running `thimble inspect`\n"},
      {{"compile", model_, "--board", "picco"},
       1,
       "error: no board named 'picco'; did you mean 'pico'?\n  `thimble boards` lists them\n  while running `thimble compile`\n"},
      {{"compile", model_, "--optimize", "sped"},
       1,
       "error: --optimize cannot be 'sped'; did you mean 'speed'?\n  while running `thimble compile`\n"},
      {{"compile", model_, "--board"},
       1,
       "error: thimble compile: --board needs a value\n  `thimble compile --help` shows how it is used\n"
       "  while running `thimble compile`\n"},
      {{"compile", model_, "--run"},
       1,
       "error: --run plays the recordings of a project, and '" + model_ + "' is none\n  `thimble run " + model_ +
           "` feeds a model numbers\n  while running `thimble compile`\n"},
      {{"compile", model_, model_},
       1,
       "error: thimble compile does not know what to do with '" + model_ +
           "'\n  `thimble compile --help` shows how it is used\n"
           "  while running `thimble compile`\n"},
      {{"run", model_, "--on", "interpreter", "--input", in_dir("in.npy")},
       1,
       "error: there is no file '" + in_dir("in.npy") + "'\n  while running `thimble run`\n"},
      {{"run", model_, "--records", "many"}, 1, "error: --records is a whole number, not 'many'\n  while running `thimble run`\n"},
      {{"run", model_, "--seed", "-1"}, 1, "error: --seed = -1 is out of range; it must be at least 0\n  while running `thimble run`\n"},
      {{"kernels", "fully_conected"},
       1,
       "error: there is no op 'fully_conected'; did you mean 'fully_connected'?\n  `thimble ops` lists them\n  while running `thimble "
       "kernels`\n"},
      {{"passes", "--show"},
       1,
       "error: thimble passes needs a model to run passes on\n  without a model and without flags it lists the passes there are\n"
       "  while running `thimble passes`\n"},
      {{"blocks", "mfc"},
       1,
       "error: there is no signal block 'mfc'; did you mean 'mfcc'?\n  `thimble blocks` lists them\n  while running `thimble blocks`\n"},
      {{"features", in_dir("ramp.csv"), "--block", "flatten", "--frame-length", "0.1"},
       1,
       "error: block 'flatten' has no parameter 'frame_length'; known: scale_axes, average, minimum, maximum, rms, stdev, "
       "skewness, kurtosis\n  `thimble blocks flatten` lists its parameters\n"
       "  while computing 'flatten' of 'ramp.csv'\n  while running `thimble features`\n"},
      {{"features", in_dir("ramp.csv"), "--block", "spectral", "--fft-length", "2"},
       1,
       "error: --fft-length = 2 is out of range; it must be between 4 and 4096\n"
       "  while computing 'spectral' of 'ramp.csv'\n  while running `thimble features`\n"},
      {{"features", in_dir("ramp.csv"), "--window", "30"},
       1,
       "error: 'ramp.csv' has 20 samples, which is less than a window of 30\n  take a shorter --window\n"
       "  while computing 'spectral' of 'ramp.csv'\n  while running `thimble features`\n"},
      {{"boards", "pico"},
       1,
       "error: thimble boards does not know what to do with 'pico'\n  `thimble boards --help` shows how it is used\n"
       "  while running `thimble boards`\n"},
  };
  for (const Mistake& mistake : mistakes) {
    const Said said = run_thimble(mistake.words);
    EXPECT_EQ(said.status, mistake.status) << mistake.text;
    EXPECT_EQ(said.err, mistake.text);
    EXPECT_EQ(said.out, "");
  }
}

TEST_F(Cli, NothingIsWrittenHalf) {
  const Said said = run_thimble({"compile", model_, "--plan-only", "--out", "/dev/full/x"});
  EXPECT_EQ(said.status, 3);
  EXPECT_THAT(said.err, StartsWith("error: cannot write '/dev/full/x/"));
}

TEST_F(Cli, ErrorsAreJsonToo) {
  const Said said = run_thimble({"inspect", in_dir("none.tflite"), "--json"});
  EXPECT_EQ(said.status, 1);
  const Json* error = said.json().find("error");
  ASSERT_TRUE(error);
  const Json whole = said.json();
  EXPECT_EQ(*whole.find("error")->find("blame")->as_string(), "user");
}

TEST_F(Cli, TablesAreJsonToo) {
  for (const char* verb : {"boards", "kernels", "ops", "passes"}) {
    const Json rows = run_thimble({verb, "--json"}).json();
    ASSERT_TRUE(rows.as_array()) << verb;
    ASSERT_FALSE(rows.as_array()->empty()) << verb;
    for (const Json& row : *rows.as_array()) EXPECT_TRUE(row.find("name")->as_string()) << verb;
  }
}

TEST_F(Cli, InspectCountsTheModel) {
  EXPECT_EQ(run_thimble({"inspect", model_}).out,
            "tiny: 2 layers, 56 MACs, 67 parameters in 100 B\n"
            "\n"
            "  port    name    type    real value      bytes\n"
            "  input   x       i8 1x4  0.02 x (q + 3)      4\n"
            "  output  scores  i8 1x3  0.05 x (q - 4)      3\n"
            "\n"
            "  #  op               layer   output  real value        constants B  MACs\n"
            "  0  fully_connected  hidden  i8 1x8  0.03 x (q + 128)           64    32\n"
            "  1  fully_connected  scores  i8 1x3  0.05 x (q - 4)             36    24\n"
            "  ───────────────────────────────────────────────────────────────────────\n"
            "     total                                                      100    56\n"
            "\n"
            "  op               layers  MACs    share\n"
            "  fully_connected       2    56  100.0 %\n");
  const Json json = run_thimble({"inspect", model_, "--json"}).json();
  EXPECT_EQ(*json.find("macs")->as_int(), 56);
  EXPECT_EQ(json.find("layers")->as_array()->size(), 2u);
}

TEST_F(Cli, CompileWritesTheSourceAndPlansWithoutACompiler) {
  const Said said = run_thimble({"compile", model_, "--out", in_dir("out"), "--plan-only"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("fully_connected_s8_dsp"), HasSubstr("from the plan, not from a linked firmware: --plan-only was given")));
  EXPECT_THAT(read_text(in_dir("out/tiny.h")), HasSubstr("thimble_tiny"));
  EXPECT_THAT(read_text(in_dir("out/tiny.c")), HasSubstr("#include \"tiny.h\""));
  const Json json = run_thimble({"compile", model_, "--out", in_dir("out"), "--plan-only", "--json"}).json();
  EXPECT_FALSE(*json.find("exact")->as_bool());
  EXPECT_GT(*json.find("ram")->find("arena")->as_int(), 0);
}

TEST_F(Cli, ExplainNamesTheChosenKernelAndTheReasonsOfOthers) {
  const Said said = run_thimble({"explain", model_, "--board", "x86_64", "--layer", "1"});
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("▶  fully_connected_s8_ref"), HasSubstr("chosen: the cheapest"), HasSubstr("fully_connected_f32_ref")));
  EXPECT_EQ(run_thimble({"explain", model_, "--board", "x86_64", "--layer", "2"}).err,
            "error: there is no layer 2\n  '" + model_ + "' has layers 0 to 1 on x86_64\n  while running `thimble explain`\n");
}

TEST_F(Cli, BoardsThatCannotDoItAreRefused) {
  EXPECT_EQ(run_thimble({"profile", model_, "--board", "uno", "--wait-states", "5"}).err,
            "error: --wait-states has no meaning on uno: it does not wait for its flash\n"
            "  microcontrollers with a cached flash do, such as l4r5\n  while running `thimble profile`\n");
  write_wide(in_dir("broad.tflite"));
  const Said said = run_thimble({"compile", in_dir("broad.tflite"), "--board", "uno", "--plan-only", "--out", in_dir("out")});
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.err,
            "error: 'broad' takes 3,001 bytes of RAM (arena and state) and uno has 2,048\n  --optimize ram makes it as small as it gets; "
            "`thimble boards` lists larger boards\n  while running `thimble compile`\n");
}

TEST_F(Cli, RunTakesRealValuesAndWritesThem) {
  write_text(in_dir("in.csv"), "0,0.1,0.2,-0.4\n0.06,0,0,0\n");
  const Said said =
      run_thimble({"run", model_, "--on", "interpreter", "--input", in_dir("in.csv"), "--output", in_dir("out.csv"), "--json"});
  EXPECT_EQ(said.status, 0) << said.err;
  const Json json = said.json();
  ASSERT_EQ(json.find("records")->as_array()->size(), 2u);
  const Json& output = json.find("records")->as_array()->at(0).as_array()->at(0);
  const Json::Array& values = *output.find("values")->as_array();
  const Json::Array& stored = *output.find("stored")->as_array();
  ASSERT_EQ(values.size(), 3u);
  std::string line;
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(values[i].number(), 0.05 * (stored[i].number() - 4), 1e-6);
    line += (i ? "," : "") + std::to_string(*stored[i].as_int());
  }
  EXPECT_THAT(read_text(in_dir("out.csv")), StartsWith(line + "\n"));
}

TEST_F(Cli, RunTellsWhenAFileDoesNotFit) {
  write_text(in_dir("in.csv"), "1,2,3\n");
  EXPECT_EQ(run_thimble({"run", model_, "--on", "interpreter", "--input", in_dir("in.csv")}).err,
            "error: 'in.csv' holds 3 numbers, which is not a whole number of records\n"
            "  a record of this model is i8[1x4]: 4 numbers\n  while running `thimble run`\n");
}

TEST_F(Cli, RandomInputsAreTheSameForTheSameSeed) {
  const std::vector<std::string> words = {"run", model_, "--on", "interpreter", "--records", "3", "--json", "--seed"};
  const auto out = [&](const char* seed) {
    auto all = words;
    all.emplace_back(seed);
    return run_thimble(all).out;
  };
  EXPECT_EQ(out("5"), out("5"));
  EXPECT_NE(out("5"), out("6"));
}

TEST_F(Cli, FeaturesOfARecordingAreShownAndWritten) {
  const std::vector<std::string> words = {"features", in_dir("ramp.csv"), "--block", "flatten",    "--rms", "false",    "--stdev",
                                          "false",    "--skewness",       "false",   "--kurtosis", "false", "--window", "10"};
  const Said said = run_thimble(words);
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("6 features a window by 'flatten'"), HasSubstr("  ramp.csv             0   4.5   0   9  1  1  1\n"),
                              HasSubstr("                      10  14.5  10  19  1  1  1\n")));
}

TEST_F(Cli, TheManualListsEveryBlockWithItsParameters) {
  const std::string page = read_text(fs::path(THIMBLE_SOURCE_DIR) / "docs/manual/blocks.md");
  const std::string reference = run_thimble({"blocks", "--markdown"}).out;
  ASSERT_THAT(reference, HasSubstr("### mfcc\n"));
  EXPECT_EQ(page.substr(std::min(page.size(), page.find("### "))), reference)
      << "`thimble blocks --markdown` prints what has to stand at the end of docs/manual/blocks.md";
}

}  // namespace
}  // namespace thimble::testing
