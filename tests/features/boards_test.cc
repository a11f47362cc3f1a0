// Every case of every signal block over random windows: the bits that boards compute are those of this machine. All cases make one
// firmware a board. THIMBLE_WINDOWS says how many windows; a few without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numbers>
#include <random>

#include "base/files.h"
#include "base/parallel.h"
#include "cases/op_case.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "dsp/block.h"
#include "ir/interpreter.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

/// So many go through one emulator; several emulate at once.
constexpr size_t kBatch = 100;

size_t windows_asked() {
  const char* asked = std::getenv("THIMBLE_WINDOWS");
  return asked ? static_cast<size_t>(std::max(1, std::atoi(asked))) : 8;
}

bool is_block(const OpDef* op) {
  const auto blocks = all_blocks();
  return std::any_of(blocks.begin(), blocks.end(), [op](const Block* block) { return &block->op == op; });
}

/// All cases of blocks as one graph; they have one input and one output each.
struct Cases {
  Graph graph{.name = "features"};
  std::vector<std::string> names;
};

Cases all_block_cases() {
  Cases all;
  for (const OpCase& one : all_cases()) {
    const Node& node = one.graph.nodes[0];
    if (!is_block(node.op)) continue;
    const ValueId in = all.graph.add_input(one.name, one.graph.type(node.in[0]));
    all.graph.outputs.push_back(all.graph.add_node(*node.op, one.name, {in}, node.attrs));
    all.names.push_back(one.name);
  }
  return all;
}

/// A window as sensors give them: noise of any loudness, a tone, steps, silence, and what is clipped.
class Windows {
 public:
  explicit Windows(uint32_t seed) : random_(seed) {}

  Buffer next(const TensorType& type) {
    const auto count = static_cast<size_t>(type.elements());
    if (type.dtype == DType::U8) {
      Buffer bytes(count);
      for (std::byte& b : bytes) b = static_cast<std::byte>(random_() & 255u);
      return bytes;
    }
    const uint32_t kind = random_() % 8;
    const double loudness = std::pow(10, uniform() * 7 - 3) * 3, offset = kind == 3 ? 1000 * uniform() : 0, hz = uniform() * 0.4;
    std::vector<float> x(count);
    for (size_t i = 0; i < count; ++i) {
      const double tone = std::sin(2 * std::numbers::pi * hz * static_cast<double>(i)), noise = 2 * uniform() - 1;
      double value = offset + loudness * (kind < 4 ? noise : kind == 4 ? tone : kind == 5 ? tone + 0.1 * noise : noise > 0 ? 1 : -1);
      if (kind == 7) value = 0;
      x[i] = static_cast<float>(std::clamp(value, -32768.0, 32767.0));
    }
    const auto bytes = std::as_bytes(std::span(x));
    return {bytes.begin(), bytes.end()};
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 8) / static_cast<double>(1 << 24); }
  std::mt19937 random_;
};

/// Counts the bits that differ, and names the case of the first one.
size_t compare(const Cases& cases, const std::vector<std::vector<Buffer>>& windows, const RunResult& result) {
  Interpreter interpreter(cases.graph);
  size_t bits = 0;
  for (size_t w = 0; w < windows.size(); ++w) {
    const std::vector<Buffer> wanted = interpreter.run(windows[w]);
    size_t at = 0;
    for (size_t c = 0; c < wanted.size(); at += wanted[c++].size())
      for (size_t i = 0; i < wanted[c].size(); ++i) {
        const auto differ = std::to_integer<unsigned>(wanted[c][i] ^ result.outputs.at(w).at(at + i));
        if (differ != 0 && bits == 0) ADD_FAILURE() << cases.names[c] << ": window " << w << ", byte " << i << " differs first";
        bits += static_cast<size_t>(__builtin_popcount(differ));
      }
  }
  return bits;
}

size_t bits_that_differ(const Cases& cases, const Firmware& firmware, size_t count, uint32_t seed) {
  Windows source(seed);
  std::vector<std::vector<Buffer>> windows(count);
  std::vector<std::vector<std::byte>> records(count);
  for (size_t w = 0; w < count; ++w)
    for (const ValueId id : cases.graph.inputs) {
      const Buffer& one = windows[w].emplace_back(source.next(cases.graph.type(id)));
      records[w].insert(records[w].end(), one.begin(), one.end());
    }
  Progress quiet;
  return compare(cases, windows, run_firmware(firmware, records, false, quiet));
}

class Features : public ::testing::TestWithParam<const char*> {};

TEST_P(Features, AreThoseOfTheDesk) {
  const Board& board = board_named(GetParam());
  const Cases cases = all_block_cases();
  ASSERT_GE(cases.names.size(), 30u);
  Progress quiet;
  const TempDir dir;
  std::atomic<size_t> bits = 0, done = 0;
  try {
    const Firmware firmware = build_firmware(compile(cases.graph, board, {.golden = false}), board, dir.path(), {}, quiet);
    in_parallel((windows_asked() + kBatch - 1) / kBatch, "comparing features", quiet, [&](size_t batch) {
      const size_t count = std::min(kBatch, windows_asked() - batch * kBatch);
      bits += bits_that_differ(cases, firmware, count, static_cast<uint32_t>(2026 + batch));
      if ((done += count) < windows_asked())
        std::fprintf(stderr, "%s: %zu windows, %zu bits differ\n", GetParam(), done.load(), bits.load());
    });
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
  }
  EXPECT_EQ(bits.load(), 0u);
  std::printf("%s: %zu windows through each of %zu cases of blocks, %zu bits differ\n", GetParam(), done.load(), cases.names.size(),
              bits.load());
}

INSTANTIATE_TEST_SUITE_P(All, Features, ::testing::Values("nano33ble", "pico", "esp32c3", "rpi3"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace thimble::testing
