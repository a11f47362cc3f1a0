#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/subprocess.h"
#include "codegen/c_text.h"
#include "codegen/compiled.h"
#include "codegen/example_text.h"
#include "dsp/block.h"
#include "ir/interpreter.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::HasSubstr;

/// Two fully connected layers of one shape, so that their body is shared.
Graph two_layers() {
  Graph graph{.name = "Two Layers"};
  const Quant quant = per_tensor(0.05f, 3);
  ValueId x = graph.add_input("x", {DType::I8, {1, 4}, quant});
  for (int8_t layer = 0; layer < 2; ++layer) {
    std::vector<int8_t> weights(16);
    for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int8_t>(static_cast<int>(i) * 7 % 31 - 15 + layer);
    const std::vector<int32_t> bias = {10, -20, 30, layer};
    const ValueId w = graph.add_constant<int8_t>("w", {4, 4}, weights, per_tensor(0.02f, 0));
    const ValueId b = graph.add_constant<int32_t>("b", {4}, bias);
    x = add_node(graph, "fully_connected", "fc" + std::to_string(layer), {x, w, b}, FullyConnectedAttrs{}, {quant});
  }
  graph.outputs = {x};
  return graph;
}

/// Compiles the model with its self-test and runs it; the program's output and status.
CommandResult run_selftest(const Compiled& model, const std::vector<std::string>& compiler) {
  const TempDir dir;
  write_text(dir.path() / (model.name + ".h"), model.header);
  write_text(dir.path() / (model.name + ".c"), model.source);
  write_text(dir.path() / "main.c", "#include \"" + model.name + ".h\"\nstatic thimble_" + model.name +
                                        " m;\nint main(void) { return thimble_" + model.name + "_selftest(&m); }\n");
  std::vector<std::string> command = compiler;
  for (const char* word : {"-DTHIMBLE_SELFTEST", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsanitize=address,undefined", "main.c"})
    command.emplace_back(word);
  command.push_back(model.name + ".c");
  const CommandResult built = run_command(command, dir.path());
  EXPECT_EQ(built.status, 0) << built.out;
  return run_command({(dir.path() / "a.out").string()}, dir.path());
}

TEST(Compile, SelfTestPassesInCAndCpp) {
  for (const Optimize optimize : {Optimize::Balanced, Optimize::Speed, Optimize::Flash}) {
    const Compiled model = compile(two_layers(), board_named("x86_64"), {.optimize = optimize});
    const CommandResult c = run_selftest(model, {"gcc", "-std=c99"});
    EXPECT_EQ(c.status, 0) << c.out;
    const CommandResult cpp = run_selftest(model, {"g++", "-x", "c++", "-std=c++17"});
    EXPECT_EQ(cpp.status, 0) << cpp.out;
  }
}

TEST(Compile, TheExampleOfAStreamReadsLines) {
  Graph graph{.name = "Level"};
  const Block& flatten = block_named("flatten");
  AttrBag attrs;
  for (const char* one : {"minimum", "rms", "stdev", "skewness", "kurtosis"}) attrs[one] = false;
  const ValueId x = graph.add_input("samples", {DType::F32, {2, 1}, {}});
  graph.outputs = {graph.add_node(flatten.op, "flatten", {x}, flatten.op.attrs.with(attrs))};
  const Stream about{.rate = 4, .stride = 1, .channels = {{"x", ""}}, .classes = {"low", "high"}, .smoothing = {1, 1, 3}};
  const Compiled model = compile(graph, board_named("x86_64"), {.golden = false, .stream = about});
  const TempDir dir;
  write_text(dir.path() / "level.h", model.header);
  write_text(dir.path() / "level.c", model.source);
  const std::string example = example_text(model, board_named("x86_64"));
  write_text(dir.path() / "level_example.c", example);
  write_text(dir.path() / "recording.csv", "time;infra\n0;1\n\n0.25;2\nlost\n0.5;6,\n0.75;1\n");
  // The command is the one that it names itself; -Werror is ours.
  const size_t command = example.find(" *   cc ") + 8;
  const std::string line = "cc -std=c99 -Wall -Wextra -Werror " + example.substr(command, example.find('\n', command) - command);
  EXPECT_EQ(line, "cc -std=c99 -Wall -Wextra -Werror -O2 -ffp-contract=off level.c level_example.c -o level && ./level < recording.csv");
  EXPECT_EQ(run_command({"sh", "-c", line}, dir.path()).out, "    0.50 s  uncertain\n    0.75 s  high\n    1.00 s  high\n");
  write_text(dir.path() / "recording.csv", "1\n2\n6\n1\n");
  EXPECT_EQ(run_command({"sh", "-c", "./level < recording.csv"}, dir.path()).out,
            "    0.50 s  uncertain\n    0.75 s  high\n    1.00 s  high\n");
  EXPECT_THAT(
      example_text(model, board_named("nano33ble")),
      ::testing::StartsWith("/* How level.h is used. On a board, read_sample waits for the sensor; here it reads lines of numbers.\n *\n"
                            " * level.c is for nano33ble: in a project of your own it is compiled with -O2 -mcpu=cortex-m4 -mthumb "
                            "-mfloat-abi=hard -mfpu=fpv4-sp-d16 -ffp-contract=off.\n"
                            " * To try this program on your desk, let `thimble compile --board host` write another level.c.\n */\n"));
}

/// After a run of a whole window, a stream is as new: nothing that was pushed before, nor the window, is left in it.
TEST(Compile, ARunForgetsTheStream) {
  const Block& mfe = block_named("mfe");
  const Block& flatten = block_named("flatten");
  for (const Block* block : {&flatten, &mfe}) {
    Graph graph{.name = "Level"};
    const ValueId x = graph.add_input("samples", {DType::F32, {40, 1}, {}});
    AttrBag attrs;
    if (block == &mfe)
      attrs = {{"rate", 100.0}, {"frame_length", 0.08}, {"frame_stride", 0.08}, {"fft_length", int64_t{8}}, {"num_filters", int64_t{2}}};
    graph.outputs = {graph.add_node(block->op, "features", {x}, block->op.attrs.with(attrs))};
    std::vector<std::string> classes(static_cast<size_t>(graph.type(graph.outputs[0]).elements()), "c");
    const Stream about{.rate = 100, .stride = 8, .channels = {{"x", ""}}, .classes = classes, .smoothing = {3, 2, -1e9}};
    const Compiled model = compile(graph, board_named("x86_64"), {.golden = false, .stream = about});
    EXPECT_EQ(model.stream->by_frames(), block == &mfe);
    const TempDir dir;
    write_text(dir.path() / "level.h", model.header);
    write_text(dir.path() / "level.c", model.source);
    write_text(dir.path() / "main.c", R"(#include <string.h>
#include "level.h"
static thimble_level used, fresh;
static float window[THIMBLE_LEVEL_WINDOW];
int main(void) {
  int i, answers = 0;
  float x;
  thimble_level_init(&used);
  thimble_level_init(&fresh);
  for (i = 0; i < 101; ++i) x = (float)(i * i % 17), thimble_level_push(&used, &x);
  if (thimble_level_answer(&used) == THIMBLE_LEVEL_UNCERTAIN) return 2;
  for (i = 0; i < THIMBLE_LEVEL_WINDOW; ++i) window[i] = (float)(i % 5);
  if (thimble_level_run(&used, window) != 0) return 3;
  if (thimble_level_answer(&used) != THIMBLE_LEVEL_UNCERTAIN) return 4;
  for (i = 0; i < 150; ++i) {
    const float next = (float)(i * 7 % 23);
    const int mine = thimble_level_push(&used, &next), its = thimble_level_push(&fresh, &next);
    if (mine != its || thimble_level_answer(&used) != thimble_level_answer(&fresh)) return 5;
    if (!mine) continue;
    if (memcmp(thimble_level_output0(&used), thimble_level_output0(&fresh), THIMBLE_LEVEL_CLASSES * sizeof(float)) != 0) return 6;
    ++answers;
  }
  return answers > 10 ? 0 : 7;
}
)");
    const CommandResult ran =
        run_command({"sh", "-c", "gcc -std=c99 -O1 -Wall -Wextra -Werror -ffp-contract=off level.c main.c && ./a.out"}, dir.path());
    EXPECT_EQ(ran.status, 0) << block->op.name << "\n" << ran.out;
  }
}

TEST(Compile, StreamsPassTheirSelfTestInCAndCpp) {
  Graph graph{.name = "Wand"};
  const Block& flatten = block_named("flatten");
  graph.outputs = {graph.add_node(flatten.op, "flatten", {graph.add_input("samples", {DType::F32, {20, 2}, {}})})};
  Stream about{.rate = 50, .stride = 5, .channels = {{"x", "m/s2"}, {"*/", ""}}};
  for (int i = 0; i < 14; ++i) about.classes.push_back(std::string(1, static_cast<char>('a' + i)) + "\"\\\n");
  for (const bool classes : {true, false}) {
    if (!classes) about.classes.clear();
    const Compiled model = compile(graph, board_named("x86_64"), {.stream = about});
    EXPECT_THAT(model.header,
                HasSubstr("/* Samples of 2 channels (x in m/s2, * /), 50.0f a second; a result sees 20 of them and the next one "
                          "comes 5 later. */"));
    const CommandResult c = run_selftest(model, {"gcc", "-std=c99"});
    EXPECT_EQ(c.status, 0) << c.out;
    const CommandResult cpp = run_selftest(model, {"g++", "-x", "c++", "-std=c++17"});
    EXPECT_EQ(cpp.status, 0) << cpp.out;
  }
}

TEST(Compile, SelfTestFailsWhenAWeightIsWrong) {
  Compiled model = compile(two_layers(), board_named("x86_64"));
  const size_t weights = model.source.find("_weights[16] = {");
  ASSERT_NE(weights, std::string::npos);
  model.source.insert(model.source.find('{', weights) + 1, "99+");
  EXPECT_EQ(run_selftest(model, {"gcc", "-std=c99"}).status, 1);
}

TEST(Compile, LayersOfOneShapeShareABody) {
  const Compiled model = compile(two_layers(), board_named("x86_64"));
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[1].symbol, "thimble_two_layers_layer_01");
  EXPECT_THAT(model.source, HasSubstr("thimble_two_layers_body_0(const int8_t *p0"));
  EXPECT_EQ(model.arena_bytes, 8);
  // 2 x (16 weights + 4 biases of 4 bytes), and one table each of 4 mantissas and 4 shifts that both layers read.
  EXPECT_EQ(model.constant_bytes, 2 * (16 + 16) + 16 + 4);
}

TEST(Compile, AModelNamedLikeAKernelGetsAnotherName) {
  Graph graph = two_layers();
  graph.name = "fully_connected";
  const Compiled model = compile(graph, board_named("x86_64"));
  EXPECT_EQ(model.name, "fully_connected_model");
  EXPECT_EQ(run_selftest(model, {"gcc", "-std=c99"}).status, 0);
}

/// The exported helper rounds as the quantize op does, to the last float before a tie, and has an answer for what is no number.
TEST(Compile, QuantisesRealInputsAsTheQuantizeOpDoes) {
  const Compiled model = compile(two_layers(), board_named("x86_64"));  // scale 0.05, zero 3
  const TempDir dir;
  write_text(dir.path() / "two_layers.h", model.header);
  write_text(dir.path() / "main.c",
             "#include <math.h>\n#include <stdio.h>\n#include \"two_layers.h\"\nint main(void) {\n"
             "  const float reals[] = {0.0f, 0.5f * 0.05f, -0.5f * 0.05f, 0.49999997f * 0.05f, 1e30f, -1e30f, NAN};\n"
             "  for (int i = 0; i < 7; ++i) printf(\"%d \", thimble_two_layers_quantize_input0(reals[i]));\n  return 0;\n}\n");
  const CommandResult built = run_command({"gcc", "-std=c99", "-Wall", "-Werror", "-fsanitize=undefined", "main.c"}, dir.path());
  ASSERT_EQ(built.status, 0) << built.out;
  EXPECT_EQ(run_command({(dir.path() / "a.out").string()}, dir.path()).out, "3 4 2 3 127 -128 -128 ");
}

TEST(Compile, NamesEveryNodeThatNoKernelRuns) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {DType::I32, {1, 4}, per_tensor(1, 0)});
  const std::vector<int8_t> weights(8);
  const ValueId w = graph.add_constant<int8_t>("w", {2, 4}, weights, per_tensor(1, 0));
  graph.nodes.push_back({find_op("fully_connected"),
                         "dense",
                         {x, w},
                         {graph.add_value({"y", {DType::I32, {1, 2}, per_tensor(1, 0)}, nullptr})},
                         FullyConnectedAttrs{}});
  graph.outputs = graph.nodes[0].out;
  try {
    compile(graph, board_named("x86_64"));
    FAIL() << "compiled";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Unsupported);
    EXPECT_THAT(error.what(), HasSubstr("model has 1 node that no kernel runs on x86_64\n  fully_connected  'dense'  "));
    EXPECT_THAT(error.what(), HasSubstr("fully_connected_s8_ref: the input is not i8"));
  }
}

