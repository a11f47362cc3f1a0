/// The whole text of every error that a model file can draw from the importer.
#include <gtest/gtest.h>

#include <cstring>

#include "formats/import.h"
#include "formats/tflite.h"

namespace thimble {
namespace {

using Contents = std::vector<std::byte>;

std::string error_of(std::span<const std::byte> file, Blame blame) {
  try {
    import_bytes(file, "model");
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.blame), static_cast<int>(blame));
    return explain(error);
  }
  return "no error";
}

std::string error_of(const ForeignGraph& graph, Blame blame) { return error_of(write_tflite(graph), blame); }

Contents bytes_of_text(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

ForeignTensor constant(std::string name, Shape shape) {
  TensorType type{DType::F32, std::move(shape), {}};
  return {std::move(name), type, make_bytes(Contents(static_cast<size_t>(type.bytes())))};
}

/// input[1x4] -> dense[1x3] -> dense2[1x3]
ForeignGraph two_layers() {
  ForeignGraph graph;
  graph.name = "model";
  graph.tensors = {{"input", {DType::F32, {1, 4}, {}}, nullptr},
                   constant("w", {3, 4}),
                   {"dense", {DType::F32, {1, 3}, {}}, nullptr},
                   constant("w2", {3, 3}),
                   {"dense2", {DType::F32, {1, 3}, {}}, nullptr}};
  graph.nodes = {{"FULLY_CONNECTED", "dense", 1, {0, 1}, {2}, {}}, {"FULLY_CONNECTED", "dense2", 1, {2, 3}, {4}, {}}};
  graph.inputs = {0};
  graph.outputs = {4};
  return graph;
}

/// Finds places in a FlatBuffer by hand, to write there what no writer would.
class Patch {
 public:
  explicit Patch(Contents file) : file_(std::move(file)) {}
  size_t root() const { return get<uint32_t>(0); }
  /// Where field `id` of the table at `table` lies.
  size_t field(size_t table, size_t id) const {
    const size_t vtable = table - static_cast<size_t>(static_cast<int64_t>(get<int32_t>(table)));
    return table + get<uint16_t>(vtable + 4 + 2 * id);
  }
  size_t follow(size_t at) const { return at + get<uint32_t>(at); }
  /// Element `index` of the vector of tables in field `id`.
  size_t element(size_t table, size_t id, size_t index) const { return follow(follow(field(table, id)) + 4 + 4 * index); }
  void put(size_t at, uint32_t value) { std::memcpy(file_.data() + at, &value, sizeof value); }
  void put_byte(size_t at, uint8_t value) { file_[at] = std::byte{value}; }
  const Contents& file() const { return file_; }

 private:
  template <class T>
  T get(size_t at) const {
    T value;
    std::memcpy(&value, file_.data() + at, sizeof value);
    return value;
  }
  Contents file_;
};

constexpr size_t kModelVersion = 0, kModelSubgraphs = 2, kSubgraphTensors = 0, kTensorShape = 0, kTensorType = 1, kTensorBuffer = 2;
size_t tensor_at(const Patch& patch, size_t index) {
  return patch.element(patch.element(patch.root(), kModelSubgraphs, 0), kSubgraphTensors, index);
}

TEST(ImportErrors, TheSoundModelIsTaken) { EXPECT_EQ(error_of(two_layers(), Blame::User), "no error"); }

TEST(ImportErrors, Empty) {
  EXPECT_EQ(error_of(Contents{}, Blame::User),
            "error: the file is empty\n"
            "  convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes\n");
}

TEST(ImportErrors, NotTflite) {
  EXPECT_EQ(error_of(bytes_of_text("just some text, no model"), Blame::User),
            "error: the file is not a TFLite model: it lacks the mark TFL3 at byte 4\n"
            "  convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes\n");
  EXPECT_EQ(error_of(bytes_of_text("PK\x03\x04 and so on"), Blame::User),
            "error: the file is not a TFLite model but a ZIP archive, as .keras and PyTorch files are\n"
            "  convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes\n");
}

TEST(ImportErrors, Onnx) {
  EXPECT_EQ(error_of(bytes_of_text("\x08\x07\x12\x07pytorch"), Blame::Unsupported),
            "error: this is an ONNX model; ONNX import is not built in yet\n"
            "  convert the model to .tflite\n");
}

TEST(ImportErrors, Truncated) {
  Contents file = write_tflite(two_layers());
  file.resize(100);
  EXPECT_EQ(error_of(file, Blame::User),
            "error: the file is damaged: its tables do not fit together within its 100 bytes, as when a download is cut short\n"
            "  copy or export the file again\n");
  file.resize(7);
  EXPECT_EQ(error_of(file, Blame::User),
            "error: the file is not a TFLite model: it lacks the mark TFL3 at byte 4\n"
            "  convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes\n");
}

TEST(ImportErrors, FutureVersion) {
  Patch patch(write_tflite(two_layers()));
  patch.put(patch.field(patch.root(), kModelVersion), 4);
  EXPECT_EQ(error_of(patch.file(), Blame::Unsupported),
            "error: the file has version 4 of the TFLite format; Thimble reads version 3\n"
            "  convert the model again; version 3 is what TensorFlow Lite's converters have written since 2018\n");
}

TEST(ImportErrors, BadBufferIndex) {
  Patch patch(write_tflite(two_layers()));
  patch.put(patch.field(tensor_at(patch, 1), kTensorBuffer), 99);
  EXPECT_EQ(error_of(patch.file(), Blame::User),
            "error: the file is damaged: tensor 1 'w' names buffer 99 of 3\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, BufferOfAnotherSize) {
  ForeignGraph graph = two_layers();
  graph.tensors[1].data = make_bytes(Contents(40));
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: tensor 1 'w' is f32[3x4] and needs 48 bytes; its buffer holds 40\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, BadTensorIndex) {
  ForeignGraph graph = two_layers();
  graph.nodes[1].in[1] = 7;
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: the inputs of operator 1 name tensor 7 of 5\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, Cyclic) {
  ForeignGraph graph = two_layers();
  graph.nodes[0].in[0] = 4;
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: operator 0 (FULLY_CONNECTED 'dense') reads tensor 4 'dense2' before operator 1 writes it, so its "
            "graph is cyclic or out of order\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, WrittenTwice) {
  ForeignGraph graph = two_layers();
  graph.nodes[1].out[0] = 2;
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: operators 0 and 1 both write tensor 2 'dense'\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, OverflowingShape) {
  ForeignGraph graph = two_layers();
  graph.tensors[2].type.shape = {1, 2147483647, 2147483647, 2147483647, 4};
  EXPECT_EQ(error_of(graph, Blame::Unsupported),
            "error: model has 1 tensor that Thimble cannot hold\n"
            "  'dense'  (tensor 2)  has shape 1x2147483647x2147483647x2147483647x4; no tensor may exceed 2147483647 bytes\n");
}

TEST(ImportErrors, NegativeShape) {
  Patch patch(write_tflite(two_layers()));
  patch.put(patch.follow(patch.field(tensor_at(patch, 1), kTensorShape)) + 8, static_cast<uint32_t>(-5));
  EXPECT_EQ(error_of(patch.file(), Blame::User),
            "error: the file is damaged: tensor 1 'w' has shape 3x-5\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, DynamicDimension) {
  Patch patch(write_tflite(two_layers()));
  patch.put(patch.follow(patch.field(tensor_at(patch, 0), kTensorShape)) + 8, static_cast<uint32_t>(-1));
  EXPECT_EQ(error_of(patch.file(), Blame::Unsupported),
            "error: model has 1 tensor that Thimble cannot hold\n"
            "  'input'  (tensor 0)  has shape 1x?, dynamic beyond the batch; convert the model with a fixed input shape\n");
}

TEST(ImportErrors, BadScale) {
  ForeignGraph graph = two_layers();
  graph.tensors[2].type = {DType::I8, {1, 3}, per_tensor(-0.5F, 0)};
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: tensor 2 'dense' has scale -0.5; scales must be positive\n"
            "  copy or export the file again\n");
  graph.tensors[2].type.quant = per_tensor(0.5F, 1000);
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: the file is damaged: tensor 2 'dense' has zero point 1000; i8 holds -128 to 127\n"
            "  copy or export the file again\n");
}

TEST(ImportErrors, AllUnknownOpsAtOnce) {
  ForeignGraph graph = two_layers();
  graph.nodes[0] = {"UNIDIRECTIONAL_SEQUENCE_RNN", "dense", 1, {0, 1}, {2}, {}};
  graph.nodes[1] = {"CUSTOM", "dense2", 1, {2, 3}, {4}, {{"custom_code", std::string("TFLite_Detection_PostProcess")}}};
  EXPECT_EQ(error_of(graph, Blame::Unsupported),
            "error: model uses 2 ops that Thimble cannot run\n"
            "  UNIDIRECTIONAL_SEQUENCE_RNN 'dense'    (node 0)  not supported; a unidirectional LSTM is\n"
            "  CUSTOM 'TFLite_Detection_PostProcess'  (node 1)  no kernel; export the model without its post-processing\n");
}

TEST(ImportErrors, CustomOp) {
  ForeignGraph graph = two_layers();
  graph.nodes[1] = {"CUSTOM", "dense2", 1, {2, 3}, {4}, {{"custom_code", std::string("MyOp")}}};
  EXPECT_EQ(
      error_of(graph, Blame::Unsupported),
      "error: model uses 1 op that Thimble cannot run\n"
      "  CUSTOM 'MyOp'  (node 1)  no kernel; custom ops carry no meaning of their own, so express it by builtin ops or leave it out of "
      "the export\n");
}

TEST(ImportErrors, OpsAndTensorsTogether) {
  ForeignGraph graph = two_layers();
  graph.nodes[1] = {"WHILE", "dense2", 1, {2, 3}, {4}, {}};
  graph.tensors[1] = {"w", {DType::I8, {3, 4}, {}}, make_bytes(Contents(12))};
  Patch patch(write_tflite(graph));
  patch.put_byte(patch.field(tensor_at(patch, 1), kTensorType), 1);
  EXPECT_EQ(error_of(patch.file(), Blame::Unsupported),
            "error: model uses 1 op and 1 tensor that Thimble cannot run\n"
            "  'w'             (tensor 1)  is float16; convert with float32 or int8 weights (without supported_types = [tf.float16])\n"
            "  WHILE 'dense2'  (node 1)    needs the model's other subgraphs, which are not run; unroll loops and freeze branches when "
            "exporting\n");
}

TEST(ImportErrors, OptionsThatAnOpDoesNotTake) {
  ForeignGraph graph = two_layers();
  graph.nodes[0].attrs = {{"fused_activation_function", std::string("TANH")}};
  EXPECT_EQ(error_of(graph, Blame::Unsupported),
            "error: model uses 1 op that Thimble cannot run\n"
            "  FULLY_CONNECTED 'dense'  (node 0)  fused activation TANH; export the model with the activation as an op of its own\n");
}

TEST(ImportErrors, ShapesThatDisagree) {
  ForeignGraph graph = two_layers();
  graph.tensors[4].type.shape = {1, 5};
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: model uses 1 op that Thimble cannot run\n"
            "  FULLY_CONNECTED 'dense2'  (node 1)  its output 'dense2' is f32[1x5] in the file; its operands make f32[1x3]\n");
}

TEST(ImportErrors, MissingOperands) {
  ForeignGraph graph = two_layers();
  graph.nodes[0].in = {0, -1};
  graph.nodes[1].in = {};
  EXPECT_EQ(error_of(graph, Blame::User),
            "error: model uses 2 ops that Thimble cannot run\n"
            "  FULLY_CONNECTED 'dense'   (node 0)  lacks operand 1\n"
            "  FULLY_CONNECTED 'dense2'  (node 1)  has no input\n");
}

TEST(ImportErrors, NamesTheFile) {
  const TempDir folder;
  write_text(folder.path() / "kitchen.tflite", "");
  try {
    import_model(folder.path() / "kitchen.tflite");
    FAIL() << "an empty file was taken";
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: the file is empty\n"
              "  convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes\n"
              "  while importing 'kitchen.tflite'\n");
  }
}

}  // namespace
}  // namespace thimble
