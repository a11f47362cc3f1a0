#include "dsp/block.h"
#include "dsp/sound.h"
#include "runtime/dsp/mel.h"

namespace thimble {
namespace {

struct MfeAttrs : FrameAttrs, MelAttrs {
  double noise_floor_db = -52, full_scale = 32768;
  int64_t levels = 256;
  template <class V>
  void fields(V&& v) {
    FrameAttrs::fields(v);
    MelAttrs::fields(v);
    v("noise_floor_db", noise_floor_db, "decibels that become 0; 12 dB become 1", between(-200, 0));
    v("full_scale", full_scale, "the loudest sample that the source can give", at_least(1e-6));
    v("levels", levels, "steps from 0 to 1; 0: as fine as floats are", between(0, 65536));
  }
};

struct Made {
  thimble_mfe_shape shape;
  FftTables tables;
  std::vector<int16_t> edges;
};

Made made_of(const MfeAttrs& a, const TensorType& x) {
  return {{.frames = frames_of(a, x, 1 / a.full_scale, 0.98, a.wrap),
           .filters = static_cast<int32_t>(a.num_filters),
           .floor = static_cast<float>(a.noise_floor_db),
           .steps = static_cast<float>(a.levels)},
          fft_tables(a.fft_length),
          mel_edges(a, a)};
}
Made made_of(const Node& node, const Graph& graph) { return made_of(node.attrs.as<MfeAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const Made m = made_of(attrs.as<MfeAttrs>(), *in[0].type);
  return {{DType::F32, {1, int64_t{m.shape.frames.frames} * m.shape.filters}, {}}};
}

int64_t scratch_floats(const thimble_mfe_shape& s) { return s.frames.fft + 1; }

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Made m = made_of(attrs.as<MfeAttrs>(), *in[0].type);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(m.shape)));
  thimble_mfe(in[0].as<const float>().data(), out[0].as<float>().data(), m.tables.passes.data(), m.tables.split.data(), m.edges.data(),
              scratch.data(), &m.shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(made_of(node, graph).shape); }

double work(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  return frames_work(m.shape.frames) + m.shape.frames.frames * (mel_work(m.edges) + (m.shape.steps > 0 ? 126.0 : 93.0) * m.shape.filters);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  return KernelCall("thimble_mfe")
      .input(0)
      .output(0)
      .constant("passes", m.tables.passes)
      .constant("split", m.tables.split)
      .constant("edges", m.edges)
      .scratch()
      .geometry("thimble_mfe_shape", {frames_field(m.shape.frames),
                                      {"filters", c_literal(int64_t{m.shape.filters})},
                                      {"floor", c_literal(m.shape.floor)},
                                      {"steps", c_literal(m.shape.steps)}});
}

std::optional<BlockStream> stream(const Node& node, const Graph& graph) {
  return frames_stream(made_of(node, graph).shape.frames, node.attrs.as<MfeAttrs>().num_filters, node.attrs);
}

thimble_frames_shape frames_at(const Node& node, const Graph& graph) { return made_of(node, graph).shape.frames; }

}  // namespace

std::span<const Block> mfe_blocks() {
  static const Block kRows[] = {
      framed<frames_at>({.op = {.name = "mfe",
                                .summary = "energies of a sound in mel bands over time: noises, machines, animals",
                                .attrs = MfeAttrs{},
                                .infer = infer,
                                .eval = eval},
                         .source = "dsp/mel.h",
                         .scratch = scratch,
                         .work = work,
                         .soft_float = 45,
                         .lower = lower,
                         .stream = stream})};
  return kRows;
}

}  // namespace thimble
