#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "formats/tflite.h"
#include "formats/tflite_options.h"
#include "formats/tflite_tables.h"

namespace thimble {
namespace {

using flatbuffers::Offset;

tfl::TensorType foreign_type(DType dtype) {
  switch (dtype) {
    case DType::F32: return tfl::TensorType::FLOAT32;
    case DType::I8: return tfl::TensorType::INT8;
    case DType::U8: return tfl::TensorType::UINT8;
    case DType::I16: return tfl::TensorType::INT16;
    case DType::I32: return tfl::TensorType::INT32;
    case DType::I64: return tfl::TensorType::INT64;
    case DType::Bool: break;
  }
  return tfl::TensorType::BOOL;
}

class Writer {
 public:
  explicit Writer(const ForeignGraph& graph) : graph_(graph) {}

  std::vector<std::byte> write() {
    buffers_.push_back(tfl::CreateBuffer(builder_));  // tensors without contents refer to buffer 0
    std::vector<Offset<tfl::Tensor>> tensors;
    for (const ForeignTensor& tensor : graph_.tensors) tensors.push_back(write_tensor(tensor));
    std::vector<Offset<tfl::Operator>> nodes;
    for (const ForeignNode& node : graph_.nodes) nodes.push_back(write_node(node));
    const std::vector subgraphs{tfl::CreateSubGraph(builder_, builder_.CreateVector(tensors), builder_.CreateVector(graph_.inputs),
                                                    builder_.CreateVector(graph_.outputs), builder_.CreateVector(nodes),
                                                    builder_.CreateString(graph_.name))};
    const auto codes = builder_.CreateVector(opcodes_);
    const auto all = builder_.CreateVector(subgraphs);
    const auto description = builder_.CreateString("written by Thimble");
    tfl::FinishModelBuffer(builder_, tfl::CreateModel(builder_, 3, codes, all, description, builder_.CreateVector(buffers_)));
    const auto bytes = std::as_bytes(std::span(builder_.GetBufferPointer(), builder_.GetSize()));
    return {bytes.begin(), bytes.end()};
  }

 private:
  uint32_t write_buffer(const Bytes& data) {
    if (!data || data->empty()) return 0;
    const auto [it, fresh] = known_buffers_.try_emplace(data.get(), static_cast<uint32_t>(buffers_.size()));
    if (fresh) {
      builder_.ForceVectorAlignment(data->size(), 1, 16);
      const auto contents = builder_.CreateVector(reinterpret_cast<const uint8_t*>(data->data()), data->size());
      buffers_.push_back(tfl::CreateBuffer(builder_, contents));
    }
    return it->second;
  }

  Offset<tfl::QuantizationParameters> write_quant(const Quant& quant) {
    if (!quant.quantised()) return 0;
    const auto scales = builder_.CreateVector(quant.scale);
    const auto zeros = builder_.CreateVector(std::vector<int64_t>(quant.zero.begin(), quant.zero.end()));
    return tfl::CreateQuantizationParameters(builder_, 0, 0, scales, zeros, 0, 0, std::max(quant.axis, 0));
  }

  Offset<tfl::Tensor> write_tensor(const ForeignTensor& tensor) {
    std::vector<int32_t> shape;
    for (int64_t d : tensor.type.shape) {
      if (d > std::numeric_limits<int32_t>::max())
        throw Error(Blame::Unsupported,
                    fmt::format("tensor '{}' has shape {}; TFLite holds 32-bit dimensions", tensor.name, to_string(tensor.type.shape)));
      shape.push_back(static_cast<int32_t>(d));
    }
    const uint32_t buffer = write_buffer(tensor.data);
    const auto dims = builder_.CreateVector(shape);
    const auto name = builder_.CreateString(tensor.name);
    const auto quant = write_quant(tensor.type.quant);
    return tfl::CreateTensor(builder_, dims, foreign_type(tensor.type.dtype), buffer, name, quant, tensor.variable, 0, 0, true);
  }

  uint32_t write_opcode(const ForeignNode& node, const std::string& custom) {
    const auto key = std::tuple(node.op, custom, node.version);
    const auto [it, fresh] = known_opcodes_.try_emplace(key, static_cast<uint32_t>(opcodes_.size()));
    if (fresh) {
      const auto code = tflite::op_code(node.op);
      require(code.has_value(), fmt::format("TFLite has no op '{}'", node.op));
      // Codes from 127 on do not fit the old byte, which then holds 127.
      const auto old = static_cast<int8_t>(std::min(*code, 127));
      const auto name = custom.empty() ? Offset<flatbuffers::String>() : builder_.CreateString(custom);
      opcodes_.push_back(tfl::CreateOperatorCode(builder_, old, name, node.version, static_cast<tfl::BuiltinOperator>(*code)));
    }
    return it->second;
  }

  Offset<tfl::Operator> write_node(const ForeignNode& node) {
    AttrBag attrs = node.attrs;
    std::string custom;
    if (const auto it = attrs.find("custom_code"); it != attrs.end()) custom = std::get<std::string>(it->second);
    attrs.erase("custom_code");
    std::vector<int32_t> internal;
    if (const auto it = attrs.find("intermediates"); it != attrs.end()) {
      const auto& ids = std::get<std::vector<int64_t>>(it->second);
      internal.assign(ids.begin(), ids.end());
      attrs.erase(it);
    }
    const uint32_t code = write_opcode(node, custom);
    const auto in = builder_.CreateVector(node.in), out = builder_.CreateVector(node.out);
    const tflite::WrittenOptions options = tflite::write_options(builder_, node.op, attrs);
    const auto mutated = write_mutated(node);
    const auto intermediates = internal.empty() ? Offset<flatbuffers::Vector<int32_t>>() : builder_.CreateVector(internal);
    return tfl::CreateOperator(builder_, code, in, out, static_cast<tfl::BuiltinOptions>(options.kind), Offset<void>(options.offset), 0, 0,
                               mutated, intermediates);
  }

  /// Which inputs the node writes: its states. Nothing when it has none.
  Offset<flatbuffers::Vector<uint8_t>> write_mutated(const ForeignNode& node) {
    std::vector<uint8_t> mutated;
    for (int id : node.in)
      mutated.push_back(id >= 0 && static_cast<size_t>(id) < graph_.tensors.size() && graph_.tensors[static_cast<size_t>(id)].variable);
    if (std::find(mutated.begin(), mutated.end(), 1) == mutated.end()) return 0;
    return builder_.CreateVector(mutated);
  }

  const ForeignGraph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset<tfl::Buffer>> buffers_;
  std::vector<Offset<tfl::OperatorCode>> opcodes_;
  std::map<const void*, uint32_t> known_buffers_;
  std::map<std::tuple<std::string, std::string, int>, uint32_t> known_opcodes_;
};

}  // namespace

std::vector<std::byte> write_tflite(const ForeignGraph& graph) { return Writer(graph).write(); }

}  // namespace thimble
