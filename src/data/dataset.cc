#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "base/machine.h"
#include "base/sha256.h"
#include "data/check.h"
#include "data/resample.h"
#include "data/splits.h"
#include "data/windows.h"

namespace thimble {
namespace {

using Set = std::vector<Recording>;

constexpr double kDrift = 0.01;  // clocks whose rates differ by less say the same

std::string channels_text(const Recording& r) {
  std::vector<std::string> names;
  for (const Channel& c : r.channels) names.push_back(c.unit.empty() ? c.name : fmt::format("{} in {}", c.name, c.unit));
  return fmt::format("{}{}", r.width > 0 ? "a picture of " : "", fmt::join(names, ", "));
}

void check_channels(const Set& set) {
  for (const Recording& r : set)
    if (r.channels != set[0].channels || (r.width > 0) != (set[0].width > 0))
      throw Error(Blame::User,
                  fmt::format("{}: its channels are {}, those of {} are {}", place_of(r), channels_text(r), place_of(set[0]),
                              channels_text(set[0])),
                  "all recordings need the same channels in the same units; name the columns alike, or leave some files out");
}

void check_numbers(const Set& set) {
  for (const Recording& r : set) {
    const auto bad = std::find_if(r.samples.begin(), r.samples.end(), [](float x) { return !std::isfinite(x); });
    if (bad == r.samples.end()) continue;
    const auto at = static_cast<size_t>(bad - r.samples.begin());
    throw Error(Blame::User,
                fmt::format("{}: sample {} of channel '{}' is {}", place_of(r), at / r.channels.size() + 1,
                            r.channels[at % r.channels.size()].name, *bad),
                "leave out what the sensor did not give");
  }
}

/// A User error where the recordings at that rate are more than this machine can hold.
void require_room_at(const Set& set, double rate) {
  double bytes = 0;
  for (const Recording& r : set)
    if (r.rate > 0) bytes += static_cast<double>(r.samples.size()) * rate / r.rate * sizeof(float);
  if (bytes <= machine_bytes()) return;
  throw Error(Blame::User,
              fmt::format("resampled to {} Hz, the recordings take {:.4g} GB, and this machine has {:.4g} GB of memory", rate, bytes / 1e9,
                          machine_bytes() / 1e9),
              fmt::format("they come at {:.6g} Hz: a higher rate adds nothing to them", set[0].rate));
}

/// All at one rate, which is returned.
double unify_rates(Set& set, double wanted) {
  if (set[0].width > 0) return 0;
  const double rate = wanted > 0 ? wanted : set[0].rate;
  if (wanted > 0) require_room_at(set, wanted);
  for (Recording& r : set) {
    if (wanted > 0 && r.rate <= 0)
      throw Error(Blame::User, fmt::format("{}: nothing tells its rate, so that it cannot be resampled to {} Hz", place_of(r), wanted),
                  "say the rate of the files when they are read");
    const bool same = std::abs(r.rate - rate) <= kDrift * rate;
    if (wanted <= 0 && !same)
      throw Error(Blame::User,
                  fmt::format("{}: its rate is {:.6g} Hz, that of {} is {:.6g} Hz", place_of(r), r.rate, place_of(set[0]), set[0].rate),
                  "say to which rate they are resampled: rate = ...");
    if (wanted > 0 && !same)
      resample(r, wanted);
    else
      r.rate = rate;
  }
  return rate;
}

std::vector<std::string> words_of(const std::string& label) {
  std::vector<std::string> words;
  for (size_t at = 0; at <= label.size();) {
    const size_t end = std::min(label.find('+', at), label.size());
    if (end > at) words.push_back(label.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// 2 comes before 10.
bool before(const std::string& a, const std::string& b) {
  int64_t x = 0, y = 0;
  const auto p = std::from_chars(a.data(), a.data() + a.size(), x), q = std::from_chars(b.data(), b.data() + b.size(), y);
  const bool numbers = p.ec == std::errc() && q.ec == std::errc() && p.ptr == a.data() + a.size() && q.ptr == b.data() + b.size();
  return numbers && x != y ? x < y : a < b;
}

std::vector<std::string> classes_of(const Set& set, Labels labels) {
  std::vector<std::string> classes;
  if (labels == Labels::Number) return classes;
  std::set<std::string> seen;
  for (const Recording& r : set) {
    if (r.label.empty() && labels == Labels::Class)
      throw Error(Blame::User, fmt::format("{}: it has no label", place_of(r)),
                  "put it into a folder named after its class, say the class in names, or leave it out");
    for (const std::string& word : labels == Labels::Several ? words_of(r.label) : std::vector<std::string>{r.label})
      if (!word.empty()) seen.insert(word);
  }
  classes.assign(seen.begin(), seen.end());
  std::sort(classes.begin(), classes.end(), before);
  if (classes.size() == 1 && labels == Labels::Class)
    throw Error(Blame::User, fmt::format("all recordings have the one label '{}'", classes[0]),
                "a classifier needs two at least; record something that is not it");
  return classes;
}

float number_of(const Recording& r) {
  float value = 0;
  const char* end = r.label.data() + r.label.size();
  const auto [at, fault] = std::from_chars(r.label.data(), end, value);
  if (fault != std::errc() || at != end || !std::isfinite(value))
    throw Error(Blame::User, fmt::format("{}: its label '{}' is not a number", place_of(r), r.label),
                "a regression learns numbers; classes are for classification");
  return value;
}

int32_t index_in(const std::vector<std::string>& classes, const std::string& label) {
  return static_cast<int32_t>(std::find(classes.begin(), classes.end(), label) - classes.begin());
}

void label(Examples& examples, const Dataset& data, Labels labels) {
  for (const int32_t source : examples.source) {
    const Recording& r = data.recordings[static_cast<size_t>(source)];
    if (labels == Labels::Number) {
      examples.targets.push_back(number_of(r));
    } else if (labels == Labels::Several) {
      const std::vector<std::string> words = words_of(r.label);
      for (const std::string& c : data.classes)
        examples.targets.push_back(std::find(words.begin(), words.end(), c) != words.end() ? 1.0f : 0.0f);
    } else if (!data.classes.empty()) {
      examples.labels.push_back(r.label.empty() ? -1 : index_in(data.classes, r.label));
    }
  }
}

/// The windows of `split`; `shape` of all, so that an empty split has it too.
Examples part_of(const Examples& all, const Dataset& data, std::string_view split, Labels labels) {
  Examples part{.shape = all.shape};
  for (int64_t i = 0; i < all.count(); ++i) {
    const int32_t source = all.source[static_cast<size_t>(i)];
    if (data.recordings[static_cast<size_t>(source)].split != split) continue;
    const auto values = all.example(i);
    part.values.insert(part.values.end(), values.begin(), values.end());
    part.source.push_back(source);
    part.start.push_back(all.start[static_cast<size_t>(i)]);
  }
  label(part, data, labels);
  return part;
}

void check_classes(const Dataset& data, Labels labels) {
  if (labels != Labels::Class) return;
  std::vector<int64_t> counts(data.classes.size());
  for (const int32_t l : data.train.labels) ++counts[static_cast<size_t>(l)];
  for (size_t c = 0; c < counts.size(); ++c)
    if (counts[c] == 0) {
      const std::string& name = data.classes[c];
      const auto first = std::find_if(data.recordings.begin(), data.recordings.end(), [&](const Recording& r) { return r.label == name; });
      const auto total = std::count_if(data.recordings.begin(), data.recordings.end(), [&](const Recording& r) { return r.label == name; });
      throw Error(Blame::User,
                  fmt::format("class '{}' has nothing to learn from: {} recording{}, none in training ({})", name, total,
                              total == 1 ? "" : "s", place_of(*first)),
                  "record more of it, or leave it out");
    }
}

/// "'a'", "'a' and 'b'", "'a', 'b' and 'c'".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) text += fmt::format("{}'{}'", i == 0 ? "" : i + 1 == names.size() ? " and " : ", ", names[i]);
  return text;
}

std::string_view bytes_of(std::span<const float> values) { return {reinterpret_cast<const char*>(values.data()), values.size_bytes()}; }

bool constant(std::span<const float> values, size_t channels) {
  for (size_t i = channels; i < values.size(); ++i)
    if (values[i] != values[i - channels]) return false;
  return true;
}

void remove(Examples& examples, const std::vector<bool>& gone, const Dataset& data, Labels labels) {
  Examples kept{.shape = examples.shape};
  for (int64_t i = 0; i < examples.count(); ++i) {
    if (gone[static_cast<size_t>(i)]) continue;
    const auto values = examples.example(i);
    kept.values.insert(kept.values.end(), values.begin(), values.end());
    kept.source.push_back(examples.source[static_cast<size_t>(i)]);
    kept.start.push_back(examples.start[static_cast<size_t>(i)]);
  }
  label(kept, data, labels);
  examples = std::move(kept);
}

/// Finds windows of `later` that `seen` holds already. A window in which nothing happens is like every other such one: no leak.
void guard(std::unordered_map<std::string_view, std::string>& seen, Examples& later, const std::string& split, const Dataset& data,
           Leaks leaks, Labels labels) {
  const auto channels = static_cast<size_t>(later.shape.back());
  const auto place = [&](int64_t i) {
    return fmt::format("{}, {}, from sample {}", split,
                       place_of(data.recordings[static_cast<size_t>(later.source[static_cast<size_t>(i)])]),
                       std::max<int64_t>(0, later.start[static_cast<size_t>(i)]) + 1);
  };
  std::vector<bool> gone(static_cast<size_t>(later.count()));
  for (int64_t i = 0; i < later.count(); ++i) {
    const auto found = constant(later.example(i), channels) ? seen.end() : seen.find(bytes_of(later.example(i)));
    if (found == seen.end()) continue;
    if (leaks == Leaks::Refuse)
      throw Error(Blame::User, fmt::format("the same samples are in two splits: {}; and {}", found->second, place(i)),
                  "a test on what was learnt tells nothing: remove one of them, or say leaks = drop");
    gone[static_cast<size_t>(i)] = true;
  }
  if (std::find(gone.begin(), gone.end(), true) != gone.end()) remove(later, gone, data, labels);
  for (int64_t i = 0; i < later.count(); ++i) seen.emplace(bytes_of(later.example(i)), place(i));
}

std::string hash_of(const Dataset& data, const WindowOptions& windows, const SplitOptions& splits) {
  Sha256 hash;
  const auto fields = [&](const auto& options) {
    for (const FieldInfo& field : fields_of(options)) hash.add(fmt::format("{}={};", field.name, to_string(field.value)));
  };
  fields(windows), fields(splits);
  for (const Channel& c : data.channels) hash.add(fmt::format("{} [{}];", c.name, c.unit));
  for (const Recording& r : data.recordings) {
    hash.add(fmt::format("{}|{}|{}|{}|{}|{}|{};", r.name, r.label, r.group, r.split, r.rate, r.width, r.samples.size()));
    hash.add_values(std::span<const float>(r.samples));
  }
  return hash.hex();
}

}  // namespace

Dataset make_dataset(std::vector<Recording> recordings, const WindowOptions& windows, const SplitOptions& splits, Labels labels) {
  if (recordings.empty()) throw Error(Blame::User, "there are no recordings");
  Dataset data{.recordings = std::move(recordings)};
  check_channels(data.recordings);
  check_numbers(data.recordings);
  data.channels = data.recordings[0].channels;
  data.classes = classes_of(data.recordings, labels);
  data.rate = unify_rates(data.recordings, windows.rate);
  assign_splits(data.recordings, splits, labels != Labels::Number);
  {
    const Examples all = windows_of(data.recordings, windows);
    if (all.count() == 0)
      throw Error(Blame::User, fmt::format("no recording is as long as the window of {} samples", all.shape[0]),
                  "choose a shorter window, or pad = zero");
    data.train = part_of(all, data, "train", labels);
    data.validation = part_of(all, data, "validation", labels);
    data.test = part_of(all, data, "test", labels);
  }
  check_classes(data, labels);
  std::unordered_map<std::string_view, std::string> seen;
  guard(seen, data.train, "train", data, Leaks::Drop, labels);
  guard(seen, data.validation, "validation", data, splits.leaks, labels);
  guard(seen, data.test, "test", data, splits.leaks, labels);
  data.hash = hash_of(data, windows, splits);
  return data;
}

std::string lacking_text(const Dataset& data) {
  if (data.test.labels.empty()) return "";
  std::vector<std::string> lacking;
  for (size_t c = 0; c < data.classes.size(); ++c)
    if (std::find(data.test.labels.begin(), data.test.labels.end(), static_cast<int32_t>(c)) == data.test.labels.end())
      lacking.push_back(data.classes[c]);
  if (lacking.empty()) return "";
  return fmt::format("the test split has no window of {}: how well {} recognised stays unknown", listed(lacking),
                     lacking.size() == 1 ? "it is" : "they are");
}

}  // namespace thimble
