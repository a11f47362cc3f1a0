/// Records: what a model is fed, one inference each. A record is the bytes of all graph inputs, one after the other.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "codegen/compiled.h"
#include "data/tensor_file.h"
#include "ir/interpreter.h"

namespace thimble {

using Record = std::vector<std::byte>;

std::vector<TensorType> input_types(const Graph& graph);
/// What one run takes: the window of a stream, even where the graph behind it takes a frame.
std::vector<TensorType> input_types(const Compiled& model);
std::vector<TensorType> output_types(const Graph& graph);
int64_t bytes_of(const std::vector<TensorType>& types);
/// One buffer per type.
std::vector<Buffer> split(std::span<const std::byte> record, const std::vector<TensorType>& types);

enum class Texture : uint8_t {
  Uniform,  ///< every element by itself, over the whole range of its type
  Smooth    ///< a few slow waves over the whole range, as sensors give them
};
/// Seeded and the same on every machine. Floats lie in [-1, 1); 32- and 64-bit integers, which are indices or lengths, are 0 or 1.
std::vector<Record> random_records(const std::vector<TensorType>& types, Texture texture, uint64_t seed, int64_t count);

/// Records from a file (.npy, .csv, .bin). Elements of the input's own type are taken as they are; other numbers are real
/// values and are quantised as the input wants it. `raw`: the numbers of a .csv are the input's own integers.
std::vector<Record> records_from(const std::filesystem::path& path, const std::vector<TensorType>& types, bool raw);

/// What `--input` says: "random", "smooth" or a file. `count` 0: all that the file has, one if random.
std::vector<Record> input_records(const std::string& input, const std::vector<TensorType>& types, uint64_t seed, int64_t count, bool raw);

/// Records cut from bytes that hold nothing else.
std::vector<Record> cut_records(std::span<const std::byte> bytes, const std::vector<TensorType>& types, const std::string& name);

/// All records through the interpreter, state kept from one to the next; `watch` sees every node of record 0.
std::vector<Record> interpret(const Graph& graph, const std::vector<Record>& records, const Interpreter::Watch& watch = nullptr,
                              const std::function<void(int64_t)>& after = nullptr);

/// The real value of element `i`: dequantised where the type is.
double real_value(const TensorType& type, std::span<const std::byte> bytes, int64_t i);

}  // namespace thimble
