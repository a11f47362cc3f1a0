// What Thimble quantised, as files in Google's own interpreter with its reference kernels: the same codes come out.
//
// THIMBLE_PEER_PYTHON names a python that can import ai_edge_litert; by default that of build/peers, which the set-up makes.
#include <cmath>
#include <cstdlib>

#include "base/files.h"
#include "base/subprocess.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "quantised/models.h"
#include "quantised/quantised_case.h"

namespace thimble::testing {
namespace {

/// A graph that the peer runs too.
struct Shown {
  std::string name;
  Graph graph;
  std::vector<ExampleInputs> inputs;
};

class Peer {
 public:
  Peer() {
    const char* chosen = std::getenv("THIMBLE_PEER_PYTHON");
    const std::string python = chosen ? chosen : THIMBLE_SOURCE_DIR "/build/peers/bin/python";
    if (!find_program(python) || run_command({python, "-c", "import ai_edge_litert.interpreter"}).status != 0) {
      absent = "'" + python + "' cannot import ai_edge_litert; `pip install ai-edge-litert`, and name the python in THIMBLE_PEER_PYTHON";
      return;
    }
    add_cases();
    add_models();
    for (size_t i = 0; i < shown.size(); ++i) write(i);
    const CommandResult result = run_command({python, THIMBLE_SOURCE_DIR "/tests/peers/litert_run.py", dir_.path().string()});
    EXPECT_EQ(result.status, 0) << result.out;
  }

  /// What it said of graph `i`: its outputs, or why it does not run it.
  std::string refusal(size_t i) const { return fs::exists(file(i, ".error")) ? read_text(file(i, ".error")) : ""; }
  std::vector<std::byte> outputs(size_t i) const { return read_bytes(file(i, ".out")); }

  std::string absent;
  std::vector<Shown> shown;

 private:
  void add_cases() {
    for (const OpCase& one : cases()) {
      if (!one.tflite || one.name.starts_with("sum/")) continue;  // its reference kernel of int8 sums reads the bytes as unsigned
      if (auto made = quantised(one)) shown.push_back({one.name, std::move(made->graph), std::move(made->inputs)});
    }
  }
  void add_models() {
    for (const char* name : {"kws_float", "ad_float", "ic_float"}) {
      const auto model = float_model(name);
      if (!model) continue;
      Progress quiet;
      const std::vector<ExampleInputs> some(model->smooth.begin(), model->smooth.begin() + 4);
      shown.push_back({name, quantize(model->graph, calibrate(model->graph, some, {}, quiet)), {}});
      for (const ExampleInputs& example : some) shown.back().inputs.push_back(inputs_for(shown.back().graph, example));
    }
  }
  fs::path file(size_t i, const char* end) const { return dir_.path() / (std::to_string(i) + end); }
  void write(size_t i) {
    write_bytes(file(i, ".tflite"), write_tflite(export_graph(shown[i].graph)));
    Buffer all;
    for (const ExampleInputs& record : shown[i].inputs)
      for (const Buffer& input : record) all.insert(all.end(), input.begin(), input.end());
    write_bytes(file(i, ".in"), all);
  }

  TempDir dir_;
};

/// How many integer elements differ, and by how many steps at most; floats as they are.
struct Steps {
  int64_t elements = 0, differing = 0;
  double most = 0;
};
Steps steps_between(const TensorType& type, const std::byte* ours, const std::byte* theirs) {
  const TensorView a{&type, const_cast<std::byte*>(ours)}, b{&type, const_cast<std::byte*>(theirs)};
  const std::vector<float> x = reals_of(a), y = reals_of(b);
  const float step = type.quant.quantised() ? type.quant.scale[0] : 1;
  Steps steps{type.elements(), 0, 0};
  for (size_t i = 0; i < x.size(); ++i) {
    const double apart = std::round(std::abs(static_cast<double>(x[i] - y[i])) / static_cast<double>(step));
    steps.differing += apart > 0;
    steps.most = std::max(steps.most, apart);
  }
  return steps;
}

TEST(LitertOnQuantised, GivesTheSameCodes) {
  const Peer peer;
  if (!peer.absent.empty()) GTEST_SKIP() << peer.absent;
  for (size_t i = 0; i < peer.shown.size(); ++i) {
    const Shown& one = peer.shown[i];
    SCOPED_TRACE(one.name);
    EXPECT_EQ(peer.refusal(i), "");
    if (!peer.refusal(i).empty()) continue;
    const std::vector<std::byte> theirs = peer.outputs(i);
    size_t at = 0;
    for (const auto& record : interpret(one.graph, one.inputs))
      for (size_t o = 0; o < record.size(); ++o) {
        ASSERT_LE(at + record[o].size(), theirs.size());
        const Steps steps = steps_between(one.graph.type(one.graph.outputs[o]), record[o].data(), theirs.data() + at);
        at += record[o].size();
        if (one.name == "ad_float" && steps.most <= 1) continue;  // it rounds large fully connected layers otherwise than it says
        EXPECT_EQ(steps.differing, 0) << steps.most << " steps, of " << steps.elements;
      }
  }
}

}  // namespace
}  // namespace thimble::testing
