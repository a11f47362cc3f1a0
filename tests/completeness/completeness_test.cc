// Every op of the table is whole: it explains itself, computes, is tested, and runs on every board.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/files.h"
#include "cases/op_case.h"
#include "dsp/block.h"
#include "kernels/kernel.h"
#include "targets/board.h"

namespace thimble::testing {
namespace {

using ::testing::IsEmpty;

const std::vector<OpCase>& cases() {
  static const std::vector<OpCase> kAll = all_cases();
  return kAll;
}

class EachOp : public ::testing::TestWithParam<const OpDef*> {
 protected:
  static const OpDef& op() { return *GetParam(); }
  static bool uses(const OpCase& one) {
    return std::any_of(one.graph.nodes.begin(), one.graph.nodes.end(), [](const Node& node) { return node.op == GetParam(); });
  }
};

std::vector<const OpDef*> ops() {
  std::vector<const OpDef*> all(all_ops().begin(), all_ops().end());
  for (const Block* block : all_blocks()) all.push_back(&block->op);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Op, EachOp, ::testing::ValuesIn(ops()), [](const auto& info) { return std::string(info.param->name); });

TEST_P(EachOp, ExplainsItselfAndComputes) {
  EXPECT_FALSE(op().summary.empty());
  EXPECT_NE(op().infer, nullptr);
  EXPECT_NE(op().eval, nullptr);
  EXPECT_GE(op().min_in, 0);
  EXPECT_TRUE(op().max_in < 0 || op().max_in >= op().min_in);
  for (const FieldInfo& field : op().attrs.fields()) EXPECT_FALSE(field.help.empty()) << field.name;
}

TEST_P(EachOp, HasACase) {
  EXPECT_TRUE(std::any_of(cases().begin(), cases().end(), uses)) << "add tests/cases/*.cc with a graph that uses it";
}

TEST_P(EachOp, IsTestedThroughTfliteWhenItHasAName) {
  if (op().tflite.empty()) return;  // a signal block
  EXPECT_TRUE(std::any_of(cases().begin(), cases().end(), [](const OpCase& one) { return one.tflite && uses(one); }));
  for (const ForeignMap& map : op().tflite) EXPECT_FALSE(map.name.empty());
}

TEST_P(EachOp, HasAKernelOnEveryBoardForEveryCase) {
  for (const OpCase& one : cases())
    for (const Node& node : one.graph.nodes)
      for (const Board* board : all_boards()) {
        if (node.op != &op()) continue;
        const std::vector<Verdict> verdicts = consider(node, one.graph, *board);
        ASSERT_FALSE(verdicts.empty()) << "no kernel at all";
        EXPECT_EQ(verdicts[0].refusal, "") << one.name << " on " << board->name;
        EXPECT_GT(verdicts[0].kernel->alias ? 1.0 : verdicts[0].cycles, 0.0) << verdicts[0].kernel->name << " estimates no cost";
      }
}

TEST(Tables, NamesAreUnique) {
  std::map<std::string, int> names;
  for (const OpDef* op : ops()) ++names["op " + std::string(op->name)];
  for (const Kernel* kernel : all_kernels()) ++names["kernel " + std::string(kernel->name)];
  for (const Board* board : all_boards()) ++names["board " + std::string(board->name)];
  for (const OpCase& one : cases()) ++names["case " + one.name];
  for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << name;
}

TEST(Tables, KernelsPointAtOpsAndFilesThatExist) {
  const std::vector<const OpDef*> all = ops();
  for (const Kernel* kernel : all_kernels()) {
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const OpDef* op) { return op->name == kernel->op; })) << kernel->name;
    EXPECT_EQ(kernel->alias, kernel->lower == nullptr) << kernel->name;
    EXPECT_EQ(kernel->alias, sources_of(*kernel).empty()) << kernel->name;
    for (const std::string& source : sources_of(*kernel))
      EXPECT_TRUE(fs::is_regular_file(runtime_dir() / source)) << kernel->name << ": " << source;
  }
}

/// The cheapest kernel is taken, or for RAM's sake one that needs less working memory.
bool may_be_taken(const Verdict& verdict, const Verdict& cheapest, const Node& node, const Graph& graph) {
  if (verdict.kernel == cheapest.kernel) return true;
  const auto scratch = [&](const Kernel& kernel) { return kernel.scratch ? kernel.scratch(node, graph) : 0; };
  return verdict.refusal.empty() && scratch(*verdict.kernel) < scratch(*cheapest.kernel);
}

TEST(Tables, EveryKernelIsReachedByACase) {
  std::set<std::string_view> idle;
  for (const Kernel* kernel : all_kernels()) idle.insert(kernel->name);
  for (const OpCase& one : cases())
    for (const Node& node : one.graph.nodes)
      for (const Board* board : all_boards())
        for (const Optimize optimize : {Optimize::Balanced, Optimize::Flash}) {
          const std::vector<Verdict> verdicts = consider(node, one.graph, *board, optimize);
          for (const Verdict& verdict : verdicts)
            if (may_be_taken(verdict, verdicts[0], node, one.graph)) idle.erase(verdict.kernel->name);
        }
  EXPECT_THAT(idle, IsEmpty()) << "no case makes the chooser take these";
}

/// Weights of four bits are halved where that costs little, at any price for flash's sake, and never at the price of speed.
TEST(Tables, HalfWeightsAreTakenAtAPrice) {
  const auto all = cases();
  const auto one = std::find_if(all.begin(), all.end(), [](const OpCase& c) { return c.name == "conv2d/3x3_s8w4"; });
  ASSERT_NE(one, all.end());
  const auto halved = [&](const char* board, Optimize optimize) {
    return consider(one->graph.nodes[0], one->graph, board_named(board), optimize).front().kernel->half_weights;
  };
  EXPECT_TRUE(halved("nano33ble", Optimize::Balanced));
  EXPECT_TRUE(halved("nano33ble", Optimize::Flash));
  EXPECT_FALSE(halved("nano33ble", Optimize::Speed));
  EXPECT_FALSE(halved("corstone300", Optimize::Flash)) << "Helium multiplies sixteen at once";
}

TEST(Tables, CaseNamesBeginWithTheirOp) {
  for (const OpCase& one : cases()) EXPECT_NE(one.name.find('/'), std::string::npos) << one.name;
}

}  // namespace
}  // namespace thimble::testing
