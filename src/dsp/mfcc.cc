#include "runtime/dsp/mfcc.h"

#include <cmath>
#include <numbers>

#include "dsp/block.h"
#include "dsp/cmvn.h"
#include "dsp/sound.h"

namespace thimble {
namespace {

struct MfccAttrs : FrameAttrs, MelAttrs {
  MfccAttrs() {
    frame_stride = 0.02;
    num_filters = 32;
  }
  int64_t num_cepstral = 13, win_size = 101;
  double pre_cof = 0.98, least_deviation = 1e-3;
  template <class V>
  void fields(V&& v) {
    FrameAttrs::fields(v);
    MelAttrs::fields(v);
    v("num_cepstral", num_cepstral, "coefficients of a frame", between(1, 64));
    v("win_size", win_size, "frames over which a coefficient is brought to mean 0 and deviation 1, odd; 0: left alone", between(0, 1001));
    v("pre_cof", pre_cof, "how much of the sample before is taken off each sample", between(0, 1));
    v("least_deviation", least_deviation, "added to the deviation that is divided by, so that silence stays small", at_least(0));
  }
};

struct Made {
  thimble_mfcc_shape shape;
  FftTables tables;
  std::vector<int16_t> edges;
  std::vector<float> cosines;
};

/// The orthonormal cosine transform; row 0 is never read.
std::vector<float> cosines_of(int64_t coefficients, int64_t filters) {
  std::vector<float> cosines;
  const auto n = static_cast<double>(filters);
  for (int64_t c = 0; c < coefficients; ++c)
    for (int64_t f = 0; f < filters; ++f)
      cosines.push_back(static_cast<float>(std::sqrt(2 / n) * std::cos(std::numbers::pi * static_cast<double>(c * (2 * f + 1)) / (2 * n))));
  return cosines;
}

Made made_of(const MfccAttrs& a, const TensorType& x) {
  expect(a.win_size == 0 || a.win_size % 2 == 1, "win_size must be odd, or 0");
  expect(a.num_cepstral <= a.num_filters, "num_cepstral must not exceed num_filters");
  const thimble_frames_shape frames = frames_of(a, x, 1, a.pre_cof, a.wrap);
  return {{.frames = frames,
           .filters = static_cast<int32_t>(a.num_filters),
           .coefficients = static_cast<int32_t>(a.num_cepstral),
           .cmvn = cmvn_shape(frames.frames, a.num_cepstral, a.win_size, a.least_deviation)},
          fft_tables(a.fft_length),
          mel_edges(a, a),
          cosines_of(a.num_cepstral, a.num_filters)};
}
Made made_of(const Node& node, const Graph& graph) { return made_of(node.attrs.as<MfccAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const Made m = made_of(attrs.as<MfccAttrs>(), *in[0].type);
  return {{DType::F32, {1, int64_t{m.shape.frames.frames} * m.shape.coefficients}, {}}};
}

int64_t scratch_floats(const thimble_mfcc_shape& s) {
  return std::max<int64_t>(s.frames.fft + 1 + s.filters, s.cmvn.window > 0 ? cmvn_scratch_floats(s.cmvn) : 0);
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Made m = made_of(attrs.as<MfccAttrs>(), *in[0].type);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(m.shape)));
  thimble_mfcc(in[0].as<const float>().data(), out[0].as<float>().data(), m.tables.passes.data(), m.tables.split.data(), m.edges.data(),
               m.cosines.data(), scratch.data(), &m.shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(made_of(node, graph).shape); }

double work(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  const double frames = m.shape.frames.frames, filters = m.shape.filters, coefficients = m.shape.coefficients;
  return frames_work(m.shape.frames) + frames * (mel_work(m.edges) + 74 * filters + 8 * filters * coefficients) +
         (m.shape.cmvn.window > 0 ? cmvn_work(m.shape.cmvn) : 0);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  return KernelCall("thimble_mfcc")
      .input(0)
      .output(0)
      .constant("passes", m.tables.passes)
      .constant("split", m.tables.split)
      .constant("edges", m.edges)
      .constant("cosines", m.cosines)
      .scratch()
      .geometry("thimble_mfcc_shape", {frames_field(m.shape.frames),
                                       {"filters", c_literal(int64_t{m.shape.filters})},
                                       {"coefficients", c_literal(int64_t{m.shape.coefficients})},
                                       {"cmvn", cmvn_literal(m.shape.cmvn)}});
}

std::optional<BlockStream> stream(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<MfccAttrs>();
  MfccAttrs row = a;
  row.win_size = 0;
  auto s = frames_stream(made_of(node, graph).shape.frames, a.num_cepstral, row);
  if (s && a.win_size > 0) s->normalise = CmvnAttrs{a.win_size, a.least_deviation};
  return s;
}

thimble_frames_shape frames_at(const Node& node, const Graph& graph) { return made_of(node, graph).shape.frames; }

}  // namespace

std::span<const Block> mfcc_blocks() {
  static const Block kRows[] = {framed<frames_at>({.op = {.name = "mfcc",
                                                          .summary = "cepstral coefficients of a sound over time: speech",
                                                          .attrs = MfccAttrs{},
                                                          .infer = infer,
                                                          .eval = eval},
                                                   .source = "dsp/mfcc.h",
                                                   .scratch = scratch,
                                                   .work = work,
                                                   .soft_float = 41,
                                                   .lower = lower,
                                                   .stream = stream})};
  return kRows;
}

}  // namespace thimble
