#include "random_layers/on_board.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "base/error.h"
#include "base/files.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "kernels/kernel.h"
#include "runners/compare.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

constexpr uint32_t kFirstSeed = 2026;

uint32_t seeds() {
  const char* asked = std::getenv("THIMBLE_SEEDS");
  return asked ? static_cast<uint32_t>(std::max(1, std::atoi(asked))) : 1;
}

std::vector<std::byte> joined(const std::vector<Buffer>& record) {
  std::vector<std::byte> bytes;
  for (const Buffer& input : record) bytes.insert(bytes.end(), input.begin(), input.end());
  return bytes;
}

Buffer random_floats(int64_t count, std::mt19937& random) {
  Buffer bytes(static_cast<size_t>(count) * sizeof(float));
  for (int64_t i = 0; i < count; ++i) {
    const float value = static_cast<float>(random() >> 8) / static_cast<float>(1 << 23) - 1.0f;
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof value, &value, sizeof value);
  }
  return bytes;
}

}  // namespace

std::vector<std::vector<Buffer>> searching_records(const Graph& graph) {
  std::mt19937 random(5);
  std::vector<std::vector<Buffer>> records(4);
  for (size_t r = 0; r < records.size(); ++r)
    for (ValueId id : graph.inputs) {
      if (graph.type(id).dtype == DType::F32) {
        records[r].push_back(random_floats(graph.type(id).elements(), random));
        continue;
      }
      Buffer bytes(static_cast<size_t>(graph.type(id).bytes()));
      const size_t width = graph.type(id).dtype == DType::I16 ? 2 : 1;
      for (size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = random() & 255u;
        if (i % width == width - 1)
          bytes[i] = static_cast<std::byte>(r == 0 ? byte : r == 1 ? (byte & 1u ? 127u : 128u) : r == 2 ? 127u : 128u);
        else  // of the ends of the range
          bytes[i] = static_cast<std::byte>(r < 2 ? byte : r == 2 ? 255u : 0u);
      }
      records[r].push_back(std::move(bytes));
    }
  return records;
}

int nodes_on_kernels(const Graph& graph, const Board& board, std::string_view suffix, Optimize optimize) {
  int count = 0;
  for (const Node& node : graph.nodes) {
    const auto verdicts = consider(node, graph, board, optimize);
    count += verdicts.front().refusal.empty() && verdicts.front().kernel->name.ends_with(suffix);
  }
  return count;
}

std::vector<std::vector<std::byte>> outputs_on(const Graph& graph, const Board& board, const std::vector<std::vector<Buffer>>& records,
                                               Optimize optimize) {
  Progress quiet;
  const TempDir dir;
  std::vector<std::vector<std::byte>> inputs;
  for (const auto& record : records) inputs.push_back(joined(record));
  const Firmware firmware = build_firmware(compile(graph, board, {.optimize = optimize, .golden = false}), board, dir.path(), {}, quiet);
  return run_firmware(firmware, inputs, false, quiet).outputs;
}

void expect_equal_on(const Graph& graph, const Board& board, const std::vector<std::vector<Buffer>>& records, double tolerance,
                     Optimize optimize) {
  if (const std::string why = lacking_processor(board); !why.empty()) GTEST_SKIP() << why;
  std::vector<std::vector<std::byte>> outputs;
  try {
    outputs = outputs_on(graph, board, records, optimize);
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
  }
  const auto wanted = interpret(graph, records);
  for (size_t r = 0; r < records.size(); ++r) {
    std::ptrdiff_t at = 0;
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
      const TensorType& type = graph.type(graph.outputs[o]);
      const auto from = outputs.at(r).begin() + at;
      at += type.bytes();
      if (auto fault = difference(type, {from, from + type.bytes()}, wanted[r][o], tolerance))
        ADD_FAILURE() << "record " << r << ", layer " << o << ": " << *fault << " by "
                      << consider(graph.nodes[o], graph, board, optimize).front().kernel->name;
    }
  }
}

void PrintTo(const Family& family, std::ostream* out) { *out << family.name; }

void for_each_seed(const Family& family, const std::function<void(const Graph&)>& check) {
  for (uint32_t seed = kFirstSeed; seed < kFirstSeed + seeds() && !::testing::Test::IsSkipped(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomLayers layers(seed);
    for (int i = 0; i < family.layers; ++i) (layers.*family.add)();
    check(layers.graph());
  }
}

void expect_family_equal_on(const Family& family, const Board& board, std::string_view suffix, Optimize optimize, double tolerance) {
  std::optional<int> on_kernels;  // of the first seed, for which the family tells their share
  for_each_seed(family, [&](const Graph& graph) {
    if (!on_kernels) on_kernels = nodes_on_kernels(graph, board, suffix, optimize);
    expect_equal_on(graph, board, searching_records(graph), tolerance, optimize);
  });
  EXPECT_GE(on_kernels.value() * 100, family.least_on_kernels * family.layers);
}

}  // namespace thimble::testing
