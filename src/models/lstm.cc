#include "ops/lstm.h"

#include "models/network.h"
#include "ops/strided_slice.h"

namespace thimble {
namespace {

struct LstmFields {
  int64_t cells = 16, dense = 0;
  template <class V>
  void fields(V&& v) {
    v("cells", cells, "numbers that are remembered from sample to sample", at_least(1));
    v("dense", dense, "units of a layer before the last; 0: none", at_least(0));
  }
};

Graph build(const LstmFields& fields, const NetworkRequest& request) {
  Network net("lstm", request);
  std::vector<ValueId> in = {net.sequence()};
  const int64_t steps = net.shape(in[0])[1], features = net.shape(in[0])[2], cells = fields.cells;
  for (int gate = 0; gate < 4; ++gate) in.push_back(net.weights("input_weights", {cells, features}, features + cells));
  for (int gate = 0; gate < 4; ++gate) in.push_back(net.weights("recurrent_weights", {cells, cells}, features + cells));
  // A forget gate that begins open lets gradients through (Jozefowicz et al. 2015).
  for (int gate = 0; gate < 4; ++gate) in.push_back(net.zeros("bias", cells, gate == 1 ? 1.0F : 0.0F));
  for (std::string_view state : {"output_state", "cell_state"}) in.push_back(net.state(state, {1, cells}));
  ValueId x = net.node("lstm", std::move(in), LstmAttrs{});
  x = net.node("strided_slice", {x}, StridedSliceAttrs{{0, steps - 1, 0}, {1, 1, cells}, {1, 1, 1}, {1, cells}});
  if (fields.dense > 0) x = net.dense(x, fields.dense, Activation::Relu);
  return net.with_head(x);
}

}  // namespace

std::span<const Architecture> lstm_architectures() {
  static const Architecture kRows[] = {
      architecture<LstmFields, build>("lstm", "a memory over time, for samples or features that follow each other")};
  return kRows;
}

}  // namespace thimble
