#include "ops/depth_to_space.h"

#include <fmt/format.h>

#include "ops/indexing.h"

namespace thimble {
namespace {

int64_t block_of(const Attrs& attrs, const TensorType& x) {
  const int64_t block = attrs.as<BlockAttrs>().block;
  expect(x.rank() == 4, fmt::format("the input must be [batch, rows, columns, channels], not {}", to_string(x.shape)));
  expect(block >= 1 && block <= 1024, fmt::format("a block of {} rows is not between 1 and 1024", block));
  return block;
}

std::vector<TensorType> infer_depth_to_space(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const int64_t b = block_of(attrs, x);
  expect(x.shape[3] % (b * b) == 0, fmt::format("{} channels cannot be spread over blocks of {}x{}", x.shape[3], b, b));
  return {moved(x, {x.shape[0], x.shape[1] * b, x.shape[2] * b, x.shape[3] / (b * b)})};
}

std::vector<TensorType> infer_space_to_depth(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const int64_t b = block_of(attrs, x);
  expect(x.shape[1] % b == 0 && x.shape[2] % b == 0,
         fmt::format("{}x{} pixels are not made of blocks of {}x{}", x.shape[1], x.shape[2], b, b));
  return {moved(x, {x.shape[0], x.shape[1] / b, x.shape[2] / b, x.shape[3] * b * b})};
}

/// Visits every pixel channel of the spacious tensor together with its place in the deep one.
template <class Visit>
void for_each_pair(const TensorType& space, const TensorType& depth, int64_t b, const Visit& visit) {
  const auto strides = strides_of(depth.shape);
  int64_t at = 0;
  for_each_index(space.shape, [&](const std::vector<int64_t>& i) {
    const int64_t channel = ((i[1] % b) * b + i[2] % b) * space.shape[3] + i[3];
    visit(at++, i[0] * strides[0] + i[1] / b * strides[1] + i[2] / b * strides[2] + channel);
  });
}

void eval_depth_to_space(const Attrs& attrs, Inputs in, Outputs out) {
  for_each_pair(*out[0].type, *in[0].type, attrs.as<BlockAttrs>().block,
                [&](int64_t space, int64_t depth) { copy_element(in[0], depth, out[0], space); });
}

void eval_space_to_depth(const Attrs& attrs, Inputs in, Outputs out) {
  for_each_pair(*in[0].type, *out[0].type, attrs.as<BlockAttrs>().block,
                [&](int64_t space, int64_t depth) { copy_element(in[0], space, out[0], depth); });
}

Translated read(const ForeignNode& node, const ForeignGraph&) { return {BlockAttrs{attr_or<int64_t>(node, "block_size", 0)}, node.in}; }

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"block_size", attrs.as<BlockAttrs>().block}};
  return true;
}

constexpr ForeignMap kDepthToSpace[] = {{"DEPTH_TO_SPACE", read, write}};
constexpr ForeignMap kSpaceToDepth[] = {{"SPACE_TO_DEPTH", read, write}};

}  // namespace

std::span<const OpDef> depth_to_space_ops() {
  static const OpDef kOps[] = {{.name = "depth_to_space",
                                .summary = "channels spread over blocks of pixels",
                                .attrs = BlockAttrs{},
                                .infer = infer_depth_to_space,
                                .eval = eval_depth_to_space,
                                .tflite = kDepthToSpace},
                               {.name = "space_to_depth",
                                .summary = "blocks of pixels gathered into channels",
                                .attrs = BlockAttrs{},
                                .infer = infer_space_to_depth,
                                .eval = eval_space_to_depth,
                                .tflite = kSpaceToDepth}};
  return kOps;
}

}  // namespace thimble
