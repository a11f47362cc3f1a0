/// The importer over the models that stand beside the project, when they are there.
#include <gtest/gtest.h>

#include "base/files.h"
#include "formats/export.h"
#include "formats/import.h"
#include "formats/tflite.h"

namespace thimble {
namespace {

std::vector<fs::path> models() {
  const fs::path folder = fs::path(THIMBLE_SOURCE_DIR) / "../shared/data/models";
  std::vector<fs::path> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".tflite") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

class Models : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no models at ../shared/data/models beside the source tree";
  }
};

void expect_same(const ForeignGraph& a, const ForeignGraph& b) {
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
    EXPECT_EQ(a.tensors[i].type, b.tensors[i].type);
    ASSERT_EQ(a.tensors[i].data != nullptr, b.tensors[i].data != nullptr);
    if (!a.tensors[i].data) continue;
    EXPECT_EQ(*a.tensors[i].data, *b.tensors[i].data);
  }
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    EXPECT_EQ(a.nodes[i].op, b.nodes[i].op);
    EXPECT_EQ(a.nodes[i].version, b.nodes[i].version);
    EXPECT_EQ(a.nodes[i].in, b.nodes[i].in);
    EXPECT_EQ(a.nodes[i].out, b.nodes[i].out);
    EXPECT_EQ(a.nodes[i].attrs, b.nodes[i].attrs);
  }
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
}

TEST_P(Models, SurviveBeingWrittenAndReadAgain) {
  const ForeignGraph graph = read_tflite(read_bytes(GetParam()), "model");
  EXPECT_FALSE(graph.nodes.empty());
  ASSERT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.tensors[static_cast<size_t>(graph.inputs[0])].type.shape[0], 1);
  expect_same(graph, read_tflite(write_tflite(graph), "model"));
}

TEST_P(Models, AreImported) {
  const Graph graph = import_model(GetParam());
  const ForeignGraph foreign = read_tflite(read_bytes(GetParam()), GetParam().stem().string());
  ASSERT_EQ(graph.values.size(), foreign.tensors.size());
  EXPECT_EQ(graph.nodes.size(), foreign.nodes.size());
  EXPECT_EQ(graph.name, GetParam().stem().string());
}

TEST_P(Models, AreExported) {
  const Graph graph = import_model(GetParam());
  const Graph second = import_bytes(write_tflite(export_graph(graph)), graph.name);
  ASSERT_EQ(second.nodes.size(), graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(second.nodes[i].op, graph.nodes[i].op);
    EXPECT_EQ(second.nodes[i].attrs, graph.nodes[i].attrs);
    EXPECT_EQ(second.nodes[i].out, graph.nodes[i].out);
  }
}

std::string name_of_case(const testing::TestParamInfo<fs::path>& info) {
  return info.param.empty() ? std::string("none") : info.param.stem().string();
}

std::vector<fs::path> models_or_none() { return models().empty() ? std::vector<fs::path>{""} : models(); }

INSTANTIATE_TEST_SUITE_P(All, Models, testing::ValuesIn(models_or_none()), name_of_case);

}  // namespace
}  // namespace thimble
