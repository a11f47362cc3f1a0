#include "formats/tflite_tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/tflite_tables.h"

namespace thimble::tflite {
namespace {

constexpr int64_t kMaxBytes = INT32_MAX;  // sizes and offsets are 32-bit on the boards
constexpr size_t kMaxRank = 8;

std::optional<DType> dtype_from(tfl::TensorType type) {
  switch (type) {
    case tfl::TensorType::FLOAT32: return DType::F32;
    case tfl::TensorType::INT8:
    case tfl::TensorType::INT4: return DType::I8;
    case tfl::TensorType::UINT8: return DType::U8;
    case tfl::TensorType::INT16: return DType::I16;
    case tfl::TensorType::INT32: return DType::I32;
    case tfl::TensorType::INT64: return DType::I64;
    case tfl::TensorType::BOOL: return DType::Bool;
    default: return std::nullopt;
  }
}

std::string reason_for_type(tfl::TensorType type) {
  switch (type) {
    case tfl::TensorType::FLOAT16: return "is float16; convert with float32 or int8 weights (without supported_types = [tf.float16])";
    case tfl::TensorType::STRING: return "holds text; export the model without its text processing";
    case tfl::TensorType::RESOURCE:
    case tfl::TensorType::VARIANT: return "is a resource; freeze the model's variables when exporting it";
    default: break;
  }
  const char* word = tfl::EnumNameTensorType(type);
  return fmt::format("is {}; Thimble holds float32, int8, uint8, int16, int32, int64 and bool",
                     *word ? word : fmt::format("of type {}", static_cast<int>(type)));
}

/// The zero points that a quantised tensor of this type may have.
std::pair<int64_t, int64_t> zero_range(DType dtype) {
  switch (dtype) {
    case DType::I8: return {-128, 127};
    case DType::U8: return {0, 255};
    case DType::I16: return {-32768, 32767};
    default: return {INT32_MIN, INT32_MAX};
  }
}

/// Elements of four bits, low nibble first, as int8.
Bytes widened(std::span<const uint8_t> nibbles, int64_t elements) {
  std::vector<std::byte> bytes;
  for (int64_t i = 0; i < elements; ++i) {
    const int nibble = nibbles[static_cast<size_t>(i / 2)] >> (i % 2 * 4) & 15;
    bytes.push_back(static_cast<std::byte>(nibble >= 8 ? nibble - 16 : nibble));
  }
  return make_bytes(std::move(bytes));
}

std::string dynamic_shape(std::span<const int32_t> dims) {
  std::string text;
  for (size_t d = 0; d < dims.size(); ++d) text += (d ? "x" : "") + (dims[d] == -1 ? "?" : std::to_string(dims[d]));
  return text;
}

/// Fills the shape; the reason when it is not known or too large.
std::optional<std::string> read_shape(const tfl::Tensor& tensor, size_t index, bool graph_input, TensorType& type) {
  const auto dims = span_of(tensor.shape()), signature = span_of(tensor.shape_signature());
  if (dims.size() > kMaxRank) return fmt::format("has {} dimensions; Thimble holds up to {}", dims.size(), kMaxRank);
  if (!signature.empty() && signature.size() != dims.size())
    damaged(fmt::format("tensor {} has {} dimensions in its shape and {} in its shape signature", index, dims.size(), signature.size()));
  Shape& shape = type.shape;
  shape.assign(dims.begin(), dims.end());
  for (size_t d = 0; d < shape.size(); ++d) {
    // Inside the graph the shape holds what the converter computed for batch 1; only the graph's inputs are open.
    const bool open = shape[d] == -1 || (graph_input && !signature.empty() && signature[d] == -1);
    if (open && d > 0)
      return fmt::format("has shape {}, dynamic beyond the batch; convert the model with a fixed input shape",
                         dynamic_shape(signature.empty() ? dims : signature));
    if (open) shape[d] = 1;
    if (shape[d] < 0) damaged(fmt::format("tensor {} '{}' has shape {}", index, text_of(tensor.name()), to_string(shape)));
  }
  int64_t bytes = bytes_of(type.dtype);
  for (int64_t d : shape)
    if (__builtin_mul_overflow(bytes, d, &bytes) || bytes > kMaxBytes)
      return fmt::format("has shape {}; no tensor may exceed {} bytes", to_string(shape), kMaxBytes);
  return std::nullopt;
}

}  // namespace

void damaged(const std::string& what) { throw Error(Blame::User, "the file is damaged: " + what, "copy or export the file again"); }

void Allowance::spend(size_t bytes) {
  if (bytes > left_) damaged("it refers to the same data over and over, and would grow far beyond its own size");
  left_ -= bytes;
}

ForeignTensor TensorReader::read(const tfl::Tensor& tensor, size_t index, bool graph_input) {
  ForeignTensor made;
  made.name = text_of(tensor.name());
  made.variable = tensor.is_variable();
  allowance_.spend(sizeof made + made.name.size());
  if (const Reason reason = fill(tensor, index, graph_input, made)) {
    faults_.tensor(fmt::format("'{}'", made.name), index, Blame::Unsupported, *reason);
    return {made.name, {DType::U8, {1}, {}}, nullptr, made.variable};
  }
  return made;
}

TensorReader::Reason TensorReader::fill(const tfl::Tensor& tensor, size_t index, bool graph_input, ForeignTensor& made) {
  const std::optional<DType> dtype = dtype_from(tensor.type());
  if (!dtype) return reason_for_type(tensor.type());
  if (tensor.sparsity()) return "is sparse; convert the model without sparsity (the weights may stay pruned)";
  made.type.dtype = *dtype;
  if (Reason reason = read_shape(tensor, index, graph_input, made.type)) return reason;
  if (tensor.quantization()) made.type.quant = read_quant(*tensor.quantization(), made, index);
  return read_data(tensor, index, made);
}

Quant TensorReader::read_quant(const tfl::QuantizationParameters& params, const ForeignTensor& made, size_t index) {
  const auto scales = span_of(params.scale());
  const auto zeros = span_of(params.zero_point());
  const TensorType& type = made.type;
  const auto say = [&](const std::string& what) { damaged(fmt::format("tensor {} '{}' has {}", index, made.name, what)); };
  // Converters leave meaningless scales on float and index tensors.
  if (scales.empty() || type.dtype == DType::F32 || type.dtype == DType::Bool || type.dtype == DType::I64) return {};
  if (type.dtype == DType::I32 && scales[0] == 0) return {};
  if (zeros.size() > 1 && zeros.size() != scales.size()) say(fmt::format("{} scales and {} zero points", scales.size(), zeros.size()));
  allowance_.spend(scales.size() * (sizeof(float) + sizeof(int32_t)));
  Quant quant{{scales.begin(), scales.end()}, {}, scales.size() > 1 ? params.quantized_dimension() : -1};
  if (quant.per_channel() && type.rank() == 1) quant.axis = 0;  // early converters copied the weights' axis to the bias
  const auto [low, high] = zero_range(type.dtype);
  for (size_t i = 0; i < scales.size(); ++i) {
    const int64_t zero = zeros.empty() ? 0 : zeros[zeros.size() == 1 ? 0 : i];
    if (!std::isfinite(scales[i]) || scales[i] <= 0) say(fmt::format("scale {}; scales must be positive", scales[i]));
    if (zero < low || zero > high) say(fmt::format("zero point {}; {} holds {} to {}", zero, name_of(type.dtype), low, high));
    quant.zero.push_back(static_cast<int32_t>(zero));
  }
  if (quant.per_channel() &&
      (quant.axis < 0 || quant.axis >= type.rank() || type.shape[static_cast<size_t>(quant.axis)] != std::ssize(scales)))
    say(fmt::format("{} scales along axis {} of {}", scales.size(), quant.axis, to_string(type.shape)));
  return quant;
}

TensorReader::Reason TensorReader::read_data(const tfl::Tensor& tensor, size_t index, ForeignTensor& made) {
  const bool nibbles = tensor.type() == tfl::TensorType::INT4;
  static constexpr std::string_view kOnlyConstants = "is int4; only weights may be: convert with int8 activations";
  if (tensor.buffer() == 0) return nibbles ? Reason(kOnlyConstants) : std::nullopt;
  const size_t buffers = size_of(model_.buffers());
  if (tensor.buffer() >= buffers) damaged(fmt::format("tensor {} '{}' names buffer {} of {}", index, made.name, tensor.buffer(), buffers));
  const tfl::Buffer& buffer = *model_.buffers()->Get(tensor.buffer());
  if (buffer.offset() > 1) return "keeps its data outside of the tables, as files beyond 2 GB do; no board holds such a model";
  const auto contents = span_of(buffer.data());
  if (contents.empty()) return nibbles ? Reason(kOnlyConstants) : std::nullopt;
  const int64_t bytes = nibbles ? (made.type.elements() + 1) / 2 : made.type.bytes();
  if (static_cast<int64_t>(contents.size()) != bytes)
    damaged(fmt::format("tensor {} '{}' is {} and needs {} bytes; its buffer holds {}", index, made.name, to_string(made.type), bytes,
                        contents.size()));
  if (nibbles) {
    allowance_.spend(static_cast<size_t>(made.type.elements()));
    made.data = widened(contents, made.type.elements());
    return std::nullopt;
  }
  if (made.type.dtype == DType::Bool && std::any_of(contents.begin(), contents.end(), [](uint8_t b) { return b > 1; }))
    damaged(fmt::format("tensor {} '{}' is bool and holds bytes other than 0 and 1", index, made.name));
  Bytes& shared = buffers_[tensor.buffer()];
  if (!shared) {
    const auto raw = std::as_bytes(contents);
    allowance_.spend(raw.size());
    shared = make_bytes({raw.begin(), raw.end()});
  }
  made.data = shared;
  return std::nullopt;
}

}  // namespace thimble::tflite
