/// A model as another format spells it, before and after it is ours.
///
/// formats/tflite.cc and formats/onnx.cc turn files into a ForeignGraph and back; an op's ForeignMap turns one
/// foreign node into one of ours and back. So an op knows the words of a format, and a format knows no op.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/attrs.h"
#include "ir/tensor.h"

namespace thimble {

struct ForeignTensor {
  std::string name;
  TensorType type;        ///< dynamic batch already resolved to 1
  Bytes data;             ///< null unless constant
  bool variable = false;  ///< state that outlives a run
};

struct ForeignNode {
  std::string op;    ///< "CONV_2D", "Conv"
  std::string name;  ///< for messages; TFLite nodes are named after their first output
  int version = 1;
  std::vector<int> in, out;  ///< indices of tensors; -1 for an absent optional operand
  AttrBag attrs;             ///< as the format names them: {"stride_h": 2, "padding": "SAME", "fused_activation_function": "RELU"}
};

struct ForeignGraph {
  std::string name;
  std::vector<ForeignTensor> tensors;
  std::vector<ForeignNode> nodes;
  std::vector<int> inputs, outputs;

  /// The operand `i` of `node`, or null when absent.
  const ForeignTensor* operand(const ForeignNode& node, size_t i) const {
    return i < node.in.size() && node.in[i] >= 0 ? &tensors[static_cast<size_t>(node.in[i])] : nullptr;
  }
  /// A view of operand `i` (contents only when constant); false when absent.
  TensorView view(const ForeignNode& node, size_t i) const;
};

/// What a foreign node becomes: attributes and the operands that remain (indices into the tensors, -1 absent).
struct Translated {
  Attrs attrs;
  std::vector<int> in;
};

/// One foreign op and how it becomes ours and back.
struct ForeignMap {
  std::string_view name;
  /// Throws Unsupported (what is wrong, and the way out as hint) for what cannot be expressed. The importer collects all
  /// such errors of a model before it reports. Null: no attributes, operands unchanged.
  Translated (*read)(const ForeignNode&, const ForeignGraph&) = nullptr;
  /// The inverse: appends constant tensors it needs (axes, shapes) to the graph and fills attrs, in and version of the node
  /// (whose `in`, `out` and `op` are set to begin with). Returns false when this map does not express `attrs` (another map of
  /// the op may). Null: no attributes, operands unchanged.
  bool (*write)(const Attrs&, ForeignNode&, ForeignGraph&) = nullptr;
};

/// Attribute `key` of the node as T (bool, int64_t, double, std::string, vectors), or `fallback` when absent.
template <class T>
T attr_or(const ForeignNode& node, std::string_view key, T fallback) {
  const auto it = node.attrs.find(key);
  if (it == node.attrs.end()) return fallback;
  const T* value = std::get_if<T>(&it->second);
  require(value != nullptr, "foreign attribute read as another type");
  return *value;
}

}  // namespace thimble
