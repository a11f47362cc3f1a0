#include "runtime/dsp/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "dsp/block.h"

namespace thimble {
namespace {

enum class Resize : uint8_t { Squash, FitShort, FitLong, Crop };
std::span<const std::string_view> enum_names(Resize) {
  static constexpr std::string_view kNames[] = {"squash", "fit-short", "fit-long", "crop"};
  return kNames;
}
enum class Anchor : uint8_t { TopLeft, Top, TopRight, Left, Middle, Right, BottomLeft, Bottom, BottomRight };
std::span<const std::string_view> enum_names(Anchor) {
  static constexpr std::string_view kNames[] = {"top-left", "top",         "top-right", "left",        "middle",
                                                "right",    "bottom-left", "bottom",    "bottom-right"};
  return kNames;
}
enum class Colours : uint8_t { Rgb, Grey };
std::span<const std::string_view> enum_names(Colours) {
  static constexpr std::string_view kNames[] = {"rgb", "grey"};
  return kNames;
}
enum class Scaling : uint8_t { Unit, Bytes, Symmetric, Signed, Torch, Caffe };
std::span<const std::string_view> enum_names(Scaling) {
  static constexpr std::string_view kNames[] = {"0..1", "0..255", "-1..1", "-128..127", "torch", "bgr-mean"};
  return kNames;
}

struct ImageAttrs {
  int64_t width = 96, height = 96;
  Resize resize = Resize::FitShort;
  Anchor anchor = Anchor::Middle;
  Colours channels = Colours::Rgb;
  Scaling scaling = Scaling::Unit;
  template <class V>
  void fields(V&& v) {
    v("width", width, "pixels that the network sees", between(1, 4096));
    v("height", height, "rows that it sees", between(1, 4096));
    v("resize", resize,
      "squash the picture; fit its short side and cut; fit its long side and leave borders black; or cut without resizing");
    v("anchor", anchor, "what stays where something is cut or bordered");
    v("channels", channels, "colours, or one channel of brightness");
    v("scaling", scaling, "of bytes; torch: less ImageNet's mean, over its deviation; bgr-mean: blue first, less ImageNet's mean");
  }
};

/// One direction: which part of the picture is looked at, and which part of the output it fills.
struct Span {
  double first, length;
  int64_t place, count;
};

/// Pixels and weights that are mixed for each place of the output: a triangle as wide as a pixel of the coarser side.
struct Mix {
  std::vector<int16_t> first;
  std::vector<float> weights;
  int64_t taps = 1;
};

Mix mix_of(const Span& span, int64_t size) {
  const double step = span.length / static_cast<double>(span.count), reach = std::max(step, 1.0);
  Mix mix{.first = {}, .weights = {}, .taps = static_cast<int64_t>(std::ceil(2 * reach)) + 1};
  mix.taps = std::min(mix.taps, size);
  for (int64_t i = 0; i < span.count; ++i) {
    const double centre = span.first + (static_cast<double>(i) + 0.5) * step - 0.5;
    const auto first = std::clamp(static_cast<int64_t>(std::floor(centre - reach)) + 1, int64_t{0}, size - mix.taps);
    std::vector<double> weights;
    double sum = 0;
    for (int64_t k = 0; k < mix.taps; ++k) {
      weights.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(first + k) - centre) / reach));
      sum += weights.back();
    }
    if (sum == 0) weights[centre < 0 ? 0 : weights.size() - 1] = sum = 1;
    mix.first.push_back(static_cast<int16_t>(first));
    for (const double w : weights) mix.weights.push_back(static_cast<float>(w / sum));
  }
  return mix;
}

/// Where `inner` begins in `outer`: 0 at the beginning, 1 in the middle, 2 at the end.
double placed(double outer, double inner, int place) { return (outer - inner) * place / 2; }

struct Made {
  thimble_image_shape shape;
  Mix rows, columns;
};

std::pair<Span, Span> spans_of(const ImageAttrs& a, int64_t height, int64_t width) {
  const int across = static_cast<int>(a.anchor) % 3, down = static_cast<int>(a.anchor) / 3;
  const auto h = static_cast<double>(height), w = static_cast<double>(width);
  const auto out_h = static_cast<double>(a.height), out_w = static_cast<double>(a.width);
  if (a.resize == Resize::Squash) return {{0, h, 0, a.height}, {0, w, 0, a.width}};
  if (a.resize == Resize::FitLong) {
    const double scale = std::min(out_h / h, out_w / w);
    const auto rows = std::max<int64_t>(1, std::llround(h * scale)), columns = std::max<int64_t>(1, std::llround(w * scale));
    const auto top = static_cast<int64_t>(placed(out_h, static_cast<double>(rows), down));
    return {{0, h, top, rows}, {0, w, static_cast<int64_t>(placed(out_w, static_cast<double>(columns), across)), columns}};
  }
  const double scale = a.resize == Resize::Crop ? 1 : std::min(h / out_h, w / out_w);
  double top = placed(h, out_h * scale, down), left = placed(w, out_w * scale, across);
  if (a.resize == Resize::Crop) top = std::floor(top), left = std::floor(left);
  return {{top, out_h * scale, 0, a.height}, {left, out_w * scale, 0, a.width}};
}

