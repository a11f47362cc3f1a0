#include "steps/examples.h"

#include <fmt/format.h>

#include <algorithm>

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

std::vector<ExampleInputs> examples_from(const std::filesystem::path& path, const Graph& graph, int64_t most) {
  const std::vector<TensorType> types = input_types(graph);
  std::vector<Record> records;
  for (const fs::path& file : files_of(path)) {
    std::vector<Record> more = records_from(file, types, /*raw=*/false);
    std::move(more.begin(), more.end(), std::back_inserter(records));
  }
  const auto have = std::ssize(records);
  if (most <= 0 || most >= have) return split_all(records, types);
  std::vector<Record> spaced;
  for (int64_t i = 0; i < most; ++i) spaced.push_back(std::move(records[static_cast<size_t>(i * have / most)]));
  return split_all(spaced, types);
}

std::vector<ExampleInputs> random_examples(const Graph& graph, uint64_t seed, int64_t count) {
  const std::vector<TensorType> types = input_types(graph);
  std::vector<Record> records = random_records(types, Texture::Smooth, seed, (count + 1) / 2);
  std::vector<Record> noise = random_records(types, Texture::Uniform, seed, count / 2);
  std::move(noise.begin(), noise.end(), std::back_inserter(records));
  return split_all(records, types);
}

}  // namespace thimble
