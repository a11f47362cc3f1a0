#include "models/network.h"

namespace thimble {
namespace {

/// Zhang et al. 2017, "Hello Edge"; the fields' defaults are the keyword spotter of MLPerf Tiny.
struct DsCnnFields {
  int64_t filters = 64, blocks = 4, kernel_h = 10, kernel_w = 4, stride_h = 2, stride_w = 2;
  template <class V>
  void fields(V&& v) {
    v("filters", filters, "channels of every layer", at_least(1));
    v("blocks", blocks, "depthwise-separable convolutions after the first layer", at_least(0));
    v("kernel_h", kernel_h, "rows (frames) that the first layer sees", at_least(1));
    v("kernel_w", kernel_w, "columns that the first layer sees", at_least(1));
    v("stride_h", stride_h, "rows between its windows", at_least(1));
    v("stride_w", stride_w, "columns between its windows", at_least(1));
  }
};

Graph build(const DsCnnFields& fields, const NetworkRequest& request) {
  Network net("ds_cnn", request);
  ValueId x = net.conv_norm(net.picture(), fields.filters, {fields.kernel_h, fields.kernel_w}, {fields.stride_h, fields.stride_w}, "relu");
  for (int64_t block = 0; block < fields.blocks; ++block)
    x = net.conv_norm(net.depthwise_norm(x, {3, 3}, {}, "relu"), fields.filters, {}, {}, "relu");
  return net.with_head(net.global_average(x));
}

}  // namespace

std::span<const Architecture> ds_cnn_architectures() {
  static const Architecture kRows[] = {
      architecture<DsCnnFields, build>("ds_cnn", "depthwise-separable convolutions, for words and other sounds over time")};
  return kRows;
}

}  // namespace thimble
