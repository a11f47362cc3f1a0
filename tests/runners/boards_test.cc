// Cases on emulated boards: all of them on the Nano 33 BLE, one per op on every other. Many cases make one firmware, side by side in one
// graph, so that the cross-compiler and the emulator start a few times only.
#include <algorithm>
#include <map>
#include <set>

#include "base/files.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "runners/each_case.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

constexpr size_t kRecords = 2;
constexpr int64_t kSmallRam = 16 * 1024;
constexpr size_t kCasesOnSmall = 8;
constexpr int64_t kMostBytes = 24 * 1024;

int64_t port_bytes(const OpCase& one) {
  int64_t bytes = 0;
  for (const auto& list : {one.graph.inputs, one.graph.outputs})
    for (ValueId id : list) bytes += one.graph.type(id).bytes();
  return bytes;
}

/// The graphs of the cases as one that computes all of them.
Graph side_by_side(const std::vector<size_t>& group) {
  Graph all{.name = "cases"};
  for (size_t index : group) {
    const Graph& one = cases()[index].graph;
    const auto shift = static_cast<ValueId>(all.values.size());
    const auto moved = [&](std::vector<ValueId> ids) {
      for (ValueId& id : ids) id += id == kAbsent ? 0 : shift;
      return ids;
    };
    all.values.insert(all.values.end(), one.values.begin(), one.values.end());
    for (Node node : one.nodes) {
      node.in = moved(node.in);
      node.out = moved(node.out);
      all.nodes.push_back(std::move(node));
    }
    for (ValueId id : moved(one.inputs)) all.inputs.push_back(id);
    for (ValueId id : moved(one.outputs)) all.outputs.push_back(id);
  }
  return all;
}

/// Record `r` of every case of the group, one after the other; a case with fewer records begins anew.
std::vector<Buffer> joint_inputs(const std::vector<size_t>& group, size_t r) {
  std::vector<Buffer> inputs;
  for (size_t index : group) {
    const auto records = records_of(cases()[index]);
    for (const Buffer& input : records[r % records.size()]) inputs.push_back(input);
  }
  return inputs;
}

/// What a board said of some cases: a fault per case, nothing where it agreed with the interpreter.
struct Verdicts {
  std::map<size_t, std::string> faults;
  size_t compared = 0;  ///< cases that fitted the board and were run
  std::string skipped;  ///< why the board could not be asked
};

void compare(const Graph& graph, const std::vector<size_t>& group, const RunResult& result, Verdicts& verdicts) {
  Interpreter interpreter(graph);
  for (size_t r = 0; r < kRecords; ++r) {
    const std::vector<Buffer> wanted = interpreter.run(joint_inputs(group, r));
    size_t output = 0;
    std::ptrdiff_t at = 0;
    for (size_t index : group)
      for (ValueId id : cases()[index].graph.outputs) {
        const TensorType& type = cases()[index].graph.type(id);
        const auto from = result.outputs.at(r).begin() + at;
        at += type.bytes();
        const auto fault = difference(type, {from, from + type.bytes()}, wanted[output++], float_tolerance(cases()[index]));
        if (fault) verdicts.faults[index] = *fault;
      }
  }
}

void run_group(const Board& board, const std::vector<size_t>& group, Verdicts& verdicts) {
  Progress quiet;
  const TempDir dir;
  const Graph graph = side_by_side(group);
  std::vector<std::vector<std::byte>> records;
  for (size_t r = 0; r < kRecords; ++r) {
    records.emplace_back();
    for (const Buffer& input : joint_inputs(group, r)) records.back().insert(records.back().end(), input.begin(), input.end());
  }
  try {
    const Compiled model = compile(graph, board, {.golden = false});
    const Firmware firmware = build_firmware(model, board, dir.path(), {}, quiet);
    compare(graph, group, run_firmware(firmware, records, false, quiet), verdicts);
    verdicts.compared += group.size();
  } catch (const Error& error) {
    if (error.blame == Blame::Environment) {
      verdicts.skipped = error.what();
      return;
    }
    if (group.size() == 1) {
      if (error.blame != Blame::User) verdicts.faults[group[0]] = explain(error);  // User: does not fit, as the linker has found
      return;
    }
    for (size_t index : group) run_group(board, {index}, verdicts);
  }
}

Verdicts ask(const Board& board, const std::vector<size_t>& chosen) {
  Verdicts verdicts;
  const int64_t most = board.ram.bytes > 0 ? std::min(kMostBytes, board.ram.bytes / 6) : kMostBytes;
  std::vector<size_t> group;
  int64_t bytes = 0;
  for (size_t index : chosen) {
    if (port_bytes(cases()[index]) > most) continue;
    if (bytes + port_bytes(cases()[index]) > most) {
      run_group(board, std::exchange(group, {}), verdicts);
      bytes = 0;
    }
    group.push_back(index);
    bytes += port_bytes(cases()[index]);
  }
  if (!group.empty()) run_group(board, group, verdicts);
  return verdicts;
}

THIMBLE_EACH_CASE(Nano33ble) {
  static const Verdicts kVerdicts = [] {
    std::vector<size_t> all(cases().size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    return ask(board_named("nano33ble"), all);
  }();
  if (!kVerdicts.skipped.empty()) THIMBLE_SKIP_FOR_WANT_OF(kVerdicts.skipped);
  const auto fault = kVerdicts.faults.find(GetParam());
  EXPECT_TRUE(fault == kVerdicts.faults.end()) << fault->second << "\n" << print(one().graph);
}

class Boards : public ::testing::TestWithParam<const Board*> {};

INSTANTIATE_TEST_SUITE_P(All, Boards, ::testing::ValuesIn(all_boards().begin(), all_boards().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(Boards, OneCasePerOpAndType) {
  if (const std::string why = lacking_processor(*GetParam()); !why.empty()) GTEST_SKIP() << why;
  std::vector<size_t> chosen;
  std::set<std::pair<std::string_view, DType>> seen;
  for (size_t i = 0; i < cases().size(); ++i) {
    const Graph& graph = cases()[i].graph;
    if (seen.insert({graph.nodes[0].op->name, graph.type(graph.nodes[0].in[0]).dtype}).second) chosen.push_back(i);
  }
  const int64_t ram = GetParam()->ram.bytes;
  if (ram > 0 && ram < kSmallRam) {  // one firmware each, so only the smallest
    std::sort(chosen.begin(), chosen.end(), [](size_t a, size_t b) { return port_bytes(cases()[a]) < port_bytes(cases()[b]); });
    chosen.resize(std::min(chosen.size(), kCasesOnSmall));
  }
  const Verdicts verdicts = ask(*GetParam(), chosen);
  if (!verdicts.skipped.empty()) THIMBLE_SKIP_FOR_WANT_OF(verdicts.skipped);
  EXPECT_GE(verdicts.compared, chosen.size() / 2) << "of " << chosen.size() << " cases";
  for (const auto& [index, fault] : verdicts.faults) ADD_FAILURE() << cases()[index].name << ": " << fault;
}

}  // namespace
}  // namespace thimble::testing
