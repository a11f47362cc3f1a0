#include <algorithm>
#include <cstring>

#include "formats/tflite.h"
#include "fuzz/import_fuzz.h"

namespace thimble::testing {
namespace {

using Random = std::mt19937;

size_t below(size_t n, Random& random) { return n ? random() % n : 0; }

/// Numbers at which arithmetic breaks, and small ones that are merely wrong.
int64_t odd_number(Random& random) {
  constexpr int64_t kOdd[] = {0, 1, -1, 2, -2, 3, 7, 127, 128, 255, 256, 65535, 65536, 1 << 20, INT32_MAX, INT32_MAX - 1, INT32_MIN};
  return kOdd[below(std::size(kOdd), random)];
}

void change_bytes(File& file, Random& random) {
  for (size_t times = 1 + below(4, random); times > 0 && !file.empty(); --times) {
    const size_t at = below(file.size(), random);
    const auto word = static_cast<int32_t>(odd_number(random));
    switch (below(6, random)) {
      case 0: file[at] ^= static_cast<std::byte>(1U << below(8, random)); break;
      case 1: file[at] = static_cast<std::byte>(random()); break;
      case 2:
        if (file.size() >= 8) std::memcpy(file.data() + std::min(at & ~size_t{3}, file.size() - 4), &word, sizeof word);
        break;
      case 3: file.resize(at); break;
      case 4: file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), 1 + below(16, random), static_cast<std::byte>(random())); break;
      default: {
        const size_t from = below(file.size(), random), count = below(std::min(file.size() - at, file.size() - from), random);
        std::memmove(file.data() + at, file.data() + from, count);
      }
    }
  }
}

void change_tensor(ForeignTensor& tensor, Random& random) {
  TensorType& type = tensor.type;
  switch (below(8, random)) {
    case 0:
      if (!type.shape.empty()) type.shape[below(type.shape.size(), random)] = odd_number(random);
      break;
    case 1: type.shape.push_back(static_cast<int64_t>(1 + below(3, random))); break;
    case 2:
      if (!type.shape.empty()) type.shape.pop_back();
      break;
    case 3: type.dtype = static_cast<DType>(below(7, random)); break;
    case 4: type.quant = below(2, random) ? Quant{} : per_tensor(0.25F, static_cast<int32_t>(odd_number(random))); break;
    case 5: tensor.data = nullptr; break;
    case 6: tensor.variable = !tensor.variable; break;
    default: {  // other contents of the right size: axes, shapes and indices that are nonsense
      const size_t bytes = static_cast<size_t>(std::clamp<int64_t>(type.bytes(), 0, 4096));
      std::vector<std::byte> contents(bytes);
      const auto word = static_cast<int32_t>(odd_number(random));
      for (size_t i = 0; i + 4 <= bytes; i += 4) std::memcpy(contents.data() + i, &word, 4);
      tensor.data = make_bytes(std::move(contents));
    }
  }
}

void change_attr(FieldValue& value, Random& random) {
  if (auto* flag = std::get_if<bool>(&value)) *flag = !*flag;
  if (auto* number = std::get_if<int64_t>(&value)) *number = odd_number(random);
  if (auto* real = std::get_if<double>(&value)) *real = static_cast<double>(odd_number(random));
  if (auto* numbers = std::get_if<std::vector<int64_t>>(&value))
    numbers->empty() ? numbers->push_back(odd_number(random)) : void(numbers->back() = odd_number(random));
}

void change_operands(std::vector<int>& ids, int tensors, Random& random) {
  const int id = static_cast<int>(below(static_cast<size_t>(tensors) + 2, random)) - 1;
  switch (below(3, random)) {
    case 0: ids.push_back(id); break;
    case 1:
      if (!ids.empty()) ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(below(ids.size(), random)));
      break;
    default:
      if (!ids.empty()) ids[below(ids.size(), random)] = id;
  }
}

void change_node(ForeignNode& node, const ForeignGraph& graph, Random& random) {
  const int tensors = static_cast<int>(graph.tensors.size());
  switch (below(4, random)) {
    case 0: change_operands(node.in, tensors, random); break;
    case 1: change_operands(node.out, tensors, random); break;
    case 2:
      node.op = graph.nodes[below(graph.nodes.size(), random)].op;
      node.attrs.clear();
      break;
    default:
      if (node.attrs.empty()) return;
      change_attr(std::next(node.attrs.begin(), static_cast<std::ptrdiff_t>(below(node.attrs.size(), random)))->second, random);
  }
}

void change_graph(ForeignGraph& graph, Random& random) {
  for (size_t times = 1 + below(3, random); times > 0; --times) {
    const size_t what = below(8, random);
    if (what < 4 && !graph.nodes.empty()) change_node(graph.nodes[below(graph.nodes.size(), random)], graph, random);
    if (what >= 4 && what < 7 && !graph.tensors.empty()) change_tensor(graph.tensors[below(graph.tensors.size(), random)], random);
    if (what == 7) change_operands(below(2, random) ? graph.inputs : graph.outputs, static_cast<int>(graph.tensors.size()), random);
  }
}

}  // namespace

File mutate(const File& file, Random& random) {
  File changed = file;
  if (below(3, random) != 0) {
    try {
      ForeignGraph graph = read_tflite(file, "fuzz");
      change_graph(graph, random);
      changed = write_tflite(graph);
      if (below(4, random) != 0) return changed;
    } catch (const Error&) {  // the file is already beyond reading, or the graph beyond writing: only bytes are left to change
      changed = file;
    }
  }
  change_bytes(changed, random);
  return changed;
}

}  // namespace thimble::testing
