#include "train/checkpoint.h"

#include <cstring>

#include "base/files.h"
#include "compress/quantize.h"

namespace thimble {
namespace {

constexpr std::string_view kMagic = "thimble checkpoint 1\n", kEnd = "end\n";

class Writer {
 public:
  template <class T>
  void put(const T& value) {
    append(&value, sizeof value);
  }
  void text(std::string_view words) { append(words.data(), words.size()); }
  void row(std::string_view name, std::span<const float> values) {
    put(static_cast<uint64_t>(name.size()));
    text(name);
    put(static_cast<uint64_t>(values.size()));
    append(values.data(), values.size_bytes());
  }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void append(const void* from, size_t size) {
    const auto* at = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), at, at + size);
  }
  std::vector<std::byte> bytes_;
};

/// Reads what Writer wrote; once something is missing, everything is.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}
  bool good() const { return good_; }

  template <class T>
  T get() {
    T value{};
    take(&value, sizeof value);
    return value;
  }
  std::string text(uint64_t size) {
    std::string words(fits(size) ? size : 0, ' ');
    take(words.data(), size);
    return words;
  }
  std::vector<float> floats() {
    const auto count = get<uint64_t>();
    std::vector<float> all(fits(count * sizeof(float)) ? count : 0);
    take(all.data(), count * sizeof(float));
    return all;
  }

 private:
  bool fits(uint64_t size) const { return good_ && size <= rest_.size(); }
  void take(void* to, uint64_t size) {
    good_ = fits(size);
    if (!good_ || size == 0) return;
    std::memcpy(to, rest_.data(), size);
    rest_ = rest_.subspan(size);
  }
  std::span<const std::byte> rest_;
  bool good_ = true;
};

/// FNV-1a, eight bytes at a time.
class Fingerprint {
 public:
  void add(std::span<const std::byte> bytes) {
    for (size_t at = 0; at < bytes.size(); at += 8) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, std::min<size_t>(8, bytes.size() - at));
      hash_ = (hash_ ^ word) * 0x100000001b3;
      hash_ ^= hash_ >> 29;
    }
    hash_ = (hash_ ^ bytes.size()) * 0x100000001b3;
  }
  template <class T>
  void add(const std::vector<T>& all) {
    add(std::as_bytes(std::span(all)));
  }
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  void add(const Examples& examples) { add(examples.shape), add(examples.values), add(examples.labels), add(examples.targets); }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace

std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path) {
  if (path.empty() || !fs::is_regular_file(path)) return std::nullopt;
  const std::vector<std::byte> bytes = read_bytes(path);
  Reader from(bytes);
  if (from.text(kMagic.size()) != kMagic) return std::nullopt;
  Checkpoint all;
  all.work = from.get<uint64_t>(), all.epoch = from.get<int64_t>(), all.step = from.get<int64_t>(), all.qat = from.get<uint8_t>() != 0;
  const auto epochs = from.get<uint64_t>();
  for (uint64_t i = 0; i < epochs && from.good(); ++i) {
    Epoch& e = all.history.emplace_back();
    e.number = from.get<int32_t>(), e.qat = from.get<uint8_t>() != 0;
    for (double* number : {&e.loss, &e.accuracy, &e.validation_loss, &e.validation_accuracy, &e.seconds, &e.learning_rate})
      *number = from.get<double>();
  }
  const auto rows = from.get<uint64_t>();
  for (uint64_t i = 0; i < rows && from.good(); ++i) {
    const std::string name = from.text(from.get<uint64_t>());
    all.rows[name] = from.floats();
  }
  return from.text(kEnd.size()) == kEnd ? std::optional(std::move(all)) : std::nullopt;
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& all) {
  Writer to;
  to.text(kMagic);
  to.put(all.work), to.put(all.epoch), to.put(all.step), to.put(static_cast<uint8_t>(all.qat));
  to.put(static_cast<uint64_t>(all.history.size()));
  for (const Epoch& e : all.history) {
    to.put(static_cast<int32_t>(e.number)), to.put(static_cast<uint8_t>(e.qat));
    for (double number : {e.loss, e.accuracy, e.validation_loss, e.validation_accuracy, e.seconds, e.learning_rate}) to.put(number);
  }
  to.put(static_cast<uint64_t>(all.rows.size()));
  for (const auto& [name, values] : all.rows) to.row(name, values);
  to.text(kEnd);
  write_bytes(path, to.bytes());
}

Rows rows_behind(std::string_view prefix, const Rows& rows) {
  Rows found;
  for (const auto& [name, row] : rows)
    if (name.starts_with(prefix)) found[name.substr(prefix.size())] = row;
  return found;
}

std::vector<float> row_of(const Ranges& ranges, const Graph& graph) {
  std::vector<float> row;
  for (const ValueId id : needed_ranges(graph))
    row.push_back(ranges[static_cast<size_t>(id)]->low), row.push_back(ranges[static_cast<size_t>(id)]->high);
  return row;
}

Ranges ranges_of(const std::vector<float>& row, const Graph& graph) {
  Ranges ranges(graph.values.size());
  size_t at = 0;
  for (const ValueId id : needed_ranges(graph)) ranges[static_cast<size_t>(id)] = Range{row[at], row[at + 1]}, at += 2;
  return ranges;
}

uint64_t fingerprint(const Graph& network, Task task, const Examples& training, const Examples& validation, const TrainOptions& options,
                     std::string_view fresh) {
  Fingerprint all;
  all.add(print(network));
  for (const Value& value : network.values)
    if (value.data) all.add(*value.data);
  all.add(training), all.add(validation);
  all.add(std::string(enum_names(task)[static_cast<size_t>(task)]));
  for (const auto& [key, value] : to_bag(options)) all.add(key + "=" + to_string(value));
  all.add(fresh);
  return all.value();
}

}  // namespace thimble
