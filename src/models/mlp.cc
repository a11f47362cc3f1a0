#include "models/network.h"

namespace thimble {
namespace {

struct MlpFields {
  std::vector<int64_t> layers = {32, 16};
  template <class V>
  void fields(V&& v) {
    v("layers", layers, "units of each hidden layer");
  }
};

Graph build(const MlpFields& fields, const NetworkRequest& request) {
  require_each("layers", fields.layers);
  Network net("mlp", request);
  ValueId x = net.input();
  for (int64_t units : fields.layers) x = net.dense(x, units, Activation::Relu);
  return net.with_head(x);
}

}  // namespace

std::span<const Architecture> mlp_architectures() {
  static const Architecture kRows[] = {architecture<MlpFields, build>("mlp", "fully connected layers, for features in one row")};
  return kRows;
}

}  // namespace thimble
