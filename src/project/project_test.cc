#include "project/project.h"

#include <gmock/gmock.h>

#include <cstring>
#include <set>

#include "base/files.h"
#include "ir/interpreter.h"
#include "project/impulse.h"
#include "project/learnt.h"
#include "project/sources.h"
#include "project/templates.h"

namespace thimble {
namespace {

std::string told(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return explain(error);
  }
  return "none";
}

/// A project's text with `more` behind what every project needs.
std::string with(const std::string& more) { return "[project]\nname = \"x\"\n[data]\npath = \"recordings\"\n" + more; }
std::string fault_of(const std::string& text) {
  return told([&] { parse_project(text, "."); });
}

TEST(Project, SetsTheSourceAsideWhereThereAreRecordings) {
  const Project project = parse_project("[data]\npath = \"mine\"\n[synthetic]\neach = 3\n", "somewhere");
  EXPECT_EQ(project.data.path, "mine");
  EXPECT_TRUE(project.synthetic.empty());
}

TEST(Project, IsToldOfOtherRecordings) {
  for (const char* said : {"path = \"mine\"", "synthetic = 'motion'  # to begin with"}) {
    const std::string before = "[data]\nrate = 50\n", after = "\n[train]\nepochs = 3\n";
    const Project project = with_recordings(parse_project(before + said + after, "somewhere"), "/yours/of \"today\"");
    EXPECT_EQ(project.data.path, "/yours/of \"today\"");
    EXPECT_EQ(project.data.synthetic, "");
    EXPECT_EQ(project.text, before + "path = \"/yours/of \\\"today\\\"\"" + after);
    EXPECT_EQ(project.folder, "somewhere");
  }
}

TEST(Project, CannotBeToldOfOtherRecordingsWhereTheirPlaceIsManyLines) {
  EXPECT_EQ(told([] { with_recordings(parse_project("[data]\nrate = 50\npath = \"\"\"\nmine\"\"\"\n", "somewhere"), "yours"); }),
            "error: thimble.toml:3: other recordings cannot take the place of a value of several lines\n"
            "  write it on one line: path = \"FOLDER\"\n");
}

TEST(Project, IsNamedByItsFolderOrItsFile) {
  const TempDir dir;
  EXPECT_FALSE(is_project(dir.path()));
  write_text(dir.path() / kProjectFile, with(""));
  for (const fs::path& path : {dir.path(), dir.path() / "", dir.path() / ".", dir.path() / kProjectFile}) {
    EXPECT_TRUE(is_project(path)) << path;
    EXPECT_TRUE(fs::equivalent(load_project(path).folder, dir.path())) << path;
  }
  EXPECT_EQ(project_folder(kProjectFile), ".");
  write_text(dir.path() / "mine.toml", with(""));
  const std::string other = (dir.path() / "mine.toml").string();
  EXPECT_FALSE(is_project(other));
  EXPECT_EQ(told([&] { load_project(other); }),
            "error: '" + other + "' is a file, and no thimble.toml\n  name the folder of the project\n");
}

TEST(Project, TellsWhereItsRecordingsShouldBe) {
  const TempDir dir;
  Progress quiet;
  const Project project = parse_project("[data]\npath = \"../../no/recordings\"\n", dir.path() / "a" / "b");
  EXPECT_EQ(told([&] { recordings_of(project, quiet); }),
            "error: there is no file '" + (dir.path() / "no" / "recordings").string() +
                "'\n  [data] path says where the recordings are; `thimble train --data FOLDER` takes others\n");
}

TEST(Project, NeedsOnlyItsData) {
  const Project project = parse_project("[data]\npath = \"recordings\"\n", "there");
  EXPECT_EQ(project.project.name, "model");
  EXPECT_EQ(project.out(), "there/out");
  EXPECT_TRUE(project.blocks.empty());
  EXPECT_EQ(project.network.row->name, "mlp");
}

TEST(Project, IsRefusedBeforeAnythingIsTrained) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {with("[train]\nepochs = 3\ndropout = 5\n"), "error: thimble.toml:7: dropout = 5 is out of range; it must be between 0 and 0.95\n"},
      {with("[trian]\nepochs = 3\n"), "error: thimble.toml:5: there is no section [trian]; did you mean 'train'?\n"},
      {with("[[block]]\nblock = \"spektral\"\n"), "error: thimble.toml:6: block cannot be 'spektral'; did you mean 'spectral'?\n"},
      {with("[[block]]\nblock = \"spectral\"\nfft_lenght = 32\n"),
       "error: thimble.toml:7: [block] has no key 'fft_lenght'; did you mean 'fft_length'?\n"},
      {with("[[block]]\nblock = \"flatten\"\n[[block]]\nblock = \"flatten\"\n"),
       "error: thimble.toml:7: there is already a block 'flatten'\n  give one of them another name: name = \"second\"\n"},
      {with("[[block]]\nblock = \"flatten\"\ninput = \"smoth\"\n"), "error: thimble.toml:5: no block before this one is called 'smoth'\n"},
      {with("[split]\nfolds = 1\n"), "error: thimble.toml:6: folds = 1 is out of range; it must be 0 (none) or at least 2\n"},
      {with("[split]\nseed = 2\ntest = 0.8\n"),
       "error: thimble.toml:7: validation = 0.2 and test = 0.8 leave nothing to learn from; together they must stay below 1\n"
       "  with test = 0.8, validation may be from 0 to less than 0.2\n"},
      {with("[window]\nrate = 1e9\n"), "error: thimble.toml:6: rate = 1000000000 is out of range; it must be between 0 and 10000000\n"},
      {with("[network]\narchitecture = \"mpl\"\n"), "error: thimble.toml:6: architecture cannot be 'mpl'; did you mean 'mlp'?\n"},
      {with("[network]\nlayer = [3]\n"), "error: thimble.toml:6: [network] has no key 'layer'; did you mean 'layers'?\n"},
      {"[project]\nname = \"x\"\n",
       "error: thimble.toml: the project names no data\n"
       "  [data] needs path = \"a folder of recordings\", or synthetic = \"motion\" to begin without any\n"},
      {"[data]\nsynthetic = \"motions\"\n", "error: thimble.toml:2: synthetic cannot be 'motions'; did you mean 'motion'?\n"},
      {"[data]\nsynthetic = \"motion\"\npath = \"x\"\n",
       "error: thimble.toml:1: the data is either at path or synthetic, not both\n  take one of the two lines away\n"},
  };
  for (const auto& [text, fault] : mistakes) EXPECT_EQ(fault_of(text), fault) << text;
}

