#include "cases/op_case.h"

#include <cstring>
#include <random>

namespace thimble::testing {
namespace {

template <class T, class Make>
Buffer filled(const TensorType& type, Make make) {
  Buffer bytes(static_cast<size_t>(type.bytes()));
  for (int64_t i = 0; i < type.elements(); ++i) {
    const T one = static_cast<T>(make());
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(T), &one, sizeof(T));
  }
  return bytes;
}

/// Integers in [low, high], the same on every machine (std::uniform_int_distribution is not).
struct Random {
  std::mt19937 engine;
  int64_t integer(int64_t low, int64_t high) { return low + static_cast<int64_t>(engine() % static_cast<uint64_t>(high - low + 1)); }
  double real(double range) { return range * (static_cast<double>(engine()) / 2147483648.0 - 1.0); }
};

}  // namespace

Buffer random_contents(const TensorType& type, uint32_t seed, double range) {
  Random random{std::mt19937(seed)};
  switch (type.dtype) {
    case DType::F32: return filled<float>(type, [&] { return random.real(range); });
    case DType::I8: return filled<int8_t>(type, [&] { return random.integer(-128, 127); });
    case DType::U8: return filled<uint8_t>(type, [&] { return random.integer(0, 255); });
    case DType::I16: return filled<int16_t>(type, [&] { return random.integer(-32768, 32767); });
    case DType::I32: return filled<int32_t>(type, [&] { return random.integer(-1000, 1000); });
    case DType::I64: return filled<int64_t>(type, [&] { return random.integer(-1000, 1000); });
    case DType::Bool: break;
  }
  return filled<uint8_t>(type, [&] { return random.integer(0, 1); });
}

ValueId random_weights(Graph& graph, std::string name, Shape shape, int quant_axis, uint32_t seed) {
  Random random{std::mt19937(seed)};
  TensorType type{DType::I8, std::move(shape), {}};
  const size_t scales = quant_axis < 0 ? 1 : static_cast<size_t>(type.shape[static_cast<size_t>(quant_axis)]);
  for (size_t i = 0; i < scales; ++i) type.quant.scale.push_back(static_cast<float>(0.002 + 0.01 * (random.real(0.5) + 0.5)));
  type.quant.zero.assign(scales, 0);
  type.quant.axis = scales > 1 ? quant_axis : -1;
  Buffer bytes = filled<int8_t>(type, [&] { return random.integer(-127, 127); });
  return graph.add_value({std::move(name), std::move(type), make_bytes(std::move(bytes))});
}

ValueId random_bias(Graph& graph, std::string name, int64_t channels, uint32_t seed) {
  Random random{std::mt19937(seed)};
  TensorType type{DType::I32, {channels}, {}};
  Buffer bytes = filled<int32_t>(type, [&] { return random.integer(-3000, 3000); });
  return graph.add_value({std::move(name), std::move(type), make_bytes(std::move(bytes))});
}

ValueId random_floats(Graph& graph, std::string name, Shape shape, uint32_t seed, double range) {
  TensorType type{DType::F32, std::move(shape), {}};
  Buffer bytes = random_contents(type, seed, range);
  return graph.add_value({std::move(name), std::move(type), make_bytes(std::move(bytes))});
}

}  // namespace thimble::testing
