#include "formats/tflite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "formats/tflite_options.h"
#include "formats/tflite_tables.h"
#include "formats/tflite_tensor.h"

namespace thimble {
namespace {

using tflite::damaged;
using tflite::size_of;
using tflite::span_of;

constexpr size_t kMaxDepth = 32, kMaxTables = 1'000'000;

/// Reads one file whose tables the FlatBuffers verifier has accepted (so every element of a vector is there). It trusts no number.
class Reader {
 public:
  Reader(std::span<const std::byte> file, Faults& faults)
      : model_(*tfl::GetModel(file.data())), allowance_(file.size()), tensors_(model_, faults, allowance_) {}

  ForeignGraph read(std::string name) {
    if (model_.version() != 3)
      throw Error(Blame::Unsupported,
                  fmt::format("the file has version {} of the TFLite format; Thimble reads version 3", model_.version()),
                  "convert the model again; version 3 is what TensorFlow Lite's converters have written since 2018");
    if (size_of(model_.subgraphs()) == 0) damaged("it holds no subgraph");
    const tfl::SubGraph& subgraph = *model_.subgraphs()->Get(0);
    graph_.name = std::move(name);
    count_ = size_of(subgraph.tensors());
    read_list("the graph's inputs", subgraph.inputs(), false, graph_.inputs);
    read_list("the graph's outputs", subgraph.outputs(), false, graph_.outputs);
    std::vector<bool> input(count_);
    for (int id : graph_.inputs) input[static_cast<size_t>(id)] = true;
    for (size_t i = 0; i < count_; ++i)
      graph_.tensors.push_back(tensors_.read(*subgraph.tensors()->Get(static_cast<uint32_t>(i)), i, input[i]));
    for (size_t i = 0; i < size_of(subgraph.operators()); ++i) read_node(*subgraph.operators()->Get(static_cast<uint32_t>(i)), i);
    check_order();
    return std::move(graph_);
  }

 private:
  void read_list(const std::string& what, const flatbuffers::Vector<int32_t>* list, bool absent_allowed, std::vector<int>& into) {
    allowance_.spend(size_of(list) * sizeof(int));
    for (int32_t id : span_of(list)) {
      const bool absent = id == -1 && absent_allowed;
      if (!absent && (id < 0 || static_cast<size_t>(id) >= count_)) damaged(fmt::format("{} name tensor {} of {}", what, id, count_));
      into.push_back(id);
    }
  }

  const std::string& name_of_tensor(int id) const { return graph_.tensors[static_cast<size_t>(id)].name; }

  void read_node(const tfl::Operator& node, size_t index) {
    allowance_.spend(sizeof(ForeignNode));
    ForeignNode& made = graph_.nodes.emplace_back();
    read_opcode(node, index, made);
    read_list(fmt::format("the inputs of operator {}", index), node.inputs(), true, made.in);
    read_list(fmt::format("the outputs of operator {}", index), node.outputs(), false, made.out);
    if (!made.out.empty()) made.name = name_of_tensor(made.out[0]);
    read_attrs(node, index, made);
    allowance_.spend(made.name.size());
  }

  void read_attrs(const tfl::Operator& node, size_t index, ForeignNode& made) {
    try {
      made.attrs.merge(tflite::read_options(made.op, static_cast<uint8_t>(node.builtin_options_type()),
                                            static_cast<const flatbuffers::Table*>(node.builtin_options())));
    } catch (const Error& error) {
      if (error.blame == Blame::Bug) throw;
      damaged(fmt::format("operator {} ({} '{}') {}", index, made.op, made.name, error.what()));
    }
    std::vector<int> internal;
    read_list(fmt::format("the intermediates of operator {}", index), node.intermediates(), false, internal);
    if (!internal.empty()) made.attrs.emplace("intermediates", std::vector<int64_t>(internal.begin(), internal.end()));
    for (const auto& [key, value] : made.attrs) {
      const auto* numbers = std::get_if<std::vector<int64_t>>(&value);
      allowance_.spend(key.size() + sizeof value + (numbers ? numbers->size() * sizeof(int64_t) : 0));
    }
  }

