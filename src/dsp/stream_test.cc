// A recording that comes in sample by sample gives, at every window's end, the features of that window computed at once.
#include "dsp/stream.h"

#include <gmock/gmock.h>

#include <cstring>
#include <random>

#include "dsp/block.h"
#include "ir/interpreter.h"
#include "runtime/dsp/stream.h"

namespace thimble {
namespace {

Graph impulse_of(std::string_view block, int64_t samples, int64_t axes, const AttrBag& attrs) {
  Graph graph{.name = "impulse"};
  const OpDef& op = block_named(block).op;
  const ValueId x = graph.add_input("samples", {DType::F32, {samples, axes}, {}});
  graph.outputs = {graph.add_node(op, "features", {x}, op.attrs.with(attrs))};
  return graph;
}

std::vector<float> run(Interpreter& interpreter, std::span<const float> in) {
  const auto bytes = std::as_bytes(in);
  const std::vector<Buffer> inputs = {{bytes.begin(), bytes.end()}}, results = interpreter.run(inputs);
  std::vector<float> out(results[0].size() / sizeof(float));
  std::memcpy(out.data(), results[0].data(), results[0].size());
  return out;
}

std::vector<float> recording(int64_t samples, int64_t axes) {
  std::mt19937 random(7);
  std::vector<float> x(static_cast<size_t>(samples * axes));
  for (float& v : x) v = 100.0f * (static_cast<float>(random() >> 8) / static_cast<float>(1 << 23) - 1.0f);
  return x;
}

/// The stream as the exported firmware runs it.
class Stream {
 public:
  explicit Stream(const Graph& impulse) : s_(streamed(impulse)), window_(s_.window) {
    const auto narrow = [](int64_t number) { return static_cast<int32_t>(number); };
    shape_ = {narrow(s_.axes), narrow(s_.length), narrow(s_.stride), narrow(s_.rows), narrow(s_.features)};
    if (s_.row) row_.emplace(*s_.row);
    thimble_stream_init(&stream_);
    frame_.resize(static_cast<size_t>(s_.length * s_.axes));
    rows_.resize(static_cast<size_t>(s_.rows * s_.features));
  }

  void push(const float* sample) {
    if (!thimble_stream_take(&stream_, frame_.data(), sample, &shape_)) return;
    const std::vector<float> row = row_ ? run(*row_, frame_) : frame_;
    ++frames_;
    std::memcpy(thimble_stream_row(&stream_, rows_.data(), &shape_), row.data(), row.size() * sizeof(float));
  }
  bool full() const { return stream_.rows == s_.rows; }
  /// The number of the sample at which the window begins.
  int64_t first() const { return (frames_ - s_.rows) * s_.stride; }
  std::vector<float> features() {
    std::vector<float> window(rows_.size());
    thimble_stream_window(&stream_, rows_.data(), window.data(), &shape_);
    return run(window_, window);
  }
  const Streamed& parts() const { return s_; }

 private:
  Streamed s_;
  thimble_stream_shape shape_{};
  std::optional<Interpreter> row_;
  Interpreter window_;
  thimble_stream stream_{};
  std::vector<float> frame_, rows_;
  int64_t frames_ = 0;
};

struct StreamCase {
  const char *name, *block;
  int64_t samples, axes;
  AttrBag attrs;
  bool framed = true;
};
void PrintTo(const StreamCase& c, std::ostream* out) { *out << c.name; }

class EachStream : public ::testing::TestWithParam<StreamCase> {};

TEST_P(EachStream, GivesTheFeaturesOfTheWindow) {
  const StreamCase& c = GetParam();
  const Graph impulse = impulse_of(c.block, c.samples, c.axes, c.attrs);
  Interpreter at_once(impulse);
  Stream stream(impulse);
  EXPECT_EQ(stream.parts().row.has_value(), c.framed);
  const int64_t length = 5 * c.samples;
  const std::vector<float> x = recording(length, c.axes);
  std::mt19937 random(3);
  int windows = 0;
  for (int64_t i = 0, slice = 1; i < length; i += slice, slice = 1 + static_cast<int64_t>(random() % 40)) {
    for (int64_t k = i; k < std::min(i + slice, length); ++k) stream.push(x.data() + k * c.axes);
    if (!stream.full()) continue;
    const std::span<const float> window(x.data() + stream.first() * c.axes, static_cast<size_t>(c.samples * c.axes));
    ASSERT_LE(stream.first() + c.samples, length);
    const std::vector<float> wanted = run(at_once, window), have = stream.features();
    ASSERT_EQ(have.size(), wanted.size());
    ASSERT_EQ(std::memcmp(have.data(), wanted.data(), have.size() * sizeof(float)), 0) << "window that begins at " << stream.first();
    ++windows;
  }
  EXPECT_GT(windows, 10);
}

const AttrBag kSlow = {{"rate", 2000.0}, {"fft_length", int64_t{64}}};
AttrBag with(AttrBag more) {
  more.insert(kSlow.begin(), kSlow.end());
  return more;
}
const StreamCase kCases[] = {
    {"mfe", "mfe", 400, 1, with({{"num_filters", int64_t{12}}})},
    {"mfcc", "mfcc", 400, 1, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}})},
    {"mfcc_as_it_is", "mfcc", 400, 1, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}, {"win_size", int64_t{0}}})},
    {"frames_with_gaps", "mfcc", 400, 1, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}, {"frame_stride", 0.025}})},
    {"spectrogram", "spectrogram", 400, 1, kSlow},
    {"mfe_wrapped", "mfe", 400, 1, with({{"num_filters", int64_t{12}}, {"wrap", true}}), false},
    {"spectral", "spectral", 125, 3, {{"rate", 62.5}}, false},
    {"flatten", "flatten", 60, 2, {}, false},
};
INSTANTIATE_TEST_SUITE_P(All, EachStream, ::testing::ValuesIn(kCases), [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace thimble
