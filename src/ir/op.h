/// Everything the toolchain knows about an op, except how a device runs it (kernels/) and how it is trained (train/).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/attrs.h"
#include "ir/foreign.h"
#include "ir/tensor.h"

namespace thimble {

/// Operands as seen by `infer` (contents known only for constants) and by `eval` (contents always known).
using Inputs = std::span<const TensorView>;
using Outputs = std::span<const TensorView>;

struct OpDef {
  std::string_view name, summary;
  int min_in = 1, max_in = 1;
  int outputs = 1;  ///< -1: as many as `infer` returns
  /// A default-made attribute struct of the op.
  Attrs attrs{};
  /// Types of the outputs. The quantisation of an output cannot be known here, so `infer` leaves `quant` empty unless the op
  /// copies it from its input (reshape); import keeps what the file says. Throws User errors for operands that do not fit.
  std::vector<TensorType> (*infer)(const Attrs&, Inputs in) = nullptr;
  /// Slow, obvious, the oracle: float, and exactly the TFLite reference's integer arithmetic.
  /// Operands listed in `state_in` may be written; all others are only read.
  void (*eval)(const Attrs&, Inputs in, Outputs out) = nullptr;
  /// Multiply-accumulates; null counts none.
  int64_t (*macs)(const Attrs&, Inputs in, Outputs out) = nullptr;
  /// Operands whose contents outlive the run (LSTM cell, SVDF memory).
  std::span<const int> state_in{};
  /// The ops of other formats that become this one.
  std::span<const ForeignMap> tflite{}, onnx{};
};

/// Throws a User error "<what>" unless `holds`: for operands that do not fit an op, inside `infer`.
void expect(bool holds, std::string_view what);

}  // namespace thimble
