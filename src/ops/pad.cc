#include "ops/pad.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/indexing.h"

namespace thimble {
namespace {

constexpr std::string_view kModes[] = {"constant", "reflect", "symmetric"};

void check_axis(const PadAttrs& a, size_t i, int64_t size) {
  expect(a.before[i] >= 0 && a.after[i] >= 0, fmt::format("axis {} has a negative border: cut with strided_slice instead", i));
  if (a.mode == PadMode::Constant) return;
  const int64_t most = a.mode == PadMode::Reflect ? size - 1 : size, border = std::max(a.before[i], a.after[i]);
  expect(border <= most, fmt::format("axis {} of {} elements has a {} border of {}; {} is the most", i, size,
                                     kModes[static_cast<size_t>(a.mode)], border, most));
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const auto& a = attrs.as<PadAttrs>();
  expect(a.before.size() == x.shape.size() && a.after.size() == x.shape.size(),
         fmt::format("the border is given for {} axes; the input has {}", a.before.size(), x.rank()));
  expect(a.mode == PadMode::Constant || in.size() == 1, "a mirrored border has no value");
  if (in.size() > 1) {
    const TensorType& value = operand_type(in, 1);
    expect(value.dtype == x.dtype && value.elements() == 1,
           fmt::format("the border's value must be one {}, not {}[{}]", name_of(x.dtype), name_of(value.dtype), to_string(value.shape)));
  }
  Shape shape = x.shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    check_axis(a, i, x.shape[i]);
    expect(a.before[i] <= INT32_MAX && a.after[i] <= INT32_MAX, fmt::format("the border of axis {} is larger than any board's memory", i));
    shape[i] += a.before[i] + a.after[i];
  }
  checked_elements(shape);
  return {moved(x, shape)};
}

/// The index within an axis of `size` that output index `i` shows, or -1 for the border's value.
int64_t source(PadMode mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size) return i;
  if (mode == PadMode::Constant) return -1;
  const int64_t edge = mode == PadMode::Symmetric ? 1 : 0;
  return i < 0 ? -i - edge : 2 * (size - 1) - i + edge;
}

/// One element of the border: operand 1, else the zero point of quantised tensors, else zero.
std::vector<std::byte> border(Inputs in, const TensorType& type) {
  std::vector<std::byte> value(static_cast<size_t>(bytes_of(type.dtype)));
  if (in.size() > 1) return {in[1].data, in[1].data + value.size()};
  if ((type.dtype == DType::I8 || type.dtype == DType::U8) && type.quant.quantised()) value[0] = static_cast<std::byte>(type.quant.zero[0]);
  return value;
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<PadAttrs>();
  const Shape& from = in[0].type->shape;
  const auto strides = strides_of(from);
  const std::vector<std::byte> value = border(in, *out[0].type);
  int64_t written = 0;
  for_each_index(out[0].type->shape, [&](const std::vector<int64_t>& index) {
    int64_t at = 0;
    bool inside = true;
    for (size_t i = 0; i < from.size(); ++i) {
      const int64_t k = source(a.mode, index[i] - a.before[i], from[i]);
      inside = inside && k >= 0;
      at += k * strides[i];
    }
    if (inside)
      copy_element(in[0], at, out[0], written);
    else
      std::memcpy(out[0].data + written * static_cast<int64_t>(value.size()), value.data(), value.size());
    ++written;
  });
}

PadAttrs read_borders(const ForeignNode& node, const ForeignGraph& graph, PadMode mode) {
  const auto flat = constant_operand(node, graph, 1, "padding");
  PadAttrs a;
  a.mode = mode;
  expect(flat.size() == 2 * foreign_operand(node, graph, 0).type.shape.size(),
         "the padding must hold two numbers for each axis of the input");
  for (size_t i = 0; i < flat.size(); i += 2) {
    a.before.push_back(flat[i]);
    a.after.push_back(flat[i + 1]);
  }
  return a;
}

Translated read_pad(const ForeignNode& node, const ForeignGraph& graph) {
  return {read_borders(node, graph, PadMode::Constant), {node.in[0]}};
}

Translated read_padv2(const ForeignNode& node, const ForeignGraph& graph) {
  const PadAttrs a = read_borders(node, graph, PadMode::Constant);
  expect(same_scale(foreign_operand(node, graph, 0).type, foreign_operand(node, graph, 2).type),
         "the value of the border must have the scale and zero point of the input");
  return {a, {node.in[0], node.in[2]}};
}

Translated read_mirror_pad(const ForeignNode& node, const ForeignGraph& graph) {
  const bool reflect = attr_or<std::string>(node, "mode", "REFLECT") == "REFLECT";
  return {read_borders(node, graph, reflect ? PadMode::Reflect : PadMode::Symmetric), {node.in[0]}};
}

void write_borders(const PadAttrs& a, ForeignNode& node, ForeignGraph& graph) {
  std::vector<int64_t> flat;
  for (size_t i = 0; i < a.before.size(); ++i) flat.insert(flat.end(), {a.before[i], a.after[i]});
  append_operand(node, graph, "paddings", flat, {static_cast<int64_t>(a.before.size()), 2});
  node.version = version_by_type(node, graph);
}

bool write_pad(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<PadAttrs>();
  if (a.mode != PadMode::Constant || node.in.size() > 1) return false;
  write_borders(a, node, graph);
  return true;
}

bool write_padv2(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<PadAttrs>();
  if (a.mode != PadMode::Constant || node.in.size() != 2) return false;
  write_borders(a, node, graph);
  std::swap(node.in[1], node.in[2]);
  return true;
}

bool write_mirror_pad(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<PadAttrs>();
  if (a.mode == PadMode::Constant) return false;
  write_borders(a, node, graph);
  node.attrs = {{"mode", std::string(a.mode == PadMode::Reflect ? "REFLECT" : "SYMMETRIC")}};
  return true;
}

constexpr ForeignMap kTflite[] = {
    {"PAD", read_pad, write_pad}, {"PADV2", read_padv2, write_padv2}, {"MIRROR_PAD", read_mirror_pad, write_mirror_pad}};

}  // namespace

std::span<const std::string_view> enum_names(PadMode) { return kModes; }

std::span<const OpDef> pad_ops() {
  static const OpDef kOps[] = {{.name = "pad",
                                .summary = "a border of one value, or of the input mirrored",
                                .min_in = 1,
                                .max_in = 2,
                                .attrs = PadAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
