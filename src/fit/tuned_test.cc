#include "fit/tuned.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "fit/one_layer.h"
#include "ops/conv2d.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class TunedFile : public ::testing::Test {
 protected:
  std::string fault_of(const std::string& text) const {
    write_text(file_, text);
    try {
      read_tuned(file_);
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::User);
      EXPECT_EQ(error.hint, "nothing was changed; delete it and run `thimble tune` again, or pass --no-tuned to compile without it");
      EXPECT_EQ(read_text(file_), text);
      const std::string head = "'" + file_.string() + "' is no file of tuned kernels: ", what = error.what();
      EXPECT_EQ(what.substr(0, head.size()), head);
      return what.substr(std::min(head.size(), what.size()));
    }
    return "nothing was thrown";
  }
  TempDir dir_;
  fs::path file_ = dir_.path() / "tuned.json";
};

std::string layers(const std::string& rows) { return R"({"version": 1, "layers": [)" + rows + "]}"; }

TEST_F(TunedFile, FaultsAreTold) {
  EXPECT_EQ(fault_of("{}"), "it has no version or no layers");
  EXPECT_EQ(fault_of(R"({"version": 2, "layers": []})"), "it has version 2, this Thimble reads version 1");
  EXPECT_EQ(fault_of(layers(R"({"core": "cortex-m4"})")), "a layer has no 'optimize'");
  const std::string head = R"({"core": "c", "optimize": "speed", "layer": "l", "kernel": "k", "code": "0")";
  EXPECT_EQ(fault_of(layers(head + "}")), "a layer has no 'cycles'");
  EXPECT_EQ(fault_of(layers(head + R"(, "cycles": {"k": "few"}})")), "the cycles of 'k' are no whole number");
  EXPECT_EQ(fault_of(layers(head + R"(, "cycles": {"other": 5}})")), "'k' is chosen but was not measured");
  EXPECT_THAT(fault_of("{\"version\": 1,"), ::testing::HasSubstr("line 1"));
}

TEST_F(TunedFile, NoneIsEmpty) { EXPECT_THAT(read_tuned(dir_.path() / "none.json").layers, IsEmpty()); }

TEST_F(TunedFile, EntriesComeBackAndAreReplacedByTheirLayer) {
  Tuned tuned;
  tuned.put({"cortex-m4", "speed", "conv", "a", {{"a", 1}, {"b", 2}}, "00"});
  tuned.put({"cortex-m4", "flash", "conv", "b", {{"b", 2}}, "00"});
  tuned.put({"cortex-m4", "speed", "conv", "b", {{"a", 3}, {"b", 2}}, "01"});
  write_tuned(file_, tuned);
  const Tuned back = read_tuned(file_);
  EXPECT_THAT(back.layers, SizeIs(2));
  const TunedLayer* found = back.find("cortex-m4", "speed", "conv");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->kernel, "b");
  EXPECT_EQ(found->cycles.at("a"), 3);
  EXPECT_EQ(found->code, "01");
  EXPECT_EQ(back.find("cortex-m7", "speed", "conv"), nullptr);
}

/// A layer that several kernels can run on a Cortex-M4.
Graph one_convolution() {
  Graph graph;
  graph.name = "one";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 8, 8, 4}, per_tensor(0.05f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {8, 3, 3, 4}, std::vector<int8_t>(size_t{8} * 36, 3), per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w}, Conv2dAttrs{}, {per_tensor(0.1f, 0)})};
  return graph;
}

class Preferring : public ::testing::Test {
 protected:
  std::string kernel_with(std::string code) const {
    Tuned tuned;
    tuned.put({std::string(board_.core), "balanced", shape_text(node_, graph_), "conv2d_s8_ref", {{"conv2d_s8_ref", 1}}, std::move(code)});
    return compile(graph_, board_, {.golden = false, .prefer = preference_of(tuned, board_, Optimize::Balanced)}).layers[0].kernel;
  }
  const Graph graph_ = one_convolution();
  const Node& node_ = graph_.nodes[0];
  const Board& board_ = board_named("nano33ble");
  const std::vector<const Kernel*> kernels_ = admissible_kernels(node_, graph_, board_, Optimize::Balanced);
};

TEST_F(Preferring, TakesTheTunedKernel) {
  ASSERT_NE(kernels_[0]->name, "conv2d_s8_ref");
  EXPECT_EQ(kernel_with(code_fingerprint(kernels_)), "conv2d_s8_ref");
}

TEST_F(Preferring, LeavesAStaleEntryAside) { EXPECT_EQ(kernel_with("measured on other code"), kernels_[0]->name); }

}  // namespace
}  // namespace thimble
