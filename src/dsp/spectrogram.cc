#include "runtime/dsp/spectrogram.h"

#include "dsp/block.h"
#include "dsp/sound.h"

namespace thimble {
namespace {

struct SpectrogramAttrs : FrameAttrs {
  SpectrogramAttrs() { fft_length = 128; }
  double noise_floor_db = -52, full_scale = 1, most = 1e9;
  template <class V>
  void fields(V&& v) {
    FrameAttrs::fields(v);
    v("noise_floor_db", noise_floor_db, "decibels that become 0; 12 dB become 1", between(-200, 0));
    v("full_scale", full_scale, "what every sample is divided by", at_least(1e-6));
    v("most", most, "larger results are cut to this", at_least(1e-6));
  }
};

thimble_spectrogram_shape shape_of(const SpectrogramAttrs& a, const TensorType& x) {
  return {.frames = frames_of(a, x, 1 / a.full_scale), .floor = static_cast<float>(a.noise_floor_db), .most = static_cast<float>(a.most)};
}
thimble_spectrogram_shape shape_at(const Node& node, const Graph& graph) {
  return shape_of(node.attrs.as<SpectrogramAttrs>(), graph.type(node.in[0]));
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const thimble_frames_shape frames = shape_of(attrs.as<SpectrogramAttrs>(), *in[0].type).frames;
  return {{DType::F32, {1, int64_t{frames.frames} * (frames.fft / 2 + 1)}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<SpectrogramAttrs>();
  const thimble_spectrogram_shape shape = shape_of(a, *in[0].type);
  const FftTables tables = fft_tables(a.fft_length);
  std::vector<float> scratch(static_cast<size_t>(shape.frames.fft + 1));
  thimble_spectrogram(in[0].as<const float>().data(), out[0].as<float>().data(), tables.passes.data(), tables.split.data(), scratch.data(),
                      &shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * (int64_t{shape_at(node, graph).frames.fft} + 1); }

double work(const Node& node, const Graph& graph) {
  const thimble_frames_shape frames = shape_at(node, graph).frames;
  return frames_work(frames) + 38.0 * frames.frames * frames.fft;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_spectrogram_shape s = shape_at(node, graph);
  const FftTables tables = fft_tables(s.frames.fft);
  return KernelCall("thimble_spectrogram")
      .input(0)
      .output(0)
      .constant("passes", tables.passes)
      .constant("split", tables.split)
      .scratch()
      .geometry("thimble_spectrogram_shape", {frames_field(s.frames), {"floor", c_literal(s.floor)}, {"most", c_literal(s.most)}});
}

std::optional<BlockStream> stream(const Node& node, const Graph& graph) {
  const thimble_frames_shape frames = shape_at(node, graph).frames;
  return frames_stream(frames, frames.fft / 2 + 1, node.attrs);
}

thimble_frames_shape frames_at(const Node& node, const Graph& graph) { return shape_at(node, graph).frames; }

}  // namespace

std::span<const Block> spectrogram_blocks() {
  static const Block kRows[] = {framed<frames_at>({.op = {.name = "spectrogram",
                                                          .summary = "power of each frequency over time: sounds and vibrations of any kind",
                                                          .attrs = SpectrogramAttrs{},
                                                          .infer = infer,
                                                          .eval = eval},
                                                   .source = "dsp/spectrogram.h",
                                                   .scratch = scratch,
                                                   .work = work,
                                                   .soft_float = 44,
                                                   .lower = lower,
                                                   .stream = stream})};
  return kRows;
}

}  // namespace thimble
