// Blocks against the outputs of the platform whose parameters they share: its host blocks ("py") and its device code ("cpp").
#include <gmock/gmock.h>

#include <cstring>
#include <iterator>
#include <sstream>

#include "base/files.h"
#include "dsp/block.h"
#include "ir/interpreter.h"

namespace thimble {
namespace {

const fs::path kFolder = fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data/golden/edge-impulse-blocks";

std::vector<float> numbers(const std::string& name) {
  std::istringstream text(read_text(kFolder / (name + ".txt")));
  return {std::istream_iterator<float>(text), {}};
}

struct GoldenCase {
  const char *block, *input, *output;
  int64_t axes;
  AttrBag attrs;
  double tolerance;
};
void PrintTo(const GoldenCase& c, std::ostream* out) { *out << c.output; }

std::vector<float> features(const GoldenCase& c) {
  std::vector<float> samples = numbers(c.input);
  Graph graph;
  const OpDef& op = block_named(c.block).op;
  const ValueId x = graph.add_input("samples", {DType::F32, {static_cast<int64_t>(samples.size()) / c.axes, c.axes}, {}});
  graph.outputs = {graph.add_node(op, c.block, {x}, op.attrs.with(c.attrs))};
  const auto bytes = std::as_bytes(std::span(samples));
  const std::vector<Buffer> inputs = {{bytes.begin(), bytes.end()}}, results = Interpreter(graph).run(inputs);
  std::vector<float> out(results[0].size() / sizeof(float));
  std::memcpy(out.data(), results[0].data(), results[0].size());
  return out;
}

class Golden : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(Golden, EqualsTheOtherPlatform) {
  if (!fs::exists(kFolder)) GTEST_SKIP() << "needs ../shared/data (developers and CI have it)";
  const std::vector<float> ours = features(GetParam());
  const std::vector<float> theirs = numbers(GetParam().output);
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], GetParam().tolerance) << "feature " << i;
}

const GoldenCase kCases[] = {
    {"mfe", "in_quiet", "mfe_quiet_py", 1, {{"wrap", true}}, 1e-6},
    {"mfe", "in_loud", "mfe_loud_cpp", 1, {{"wrap", true}}, 4e-3},
    {"mfcc", "in_quiet", "mfcc_quiet_py", 1, {{"least_deviation", 1e-10}, {"wrap", true}}, 1e-3},
    {"mfcc", "in_loud", "mfcc_loud_cpp", 1, {{"least_deviation", 1e-10}, {"wrap", true}}, 1e-3},
    {"spectrogram", "in_quiet", "sgram_quiet_py", 1, {}, 1e-3},
    {"spectral", "in_acc", "spec_acc_py", 3, {{"rate", 62.5}}, 1e-3},
    {"spectral", "in_acc", "speclow_acc_py", 3, {{"rate", 62.5}, {"filter_type", std::string("low")}}, 1e-3},
    {"spectral", "in_acc", "speclowlf_acc_py", 3, {{"rate", 62.5}, {"filter_type", std::string("low")}, {"extra_low_freq", true}}, 1e-3},
    {"wavelet", "in_acc", "wavelet_db4_l1_acc_cpp", 3, {{"rate", 62.5}}, 1e-3},
};
INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(kCases), [](const auto& c) { return std::string(c.param.output); });

}  // namespace
}  // namespace thimble
