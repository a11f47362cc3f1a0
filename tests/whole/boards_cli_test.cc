// The verbs that cross-compile and emulate, on the boards whose tools are here.
#include <gmock/gmock.h>

#include <cstdlib>

#include "models.h"
#include "program.h"

namespace thimble::testing {
namespace {

using ::testing::HasSubstr;

bool ready(const std::string& board) { return run_thimble({"doctor", "--board", board}).status == 0; }

/// A file of the shared data; empty where it is not there.
std::string shared(const std::string& name) {
  const char* chosen = std::getenv("THIMBLE_SHARED");
  for (fs::path folder = THIMBLE_SOURCE_DIR; folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path path = (chosen ? fs::path(chosen) : folder.parent_path() / "shared") / name;
    if (fs::exists(path)) return path;
  }
  return "";
}

class Boards : public ::testing::TestWithParam<const char*> {
 protected:
  Boards() { write_tiny(model_), write_tiny_float(floats_); }
  TempDir dir_;
  std::string model_ = dir_.path() / "tiny.tflite", floats_ = dir_.path() / "tiny_float.tflite";
};

TEST_P(Boards, VerifyFindsNoDifference) {
  if (!ready(GetParam())) GTEST_SKIP() << "`thimble doctor --board " << GetParam() << "` tells what is missing";
  for (const std::string& model : {model_, floats_}) {
    const Said said = run_thimble({"verify", model, "--board", GetParam(), "--json"});
    EXPECT_EQ(said.status, 0) << said.out << said.err;
    const Json json = said.json();
    const Json::Array& runs = *json.find("runs")->as_array();
    ASSERT_FALSE(runs.empty());
    EXPECT_EQ(*runs.back().find("on")->as_string(), std::string(GetParam()) == "host" ? "host C" : GetParam());
    for (const Json& run : runs) EXPECT_EQ(*run.find("status")->as_string(), "equal");
  }
}

TEST_P(Boards, TuneIsNeverSlowerAndIsRemembered) {
  const std::string board = GetParam(), file = dir_.path() / "cache/tuned.json";
  if (!ready(board)) GTEST_SKIP() << "`thimble doctor --board " << board << "` tells what is missing";
  const Said first = run_thimble({"tune", model_, "--board", board, "--tuned", file, "--json"});
  if (first.status == 2) {
    EXPECT_THAT(first.err, HasSubstr("error: the emulator of the board '" + board + "' does not count cycles"));
    return;
  }
  ASSERT_EQ(first.status, 0) << first.err;
  const Json json = first.json();
  EXPECT_LE(json.find("tuned")->find("cycles")->number(), json.find("table")->find("cycles")->number());
  EXPECT_LE(json.find("tuned")->find("ram")->number(), json.find("table")->find("ram")->number());
  for (const Json& shape : *json.find("shapes")->as_array()) {
    const Json::Object& cycles = *shape.find("cycles")->as_object();
    EXPECT_GE(cycles.size(), 2u);
    // A faster kernel is left only for a reason that is told.
    if (!shape.find("back")->is_null())
      EXPECT_EQ(*shape.find("tuned")->as_string(), *shape.find("table")->as_string());
    else
      for (const auto& [kernel, count] : cycles)
        EXPECT_GE(count.number(), shape.find("cycles")->find(*shape.find("tuned")->as_string())->number()) << kernel;
    EXPECT_TRUE(*shape.find("measured")->as_bool());
  }
  const Json again = run_thimble({"tune", model_, "--board", board, "--tuned", file, "--json"}).json();
  for (const Json& shape : *again.find("shapes")->as_array()) EXPECT_FALSE(*shape.find("measured")->as_bool());
}

TEST_P(Boards, ProfileAddsUp) {
  const std::string board = GetParam();
  if (!ready(board)) GTEST_SKIP() << "`thimble doctor --board " << board << "` tells what is missing";
  const Said said = run_thimble({"profile", model_, "--board", board, "--json"});
  ASSERT_EQ(said.status, 0) << said.err;
  const Json json = said.json();
  const Json& ram = *json.find("ram");
  EXPECT_EQ(*ram.find("total")->as_int(), *ram.find("arena")->as_int() + *ram.find("state")->as_int() + *ram.find("stack")->as_int());
  EXPECT_EQ(json.find("layers")->as_array()->size(), 2u);
  EXPECT_EQ(*json.find("macs")->as_int(), 56);
  if (json.find("instructions")->is_null()) return;  // an emulator that cannot count
  int64_t layers = 0;
  for (const Json& layer : *json.find("layers")->as_array()) layers += *layer.find("instructions")->as_int();
  EXPECT_LE(layers, *json.find("instructions")->as_int());
  EXPECT_GT(layers, 56);
}

TEST_P(Boards, CompileIsExact) {
  const std::string board = GetParam();
  if (!ready(board)) GTEST_SKIP() << "`thimble doctor --board " << board << "` tells what is missing";
  const Said compiled = run_thimble({"compile", model_, "--board", board, "--out", dir_.path() / "out", "--json"});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_TRUE(*compiled.json().find("exact")->as_bool());
  const Json profile = run_thimble({"profile", model_, "--board", board, "--json"}).json(), compile = compiled.json();
  EXPECT_EQ(compile.find("flash")->dump(), profile.find("flash")->dump());
  EXPECT_EQ(compile.find("ram")->dump(), profile.find("ram")->dump());
}

INSTANTIATE_TEST_SUITE_P(All, Boards,
                         ::testing::Values("host", "nano33ble", "l4r5", "f746disco", "thingy91", "pico", "corstone300", "esp32c3",
                                           "esp8266", "uno", "rpi3", "wasm"),
                         [](const auto& board) { return std::string(board.param); });

/// Where the front door runs the tests it has installed every tool, so nothing may be skipped for want of one.
TEST(Tools, AreAllHereWhereTheyWereInstalled) {
  if (!std::getenv("THIMBLE_REQUIRE_TOOLS")) GTEST_SKIP() << "THIMBLE_REQUIRE_TOOLS is not set: boards may be left out";
  EXPECT_EQ(run_thimble({"doctor", "--json"}).json().find("lacking")->dump(), "[]");
}

TEST(Profile, CountsWhatTheFlashWaits) {
  if (!ready("l4r5") || !ready("nano33ble")) GTEST_SKIP() << "`thimble doctor --board l4r5` tells what is missing";
  const TempDir dir;
  const std::string model = dir.path() / "wide.tflite";  // 6,000 weights, each read once
  write_wide(model);
  double constants = 0;
  const auto cycles = [&](const std::string& board, const std::string& wait_states) {
    const Json json = run_thimble({"profile", model, "--board", board, "--wait-states", wait_states, "--json"}).json();
    constants = json.find("flash")->find("constants")->number();
    return std::pair(*json.find("wait_states")->as_int(), json.find("cycles")->number());
  };
  const auto [own, waiting] = cycles("l4r5", "-1");
  EXPECT_EQ(own, 5);
  const auto [none, plain] = cycles("l4r5", "0");
  EXPECT_EQ(none, 0);
  EXPECT_GE(constants, 6000);
  EXPECT_GT(waiting - plain, 5 * 6000 / 8) << "constants wait";
  EXPECT_LT(waiting - plain, 5 * (constants / 8) + 2000) << "code waits little";
  EXPECT_EQ(cycles("nano33ble", "-1"), cycles("nano33ble", "0"));
  EXPECT_GT(cycles("nano33ble", "7").second, cycles("nano33ble", "3").second);
}

TEST(Golden, HelloWorldEqualsTheReferenceOnTheNano) {
  const std::string model = shared("data/models/tflm-examples/hello_world_int8.tflite"), golden = shared("data/golden/tflm");
  if (model.empty() || golden.empty() || !ready("nano33ble")) GTEST_SKIP() << "needs ../shared and the tools of nano33ble";
  const Said said = run_thimble({"verify", model, "--board", "nano33ble", "--golden", golden});
  EXPECT_EQ(said.status, 0);
  EXPECT_THAT(said.out, HasSubstr("hello_world_int8: equal in 32 records, 3 ways to run it"));
  EXPECT_THAT(said.out, HasSubstr("3 of 3: equal"));
}

TEST(Golden, AModelWithoutVectorsIsTold) {
  const std::string golden = shared("data/golden/tflm");
  if (golden.empty()) GTEST_SKIP() << "needs ../shared";
  const TempDir dir;
  write_tiny(dir.path() / "kws_int9.tflite");
  const Said said = run_thimble({"verify", dir.path() / "kws_int9.tflite", "--board", "host", "--golden", golden});
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.err,
            "error: there are no golden vectors of 'kws_int9.tflite'; did you mean 'kws_int8.tflite'?\n"
            "  leave --golden out to compare with the interpreter instead\n"
            "  while reading golden vectors in '" +
                golden + "'\n  while running `thimble verify`\n");
}

}  // namespace
}  // namespace thimble::testing
