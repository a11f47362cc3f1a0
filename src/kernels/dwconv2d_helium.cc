#include <fmt/format.h>

#include <algorithm>

#include "kernels/dsp_packing.h"
#include "kernels/helium_tile.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

constexpr int64_t kPositionBytes = 64, kBlock = 16, kPad = 16;

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// How the map is cut into strips: see runtime/kernels/dwconv2d_helium.h.
struct Strips {
  bool by_columns = false;  ///< a line is a column
  int64_t lines = 1;        ///< output lines of a strip
  int64_t out_line = 0, out_along = 0, in_line = 0, in_along = 0, pad_line = 0, pad_along = 0;
  int64_t positions = 0;  ///< of a strip
  int64_t batch = 1;
  double cost = 0;

  int64_t count() const { return (out_line + lines - 1) / lines; }
  int64_t bytes() const { return kPositionBytes * positions; }
};

Strips strips_of(const Window2d& at, int64_t lines, bool by_columns) {
  constexpr int64_t kBatchBytes = 2600;
  Strips s{.by_columns = by_columns, .lines = lines};
  s.out_line = by_columns ? at.out_w : at.out_h, s.out_along = by_columns ? at.out_h : at.out_w;
  s.in_line = by_columns ? at.in_w : at.in_h, s.in_along = by_columns ? at.in_h : at.in_w;
  s.pad_line = by_columns ? at.pad_left : at.pad_top, s.pad_along = by_columns ? at.pad_top : at.pad_left;
  const int64_t group = 8 / lines, part = s.out_along % group, patches = (s.out_along + lines - 1) / lines;
  s.positions = std::max((patches - 1) * lines * at.stride_h + 4, s.pad_along + 1);
  s.batch = std::clamp<int64_t>(kBatchBytes / s.bytes(), 1, s.count());
  s.batch = (s.count() + (s.count() + s.batch - 1) / s.batch - 1) / ((s.count() + s.batch - 1) / s.batch);  // equal batches need the least
  const int64_t batches = (s.count() + s.batch - 1) / s.batch, blocks = (at.in_c + kBlock - 1) / kBlock;
  const auto groups = static_cast<double>((s.out_along + group - 1) / group);
  const double strip = groups * (19 + 2 + (lines == 2 ? 4 : 0)) + static_cast<double>(patches) * (lines == 2 ? 5 : 2) + (part ? 12 : 4) + 9;
  const double channel = static_cast<double>(s.count()) * strip + static_cast<double>(batches) * (lines == 2 ? 22 : 15);
  const double weaving = static_cast<double>(s.count()) * (static_cast<double>(std::min(s.in_along, s.positions)) * 14 + 40);
  s.cost = static_cast<double>(at.in_c) * channel + static_cast<double>(blocks) * (weaving + static_cast<double>(batches) * 50) + 100;
  return s;
}

/// Strips of two lines, along rows or columns, or of one line, along rows so that pixels keep their order.
Strips strips_of(const Window2d& at) {
  if (at.stride_h > 1 || at.kernel_h > 3 || at.kernel_w > 3) return strips_of(at, 1, false);
  const Strips rows = strips_of(at, 2, false), columns = strips_of(at, 2, true);
  return rows.cost <= columns.cost ? rows : columns;
}

std::optional<std::string> refuses_any(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  const int64_t out_row = at.out_w * at.in_c;
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {at.kernel_h <= 4 && at.kernel_w <= 4, "the window is larger than 4x4"},
                                   {graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                                   {at.stride_h == at.stride_w && at.stride_h <= 7, "the strides differ or exceed 7"},
                                   {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"},
                                   {at.pad_top < 4 && at.pad_left < 4, "the padding is wider than the window"},
                                   {4 * out_row < 65536, "a row of the output is too long for an offset of 16 bits"}}))
    return reason;
  return refuses_helium_scaling(dwconv2d_layer(node, graph));
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_any(node, graph)) return reason;
  return refuse_unless({{strips_of(lay(node, graph)).lines == 2, "the window is strided or larger than 3x3"}});
}

std::optional<std::string> refuses_strided(const Node& node, const Graph& graph) {
  if (auto reason = refuses_any(node, graph)) return reason;
  return refuse_unless({{strips_of(lay(node, graph)).lines == 1, "another row does several outputs at once"}});
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Strips s = strips_of(lay(node, graph));
  return kPad + s.batch * s.bytes();
}

double cycles(const Node& node, const Graph& graph, const Board&) { return 1.3 * strips_of(lay(node, graph)).cost; }

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Strips s = strips_of(at);
  const int64_t early = s.batch * at.out_w * at.in_c - std::min(kBlock, at.in_c), left = s.count() % s.batch;
  return overlap_of_window(at, at.in_c, 1, {.pixels = s.batch * at.out_w, .tail = left * at.out_w, .early = std::max<int64_t>(0, early)});
}