TEST(CText, MakesIdentifiers) {
  EXPECT_EQ(c_identifier("Kws-v2.int8"), "kws_v2_int8");
  EXPECT_EQ(c_identifier("3d"), "m3d");
  EXPECT_EQ(c_macro("kws_int8"), "KWS_INT8");
}

TEST(CText, WritesArraysWithoutLosingADigit) {
  const std::vector<float> floats = {0.1f, -2.0f};
  EXPECT_EQ(c_array(DType::F32, std::as_bytes(std::span(floats))), "{0x1.99999ap-4f,-0x1p+1f}");
  const std::vector<int32_t> lowest = {std::numeric_limits<int32_t>::min()};
  EXPECT_EQ(c_array(DType::I32, std::as_bytes(std::span(lowest))), "{(-2147483647 - 1)}");
}

TEST(CText, PastesHeadersOnceAndDependenciesFirst) {
  const std::string text = paste_headers({"kernels/fully_connected_ref.h", "core/base.h"});
  EXPECT_EQ(text.find("#include \""), std::string::npos);
  EXPECT_NE(text.find("\n} thimble_fully_connected_s8_shape;\n"), std::string::npos);
  EXPECT_LT(text.find("---- core/base.h"), text.find("---- core/requantize.h"));
  EXPECT_LT(text.find("---- core/requantize.h"), text.find("---- kernels/fully_connected_ref.h"));
  EXPECT_EQ(text.find("---- core/base.h"), text.rfind("---- core/base.h"));
}

}  // namespace
}  // namespace thimble
