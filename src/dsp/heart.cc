#include "runtime/dsp/heart.h"

#include "dsp/block.h"
#include "dsp/sections.h"

namespace thimble {
namespace {

enum class Source : uint8_t { Ppg, Ecg };
std::span<const std::string_view> enum_names(Source) {
  static constexpr std::string_view kNames[] = {"ppg", "ecg"};
  return kNames;
}

struct HeartAttrs {
  double rate = 100, shortest = 300, longest = 2000, spread = 0.3;
  Source source = Source::Ppg;
  bool inverted = false;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(20));
    v("source", source, "an optical pulse (ppg) or an electrocardiogram (ecg)");
    v("inverted", inverted, "beats point down");
    v("shortest", shortest, "milliseconds from beat to beat below which an interval is not believed", at_least(1));
    v("longest", longest, "milliseconds above which it is not", at_least(1));
    v("spread", spread, "how far an interval may be from the median, as a share of it", between(0, 10));
  }
};

/// What the two kinds of signal differ in: the band of a beat in Hz, how long its peak and the beat last in seconds, and by how much of the
/// mean energy a peak must stand out.
struct Kind {
  double low, high, peak, beat, offset;
};
Kind kind_of(Source source) { return source == Source::Ppg ? Kind{0.5, 8, 0.111, 0.667, 0.02} : Kind{8, 20, 0.097, 0.611, 0.08}; }

std::vector<float> sections_of(const HeartAttrs& a) {
  const Kind kind = kind_of(a.source);
  std::vector<float> sections = butterworth_high(2, kind.low / a.rate);
  if (kind.high < 0.45 * a.rate)
    for (const float number : butterworth_low(2, kind.high / a.rate)) sections.push_back(number);
  return sections;
}

int32_t odd_samples(double seconds, double rate) { return static_cast<int32_t>(seconds * rate / 2) * 2 + 1; }

thimble_heart_shape shape_of(const HeartAttrs& a, const TensorType& x) {
  const Kind kind = kind_of(a.source);
  const double samples = static_cast<double>(x.shape[0]);
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .sections = static_cast<int32_t>(sections_of(a).size() / 4),
          .peak = odd_samples(kind.peak, a.rate),
          .beat = odd_samples(kind.beat, a.rate),
          .most = static_cast<int32_t>(samples / a.rate * 1000 / a.shortest) + 2,
          .rate = static_cast<float>(a.rate),
          .scale = a.inverted ? -1.0f : 1.0f,
          .offset = static_cast<float>(kind.offset),
          .shortest = static_cast<float>(a.shortest),
          .longest = static_cast<float>(a.longest),
          .spread = static_cast<float>(a.spread)};
}
thimble_heart_shape shape_at(const Node& node, const Graph& graph) { return shape_of(node.attrs.as<HeartAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<HeartAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2 && x.shape[1] == 1, "the input must be floats [samples, 1]: one axis of a pulse");
  expect(static_cast<double>(x.shape[0]) >= 2 * a.rate, "the window must be two seconds long at least");
  expect(a.shortest < a.longest, "shortest must be below longest");
  expect(kind_of(a.source).low < 0.45 * a.rate, "the rate is too low for an electrocardiogram");
  return {{DType::F32, {1, THIMBLE_HEART_FEATURES}, {}}};
}

int64_t scratch_floats(const thimble_heart_shape& s) { return 2 * (int64_t{s.samples} + s.most); }

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<HeartAttrs>();
  const thimble_heart_shape shape = shape_of(a, *in[0].type);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(shape)));
  thimble_heart(in[0].as<const float>().data(), out[0].as<float>().data(), sections_of(a).data(), scratch.data(), &shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(shape_at(node, graph)); }

double work(const Node& node, const Graph& graph) {
  const thimble_heart_shape s = shape_at(node, graph);
  return s.samples * (82.0 + 17.8 * s.sections) + 60.0 * s.most;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_heart_shape s = shape_at(node, graph);
  return KernelCall("thimble_heart")
      .input(0)
      .output(0)
      .constant("sections", sections_of(node.attrs.as<HeartAttrs>()))
      .scratch()
      .geometry("thimble_heart_shape", {{"samples", c_literal(int64_t{s.samples})},
                                        {"sections", c_literal(int64_t{s.sections})},
                                        {"peak", c_literal(int64_t{s.peak})},
                                        {"beat", c_literal(int64_t{s.beat})},
                                        {"most", c_literal(int64_t{s.most})},
                                        {"rate", c_literal(s.rate)},
                                        {"scale", c_literal(s.scale)},
                                        {"offset", c_literal(s.offset)},
                                        {"shortest", c_literal(s.shortest)},
                                        {"longest", c_literal(s.longest)},
                                        {"spread", c_literal(s.spread)}});
}

}  // namespace

std::span<const Block> heart_blocks() {
  static constexpr std::string_view kNames[] = {"bpm", "rmssd ms", "sdnn ms", "pnn50 %", "intervals", "left out"};
  static const Block kRows[] = {
      {.op = {.name = "heart",
              .summary = "heart rate and its variability: bpm, RMSSD, SDNN, pNN50, intervals used, share left out",
              .attrs = HeartAttrs{},
              .infer = infer,
              .eval = eval},
       .source = "dsp/heart.h",
       .scratch = scratch,
       .work = work,
       .soft_float = 31.5,
       .lower = lower,
       .example = {1000, 1},
       .names = kNames}};
  return kRows;
}

}  // namespace thimble
