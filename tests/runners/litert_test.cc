// Every case as a .tflite file in Google's own interpreter with its reference kernels: the arithmetic that ours claims to be.
//
// THIMBLE_PEER_PYTHON names a python that can import ai_edge_litert; by default that of build/peers, which the set-up makes.
#include <cstdlib>
#include <cstring>

#include "base/files.h"
#include "base/subprocess.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "runners/each_case.h"

namespace thimble::testing {
namespace {

std::string peer_python() {
  const char* chosen = std::getenv("THIMBLE_PEER_PYTHON");
  return chosen ? chosen : THIMBLE_SOURCE_DIR "/build/peers/bin/python";
}

/// What the peer said of all cases: one run of python, outputs as files.
struct Peer {
  TempDir dir;
  std::string absent;  ///< why nothing can be compared
  std::string failed;  ///< why the peer broke: a fault, not a reason to skip

  Peer() {
    const std::string python = peer_python();
    if (!find_program(python) || run_command({python, "-c", "import ai_edge_litert.interpreter"}).status != 0) {
      absent = "'" + python + "' cannot import ai_edge_litert; `pip install ai-edge-litert`, and name the python in THIMBLE_PEER_PYTHON";
      return;
    }
    for (size_t i = 0; i < cases().size(); ++i)
      if (cases()[i].tflite) write_case(i);
    const CommandResult result = run_command({python, THIMBLE_SOURCE_DIR "/tests/peers/litert_run.py", dir.path().string()});
    if (result.status != 0) failed = "litert_run.py failed:\n" + result.out;
  }

  fs::path file(size_t index, const char* end) const { return dir.path() / (std::to_string(index) + end); }

  void write_case(size_t index) {
    try {
      write_bytes(file(index, ".tflite"), write_tflite(export_graph(cases()[index].graph)));
    } catch (const Error& error) {
      write_text(file(index, ".error"), explain(error));
      return;
    }
    Buffer all;
    for (const auto& record : records_of(cases()[index]))
      for (const Buffer& input : record) all.insert(all.end(), input.begin(), input.end());
    write_bytes(file(index, ".in"), all);
  }
};

const Peer& peer() {
  static const Peer kPeer;
  return kPeer;
}

std::vector<std::vector<Buffer>> split(const Graph& graph, const Buffer& bytes) {
  std::vector<std::vector<Buffer>> records;
  for (size_t at = 0; at < bytes.size();) {
    records.emplace_back();
    for (ValueId id : graph.outputs) {
      const size_t size = std::min(static_cast<size_t>(graph.type(id).bytes()), bytes.size() - at);
      const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
      records.back().emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
      at += size;
    }
  }
  return records;
}

THIMBLE_EACH_CASE(Litert) {
  if (!peer().absent.empty()) GTEST_SKIP() << peer().absent;
  ASSERT_EQ(peer().failed, "");
  if (!one().tflite) GTEST_SKIP() << "the case says that TFLite cannot express it";
  if (!one().peer_differs.empty()) GTEST_SKIP() << "knowingly different: " << one().peer_differs;
  ASSERT_FALSE(fs::exists(peer().file(GetParam(), ".error"))) << read_text(peer().file(GetParam(), ".error"));
  const auto theirs = split(one().graph, read_bytes(peer().file(GetParam(), ".out")));
  const auto ours = interpret(one().graph, records_of(one()));
  EXPECT_EQ(difference(one().graph, ours, theirs, float_tolerance(one())).value_or("equal"), "equal") << print(one().graph);
}

}  // namespace
}  // namespace thimble::testing
