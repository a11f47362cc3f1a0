#include <algorithm>

#include "ops/ops.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs&, Inputs in) {
  const TensorType &row = *in[0].type, &kept = *in[1].type;
  expect(row.dtype == DType::F32 && kept.dtype == DType::F32, "row and state must be floats");
  expect(kept.rank() == 2 && row.elements() == kept.shape[1], "the state must be [rows, columns], and the row have as many columns");
  return {{DType::F32, kept.shape, {}}};
}

void eval(const Attrs&, Inputs in, Outputs out) {
  const auto row = in[0].as<const float>();
  const auto kept = in[1].as<float>();
  std::copy(kept.begin() + static_cast<std::ptrdiff_t>(row.size()), kept.end(), kept.begin());
  std::copy(row.begin(), row.end(), kept.end() - static_cast<std::ptrdiff_t>(row.size()));
  std::copy(kept.begin(), kept.end(), out[0].as<float>().begin());
}

constexpr int kState[] = {1};

}  // namespace

std::span<const OpDef> roll_ops() {
  static const OpDef kOps[] = {{.name = "roll",
                                .summary = "the last rows of a stream: each run appends one, drops the oldest and gives all",
                                .min_in = 2,
                                .max_in = 2,
                                .infer = infer,
                                .eval = eval,
                                .state_in = kState}};
  return kOps;
}

}  // namespace thimble
