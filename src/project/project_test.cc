#include "project/project.h"

#include <gmock/gmock.h>

#include <set>

#include "base/files.h"
#include "project/project_test.h"
#include "project/sources.h"
#include "project/templates.h"

namespace thimble {
namespace {

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

}  // namespace
}  // namespace thimble
