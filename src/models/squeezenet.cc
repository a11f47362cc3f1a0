#include <algorithm>

#include "models/network.h"

namespace thimble {
namespace {

/// Iandola et al. 2016, version 1.1, with batch norms.
struct SqueezenetFields {
  double alpha = 0.5;
  template <class V>
  void fields(V&& v) {
    v("alpha", alpha, "factor on the channels of every layer", between(0.05, 2));
  }
};

/// Few channels, then many: half of them by 1x1, half by 3x3 filters.
ValueId fire(Network& net, ValueId x, int64_t squeezed, int64_t expanded) {
  x = net.conv_norm(x, squeezed, {}, {}, "relu");
  return net.concat({net.conv_norm(x, expanded, {}, {}, "relu"), net.conv_norm(x, expanded, {3, 3}, {}, "relu")});
}

Graph build(const SqueezenetFields& fields, const NetworkRequest& request) {
  struct Stage {
    int64_t squeezed, expanded;
    bool pooled;  // before it
  };
  constexpr Stage kStages[] = {{16, 64, true},  {16, 64, false},  {32, 128, true},  {32, 128, false},
                               {48, 192, true}, {48, 192, false}, {64, 256, false}, {64, 256, false}};
  const auto scaled = [&](int64_t channels) {
    return std::max<int64_t>(2, static_cast<int64_t>(static_cast<double>(channels) * fields.alpha));
  };
  Network net("squeezenet", request);
  ValueId x = net.conv_norm(net.picture(), scaled(64), {3, 3}, {2, 2}, "relu");
  for (const Stage& stage : kStages) {
    if (stage.pooled && net.shape(x)[1] >= 3 && net.shape(x)[2] >= 3) x = net.max_pool(x, {3, 3}, {2, 2}, Padding::Same);
    x = fire(net, x, scaled(stage.squeezed), scaled(stage.expanded));
  }
  return net.with_head(net.global_average(x));
}

}  // namespace

std::span<const Architecture> squeezenet_architectures() {
  static const Architecture kRows[] = {
      architecture<SqueezenetFields, build>("squeezenet", "layers that squeeze channels and expand them again, for pictures")};
  return kRows;
}

}  // namespace thimble
