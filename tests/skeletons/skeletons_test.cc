// The skeletons of docs/how-to do what their pages say.
#include <gmock/gmock.h>

#include <cstring>

#include "base/files.h"
#include "base/subprocess.h"
#include "example.h"
#include "ir/interpreter.h"
#include "ir/pass.h"
#include "kernels/kernel.h"
#include "steps/step.h"

namespace thimble {

std::span<const OpDef> example_ops();
std::span<const Kernel> example_kernels();
std::span<const Board> example_boards();
std::span<const Pass> example_passes();
std::span<const Step> example_steps();

namespace {

using ::testing::ElementsAre;

/// x -> example * 2 -> example * 3.
Graph two_examples() {
  Graph graph{.name = "g"};
  const OpDef& op = example_ops()[0];
  const ValueId x = graph.add_input("x", {DType::F32, {2}, {}});
  graph.outputs = {graph.add_node(op, "b", {graph.add_node(op, "a", {x})}, ExampleAttrs{3})};
  return graph;
}

Buffer run(const Graph& graph) {
  const float x[] = {1, -0.5f};
  const auto raw = std::as_bytes(std::span(x));
  const Buffer in(raw.begin(), raw.end());
  return Interpreter(graph).run({&in, 1})[0];
}

TEST(Skeletons, OpComputes) {
  const Graph graph = two_examples();
  verify(graph);
  const float want[] = {6, -3};
  const Buffer have = run(graph);
  EXPECT_EQ(std::memcmp(have.data(), want, sizeof want), 0);
}

TEST(Skeletons, OpSpeaksTflite) {
  const ForeignMap& map = example_ops()[0].tflite[0];
  ForeignNode node{.op = "EXAMPLE", .name = "y", .in = {0}, .out = {1}, .attrs = {}};
  ForeignGraph graph;
  ASSERT_TRUE(map.write(ExampleAttrs{5}, node, graph));
  EXPECT_EQ(map.read(node, graph).attrs.as<ExampleAttrs>().factor, 5);
}

TEST(Skeletons, KernelLowersToItsFunction) {
  const Graph graph = two_examples();
  const Kernel& kernel = example_kernels()[0];
  EXPECT_EQ(kernel.refuses(graph.nodes[1], graph), std::nullopt);
  const KernelCall call = kernel.lower(graph.nodes[1], graph);
  EXPECT_EQ(call.function(), "thimble_example_f32");
  EXPECT_EQ(call.arguments().size(), 3u);
}

TEST(Skeletons, KernelIsCleanC99AndCxx) {
  const std::string header = THIMBLE_SOURCE_DIR "/docs/how-to/skeletons/example_ref.h", runtime = "-I" + runtime_dir().string();
  for (const std::vector<std::string>& language : {std::vector<std::string>{"c", "-std=c99"}, {"c++", "-std=c++17"}}) {
    const CommandResult result =
        run_command({"gcc", "-x", language[0], language[1], "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", runtime, header});
    EXPECT_EQ(result.status, 0) << result.out;
  }
}

TEST(Skeletons, PassKeepsTheResults) {
  Graph graph = two_examples();
  const Buffer before = run(graph);
  PassContext context;
  std::vector<std::string> notes;
  context.note = [&](std::string line) { notes.push_back(std::move(line)); };
  EXPECT_EQ(example_passes()[0].run(graph, context), 1);
  EXPECT_THAT(notes, ElementsAre("'b' takes over 'a'"));
  EXPECT_EQ(graph.nodes[1].in, graph.inputs);
  EXPECT_EQ(run(graph), before);
}

TEST(Skeletons, StepAnswersTextAndJson) {
  Progress quiet;
  const Step& step = example_steps()[0];
  EXPECT_EQ(step.run({{"model", std::string("kws")}, {"times", int64_t{2}}}, quiet).text, "kws\nkws\n");
  EXPECT_EQ(step.fields().size(), 2u);
  EXPECT_THROW(step.run({}, quiet), Error);
}

TEST(Skeletons, BoardIsWhole) {
  const Board& board = example_boards()[0];
  EXPECT_GT(board.flash.bytes, 0);
  EXPECT_GT(board.ram.bytes, 0);
  EXPECT_FALSE(board.emulator.empty());
}

}  // namespace
}  // namespace thimble
