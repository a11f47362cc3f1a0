#include "steps/examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "steps/records.h"

namespace thimble {
namespace {

bool is_tensor_file(const fs::path& path) {
  const std::string end = path.extension().string();
  return end == ".npy" || end == ".csv" || end == ".bin";
}

std::vector<fs::path> files_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_regular_file() && is_tensor_file(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(Blame::User, fmt::format("there is no .npy, .csv or .bin file in '{}'", path.string()),
                "numpy.save('examples.npy', x) writes one, with the record as first axis");
  return files;
}

std::vector<ExampleInputs> split_all(const std::vector<Record>& records, const std::vector<TensorType>& types) {
  std::vector<ExampleInputs> examples;
  for (const Record& record : records) examples.push_back(split(record, types));
  return examples;
}

}  // namespace

ShownExamples examples_from(const std::filesystem::path& path, const Graph& graph, int64_t most) {
  const std::vector<TensorType> types = input_types(graph);
  std::vector<Record> records;
  for (const fs::path& file : files_of(path)) {
    std::vector<Record> more = records_from(file, types, /*raw=*/false);
    std::move(more.begin(), more.end(), std::back_inserter(records));
  }
  const auto have = std::ssize(records), take = most <= 0 ? have : std::min(most, have);
  ShownExamples shown{.records = have};
  for (int64_t i = 0; i < take; ++i) {
    shown.index.push_back(i * have / take);
    shown.inputs.push_back(split(records[static_cast<size_t>(shown.index.back())], types));
  }
  return shown;
}

std::vector<int64_t> labels_from(const std::filesystem::path& path, const ShownExamples& examples, int64_t classes) {
  const FileTensor file = read_tensor(path);
  const std::string hint = "one whole number a record, in the same order: its class, counted from 0";
  if (file.elements() != examples.records)
    throw Error(Blame::User, fmt::format("'{}' has {} labels for {} records", path.string(), file.elements(), examples.records), hint);
  std::vector<int64_t> labels;
  for (int64_t i : examples.index) {
    const double label = file.number(i);
    if (label < 0 || label >= static_cast<double>(classes) || label != std::floor(label))
      throw Error(Blame::User, fmt::format("label {} of '{}' is {}; the model tells {} classes apart", i, path.string(), label, classes),
                  hint);
    labels.push_back(static_cast<int64_t>(label));
  }
  return labels;
}

std::vector<ExampleInputs> random_examples(const Graph& graph, uint64_t seed, int64_t count) {
  const std::vector<TensorType> types = input_types(graph);
  std::vector<Record> records = random_records(types, Texture::Smooth, seed, (count + 1) / 2);
  std::vector<Record> noise = random_records(types, Texture::Uniform, seed, count / 2);
  std::move(noise.begin(), noise.end(), std::back_inserter(records));
  return split_all(records, types);
}

}  // namespace thimble