TEST(Project, ExamplesAreReadAndListed) {
  const fs::path examples = fs::path(THIMBLE_SOURCE_DIR) / "examples";
  const std::string readme = read_text(examples / "README.md");
  for (const auto& entry : fs::directory_iterator(examples)) {
    if (!entry.is_directory()) continue;
    const Project project = load_project(entry.path());
    EXPECT_EQ(project.project.name, entry.path().filename().string());
    EXPECT_THAT(readme, ::testing::HasSubstr("| " + project.project.name + " |"));
  }
}

TEST(Project, OfAFolderWithoutOneTellsHowToMakeIt) {
  const TempDir dir;
  EXPECT_EQ(told([&] { load_project(dir.path()); }), "error: there is no project in '" + dir.path().string() +
                                                         "': it has no thimble.toml\n  `thimble new NAME --template motion` makes one\n");
  const std::string missing = (dir.path() / "nosuch").string(), out = (dir.path() / "out").string();
  for (const std::string& path : {missing, missing + "/thimble.toml"})
    EXPECT_EQ(told([&] { load_project(path); }),
              "error: there is no folder '" + missing + "'\n  `thimble new NAME --template motion` makes one\n");
  write_text(dir.path() / kProjectFile, with(""));
  fs::create_directories(out);
  EXPECT_EQ(told([&] { load_project(out); }), "error: there is no project in '" + out +
                                                  "': it has no thimble.toml\n  name the folder above it that is one: '" +
                                                  dir.path().string() + "'\n");
}

TEST(Project, NoKeyOfABlockHidesOneOfTheSection) {
  std::set<std::string> own;
  for (const FieldInfo& field : fields_of(BlockSection{})) own.insert(field.name);
  for (const Block* block : all_blocks())
    for (const FieldInfo& field : block->op.attrs.fields()) EXPECT_FALSE(own.contains(field.name)) << block->op.name << " " << field.name;
  own.clear();
  for (const FieldInfo& field : fields_of(NetworkSection{})) own.insert(field.name);
  for (const Architecture* row : all_architectures())
    for (const FieldInfo& field : row->fields()) EXPECT_FALSE(own.contains(field.name)) << row->name << " " << field.name;
}

TEST(Templates, AreProjectsAsTheyAre) {
  for (const Template& row : all_templates()) {
    const std::string text = project_text(row, "first");
    const Project project = parse_project(text, ".");
    EXPECT_EQ(project.project.name, "first");
    EXPECT_FALSE(project.data.synthetic.empty());
  }
}

TEST(Templates, StayProjectsWhenEveryKeyIsSwitchedOn) {
  for (const Template& row : all_templates()) {
    std::string text = project_text(row, "first"), on;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      // A key at its default begins with # and no blank; path and synthetic exclude each other, and an input must be there.
      const bool dormant = line.starts_with("#") && !line.starts_with("# ") && !line.starts_with("#path") && !line.starts_with("#input") &&
                           !line.starts_with("#name");
      on += (dormant ? line.substr(1) : line) + "\n";
      at = end + 1;
    }
    EXPECT_EQ(fault_of(on), "none") << on;
    EXPECT_GT(on.size() + 40, text.size() - text.size() / 10);
  }
}

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
