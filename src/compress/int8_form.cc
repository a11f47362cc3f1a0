#include "compress/int8_form.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "compress/recurrent.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

constexpr std::pair<std::string_view, Int8Form> kForms[] = {
    {"conv2d", Int8Form::Weighted},
    {"dwconv2d", Int8Form::Weighted},
    {"fully_connected", Int8Form::Weighted},
    {"transpose_conv", Int8Form::Weighted},

    {"add", Int8Form::Own},
    {"sub", Int8Form::Own},
    {"mul", Int8Form::Own},
    {"batch_matmul", Int8Form::Own},
    {"mean", Int8Form::Own},
    {"sum", Int8Form::Own},
    {"relu", Int8Form::Own},
    {"relu6", Int8Form::Own},
    {"relu_n1_to_1", Int8Form::Own},
    {"relu_0_to_1", Int8Form::Own},
    {"leaky_relu", Int8Form::Own},
    {"hard_swish", Int8Form::Own},
    {"elu", Int8Form::Own},
    {"gelu", Int8Form::Own},
    {"exp", Int8Form::Own},
    {"log", Int8Form::Own},
    {"sqrt", Int8Form::Own},
    {"rsqrt", Int8Form::Own},
    {"abs", Int8Form::Own},

    {"reshape", Int8Form::Shared},
    {"transpose", Int8Form::Shared},
    {"concat", Int8Form::Shared},
    {"pack", Int8Form::Shared},
    {"unpack", Int8Form::Shared},
    {"split", Int8Form::Shared},
    {"strided_slice", Int8Form::Shared},
    {"gather", Int8Form::Shared},
    {"depth_to_space", Int8Form::Shared},
    {"space_to_depth", Int8Form::Shared},
    {"pad", Int8Form::Shared},
    {"max_pool2d", Int8Form::Shared},
    {"average_pool2d", Int8Form::Shared},
    {"resize_nearest", Int8Form::Shared},
    {"resize_bilinear", Int8Form::Shared},
    {"reduce_max", Int8Form::Shared},
    {"reduce_min", Int8Form::Shared},
    {"minimum", Int8Form::Shared},
    {"maximum", Int8Form::Shared},

    {"softmax", Int8Form::Fixed},
    {"log_softmax", Int8Form::Fixed},
    {"logistic", Int8Form::Fixed},
    {"tanh", Int8Form::Fixed},

    {"argmax", Int8Form::Index},
    {"argmin", Int8Form::Index},

    {"lstm", Int8Form::Recurrent},
    {"svdf", Int8Form::Recurrent},
};

/// The element type that operand `i` takes in the int8 form.
DType int8_dtype(const Node& node, size_t i, DType now) {
  if (int8_form(*node.op) == Int8Form::Recurrent) return recurrent_dtype(*node.op, i);
  if (now != DType::F32) return now;
  return int8_form(*node.op) == Int8Form::Weighted && i == 2 ? DType::I32 : DType::I8;
}

std::optional<std::string> refuses_operands(const Graph& graph, const Node& node) {
  if (node.op->name == "svdf" && attr<std::string>(node, "activation") != "relu") return "TensorFlow Lite has an int8 svdf only with relu";
  const Int8Form form = int8_form(*node.op);
  for (size_t i = 1; i < node.in.size() && (form == Int8Form::Weighted || form == Int8Form::Recurrent); ++i)
    if (node.in[i] != kAbsent && !graph.value(node.in[i]).constant() && !graph.value(node.in[i]).state)
      return "operand " + std::to_string(i) + " is computed at run time; only constants become int8 weights";
  return std::nullopt;
}

}  // namespace

Int8Form int8_form(const OpDef& op) {
  const auto* row = std::find_if(std::begin(kForms), std::end(kForms), [&](const auto& form) { return form.first == op.name; });
  return row == std::end(kForms) ? Int8Form::None : row->second;
}

Quant fixed_quant(const OpDef& op) {
  if (op.name == "tanh") return per_tensor(1.0F / 128, 0);
  if (op.name == "log_softmax") return per_tensor(1.0F / 16, 127);
  return per_tensor(1.0F / 256, -128);
}

bool is_activation(const Graph& graph, ValueId id) {
  if (id == kAbsent) return false;
  const Value& value = graph.value(id);
  return value.type.dtype == DType::F32 && !value.constant() && !value.state;
}

std::optional<std::string> refuses_int8(const Graph& graph, const Node& node) {
  if (int8_form(*node.op) == Int8Form::None) return "TensorFlow Lite has no int8 form of " + std::string(node.op->name);
  const auto flows = [&](ValueId id) { return is_activation(graph, id); };
  if (std::none_of(node.in.begin(), node.in.end(), flows)) return "it reads no floats";
  if (auto reason = refuses_operands(graph, node)) return reason;
  std::vector<TensorView> views = input_views(graph, node);
  std::vector<TensorType> types(views.size());
  for (size_t i = 0; i < views.size(); ++i) {
    if (!views[i] || (views[i].type->dtype != DType::F32 && int8_form(*node.op) != Int8Form::Recurrent)) continue;
    types[i] = {int8_dtype(node, i, views[i].type->dtype), views[i].type->shape, per_tensor(1, 0)};
    views[i] = {&types[i], nullptr};
  }
  try {
    node.op->infer(node.attrs, views);
  } catch (const Error& error) {
    if (error.blame == Blame::Bug) throw;
    return error.what();
  }
  return std::nullopt;
}

}  // namespace thimble
