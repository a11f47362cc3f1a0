#include "passes/strips.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/terminal.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "ops/strided_slice.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

constexpr size_t kRowAxis = 1;
constexpr std::string_view kRowsWord = " rows ";

/// Rows from `begin` up to, not including, `end`.
struct Rows {
  int64_t begin, end;
};

bool is_image(const TensorType& type) { return type.rank() == 4 && type.shape[0] == 1; }
int64_t rows_of(const TensorType& type) { return type.shape[kRowAxis]; }

bool is_weighted(const Node& node) { return is_op(node, {"conv2d", "dwconv2d"}); }
bool is_pool(const Node& node) { return is_op(node, {"average_pool2d", "max_pool2d"}); }

bool is_elementwise(const Node& node) {
  return is_op(
      node, {"relu", "relu6", "relu_n1_to_1", "relu_0_to_1", "leaky_relu", "logistic", "tanh",    "hard_swish", "elu",      "gelu",
             "abs",  "neg",   "square",       "add",         "sub",        "mul",      "minimum", "maximum",    "quantize", "dequantize"});
}

const Window2dAttrs& window_attrs(const Node& node) {
  if (is_op(node, {"conv2d"})) return node.attrs.as<Conv2dAttrs>();
  if (is_op(node, {"dwconv2d"})) return node.attrs.as<Dwconv2dAttrs>();
  return node.attrs.as<Pool2dAttrs>();
}

/// The window of a convolution or pool over its whole input.
Window2d window_of(const Graph& graph, const Node& node) {
  const Window2dAttrs& attrs = window_attrs(node);
  const TensorType& x = graph.type(node.in[0]);
  if (is_pool(node)) return lay_window(attrs, x, node.attrs.as<Pool2dAttrs>().kernel_h, node.attrs.as<Pool2dAttrs>().kernel_w);
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(attrs, x, w.shape[1], w.shape[2]);
}

/// True when an operand beside the first serves all rows alike: it is broadcast along them.
bool serves_all_rows(const TensorType& type) { return type.rank() < 3 || (type.rank() < 5 && type.shape[type.shape.size() - 3] == 1); }

/// True when rows of the output are made from rows of `from` and of operands that are there before it.
bool can_be_cut(const Graph& graph, const Node& node, ValueId from) {
  if (from == kAbsent || node.out.size() != 1 || graph.value(from).constant() || graph.value(from).state) return false;
  const TensorType &x = graph.type(from), &y = graph.type(node.out[0]);
  if (!is_image(x) || !is_image(y) || (!is_elementwise(node) && from != node.in[0])) return false;
  if (is_pool(node)) return true;
  if (is_weighted(node)) return constant_operand(graph, node, 1) && (operand(node, 2) == kAbsent || constant_operand(graph, node, 2));
  if (!is_elementwise(node) || x.shape != y.shape) return false;
  return std::all_of(node.in.begin(), node.in.end(), [&](ValueId id) {
    const Value& value = graph.value(id);
    return serves_all_rows(value.type) || (!value.constant() && !value.state && value.type.shape == y.shape);
  });
}

/// The rows of the node's input that `made` of its output are made from, less those that are padding, and the padding.
struct Need {
  Rows rows;
  int64_t above = 0, below = 0;
};
Need need_of(const Graph& graph, const Node& node, Rows made) {
  if (is_elementwise(node)) return {made};
  const Window2d at = window_of(graph, node);
  const int64_t begin = made.begin * at.stride_h - at.pad_top;
  const int64_t end = (made.end - 1) * at.stride_h - at.pad_top + (at.kernel_h - 1) * at.dilation_h + 1;
  return {{std::max<int64_t>(begin, 0), std::min(end, at.in_h)}, std::max<int64_t>(-begin, 0), std::max<int64_t>(end - at.in_h, 0)};
}

/// Writes the strips of one chain behind each other.
class Cutter {
 public:
  Cutter(Graph& graph, std::span<const Node> chain) : graph_(graph), chain_(chain) {}

  /// The rows `made` of the chain's result; kAbsent when a layer would see only padding.
  ValueId add_strip(Rows made) {
    std::vector<Need> needs(chain_.size());
    std::vector<Rows> out(chain_.size());
    Rows rows = made;
    for (size_t i = chain_.size(); i-- > 0;) {
      out[i] = rows;
      needs[i] = need_of(graph_, chain_[i], rows);
      rows = needs[i].rows;
      if (rows.begin >= rows.end) return kAbsent;
    }
    ValueId value = slice(chain_[0].in[0], rows);
    for (size_t i = 0; i < chain_.size(); ++i)
      value = add_layer(chain_[i], i == 0 ? chain_[0].in[0] : chain_[i - 1].out[0], value, needs[i], out[i]);
    return value;
  }

 private:
  /// A part of `id`; itself when it is all of it.
  ValueId slice(ValueId id, Rows rows) {
    const Value whole = graph_.value(id);
    if (rows.begin == 0 && rows.end == rows_of(whole.type)) return id;
    StridedSliceAttrs attrs{{0, rows.begin, 0, 0}, whole.type.shape, {1, 1, 1, 1}, {}};
    attrs.size[kRowAxis] = rows.end - rows.begin;
    attrs.shape = attrs.size;
    return add_node(graph_, "strided_slice", name(whole.name, rows), {id}, attrs, {whole.type.quant});
  }

