/// The tensors of a TFLite file, and what every reader of the file needs: the word for damage and the bound on growth.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "formats/faults.h"
#include "ir/foreign.h"

namespace tfl {
struct Model;
struct QuantizationParameters;
struct Tensor;
}  // namespace tfl

namespace thimble::tflite {

/// Throws the User error "the file is damaged: <what>".
[[noreturn]] void damaged(const std::string& what);

/// Tables of a file may be shared, so that a small file could stand for an endless model: what is copied is bounded by the file's size.
class Allowance {
 public:
  explicit Allowance(size_t file_bytes) : left_(64 * file_bytes + 65536) {}
  void spend(size_t bytes);

 private:
  size_t left_;
};

class TensorReader {
 public:
  TensorReader(const tfl::Model& model, Faults& faults, Allowance& allowance) : model_(model), faults_(faults), allowance_(allowance) {}

  /// Tensor `index`; one that Thimble cannot hold joins the faults and comes back as a byte. Tensors of one buffer share their bytes.
  ForeignTensor read(const tfl::Tensor& tensor, size_t index, bool graph_input);

 private:
  using Reason = std::optional<std::string>;  // why the tensor cannot be held

  Reason fill(const tfl::Tensor& tensor, size_t index, bool graph_input, ForeignTensor& made);
  Quant read_quant(const tfl::QuantizationParameters& params, const ForeignTensor& made, size_t index);
  Reason read_data(const tfl::Tensor& tensor, size_t index, ForeignTensor& made);

  const tfl::Model& model_;
  Faults& faults_;
  Allowance& allowance_;
  std::map<uint32_t, Bytes> buffers_;
};

}  // namespace thimble::tflite
