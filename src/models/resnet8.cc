#include "models/network.h"

namespace thimble {
namespace {

/// The picture classifier of MLPerf Tiny, after He et al. 2015.
struct Resnet8Fields {
  int64_t filters = 16;
  template <class V>
  void fields(V&& v) {
    v("filters", filters, "channels of the first stage; each of the two further ones has twice as many as the one before", at_least(1));
  }
};

Graph build(const Resnet8Fields& fields, const NetworkRequest& request) {
  Network net("resnet8", request);
  ValueId x = net.conv_norm(net.picture(), fields.filters, {3, 3}, {}, "relu");
  for (int64_t stage = 0; stage < 3; ++stage) {
    const int64_t filters = fields.filters << stage, stride = stage == 0 ? 1 : 2;
    const ValueId y = net.conv_norm(net.conv_norm(x, filters, {3, 3}, {stride, stride}, "relu"), filters, {3, 3}, {}, "");
    const ValueId shortcut = stage == 0 ? x : net.batch_norm(net.conv(x, filters, {}, {stride, stride}));
    x = net.unary(net.add(shortcut, y), "relu");
  }
  return net.with_head(net.global_average(x));
}

}  // namespace

std::span<const Architecture> resnet8_architectures() {
  static const Architecture kRows[] = {
      architecture<Resnet8Fields, build>("resnet8", "three stages of convolutions with shortcuts, for pictures")};
  return kRows;
}

}  // namespace thimble
