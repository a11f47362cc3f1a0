#include "train/integer.h"

#include <cstring>

#include "base/parallel.h"
#include "ir/interpreter.h"
#include "ops/ops.h"
#include "ops/quantize.h"

namespace thimble {
namespace {

/// One tensor in the form of another, by the op that does it on a device.
Buffer converted(const Buffer& from, const TensorType& type, const TensorType& to) {
  if (type == to) return from;
  Buffer bytes(static_cast<size_t>(to.bytes()));
  const TensorView in{&type, const_cast<std::byte*>(from.data())}, out{&to, bytes.data()};
  const bool quantises = type.dtype == DType::F32;
  op_named(quantises ? "quantize" : "dequantize").eval(quantises ? Attrs(QuantizeAttrs{to.dtype}) : Attrs(), {&in, 1}, {&out, 1});
  return bytes;
}

TensorType real(const TensorType& type) { return {DType::F32, type.shape, {}}; }

}  // namespace

std::vector<float> run_by_interpreter(const Graph& graph, const Examples& examples) {
  constexpr int64_t kChunk = 16;
  const TensorType &in = graph.type(graph.inputs[0]), &out = graph.type(graph.outputs[0]);
  const auto width = static_cast<size_t>(out.elements());
  std::vector<float> all(static_cast<size_t>(examples.count()) * width);
  Progress silent;
  in_parallel(static_cast<size_t>((examples.count() + kChunk - 1) / kChunk), "", silent, [&](size_t chunk) {
    Interpreter interpreter(graph);
    const auto first = static_cast<int64_t>(chunk) * kChunk;
    for (int64_t i = first; i < std::min(first + kChunk, examples.count()); ++i) {
      const auto bytes = std::as_bytes(examples.example(i));
      interpreter.reset();
      const Buffer result = interpreter.run(std::vector<Buffer>{converted({bytes.begin(), bytes.end()}, real(in), in)})[0];
      const Buffer reals = converted(result, out, real(out));
      std::memcpy(all.data() + static_cast<size_t>(i) * width, reals.data(), reals.size());
    }
  });
  return all;
}

}  // namespace thimble
