#include "models/architecture.h"

#include <gmock/gmock.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/strided_slice.h"

namespace thimble::testing {
namespace {

std::string told(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return explain(error);
  }
  return "no error";
}

TEST(Architectures, AreFoundByName) {
  EXPECT_EQ(architecture_named("mlp").name, "mlp");
  EXPECT_THAT(told([] { architecture_named("mpl"); }), ::testing::StartsWith("error: there is no architecture 'mpl'; did you mean 'mlp'?"));
}

/// An input that the architecture takes.
Shape input_of(std::string_view name) {
  if (name == "mlp" || name == "autoencoder") return {33};
  if (name == "cnn1d" || name == "lstm" || name == "gru") return {64, 3};
  return {32, 32, 3};
}

class EachArchitecture : public ::testing::TestWithParam<const Architecture*> {};
INSTANTIATE_TEST_SUITE_P(Architecture, EachArchitecture, ::testing::ValuesIn(all_architectures().begin(), all_architectures().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(EachArchitecture, BuildsASoundGraphForEachTask) {
  for (const Task task : {Task::Classification, Task::Regression, Task::MultiLabel, Task::Reconstruction}) {
    const Shape input = input_of(GetParam()->name);
    Graph graph;
    try {
      graph = GetParam()->build({}, input, 4, task, 7);
    } catch (const Error& refusal) {
      EXPECT_EQ(refusal.blame, Blame::User) << refusal.what();
      EXPECT_NE(refusal.hint, "");
      continue;
    }
    verify(graph);
    Shape expected = {1};
    if (task == Task::Reconstruction)
      expected.insert(expected.end(), input.begin(), input.end());
    else
      expected.push_back(4);
    EXPECT_EQ(graph.type(graph.outputs[0]).shape, expected);
    EXPECT_EQ(graph.nodes.back().op->name == "softmax", task == Task::Classification);
    EXPECT_EQ(graph.nodes.back().op->name == "logistic", task == Task::MultiLabel);
  }
}

TEST_P(EachArchitecture, DrawsWeightsFromTheSeed) {
  const bool itself = GetParam()->name == "autoencoder";
  const auto bytes = [&](uint64_t seed) {
    std::vector<std::byte> all;
    const Graph graph = GetParam()->build({}, input_of(GetParam()->name), 4, itself ? Task::Reconstruction : Task::Classification, seed);
    for (const Value& value : graph.values)
      if (value.constant()) all.insert(all.end(), value.data->begin(), value.data->end());
    return all;
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
}

TEST_P(EachArchitecture, ExplainsItsFields) {
  EXPECT_FALSE(GetParam()->summary.empty());
  for (const FieldInfo& field : GetParam()->fields()) EXPECT_FALSE(field.help.empty()) << field.name;
}

/// As the help of `steps` says.
TEST(Architectures, AGruCutsItsWindowIntoEqualParts) {
  struct Cut {
    int64_t samples, steps, parts, size, left_out;
  };
  for (const Cut& cut :
       std::vector<Cut>{{25, 16, 12, 2, 1}, {20, 16, 10, 2, 0}, {64, 16, 16, 4, 0}, {5, 16, 5, 1, 0}, {125, 16, 15, 8, 5}}) {
    const Graph graph = architecture_named("gru").build({{"steps", cut.steps}}, {cut.samples, 3}, 4, Task::Classification, 1);
    int64_t begins = 0;
    Shape parts;
    for (const Node& node : graph.nodes) {
      if (node.op->name == "strided_slice" && parts.empty()) begins = node.attrs.as<StridedSliceAttrs>().begin[1];
      if (node.op->name == "reshape" && parts.empty()) parts = graph.type(node.out[0]).shape;
    }
    EXPECT_EQ(parts, (Shape{1, cut.parts, cut.size * 3})) << cut.samples;
    EXPECT_EQ(begins, cut.left_out) << cut.samples;
  }
}

TEST(Architectures, RefuseWhatDoesNotFit) {
  const auto build = [](std::string_view name, AttrBag fields, Shape input, int outputs = 3) {
    return told([&] { architecture_named(name).build(fields, input, outputs, Task::Classification, 1); });
  };
  EXPECT_EQ(build("mlp", {{"layers", std::vector<int64_t>{8, 0}}}, {4}), "error: layers holds 0; each must be at least 1\n");
  EXPECT_EQ(build("mlp", {{"layer", std::vector<int64_t>{8}}}, {4}), "error: unknown key 'layer'; did you mean 'layers'?\n");
  EXPECT_EQ(build("mlp", {}, {4}, 1),
            "error: mlp cannot learn 1 output\n  to tell classes apart takes recordings of two classes at least\n");
  EXPECT_EQ(build("ds_cnn", {}, {96}),
            "error: ds_cnn needs pictures [rows, columns, channels] or features over time [frames, numbers], but an example is [96]\n"
            "  for features in one row take mlp, or a block that keeps time apart (spectrogram, mfe, mfcc)\n");
  EXPECT_EQ(build("cnn1d", {}, {28, 28, 1}),
            "error: cnn1d needs [samples, channels] or features over time [frames, numbers], but an example is [28x28x1]\n"
            "  for pictures take cnn or ds_cnn\n");
  EXPECT_EQ(build("autoencoder", {}, {96}),
            "error: autoencoder learns its own input, not a classification\n"
            "  take task reconstruction (what it reconstructs badly is unusual), or mlp\n");
  EXPECT_EQ(build("mobilenet_v1", {{"alpha", 5.0}}, {96, 96, 1}), "error: alpha = 5 is out of range; it must be between 0.05 and 2\n");
}

}  // namespace
}  // namespace thimble::testing