  void read_opcode(const tfl::Operator& node, size_t index, ForeignNode& made) {
    const size_t count = size_of(model_.operator_codes());
    if (node.opcode_index() >= count) damaged(fmt::format("operator {} names op code {} of {}", index, node.opcode_index(), count));
    const tfl::OperatorCode& code = *model_.operator_codes()->Get(node.opcode_index());
    const int32_t number = std::max<int32_t>(code.deprecated_builtin_code(), static_cast<int32_t>(code.builtin_code()));
    made.op = tflite::op_name(number).value_or(fmt::format("BUILTIN_{}", number));
    made.version = code.version();
    if (made.op == "CUSTOM") made.attrs.emplace("custom_code", tflite::text_of(code.custom_code()));
  }

  /// Every tensor is written once, and before it is read.
  void check_order() {
    std::vector<int> writer(count_, -1);
    for (size_t n = 0; n < graph_.nodes.size(); ++n)
      for (int id : graph_.nodes[n].out) {
        int& earlier = writer[static_cast<size_t>(id)];
        if (earlier >= 0) damaged(fmt::format("operators {} and {} both write tensor {} '{}'", earlier, n, id, name_of_tensor(id)));
        earlier = static_cast<int>(n);
      }
    for (size_t n = 0; n < graph_.nodes.size(); ++n)
      for (int id : graph_.nodes[n].in)
        if (id >= 0 && writer[static_cast<size_t>(id)] >= static_cast<int>(n))
          damaged(
              fmt::format("operator {} ({} '{}') reads tensor {} '{}' before operator {} writes it, so its graph is cyclic or out of order",
                          n, graph_.nodes[n].op, graph_.nodes[n].name, id, name_of_tensor(id), writer[static_cast<size_t>(id)]));
  }

  const tfl::Model& model_;
  tflite::Allowance allowance_;
  tflite::TensorReader tensors_;
  size_t count_ = 0;
  ForeignGraph graph_;
};

struct Signature {
  std::string_view bytes, what;
};
constexpr Signature kOthers[] = {
    {"PK\x03\x04", "a ZIP archive, as .keras and PyTorch files are"},
    {"\x89HDF", "an HDF5 file, as Keras .h5 files are"},
    {"\x1f\x8b", "a gzip archive; unpack it first"},
};

[[noreturn]] void refuse_other(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::string what = file.empty() ? "the file is empty" : "the file is not a TFLite model: it lacks the mark TFL3 at byte 4";
  for (const Signature& other : kOthers)
    if (text.starts_with(other.bytes)) what = fmt::format("the file is not a TFLite model but {}", other.what);
  throw Error(Blame::User, what, "convert the model with TensorFlow Lite's converter; Thimble reads the .tflite file that it writes");
}

}  // namespace

bool looks_like_tflite(std::span<const std::byte> file) { return file.size() >= 8 && std::memcmp(file.data() + 4, "TFL3", 4) == 0; }

ForeignGraph read_tflite(std::span<const std::byte> file, std::string name, Faults& faults) {
  if (!looks_like_tflite(file)) refuse_other(file);
  std::vector<std::byte> aligned;  // numbers are read in place, so the file must lie as it was laid out
  if (reinterpret_cast<uintptr_t>(file.data()) % 16 != 0) {
    aligned.assign(file.begin(), file.end());
    file = aligned;
  }
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(file.data()), file.size(), kMaxDepth, kMaxTables);
  if (!tfl::VerifyModelBuffer(verifier))
    damaged(fmt::format("its tables do not fit together within its {} bytes, as when a download is cut short", file.size()));
  return Reader(file, faults).read(std::move(name));
}

ForeignGraph read_tflite(std::span<const std::byte> file, std::string name) {
  Faults faults;
  ForeignGraph graph = read_tflite(file, std::move(name), faults);
  faults.raise();
  return graph;
}

}  // namespace thimble