  /// Rows of what `node` makes from `part`, rows of its operand `from`.
  ValueId add_layer(const Node& node, ValueId from, ValueId part, const Need& need, Rows made) {
    std::vector<ValueId> in = node.in;
    std::replace(in.begin(), in.end(), from, part);
    Attrs attrs = node.attrs;
    if (!is_elementwise(node)) attrs = with_pads(attrs, window_of(graph_, node), need);
    if (is_elementwise(node))
      for (ValueId& id : in)
        if (id != part && !serves_all_rows(graph_.type(id))) id = slice(id, made);
    const Value whole = graph_.value(node.out[0]);
    const ValueId out = graph_.add_node(*node.op, name(node.name, made), std::move(in), std::move(attrs), {whole.type.quant});
    graph_.value(out).name = name(whole.name, made);
    return out;
  }

  static Attrs with_pads(const Attrs& attrs, const Window2d& at, const Need& need) {
    const int64_t width = (at.out_w - 1) * at.stride_w + (at.kernel_w - 1) * at.dilation_w + 1;
    std::vector<int64_t> pads = {need.above, need.below, at.pad_left, std::max<int64_t>(width - at.pad_left - at.in_w, 0)};
    if (std::all_of(pads.begin(), pads.end(), [](int64_t pad) { return pad == 0; })) pads.clear();
    return with_attr(with_attr(attrs, "padding", std::string("valid")), "pads", std::move(pads));
  }

  static std::string name(std::string_view whole, Rows rows) { return strip_name({whole, rows.begin, rows.end - 1}); }

  Graph& graph_;
  std::span<const Node> chain_;
};

}  // namespace

Chain strip_chain(const Graph& graph, const Uses& uses, int first) {
  Chain chain;
  for (int n = first; n >= 0;) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    const ValueId from = chain.empty() ? operand(node, 0) : graph.nodes[static_cast<size_t>(chain.back())].out[0];
    if (!can_be_cut(graph, node, from)) break;
    chain.push_back(n);
    const auto& readers = uses.readers[static_cast<size_t>(node.out[0])];
    n = readers.size() == 1 && !is_graph_output(graph, node.out[0]) ? readers[0] : -1;
  }
  return chain;
}

std::vector<int64_t> strip_heights(int64_t rows, int64_t strips) {
  require(rows > 0 && strips > 0, "strips of rows that are there");
  const int64_t height = (rows + strips - 1) / strips;
  std::vector<int64_t> heights(static_cast<size_t>(rows / height), height);
  if (rows % height != 0) heights.push_back(rows % height);
  return heights;
}

std::optional<Graph> split_into_strips(const Graph& graph, std::span<const int> chain, std::span<const int64_t> heights) {
  require(!chain.empty() && !heights.empty(), "a chain and strips to cut it into");
  if (heights.size() == 1) return graph;
  Graph made = graph;
  std::vector<Node> layers;
  for (int n : chain) layers.push_back(graph.nodes[static_cast<size_t>(n)]);
  const std::vector<Node> behind(made.nodes.begin() + chain.back() + 1, made.nodes.end());
  made.nodes.resize(static_cast<size_t>(chain.back()));
  std::vector<bool> dead(made.nodes.size());
  for (int n : chain.first(chain.size() - 1)) dead[static_cast<size_t>(n)] = true;
  erase_nodes(made, dead);

  Cutter cutter(made, layers);
  std::vector<ValueId> strips;
  int64_t row = 0;
  for (int64_t height : heights) {
    strips.push_back(cutter.add_strip({row, row + height}));
    if (strips.back() == kAbsent) return std::nullopt;
    row += height;
  }
  const Node& last = layers.back();
  require(row == rows_of(graph.type(last.out[0])), "strips that cover every row once");
  made.nodes.push_back({&op_named("concat"), last.name, std::move(strips), last.out, ConcatAttrs{kRowAxis}});
  made.nodes.insert(made.nodes.end(), behind.begin(), behind.end());
  return made;
}

std::string strip_name(const StripName& name) { return fmt::format("{}{}{}-{}", name.whole, kRowsWord, name.first, name.last); }

std::optional<StripName> parse_strip_name(std::string_view name) {
  const size_t at = name.rfind(kRowsWord);
  if (at == std::string_view::npos) return std::nullopt;
  StripName parsed{name.substr(0, at)};
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data() + at + kRowsWord.size(), end, parsed.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, parsed.last);
  if (last.ec != std::errc() || last.ptr != end || parsed.first < 0 || parsed.last < parsed.first) return std::nullopt;
  return parsed;
}

std::string short_name(std::string_view name, int columns) {
  if (const auto strip = parse_strip_name(name)) {
    const std::string rows = strip_name({"", strip->first, strip->last});
    return short_name(strip->whole, columns - columns_of(rows)) + rows;
  }
  std::string_view first = name.substr(0, name.find(';'));
  while (columns_of(first) > columns && first.find('/') != std::string_view::npos) first.remove_prefix(first.find('/') + 1);
  return shortened(first, columns);
}

}  // namespace thimble