void append_word(std::vector<int8_t>& stream, int32_t word) {
  for (int k = 0; k < 4; ++k) stream.push_back(static_cast<int8_t>(static_cast<uint32_t>(word) >> (8 * k) & 255));
}

std::vector<int8_t> make_stream(const Int8Layer& layer, const HeliumScaling& scaling, const Window2d& at, const Strips& s) {
  std::vector<int8_t> stream;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const HeliumWords words = helium_words_of(layer, scaling, c);
    append_word(stream, words.bias);
    append_word(stream, words.mantissa);
    if (scaling.shift < 0) append_word(stream, words.shift);
    for (int64_t along = 0; along < 4; ++along)
      for (int64_t line = 0; line < 4; ++line) {
        const int64_t y = s.by_columns ? along : line, x = s.by_columns ? line : along;
        const bool inside = y < at.kernel_h && x < at.kernel_w;
        stream.push_back(inside ? layer.weights_of(c)[static_cast<size_t>(y * at.kernel_w + x)] : int8_t{0});
      }
  }
  return stream;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const HeliumScaling scaling = helium_scaling_of(layer, graph.type(node.out[0]).quant.zero[0]);
  const Strips s = strips_of(at);
  const int64_t in_row = at.in_w * at.in_c, out_row = at.out_w * at.in_c;
  const int64_t step = s.by_columns ? out_row : at.in_c, line = s.by_columns ? at.in_c : out_row;
  std::vector<int16_t> offsets;
  for (int64_t k = 0; k < 8; ++k) offsets.push_back(static_cast<int16_t>(s.lines == 2 ? k / 2 * step + k % 2 * line : k * step));
  const int64_t odd = s.out_line % s.lines;
  const std::string block = fmt::format("thimble_dwconv2d_helium_{}_{}_{}_{}_{}_{}_{}_{}", s.lines, at.stride_h, s.out_along, step, line,
                                        s.positions, odd, scaling.name());
  return KernelCall("thimble_dwconv2d_s8_helium")
      .define(fmt::format("THIMBLE_DWCONV2D_HELIUM({}, {}, {}, {}, {}, {}, {}, {}, {})", block, s.lines, at.stride_h, s.out_along, step,
                          line, s.bytes(), odd, scaling.literals()))
      .input(0)
      .output(0)
      .constant("stream", make_stream(layer, scaling, at, s), 16)
      .constant("offsets", offsets, 16)
      .scratch()
      .name(block)
      .geometry("thimble_dwconv2d_s8_helium_shape", {{"in_line", c_literal(s.in_line)},
                                                     {"in_along", c_literal(s.in_along)},
                                                     {"out_line", c_literal(s.out_line)},
                                                     {"out_along", c_literal(s.out_along)},
                                                     {"channels", c_literal(at.in_c)},
                                                     {"in_line_step", c_literal(s.by_columns ? at.in_c : in_row)},
                                                     {"in_along_step", c_literal(s.by_columns ? in_row : at.in_c)},
                                                     {"out_line_step", c_literal(line)},
                                                     {"taps", c_literal(s.by_columns ? at.kernel_w : at.kernel_h)},
                                                     {"stride", c_literal(at.stride_h)},
                                                     {"pad_line", c_literal(s.pad_line)},
                                                     {"pad_along", c_literal(s.pad_along)},
                                                     {"in_zero", c_literal(int64_t{graph.type(node.in[0]).quant.zero[0]})},
                                                     {"lines", c_literal(s.lines)},
                                                     {"batch", c_literal(s.batch)},
                                                     {"strip_words", c_literal(s.bytes() / 4)},
                                                     {"channel_bytes", c_literal(4 * scaling.word_vectors() + 16)}});
}

constexpr Kernel row(std::string_view name) {
  return {.name = name,
          .source = "kernels/dwconv2d_helium.h",
          .op = "dwconv2d",
          .needs = Isa::Helium,
          .scratch = scratch,
          .cycles = cycles,
          .lower = lower,
          .per_shape = true};
}

Kernel in_place_row() {
  Kernel kernel = row("dwconv2d_s8_helium");
  kernel.refuses = refuses, kernel.in_place = true;
  return kernel;
}

Kernel strided_row() {
  Kernel kernel = row("dwconv2d_strided_s8_helium");
  kernel.refuses = refuses_strided, kernel.overlap = overlap;
  return kernel;
}

}  // namespace

std::span<const Kernel> dwconv2d_helium_kernels() {
  static const Kernel kRows[] = {in_place_row(), strided_row()};
  return kRows;
}

}  // namespace thimble
