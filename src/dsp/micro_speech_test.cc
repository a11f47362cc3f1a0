// The fixed-point front end against TensorFlow Lite's own (as packed by pymicro-features 2.0.2, with a log1pf that rounds correctly), in
// 1/64 of a natural logarithm.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "dsp/block.h"
#include "ir/interpreter.h"

namespace thimble {
namespace {

std::vector<float> features(const std::vector<float>& samples) {
  Graph graph;
  const OpDef& op = block_named("micro_speech").op;
  const ValueId x = graph.add_input("sound", {DType::F32, {static_cast<int64_t>(samples.size()), 1}, {}});
  graph.outputs = {graph.add_node(op, "features", {x}, op.attrs.with({{"frame_stride", 0.01}}))};
  const auto bytes = std::as_bytes(std::span(samples));
  const std::vector<Buffer> inputs = {{bytes.begin(), bytes.end()}}, results = Interpreter(graph).run(inputs);
  std::vector<float> out(results[0].size() / sizeof(float));
  std::memcpy(out.data(), results[0].data(), results[0].size());
  for (float& v : out) v *= 25.6F;
  return out;
}

TEST(MicroSpeech, IsTheFrontEndOfTensorFlowLite) {
  std::vector<float> sound;
  for (int64_t i = 0; i < 2000; ++i) sound.push_back(static_cast<float>((i * i * 7 + i * 13) % 2001 - 1000));
  const std::vector<float> all = features(sound);
  ASSERT_EQ(all.size(), 10u * 40);
  EXPECT_THAT(std::vector<float>(all.begin(), all.begin() + 40),
              ::testing::ElementsAre(635, 585, 638, 587, 643, 588, 629, 581, 640, 585, 627, 581, 636, 590, 641, 575, 622, 582, 635, 588,
                                     636, 591, 646, 591, 642, 592, 643, 590, 645, 588, 646, 592, 645, 593, 647, 593, 647, 593, 645, 592));
  EXPECT_THAT(std::vector<float>(all.end() - 40, all.end()),
              ::testing::ElementsAre(471, 413, 472, 236, 477, 423, 475, 318, 512, 399, 490, 410, 441, 0, 416, 266, 465, 258, 457, 386, 500,
                                     392, 509, 443, 479, 306, 451, 405, 495, 425, 492, 404, 503, 306, 492, 381, 511, 357, 473, 342));
}

/// All features of a second of noise, in four loudnesses, as one number: a step in any of 3,920 shows.
TEST(MicroSpeech, IsTheFrontEndOfTensorFlowLiteToTheLastStep) {
  std::vector<float> sound;
  uint32_t chance = 1;
  for (int i = 0; i < 16000; ++i) {
    chance = chance * 1664525u + 1013904223u;
    sound.push_back(static_cast<float>((static_cast<int32_t>(chance >> 16) - 32768) >> (2 + i / 4000 * 2)));
  }
  uint64_t digest = 14695981039346656037u;
  for (const float v : features(sound)) digest = (digest ^ static_cast<uint64_t>(std::lround(v))) * 1099511628211u;
  EXPECT_EQ(digest, 10545058667828493092u);
}

TEST(MicroSpeech, HearsNothingInSilence) { EXPECT_THAT(features(std::vector<float>(480, 0.0F)), ::testing::Each(0.0F)); }

}  // namespace
}  // namespace thimble
