#include "formats/tflite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "formats/tflite_options.h"

namespace thimble {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Key;

ForeignTensor plain(std::string name, Shape shape, DType dtype = DType::F32, Quant quant = {}) {
  return {std::move(name), {dtype, std::move(shape), std::move(quant)}, nullptr};
}

/// One node x -> y with these attributes.
ForeignGraph one_node(std::string op, AttrBag attrs = {}, int version = 1) {
  ForeignGraph graph;
  graph.name = "main";
  graph.tensors = {plain("x", {1, 4}), plain("y", {1, 4})};
  graph.nodes = {{std::move(op), "y", version, {0}, {1}, std::move(attrs)}};
  graph.inputs = {0};
  graph.outputs = {1};
  return graph;
}

ForeignGraph again(const ForeignGraph& graph) { return read_tflite(write_tflite(graph), "main"); }

/// Another legal value of the same type, so that a default cannot pass for what was written.
FieldValue other_than(std::string_view op, const std::string& key, const FieldValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return !*flag;
  if (std::holds_alternative<int64_t>(value)) return int64_t{17};
  if (std::holds_alternative<double>(value)) return 0.625;
  const auto& word = std::get<std::string>(value);
  if (word == "SAME") return std::string("VALID");
  if (word == "NONE") return std::string("RELU_N1_TO_1");
  if (word == "FLOAT32") return std::string("INT64");
  if (word == "DEFAULT") return std::string("SHUFFLED4x16INT8");
  if (word == "FULL") return std::string("BASIC");
  if (word == "REFLECT") return std::string("SYMMETRIC");
  ADD_FAILURE() << op << " has option " << key << " = " << word << ", which this test does not know";
  return word;
}

TEST(Tflite, EveryOptionOfEveryOpSurvives) {
  int options = 0;
  for (int code = 0; code < 206; ++code) {
    const auto op = tflite::op_name(code);
    ASSERT_TRUE(op) << code;
    EXPECT_EQ(tflite::op_code(*op), code);
    if (*op == "CUSTOM") continue;
    AttrBag attrs = again(one_node(*op)).nodes[0].attrs;
    for (auto& [key, value] : attrs) {
      value = other_than(*op, key, value);
      ++options;
    }
    const ForeignGraph read = again(one_node(*op, attrs, 3));
    EXPECT_EQ(read.nodes[0].op, *op);
    EXPECT_EQ(read.nodes[0].version, 3);
    EXPECT_EQ(read.nodes[0].attrs, attrs) << *op;
  }
  EXPECT_GT(options, 80);
}

TEST(Tflite, AbsentOptionsHaveTheFormatsDefaults) {
  const AttrBag conv = again(one_node("CONV_2D")).nodes[0].attrs;
  EXPECT_EQ(std::get<int64_t>(conv.at("dilation_h_factor")), 1);
  EXPECT_EQ(std::get<int64_t>(conv.at("stride_h")), 0);
  EXPECT_EQ(std::get<std::string>(conv.at("padding")), "SAME");
  EXPECT_EQ(std::get<bool>(again(one_node("ADD")).nodes[0].attrs.at("pot_scale_int16")), true);
  EXPECT_EQ(std::get<double>(again(one_node("SOFTMAX")).nodes[0].attrs.at("beta")), 0.0);
}

TEST(Tflite, VectorsAreThereOnlyWhenWritten) {
  EXPECT_THAT(again(one_node("RESHAPE")).nodes[0].attrs, testing::IsEmpty());
  const std::vector<int64_t> shape = {-1, 2, 2};
  const AttrBag attrs = again(one_node("RESHAPE", {{"new_shape", shape}})).nodes[0].attrs;
  EXPECT_EQ(std::get<std::vector<int64_t>>(attrs.at("new_shape")), shape);
}

TEST(Tflite, OpsSharePoolAndReducerOptions) {
  for (const char* op : {"AVERAGE_POOL_2D", "MAX_POOL_2D"}) EXPECT_THAT(again(one_node(op)).nodes[0].attrs, Contains(Key("filter_width")));
  for (const char* op : {"MEAN", "SUM", "REDUCE_MAX"}) EXPECT_THAT(again(one_node(op)).nodes[0].attrs, ElementsAre(Key("keep_dims")));
}

TEST(Tflite, UnknownOptionIsOurMistake) {
  try {
    write_tflite(one_node("CONV_2D", {{"stride", int64_t{1}}}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Bug);
    EXPECT_STREQ(error.what(), "TFLite's CONV_2D has no option 'stride'");
  }
}

TEST(Tflite, TensorsSurvive) {
  ForeignGraph graph = one_node("CONV_2D");
  const auto zeros = make_bytes(std::vector<std::byte>(6));
  graph.tensors.push_back({"w", {DType::I8, {2, 3}, {{0.5F, 0.25F}, {0, 0}, 0}}, zeros});
  graph.tensors.push_back({"same bytes", {DType::U8, {6}, per_tensor(0.1F, 128)}, zeros});
  graph.tensors.push_back(plain("state", {1, 8}, DType::I16, per_tensor(0.01F, 0)));
  graph.tensors.back().variable = true;
  graph.tensors.push_back({"scalar", {DType::I32, {}, {}}, make_bytes(std::vector<std::byte>(4))});
  graph.tensors.push_back(plain("flags", {3}, DType::Bool));
  graph.tensors.push_back(plain("long", {3}, DType::I64));
  graph.nodes[0].in = {0, 2, -1, 4};
  const ForeignGraph read = again(graph);
  ASSERT_EQ(read.tensors.size(), graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    EXPECT_EQ(read.tensors[i].name, graph.tensors[i].name);
    EXPECT_EQ(read.tensors[i].type, graph.tensors[i].type);
    EXPECT_EQ(read.tensors[i].variable, graph.tensors[i].variable);
    EXPECT_EQ(read.tensors[i].data != nullptr, graph.tensors[i].data != nullptr);
  }
  EXPECT_EQ(read.tensors[2].data, read.tensors[3].data) << "tensors of one buffer share their bytes";
  EXPECT_EQ(read.nodes[0].in, graph.nodes[0].in);
}

/// We write no int4: the type of an int8 tensor with three bytes of data is changed in the file, wherever it stands.
TEST(Tflite, WeightsOfFourBitsBecomeInt8) {
  constexpr auto kInt8 = std::byte{9}, kInt4 = std::byte{17};
  ForeignGraph graph = one_node("CONV_2D");
  graph.tensors.push_back({"w", {DType::I8, {5}, {}}, make_bytes({std::byte{0x21}, std::byte{0x83}, std::byte{0x07}})});
  const auto file = write_tflite(graph);
  std::vector<std::vector<int>> read;
  for (size_t i = 0; i < file.size(); ++i) {
    if (file[i] != kInt8) continue;
    auto changed = file;
    changed[i] = kInt4;
    try {
      const ForeignTensor w = read_tflite(changed, "main").tensors.at(2);
      ASSERT_EQ(w.type.dtype, DType::I8);
      read.emplace_back();
      for (const std::byte b : *w.data) read.back().push_back(static_cast<int8_t>(b));
    } catch (const Error&) {  // another number that was 9
    }
  }
  EXPECT_THAT(read, ElementsAre(ElementsAre(1, 2, 3, -8, 7)));
}

TEST(Tflite, IntermediatesAndCustomCodesSurvive) {
  const std::vector<int64_t> internal = {1, 0};
  EXPECT_EQ(std::get<std::vector<int64_t>>(again(one_node("ADD", {{"intermediates", internal}})).nodes[0].attrs.at("intermediates")),
            internal);
  EXPECT_EQ(std::get<std::string>(again(one_node("CUSTOM", {{"custom_code", std::string("Mine")}})).nodes[0].attrs.at("custom_code")),
            "Mine");
}

TEST(Tflite, FilesCarryTheirMarkAndAlignConstants) {
  ForeignGraph graph = one_node("CONV_2D");
  std::vector<std::byte> pattern(32);
  for (size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<std::byte>(0xA0 + i);
  graph.tensors.push_back({"w", {DType::I8, {32}, {}}, make_bytes(pattern)});
  const std::vector<std::byte> file = write_tflite(graph);
  EXPECT_TRUE(looks_like_tflite(file));
  const auto at = std::search(file.begin(), file.end(), pattern.begin(), pattern.end());
  ASSERT_NE(at, file.end());
  EXPECT_EQ((at - file.begin()) % 16, 0);
}

TEST(Tflite, NamesAreSafeToPrint) {
  ForeignGraph graph = one_node("SOFTMAX");
  graph.tensors[0].name = "a\x1b[2Jb\n";
  graph.tensors[1].name = std::string(5000, 'n');
  const ForeignGraph read = again(graph);
  EXPECT_EQ(read.tensors[0].name, "a?[2Jb?");
  EXPECT_EQ(read.tensors[1].name.size(), 1024U);
}

TEST(Tflite, ReadsFromAnywhereInMemory) {
  const std::vector<std::byte> file = write_tflite(one_node("SOFTMAX"));
  std::vector<std::byte> moved(file.size() + 1);
  std::copy(file.begin(), file.end(), moved.begin() + 1);
  EXPECT_EQ(read_tflite(std::span(moved).subspan(1), "main").nodes.size(), 1U);
}

TEST(Tflite, OpenBatchBecomesOne) {
  std::vector<std::byte> file = write_tflite(one_node("SOFTMAX"));
  // The shapes [1, 4] are the only vectors of length 2 that hold 1 and 4.
  const int32_t closed[] = {2, 1, 4}, open[] = {2, -1, 4};
  int opened = 0;
  for (size_t at = 0; at + sizeof closed <= file.size(); at += 4)
    if (std::memcmp(file.data() + at, closed, sizeof closed) == 0) {
      std::memcpy(file.data() + at, open, sizeof open);
      ++opened;
    }
  ASSERT_EQ(opened, 2);
  const ForeignGraph graph = read_tflite(file, "main");
  EXPECT_EQ(graph.tensors[0].type.shape, (Shape{1, 4}));
  EXPECT_EQ(graph.tensors[1].type.shape, (Shape{1, 4}));
}

}  // namespace
}  // namespace thimble
