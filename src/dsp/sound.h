/// What the blocks for sound share: parameters of frames and mel filters, and the tables made of them.
#pragma once

#include "dsp/block.h"
#include "dsp/fft_tables.h"
#include "ir/call.h"
#include "ir/op.h"
#include "runtime/dsp/frames.h"

namespace thimble {

struct FrameAttrs {
  double rate = 16000, frame_length = 0.02, frame_stride = 0.01;
  int64_t fft_length = 256;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(1));
    v("frame_length", frame_length, "seconds of sound in a frame", at_least(1e-6));
    v("frame_stride", frame_stride, "seconds from one frame to the next", at_least(1e-6));
    v("fft_length", fft_length, "samples that are transformed, a power of two; a longer frame is cut, a shorter one filled up",
      between(8, 4096));
  }
};

/// The frames in `x`, [samples, 1]; throws a User error where there is none.
thimble_frames_shape frames_of(const FrameAttrs& a, const TensorType& x, double gain, double pre_emphasis = 0, bool wrap = false);
/// The member `frames` of a block's shape.
Geometry::Field frames_field(const thimble_frames_shape& frames);
/// Float operations and memory accesses of all spectra, roughly.
double frames_work(const thimble_frames_shape& frames);

struct MelAttrs {
  int64_t num_filters = 40;
  double low_frequency = 0, high_frequency = 0;
  bool wrap = false;
  template <class V>
  void fields(V&& v) {
    v("num_filters", num_filters, "bands, equally wide on the mel scale", between(2, 256));
    v("low_frequency", low_frequency, "Hz, where the first band begins", at_least(0));
    v("high_frequency", high_frequency, "Hz, where the last band ends; 0: half the rate", at_least(0));
    v("wrap", wrap,
      "pre-emphasis begins a frame with the sample before it, the first frame with the window's last, as Edge Impulse does; else by "
      "itself");
  }
};

/// The bins at which the triangles begin and end; throws a User error where a band has no bin at all.
std::vector<int16_t> mel_edges(const MelAttrs& mel, const FrameAttrs& frames);
/// How the block is computed frame by frame: nothing where what a frame gives depends on samples outside of it.
std::optional<BlockStream> frames_stream(const thimble_frames_shape& frames, int64_t features, Attrs row);
/// What one should know about such frames.
std::vector<std::string> frames_remarks(const thimble_frames_shape& frames);
/// The row of a block that makes frames, with what all of them have: a second of sound as its example, and what is to be known about its
/// frames, which `frames_at(node, graph)` tells.
template <auto frames_at>
Block framed(Block row) {
  row.example = {16000, 1};
  row.remarks = [](const Node& node, const Graph& graph) { return frames_remarks(frames_at(node, graph)); };
  return row;
}

/// Float operations and memory accesses of one frame's energies, roughly.
double mel_work(const std::vector<int16_t>& edges);

}  // namespace thimble
