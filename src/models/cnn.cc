#include "models/network.h"

namespace thimble {
namespace {

struct CnnFields {
  std::vector<int64_t> filters = {8, 16, 32};
  int64_t kernel = 3, pool = 2, dense = 0;
  bool separable = false, flatten = false;
  template <class V>
  void fields(V&& v) {
    v("filters", filters, "filters of each convolution");
    v("kernel", kernel, "rows and columns that a filter sees", at_least(1));
    v("pool", pool, "rows and columns of which the largest goes on, after each convolution; 1: all", at_least(1));
    v("separable", separable, "after the first, convolutions in two steps: each channel by itself, then all at each pixel");
    v("flatten", flatten, "what lies where matters to the last layer, instead of the mean over all pixels");
    v("dense", dense, "units of a layer before the last; 0: none", at_least(0));
  }
};

Graph build(const CnnFields& fields, const NetworkRequest& request) {
  require_each("filters", fields.filters);
  Network net("cnn", request);
  ValueId x = net.picture();
  const Extent kernel{fields.kernel, fields.kernel}, pool{fields.pool, fields.pool};
  for (size_t i = 0; i < fields.filters.size(); ++i) {
    const bool in_two_steps = fields.separable && i > 0;
    if (in_two_steps) x = net.depthwise_norm(x, kernel, {}, "relu");
    x = net.conv_norm(x, fields.filters[i], in_two_steps ? Extent{} : kernel, {}, "relu");
    const bool fits = net.shape(x)[1] >= pool.h && net.shape(x)[2] >= pool.w;
    if (fields.pool > 1 && fits) x = net.max_pool(x, pool, pool);
  }
  x = fields.flatten ? net.flatten(x) : net.global_average(x);
  if (fields.dense > 0) x = net.dense(x, fields.dense, Activation::Relu);
  return net.with_head(x);
}

}  // namespace

std::span<const Architecture> cnn_architectures() {
  static const Architecture kRows[] = {
      architecture<CnnFields, build>("cnn", "convolutions and pools, for small pictures and spectrograms")};
  return kRows;
}

}  // namespace thimble
