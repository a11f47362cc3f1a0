/// What pass tests share: graph as built, graph as text, and proof that results did not change.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "ir/interpreter.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble::testing {

/// Deterministic contents: integers over their whole range, floats in [-3, 3].
inline Buffer random_buffer(const TensorType& type, uint32_t seed) {
  std::mt19937 random(seed);
  Buffer bytes(static_cast<size_t>(type.bytes()));
  if (type.dtype == DType::F32) {
    for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
      const auto value = static_cast<float>(3.0 * (static_cast<double>(random()) / 2147483648.0 - 1.0));
      std::memcpy(bytes.data() + i, &value, sizeof value);
    }
  } else {
    const unsigned codes = type.dtype == DType::Bool ? 2 : 256;
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() % codes);
  }
  return bytes;
}

/// Random float constant, for weights.
inline ValueId add_floats(Graph& graph, std::string name, Shape shape, uint32_t seed) {
  TensorType type{DType::F32, std::move(shape), {}};
  Bytes bytes = make_bytes(random_buffer(type, seed));
  return graph.add_value({std::move(name), std::move(type), std::move(bytes)});
}

/// Random int8 constant with one scale and zero point 0.
inline ValueId add_codes(Graph& graph, std::string name, Shape shape, float scale, uint32_t seed) {
  TensorType type{DType::I8, std::move(shape), per_tensor(scale, 0)};
  Bytes bytes = make_bytes(random_buffer(type, seed));
  return graph.add_value({std::move(name), std::move(type), std::move(bytes)});
}

/// Integers bit for bit; floats within `tolerance` of the tensor's largest magnitude.
inline void expect_close(const TensorType& type, const Buffer& before, const Buffer& after, double tolerance) {
  if (type.dtype != DType::F32 || tolerance == 0) {
    EXPECT_TRUE(before == after) << "other bytes than before the pass";
    return;
  }
  std::vector<float> a(before.size() / sizeof(float)), b(after.size() / sizeof(float));
  std::memcpy(a.data(), before.data(), before.size());
  std::memcpy(b.data(), after.data(), after.size());
  ASSERT_EQ(a.size(), b.size());
  double largest = 0, worst = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(a[i])));
    worst = std::max(worst, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  EXPECT_LE(worst, tolerance * largest);
}

/// Both graphs give the same outputs on `records` random inputs.
inline void expect_unchanged(const Graph& before, const Graph& after, double tolerance = 0, uint32_t records = 3) {
  ASSERT_EQ(before.inputs, after.inputs);
  ASSERT_EQ(before.outputs.size(), after.outputs.size());
  for (size_t i = 0; i < before.outputs.size(); ++i) ASSERT_EQ(before.type(before.outputs[i]), after.type(after.outputs[i]));
  Interpreter was(before), is(after);
  for (uint32_t record = 0; record < records; ++record) {
    std::vector<Buffer> inputs;
    for (ValueId id : before.inputs) inputs.push_back(random_buffer(before.type(id), record * 31 + static_cast<uint32_t>(id)));
    const auto a = was.run(inputs), b = is.run(inputs);
    for (size_t i = 0; i < a.size(); ++i) expect_close(before.type(before.outputs[i]), a[i], b[i], tolerance);
  }
}

inline const Pass& pass_named(std::string_view name) {
  for (const Pass* pass : all_passes())
    if (pass->name == name) return *pass;
  throw Error(Blame::Bug, "no pass '" + std::string(name) + "'");
}

/// Runs one pass; checks the graph it leaves, the number of rewrites it owns to, and that results are the same.
inline void expect_pass(std::string_view name, Graph graph, int rewrites, std::string_view text, double tolerance = 0) {
  verify(graph);
  const Graph before = graph;
  PassContext context;
  EXPECT_EQ(pass_named(name).run(graph, context), rewrites);
  verify(graph);
  EXPECT_EQ(print(graph), text);
  expect_unchanged(before, graph, tolerance);
}

/// The pass finds nothing to do.
inline void expect_no_change(std::string_view name, Graph graph) {
  const std::string before = print(graph);
  expect_pass(name, std::move(graph), 0, before);
}

}  // namespace thimble::testing
