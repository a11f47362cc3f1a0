#include "data/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/machine.h"
#include "data/picture.h"

namespace thimble {
namespace {

int64_t length_of_window(std::span<const Recording> recordings, const WindowOptions& options) {
  if (options.samples > 0) return options.samples;
  if (options.window > 0) {
    if (recordings[0].rate <= 0)
      throw Error(Blame::User, fmt::format("window = {} s, and nothing tells how many samples a second there are", options.window),
                  "give the rate of the recordings, or the window in samples");
    return std::max<int64_t>(1, std::llround(options.window * recordings[0].rate));
  }
  int64_t longest = 0;
  for (const Recording& r : recordings) longest = std::max(longest, r.length());
  return longest;
}

int64_t stride_of_windows(std::span<const Recording> recordings, const WindowOptions& options) {
  if (options.stride_samples > 0) return options.stride_samples;
  if (options.stride <= 0) return 0;
  if (recordings[0].rate <= 0)
    throw Error(Blame::User, fmt::format("stride = {} s, and nothing tells how many samples a second there are", options.stride),
                "give the rate of the recordings, or stride_samples");
  return std::max<int64_t>(1, std::llround(options.stride * recordings[0].rate));
}

/// Where the window with the most energy beside its mean begins.
int64_t loudest(const Recording& r, int64_t length) {
  const size_t channels = r.channels.size();
  std::vector<double> means(channels), energy;
  for (size_t i = 0; i < r.samples.size(); ++i) means[i % channels] += static_cast<double>(r.samples[i]);
  for (double& mean : means) mean /= static_cast<double>(r.length());
  for (int64_t t = 0; t < r.length(); ++t) {
    double sum = 0;
    for (size_t c = 0; c < channels; ++c) {
      const double x = static_cast<double>(r.samples[static_cast<size_t>(t) * channels + c]) - means[c];
      sum += x * x;
    }
    energy.push_back(sum);
  }
  double now = 0;
  for (int64_t t = 0; t < length; ++t) now += energy[static_cast<size_t>(t)];
  double best = now;
  int64_t start = 0;
  for (int64_t t = length; t < r.length(); ++t) {
    now += energy[static_cast<size_t>(t)] - energy[static_cast<size_t>(t - length)];
    if (now > best) best = now, start = t - length + 1;
  }
  return start;
}

int64_t only_start(const Recording& r, int64_t length, Anchor anchor) {
  const int64_t spare = r.length() - length;
  if (anchor == Anchor::Start || spare == 0) return 0;
  if (anchor == Anchor::Middle || spare < 0) return spare < 0 ? -((-spare) / 2) : spare / 2;
  return loudest(r, length);
}

/// The sample that stands at `t`, which may lie outside; -1: nothing, a zero.
int64_t filled(int64_t t, int64_t length, Padding1d pad) {
  if (t >= 0 && t < length) return t;
  if (pad == Padding1d::Edge) return t < 0 ? 0 : length - 1;
  return pad == Padding1d::Repeat ? ((t % length) + length) % length : -1;
}

void append(Examples& examples, const Recording& r, int32_t number, int64_t start, int64_t length, Padding1d pad) {
  const size_t channels = r.channels.size();
  for (int64_t t = start; t < start + length; ++t) {
    const int64_t from = filled(t, r.length(), pad);
    for (size_t c = 0; c < channels; ++c) examples.values.push_back(from < 0 ? 0.0f : r.samples[static_cast<size_t>(from) * channels + c]);
  }
  examples.source.push_back(number);
  examples.start.push_back(start);
}

/// A User error, before anything is allocated, where so many windows are more than this machine can hold.
void require_memory(const Examples& examples, double count) {
  double bytes = count * sizeof(float);
  for (const int64_t extent : examples.shape) bytes *= static_cast<double>(extent);
  const double there = machine_bytes();
  if (bytes <= there) return;
  throw Error(Blame::User,
              fmt::format("{:.0f} windows of {} ({} each) take {:.4g} GB, and this machine has {:.4g} GB of memory", count,
                          to_string(examples.shape), examples.shape.size() == 3 ? "rows x columns x channels" : "samples x channels",
                          bytes / 1e9, there / 1e9),
              "take a shorter window, a longer stride, a lower rate or smaller pictures");
}

/// Pictures of one size.
Examples pictures_of(std::span<const Recording> recordings, const WindowOptions& options) {
  const int64_t width = options.width > 0 ? options.width : recordings[0].width;
  const int64_t height = options.height > 0 ? options.height : recordings[0].height();
  Examples examples{.shape = {height, width, static_cast<int64_t>(recordings[0].channels.size())}};
  require_memory(examples, static_cast<double>(recordings.size()));
  for (size_t i = 0; i < recordings.size(); ++i) {
    const Recording& r = recordings[i];
    if ((r.width != width || r.height() != height) && (options.width == 0 || options.height == 0))
      throw Error(Blame::User,
                  fmt::format("pictures of several sizes: '{}' is {} x {} and '{}' {} x {}", recordings[0].name, width, height, r.name,
                              r.width, r.height()),
                  "say to which width and height they are scaled");
    const std::vector<float> scaled = scaled_picture(r, width, height);
    examples.values.insert(examples.values.end(), scaled.begin(), scaled.end());
    examples.source.push_back(static_cast<int32_t>(i));
    examples.start.push_back(0);
  }
  return examples;
}

}  // namespace

std::span<const std::string_view> enum_names(Labels) {
  static constexpr std::string_view kNames[] = {"class", "number", "several", "optional"};
  return kNames;
}

std::span<const std::string_view> enum_names(Padding1d) {
  static constexpr std::string_view kNames[] = {"zero", "edge", "repeat", "drop"};
  return kNames;
}

std::span<const std::string_view> enum_names(Anchor) {
  static constexpr std::string_view kNames[] = {"start", "middle", "loudest"};
  return kNames;
}

std::span<const std::string_view> enum_names(SplitBy) {
  static constexpr std::string_view kNames[] = {"auto", "given", "group", "stratified", "random", "order"};
  return kNames;
}

std::span<const std::string_view> enum_names(Leaks) {
  static constexpr std::string_view kNames[] = {"refuse", "drop"};
  return kNames;
}

int64_t Examples::elements() const {
  int64_t product = 1;
  for (const int64_t size : shape) product *= size;
  return product;
}

Examples windows_of(std::span<const Recording> recordings, const WindowOptions& options) {
  if (recordings.empty()) return {};
  if (recordings[0].width > 0) return pictures_of(recordings, options);
  const int64_t length = length_of_window(recordings, options), stride = stride_of_windows(recordings, options);
  Examples examples{.shape = {length, static_cast<int64_t>(recordings[0].channels.size())}};
  double count = 0;
  for (const Recording& r : recordings)
    count += r.length() < length || stride == 0 ? 1 : static_cast<double>((r.length() - length) / stride + 1);
  require_memory(examples, count);
  for (size_t i = 0; i < recordings.size(); ++i) {
    const Recording& r = recordings[i];
    const auto number = static_cast<int32_t>(i);
    if (r.length() < length) {
      if (options.pad != Padding1d::Drop) append(examples, r, number, only_start(r, length, options.anchor), length, options.pad);
    } else if (stride == 0) {
      append(examples, r, number, only_start(r, length, options.anchor), length, options.pad);
    } else {
      for (int64_t start = 0; start + length <= r.length(); start += stride) append(examples, r, number, start, length, options.pad);
    }
  }
  return examples;
}

}  // namespace thimble
