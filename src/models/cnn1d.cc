#include "models/network.h"

namespace thimble {
namespace {

struct Cnn1dFields {
  std::vector<int64_t> filters = {16, 32, 32};
  int64_t kernel = 5, pool = 2, dense = 0;
  bool flatten = false;
  template <class V>
  void fields(V&& v) {
    v("filters", filters, "filters of each convolution");
    v("kernel", kernel, "samples that a filter sees", at_least(1));
    v("pool", pool, "samples of which the largest goes on, after each convolution; 1: all", at_least(1));
    v("flatten", flatten, "what lies where matters to the last layer, instead of the mean over time");
    v("dense", dense, "units of a layer before the last; 0: none", at_least(0));
  }
};

Graph build(const Cnn1dFields& fields, const NetworkRequest& request) {
  require_each("filters", fields.filters);
  Network net("cnn1d", request);
  ValueId x = net.sequence_for_windows();
  for (int64_t filters : fields.filters) {
    x = net.conv_norm(x, filters, {fields.kernel, 1}, {}, "relu");
    if (fields.pool > 1 && net.shape(x)[1] >= fields.pool) x = net.max_pool(x, {fields.pool, 1}, {fields.pool, 1});
  }
  x = fields.flatten ? net.flatten(x) : net.global_average(x);
  if (fields.dense > 0) x = net.dense(x, fields.dense, Activation::Relu);
  return net.with_head(x);
}

}  // namespace

std::span<const Architecture> cnn1d_architectures() {
  static const Architecture kRows[] = {
      architecture<Cnn1dFields, build>("cnn1d", "convolutions over time, for samples or features that follow each other")};
  return kRows;
}

}  // namespace thimble
