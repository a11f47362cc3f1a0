/// Depthwise convolutions over one channel's plane at a time (runtime/kernels/dwconv2d_plane.h): what cores without SIMD share.
#pragma once

#include "kernels/int8_layer.h"
#include "kernels/window2d.h"

namespace thimble {

/// Which axis is fast, the plane that follows, and how many outputs are made side by side.
struct PlaneWalk {
  struct Axis {
    int64_t in = 0, out = 0, kernel = 0, stride = 0, dilation = 0, pad = 0;
    int64_t extent() const { return dilation * (kernel - 1) + 1; }
  };
  Window2d at;
  bool rows_fast = false;
  Axis fast, slow;
  int64_t filters = 1;  ///< of each channel
  int64_t pitch = 0, strip = 0, block = 1;

  int64_t bytes() const { return pitch * ((strip - 1) * slow.stride + slow.extent()); }
  int64_t weight_words() const { return (at.kernel_h * at.kernel_w + 1) / 2; }
};
PlaneWalk plane_walk_of(const Node& node, const Graph& graph);

/// Why no plane serves this node, or nothing; scales are for the caller to ask about.
std::optional<std::string> refuses_plane(const Node& node, const Graph& graph);

/// An estimate for a core on which a product costs `tap` with its load and addition, an output `output`, a copied byte `copy`.
double plane_cycles(const PlaneWalk& walk, double tap, double output, double copy);

/// Appends the weights of a filter, each times `factor`, as halfwords in the order in which the window slides.
void append_halfwords(std::vector<int32_t>& table, const PlaneWalk& walk, std::span<const int8_t> weights, int factor);

/// The literals of thimble_dwconv2d_s8_plane_shape. words: of the table, before a filter's weights.
Fields plane_fields(const PlaneWalk& walk, const Int8Layer& layer, int32_t in_zero, int64_t words);

}  // namespace thimble
