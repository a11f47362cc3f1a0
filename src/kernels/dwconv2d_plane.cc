#include "kernels/dwconv2d_plane.h"

#include <algorithm>

#include "ops/dwconv2d.h"

namespace thimble {
namespace {

constexpr int64_t kPlaneBytes = 2600;  // what a strip may take; enough for whole maps of 48x48
constexpr int64_t kMostBlock = 4;

int64_t blocks_of(int64_t outputs, int64_t block) { return (outputs + block - 1) / block; }

/// As few blocks as the line allows, and those as small as they can be.
int64_t block_for(int64_t outputs) {
  const int64_t blocks = blocks_of(outputs, kMostBlock);
  return blocks_of(outputs, blocks);
}

/// Whether an output of the input's size would be the input's memory in another shape.
bool reshapes(const Window2d& at, int64_t filters) {
  const bool same = at.in_h == at.out_h && at.in_w == at.out_w && filters == 1;
  return !same && at.in_h * at.in_w == at.out_h * at.out_w * filters;
}

}  // namespace

PlaneWalk plane_walk_of(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  PlaneWalk walk{.at = lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]), .fast = {}, .slow = {}};
  const Window2d& at = walk.at;
  const PlaneWalk::Axis rows{at.in_h, at.out_h, at.kernel_h, at.stride_h, at.dilation_h, at.pad_top};
  const PlaneWalk::Axis columns{at.in_w, at.out_w, at.kernel_w, at.stride_w, at.dilation_w, at.pad_left};
  walk.rows_fast = at.out_h > at.out_w;
  walk.fast = walk.rows_fast ? rows : columns, walk.slow = walk.rows_fast ? columns : rows;
  walk.filters = w.shape[3] / at.in_c;
  walk.block = block_for(walk.fast.out);
  walk.pitch = std::max(walk.fast.stride * (walk.fast.out - 1) + walk.fast.extent(), walk.fast.in + walk.fast.pad);
  for (walk.strip = walk.slow.out; walk.strip > 1 && walk.bytes() > kPlaneBytes;) --walk.strip;
  walk.strip = blocks_of(walk.slow.out, blocks_of(walk.slow.out, walk.strip));  // equal strips need the least
  return walk;
}

std::optional<std::string> refuses_plane(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const PlaneWalk walk = plane_walk_of(node, graph);
  return refuse_unless({{walk.at.batches == 1, "there is more than one batch"},
                        {walk.slow.pad < walk.slow.extent(), "the padding is wider than the window"},
                        {!reshapes(walk.at, walk.filters), "the output is as large as the input, but of another shape"}});
}

double plane_cycles(const PlaneWalk& walk, double tap, double output, double copy) {
  const auto blocks = static_cast<double>(blocks_of(walk.fast.out, walk.block)), block = static_cast<double>(walk.block);
  const double taps = static_cast<double>(walk.at.kernel_h * walk.at.kernel_w), slow = static_cast<double>(walk.slow.kernel);
  const double one = blocks * (taps * (1.5 + tap * block) + slow * 6 + output * block + 8) + 16;
  const double filter = static_cast<double>(walk.slow.out) * one + 60;
  return static_cast<double>(walk.at.in_c) *
         (static_cast<double>(walk.filters) * filter + copy * static_cast<double>(walk.at.in_h * walk.at.in_w) + 80);
}

void append_halfwords(std::vector<int32_t>& table, const PlaneWalk& walk, std::span<const int8_t> weights, int factor) {
  std::vector<uint32_t> taps(static_cast<size_t>(2 * walk.weight_words()));
  for (int64_t s = 0; s < walk.slow.kernel; ++s)
    for (int64_t f = 0; f < walk.fast.kernel; ++f) {
      const int64_t from = walk.rows_fast ? f * walk.at.kernel_w + s : s * walk.at.kernel_w + f;
      taps[static_cast<size_t>(s * walk.fast.kernel + f)] = static_cast<uint32_t>(weights[static_cast<size_t>(from)] * factor);
    }
  for (size_t k = 0; k < taps.size(); k += 2) table.push_back(static_cast<int32_t>((taps[k] & 0xffff) | taps[k + 1] << 16));
}

Fields plane_fields(const PlaneWalk& walk, const Int8Layer& layer, int32_t in_zero, int64_t words) {
  const Window2d& at = walk.at;
  const int64_t in_row = at.in_w * at.in_c, out_row = at.out_w * layer.channels;
  Fields fields;
  append(fields, {{"in_fast", walk.fast.in},
                  {"in_slow", walk.slow.in},
                  {"out_fast", walk.fast.out},
                  {"out_slow", walk.slow.out},
                  {"channels", at.in_c},
                  {"filters", walk.filters}});
  append(fields, {{"in_fast_step", walk.rows_fast ? in_row : at.in_c},
                  {"in_slow_step", walk.rows_fast ? at.in_c : in_row},
                  {"out_fast_step", walk.rows_fast ? out_row : layer.channels},
                  {"out_slow_step", walk.rows_fast ? layer.channels : out_row}});
  append(fields, {{"stride", walk.slow.stride},
                  {"dilation", walk.slow.dilation},
                  {"extent", walk.slow.extent()},
                  {"pad_fast", walk.fast.pad},
                  {"pad_slow", walk.slow.pad},
                  {"in_zero", in_zero},
                  {"pitch", walk.pitch},
                  {"strip", walk.strip},
                  {"low", layer.range.min},
                  {"high", layer.range.max},
                  {"words", words},
                  {"weights", walk.weight_words()}});
  return fields;
}

}  // namespace thimble
