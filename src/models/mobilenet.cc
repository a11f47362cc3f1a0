#include <algorithm>
#include <cmath>

#include "models/network.h"

namespace thimble {
namespace {

/// Channels times alpha, as a multiple of 8 that is at most a tenth below it.
int64_t scaled(int64_t channels, double alpha) {
  const double wanted = static_cast<double>(channels) * alpha;
  const int64_t rounded = std::max<int64_t>(8, static_cast<int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

/// Howard et al. 2017.
struct MobilenetV1Fields {
  double alpha = 0.25;
  template <class V>
  void fields(V&& v) {
    v("alpha", alpha, "factor on the channels of every layer", between(0.05, 2));
  }
};

Graph build_v1(const MobilenetV1Fields& fields, const NetworkRequest& request) {
  struct Block {
    int64_t channels, stride;
  };
  constexpr Block kBlocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                               {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  Network net("mobilenet_v1", request);
  ValueId x = net.conv_norm(net.picture(), scaled(32, fields.alpha), {3, 3}, {2, 2}, "relu");
  for (const Block& block : kBlocks) {
    x = net.depthwise_norm(x, {3, 3}, {block.stride, block.stride}, "relu");
    x = net.conv_norm(x, scaled(block.channels, fields.alpha), {}, {}, "relu");
  }
  return net.with_head(net.global_average(x));
}

/// Sandler et al. 2018, table 2.
struct MobilenetV2Fields {
  double alpha = 0.35;
  int64_t last = 1280;
  template <class V>
  void fields(V&& v) {
    v("alpha", alpha, "factor on the channels of every layer but the last", between(0.05, 2));
    v("last", last, "channels of the last convolution", at_least(1));
  }
};

/// Wide, depthwise, narrow; around it a shortcut where the shapes agree.
ValueId bottleneck(Network& net, ValueId x, int64_t widening, int64_t channels, int64_t stride) {
  const int64_t in = net.shape(x)[3];
  ValueId y = widening == 1 ? x : net.conv_norm(x, in * widening, {}, {}, "relu6");
  y = net.conv_norm(net.depthwise_norm(y, {3, 3}, {stride, stride}, "relu6"), channels, {}, {}, "");
  return stride == 1 && in == channels ? net.add(x, y) : y;
}

Graph build_v2(const MobilenetV2Fields& fields, const NetworkRequest& request) {
  struct Stage {
    int64_t widening, channels, repeats, stride;
  };
  constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  Network net("mobilenet_v2", request);
  ValueId x = net.conv_norm(net.picture(), scaled(32, fields.alpha), {3, 3}, {2, 2}, "relu6");
  for (const Stage& stage : kStages)
    for (int64_t i = 0; i < stage.repeats; ++i)
      x = bottleneck(net, x, stage.widening, scaled(stage.channels, fields.alpha), i == 0 ? stage.stride : 1);
  x = net.conv_norm(x, fields.last, {}, {}, "relu6");
  return net.with_head(net.global_average(x));
}

}  // namespace

std::span<const Architecture> mobilenet_architectures() {
  static const Architecture kRows[] = {
      architecture<MobilenetV1Fields, build_v1>("mobilenet_v1", "depthwise-separable convolutions, for pictures"),
      architecture<MobilenetV2Fields, build_v2>("mobilenet_v2", "narrow layers with wide ones between them and shortcuts, for pictures")};
  return kRows;
}

}  // namespace thimble