std::array<std::array<float, 3>, 2> scaling_of(const ImageAttrs& a) {
  switch (a.scaling) {
    case Scaling::Bytes: return {{{1, 1, 1}, {0, 0, 0}}};
    case Scaling::Symmetric: return {{{1 / 127.5F, 1 / 127.5F, 1 / 127.5F}, {-1, -1, -1}}};
    case Scaling::Signed: return {{{1, 1, 1}, {-128, -128, -128}}};
    case Scaling::Torch: {
      constexpr float kMean[] = {0.485F, 0.456F, 0.406F}, kDeviation[] = {0.229F, 0.224F, 0.225F};
      std::array<std::array<float, 3>, 2> s{};
      for (size_t c = 0; c < 3; ++c) s[0][c] = 1 / (255 * kDeviation[c]), s[1][c] = -kMean[c] / kDeviation[c];
      return s;
    }
    case Scaling::Caffe: return {{{1, 1, 1}, {-103.939F, -116.779F, -123.68F}}};
    case Scaling::Unit: break;
  }
  return {{{1 / 255.0F, 1 / 255.0F, 1 / 255.0F}, {0, 0, 0}}};
}

Made made_of(const ImageAttrs& a, const TensorType& x) {
  expect((x.dtype == DType::F32 || x.dtype == DType::U8) && x.rank() == 3 && (x.shape[2] == 1 || x.shape[2] == 3),
         "the input must be bytes or floats from 0 to 255 [height, width, 1 or 3]");
  expect(a.resize != Resize::Crop || (a.height <= x.shape[0] && a.width <= x.shape[1]),
         "resize crop takes a part of the picture, so height and width must not exceed it");
  const auto [down, across] = spans_of(a, x.shape[0], x.shape[1]);
  Made m{.shape = {}, .rows = mix_of(down, x.shape[0]), .columns = mix_of(across, x.shape[1])};
  const auto scaling = scaling_of(a);
  m.shape = {.width = static_cast<int32_t>(x.shape[1]),
             .channels = static_cast<int32_t>(x.shape[2]),
             .out_height = static_cast<int32_t>(a.height),
             .out_width = static_cast<int32_t>(a.width),
             .top = static_cast<int32_t>(down.place),
             .left = static_cast<int32_t>(across.place),
             .rows = static_cast<int32_t>(down.count),
             .columns = static_cast<int32_t>(across.count),
             .grey = a.channels == Colours::Grey,
             .reversed = a.scaling == Scaling::Caffe,
             .bytes = x.dtype == DType::U8,
             .row_taps = static_cast<int32_t>(m.rows.taps),
             .column_taps = static_cast<int32_t>(m.columns.taps),
             .gain = {scaling[0][0], scaling[0][1], scaling[0][2]},
             .offset = {scaling[1][0], scaling[1][1], scaling[1][2]}};
  return m;
}
Made made_of(const Node& node, const Graph& graph) { return made_of(node.attrs.as<ImageAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const Made m = made_of(attrs.as<ImageAttrs>(), *in[0].type);
  return {{DType::F32, {1, m.shape.out_height, m.shape.out_width, m.shape.grey ? 1 : 3}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Made m = made_of(attrs.as<ImageAttrs>(), *in[0].type);
  const void* pixels = m.shape.bytes ? static_cast<const void*>(in[0].as<const uint8_t>().data()) : in[0].as<const float>().data();
  thimble_image(pixels, out[0].as<float>().data(), m.rows.first.data(), m.rows.weights.data(), m.columns.first.data(),
                m.columns.weights.data(), &m.shape);
}

double work(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  const auto mixed = [](const Mix& mix) { return static_cast<double>(std::ranges::count_if(mix.weights, [](float w) { return w != 0; })); };
  return 66.0 * m.shape.out_height * m.shape.out_width + 17.5 * m.shape.channels * mixed(m.rows) * mixed(m.columns);
}

std::string triple(const float* values) {
  return fmt::format("{{{}, {}, {}}}", c_literal(values[0]), c_literal(values[1]), c_literal(values[2]));
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  const thimble_image_shape& s = m.shape;
  return KernelCall("thimble_image")
      .input(0)
      .output(0)
      .constant("rows", m.rows.first)
      .constant("down", m.rows.weights)
      .constant("columns", m.columns.first)
      .constant("across", m.columns.weights)
      .geometry("thimble_image_shape", {{"width", c_literal(int64_t{s.width})},
                                        {"channels", c_literal(int64_t{s.channels})},
                                        {"out_height", c_literal(int64_t{s.out_height})},
                                        {"out_width", c_literal(int64_t{s.out_width})},
                                        {"top", c_literal(int64_t{s.top})},
                                        {"left", c_literal(int64_t{s.left})},
                                        {"rows", c_literal(int64_t{s.rows})},
                                        {"columns", c_literal(int64_t{s.columns})},
                                        {"grey", c_literal(int64_t{s.grey})},
                                        {"reversed", c_literal(int64_t{s.reversed})},
                                        {"bytes", c_literal(int64_t{s.bytes})},
                                        {"row_taps", c_literal(int64_t{s.row_taps})},
                                        {"column_taps", c_literal(int64_t{s.column_taps})},
                                        {"gain", triple(s.gain)},
                                        {"offset", triple(s.offset)}});
}

}  // namespace

std::span<const Block> image_blocks() {
  static const Block kRows[] = {{.op = {.name = "image",
                                        .summary = "a picture in the size, the colours and the range that the network sees",
                                        .attrs = ImageAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/image.h",
                                 .work = work,
                                 .soft_float = 21.5,
                                 .lower = lower,
                                 .example = {240, 320, 3}}};
  return kRows;
}

}  // namespace thimble
