// Walks the source tree: who includes whom, how long files are, and that every folder tells what it is.
#include "layering.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const fs::path kRoot = THIMBLE_SOURCE_DIR;

LayerRules rules() { return parse_rules(read_text(kRoot / "docs/layers.txt")); }

bool is_source(const fs::path& path) {
  const std::string kind = path.extension();
  return kind == ".h" || kind == ".cc" || kind == ".c" || kind == ".py";
}

std::vector<fs::path> sources_below(std::initializer_list<const char*> folders) {
  std::vector<fs::path> files;
  for (const char* folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
      if (entry.is_regular_file() && is_source(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> folders_below(std::initializer_list<const char*> parents) {
  std::vector<fs::path> folders;
  for (const char* parent : parents)
    for (const auto& entry : fs::directory_iterator(kRoot / parent))
      if (entry.is_directory()) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

TEST(Layers, TheTreeKeepsTheRules) {
  std::vector<std::string> faults;
  const LayerRules all = rules();
  for (const fs::path& file : sources_below({"src", "runtime", "tests"}))
    for (std::string& fault : faults_of_file(all, fs::relative(file, kRoot), read_text(file))) faults.push_back(std::move(fault));
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Layers, EveryFolderHasAShortReadme) {
  for (const fs::path& folder : folders_below({"src", "runtime", "tests"})) {
    const fs::path readme = folder / "README.md";
    ASSERT_TRUE(fs::exists(readme)) << fs::relative(folder, kRoot)
                                    << " has no README.md: what it is, what it must not know, where to start";
    const std::string text = read_text(readme);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 15) << fs::relative(readme, kRoot);
  }
}

TEST(Layers, EveryFolderOfSrcHasARow) {
  const LayerRules all = rules();
  for (const fs::path& folder : folders_below({"src"})) EXPECT_TRUE(all.knows.contains(folder.filename())) << folder;
}

TEST(Layers, RowsNameNoFolderThatIsBelow) {
  // A folder that its own friends know must not know them in return.
  const LayerRules all = rules();
  for (const auto& [folder, friends] : all.knows)
    for (const std::string& other : friends) {
      const auto row = all.knows.find(other);
      ASSERT_TRUE(row != all.knows.end()) << folder << " knows '" << other << "', which has no row";
      EXPECT_FALSE(row->second.contains(folder)) << folder << " and " << other << " know each other";
    }
}

TEST(Layers, FaultsNameFileAndLine) {
  const LayerRules few = parse_rules("# made up\nbase:\nir: base\nops: base ir\nfence json/: base/json.cc\nfence torch/: ops/*.cc\n");
  EXPECT_THAT(faults_of_file(few, "src/ir/graph.h", "#pragma once\n#include \"ops/ops.h\"\n  #  include \"ir/op.h\"\n#include <vector>\n"),
              ElementsAre("src/ir/graph.h:2: ir must not know 'ops/ops.h'"));
  EXPECT_THAT(faults_of_file(few, "src/ir/graph_test.cc", "#include \"ops/ops.h\"\n"), IsEmpty());
  EXPECT_THAT(faults_of_file(few, "src/base/files.cc", "\n#include <json/json.hpp>\n"),
              ElementsAre("src/base/files.cc:2: 'json/json.hpp' stays behind its fence"));
  EXPECT_THAT(faults_of_file(few, "src/base/json.cc", "#include <json/json.hpp>\n"), IsEmpty());
  EXPECT_THAT(faults_of_file(few, "src/ops/a.cc", "#include <torch/torch.h>\n"), IsEmpty());
  EXPECT_THAT(faults_of_file(few, "src/ops/a.h", "#include <torch/torch.h>\n"),
              ElementsAre("src/ops/a.h:1: 'torch/torch.h' stays behind its fence"));
  EXPECT_THAT(faults_of_file(few, "src/new/a.h", "#include \"base/error.h\"\n"),
              ElementsAre("src/new/a.h:1: folder 'new' has no row in docs/layers.txt"));
  EXPECT_THAT(faults_of_file(few, "runtime/core/a.h", "#include \"core/base.h\"\n#include \"base/error.h\"\n"),
              ElementsAre("runtime/core/a.h:2: runtime/ ships alone; it must not know 'base/error.h'"));
}

TEST(Layers, LongFilesAreAsked) {
  const std::string text(401, '\n');
  EXPECT_THAT(faults_of_file(parse_rules("ir:\n"), "src/ir/a.cc", text),
              ElementsAre("src/ir/a.cc:401: 401 lines; what is it hiding? (at most 400)"));
  EXPECT_THAT(faults_of_file(parse_rules("ir:\nlong src/ir/a.cc: a table\n"), "src/ir/a.cc", text), IsEmpty());
}

}  // namespace
}  // namespace thimble::testing
