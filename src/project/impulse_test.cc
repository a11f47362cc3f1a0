// Blocks become features, features and a network one graph; and what a training leaves behind for them.
#include "project/impulse.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "ir/interpreter.h"
#include "project/learnt.h"
#include "project/project_test.h"

namespace thimble {
namespace {

/// A window of 64 samples of two channels.
struct Windows {
  Windows() {
    examples.shape = {64, 2};
    for (int i = 0; i < 5 * 128; ++i) examples.values.push_back(static_cast<float>((i * 7919) % 97) / 10.0f);
    examples.labels = {0, 1, 0, 1, 0};
    examples.source = {0, 1, 2, 3, 4};
  }
  Examples examples;
  WindowInfo info{{64, 2}, {{"x", ""}, {"y", ""}}, 100};
  Progress silent;
};

Examples features_by(const std::string& blocks, Windows& w) {
  return features_of(feature_graph(parse_project(with(blocks), "."), w.info), w.examples, w.silent);
}

TEST(Impulse, WithoutBlocksTheFeaturesAreTheSamples) {
  Windows w;
  const Examples features = features_by("", w);
  EXPECT_EQ(features.shape, (Shape{64, 2}));
  EXPECT_EQ(features.values, w.examples.values);
  EXPECT_EQ(features.labels, w.examples.labels);
}

TEST(Impulse, BlocksFollowEachOtherInOneRow) {
  Windows w;
  const Examples x = features_by("[[block]]\nblock = \"flatten\"\naxes = [\"x\"]\n", w);
  const Examples y = features_by("[[block]]\nblock = \"flatten\"\naxes = [\"y\"]\n", w);
  const Examples both =
      features_by("[[block]]\nblock = \"flatten\"\naxes = [\"y\"]\nname = \"a\"\n[[block]]\nblock = \"flatten\"\naxes = [\"x\"]\n", w);
  EXPECT_EQ(both.shape, (Shape{14}));
  EXPECT_EQ(std::vector<float>(both.values.begin(), both.values.begin() + 7), std::vector<float>(y.values.begin(), y.values.begin() + 7));
  EXPECT_EQ(std::vector<float>(both.values.begin() + 7, both.values.begin() + 14),
            std::vector<float>(x.values.begin(), x.values.begin() + 7));
}

TEST(Impulse, ABlockThatAnotherReadsIsNoFeature) {
  Windows w;
  const Examples features = features_by(
      "[[block]]\nblock = \"filter\"\nname = \"smooth\"\nhigh_cutoff = 20\n[[block]]\nblock = \"flatten\"\ninput = \"smooth\"\n", w);
  EXPECT_EQ(features.shape, (Shape{14}));
}

TEST(Impulse, ABlockTakesTheRateOfTheDataUnlessItIsGivenOne) {
  Windows w;
  const Graph graph = feature_graph(parse_project(with("[[block]]\nblock = \"spectral\"\n"), "."), w.info);
  EXPECT_EQ(std::get<double>(graph.nodes[0].attrs.bag().at("rate")), 100);
  const Graph given = feature_graph(parse_project(with("[[block]]\nblock = \"spectral\"\nrate = 50\n"), "."), w.info);
  EXPECT_EQ(std::get<double>(given.nodes[0].attrs.bag().at("rate")), 50);
}

TEST(Impulse, OneBlockOfFramesKeepsThemAsRows) {
  Windows w;
  w.examples.shape = {128, 1};
  w.info = {{128, 1}, {{"audio", ""}}, 1000};
  const Examples features =
      features_by("[[block]]\nblock = \"mfe\"\nframe_length = 0.032\nframe_stride = 0.032\nfft_length = 32\nnum_filters = 6\n", w);
  EXPECT_EQ(features.shape, (Shape{4, 6}));
}

TEST(Impulse, AnUnknownChannelIsTold) {
  Windows w;
  EXPECT_EQ(told([&] { features_by("[[block]]\nblock = \"flatten\"\naxes = [\"z\"]\n", w); }),
            "error: thimble.toml:5: the data has no channel 'z'; known: x, y\n"
            "  while building the block 'flatten' of thimble.toml:5\n");
}

TEST(Impulse, WhatABlockCannotDoIsToldAtItsKey) {
  Windows w;
  const auto fault = [&](const std::string& keys) { return told([&] { features_by("[[block]]\nblock = \"spectral\"\n" + keys, w); }); };
  EXPECT_EQ(fault("filter_type = \"low\"\nfilter_cutoff = 200\n"),
            "error: thimble.toml:8: filter_cutoff = 200 must be below 50 Hz, half the rate\n"
            "  while building the block 'spectral' of thimble.toml:5\n");
  EXPECT_EQ(fault("scale_axes = 2.0\nfft_length = 33\n"),
            "error: thimble.toml:8: fft_length = 33 must be a power of two, such as 32 or 64\n"
            "  while building the block 'spectral' of thimble.toml:5\n");
  EXPECT_EQ(fault("rate = 4.0\nfilter_type = \"high\"\n"),
            "error: thimble.toml:7: filter_cutoff = 3 must be below 2 Hz, half the rate\n"
            "  while building the block 'spectral' of thimble.toml:5\n")
      << "the cutoff is a default: the key that is in the file is the rate";
  const auto normalised = [&](const std::string& keys) {
    return told([&] { features_by("[[block]]\nblock = \"normalise\"\n" + keys, w); });
  };
  EXPECT_EQ(normalised("root = true\ngroup = 6\n"),
            "error: thimble.toml:8: group = 6 does not part 2 axes: take 1 or 2, or 0 for all together\n"
            "  while building the block 'normalise' of thimble.toml:5\n");
  EXPECT_EQ(normalised(""),
            "error: thimble.toml:5: group = 3 does not part 2 axes: take 1 or 2, or 0 for all together\n"
            "  while building the block 'normalise' of thimble.toml:5\n")
      << "a default";
}

TEST(Impulse, StandardisedFeaturesHaveMeanZeroAndDeviationOne) {
  Windows w;
  const Graph plain = feature_graph(parse_project(with(""), "."), w.info);
  const Standard standard = standard_of(features_of(plain, w.examples, w.silent));
  const Standard after = standard_of(features_of(standardised(plain, standard), w.examples, w.silent));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(after.offset[i], 0, 1e-5);
    EXPECT_NEAR(after.scale[i], 1, 1e-5);
  }
  Examples flat = w.examples;
  std::fill(flat.values.begin(), flat.values.end(), 3.0f);
  EXPECT_EQ(standard_of(flat).scale, (std::vector<float>{0, 0}));
}

TEST(Impulse, IsFeaturesAndNetworkInOne) {
  Windows w;
  const Project project = parse_project(with("[[block]]\nblock = \"flatten\"\n"), ".");
  const Graph features = feature_graph(project, w.info);
  const Graph network = project.network.row->build({}, {14}, 3, Task::Classification, 1);
  const Graph whole = impulse_graph(features, network);
  verify(whole);
  const auto bytes = std::as_bytes(w.examples.example(0));
  const std::vector<Buffer> window = {Buffer(bytes.begin(), bytes.end())};
  const std::vector<Buffer> row = Interpreter(features).run(window);
  EXPECT_EQ(Interpreter(whole).run(window), Interpreter(network).run(row));
}

TEST(Learnt, IsReadAsItWasWritten) {
  const TempDir dir;
  Project project = parse_project(with(""), dir.path());
  EXPECT_EQ(told([&] { read_learnt(project); }),
            "error: the project 'x' is not trained yet\n  `thimble train " + dir.path().string() + "` trains it\n");
  Learnt learnt;
  learnt.classes = {"a", "b"};
  learnt.window = {{64, 2}, {{"x", "m/s2"}, {"y", ""}}, 62.5};
  learnt.standard = {{0.1f, -1.25f}, {1e-7f, 3}};
  learnt.data_hash = "abc", learnt.version = "0.1.0", learnt.network = "def", learnt.config = project.text;
  write_learnt(project, learnt);
  EXPECT_EQ(read_learnt(project), learnt);
}

TEST(Learnt, BlocksStayAsTheyWereTrainedAndTheBoardIsTodays) {
  Learnt learnt;
  learnt.config = with("[[block]]\nblock = \"flatten\"\n[deploy]\nboard = \"pico\"\n");
  const Project today = parse_project(with("[deploy]\nboard = \"uno\"\n"), "here");
  const Project trained = project_as_trained(today, learnt);
  EXPECT_EQ(trained.blocks.size(), 1u);
  EXPECT_EQ(trained.deploy.board, "uno");
  EXPECT_EQ(trained.folder, "here");
}

}  // namespace
}  // namespace thimble
