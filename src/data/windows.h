/// From recordings to what a model learns: windows of one length at one rate, in three splits that share nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/fields.h"
#include "data/recording.h"
#include "ir/tensor.h"

namespace thimble {

/// Windows of one split, or their features.
struct Examples {
  Shape shape;                  ///< of one: {samples, channels}, {height, width, channels}, or what features come as
  std::vector<float> values;    ///< count x elements of the shape
  std::vector<int32_t> labels;  ///< number of the class; empty where numbers are learnt
  std::vector<float> targets;   ///< count x n numbers to learn (regression: 1; several labels: one of 0 or 1 a class); else empty
  std::vector<int32_t> source;  ///< number of the recording that each comes from
  std::vector<int64_t> start;   ///< the sample of that recording (after resampling) where it begins; negative inside leading padding

  int64_t count() const { return static_cast<int64_t>(source.size()); }
  int64_t elements() const;
  std::span<const float> example(int64_t i) const {
    return std::span(values).subspan(static_cast<size_t>(i * elements()), static_cast<size_t>(elements()));
  }
};

/// What a label is: one class, a number, or several classes joined by "+". Optional: a class where there is one (anomalies: learnt
/// unlabelled).
enum class Labels : uint8_t { Class, Number, Several, Optional };
std::span<const std::string_view> enum_names(Labels);

/// What a recording shorter than its window gets.
enum class Padding1d : uint8_t { Zero, Edge, Repeat, Drop };
std::span<const std::string_view> enum_names(Padding1d);

/// Which part of a recording its one window is.
enum class Anchor : uint8_t { Start, Middle, Loudest };
std::span<const std::string_view> enum_names(Anchor);

struct WindowOptions {
  double window = 0, stride = 0, rate = 0;
  int64_t samples = 0, stride_samples = 0, width = 0, height = 0;
  Padding1d pad = Padding1d::Zero;
  Anchor anchor = Anchor::Start;
  template <class V>
  void fields(V&& v) {
    v("window", window, "seconds of one window; 0: as long as the longest recording", at_least(0));
    v("samples", samples, "the same in samples: exact, and for recordings whose rate nobody knows; 0: as window says", at_least(0));
    v("stride", stride, "seconds from the start of one window to that of the next; 0: one window a recording", at_least(0));
    v("stride_samples", stride_samples, "the same in samples; 0: as stride says", at_least(0));
    v("rate", rate, "samples a second to which recordings are resampled; 0: as they are", between(0, 1e7));
    v("pad", pad, "what fills a recording shorter than its window: zeros, its last sample, itself again; or drop: it is left out");
    v("anchor", anchor, "with one window a recording: where it lies in a longer one");
    v("width", width, "pixels to which pictures are scaled, cropped in the middle where they are not as wide; 0: as they are", at_least(0));
    v("height", height, "the same, high", at_least(0));
  }
};

/// How recordings are parted.
enum class SplitBy : uint8_t { Auto, Given, Group, Stratified, Random, Order };
std::span<const std::string_view> enum_names(SplitBy);

/// What is done about the same samples in two splits.
enum class Leaks : uint8_t { Refuse, Drop };
std::span<const std::string_view> enum_names(Leaks);

struct SplitOptions {
  SplitBy by = SplitBy::Auto;
  double validation = 0.2, test = 0.2;
  int64_t folds = 0, fold = -1, seed = 1;
  bool leave_group_out = false;
  Leaks leaks = Leaks::Refuse;
  template <class V>
  void fields(V&& v) {
    v("by", by,
      "auto: as the data says, else by group (person, session) where there are groups, else stratified: alike in every class; "
      "order: in the order of their paths the last are the test split, those before them validation");
    v("validation", validation, "part of the recordings that is kept to choose the best model by", between(0, 0.9));
    v("test", test, "part of the recordings that no training sees; below 1 together with validation", between(0, 0.9));
    v("folds", folds, "train as many times (2 at least), each time judged by another part of the data (k-fold); 0: once", at_least(0));
    v("leave_group_out", leave_group_out, "train once for each group, judged by the group that is left out");
    v("fold", fold, "train once: by this one of the folds, or groups, from 0, it is judged; -1: by each in turn", at_least(-1));
    v("leaks", leaks, "the same samples in two splits: refuse, or drop them from validation and test");
    v("seed", seed, "another number, another choice", at_least(0));
  }
};

/// Throws a User error where the parts leave nothing to learn from, or there is but one fold.
void check_split(const SplitOptions& splits);

struct Dataset {
  std::vector<std::string> classes;  ///< sorted; empty where numbers are learnt
  std::vector<Channel> channels;
  double rate = 0;                    ///< of the windows
  std::vector<Recording> recordings;  ///< as read, each with the split it was given; their samples are at `rate`
  Examples train, validation, test;
  std::string hash;  ///< of all that determines the rest: samples, labels, options
};

/// Resamples, splits, cuts. User errors tell the recording (file and line) whose channels, rate or label do not fit.
Dataset make_dataset(std::vector<Recording> recordings, const WindowOptions& windows = {}, const SplitOptions& splits = {},
                     Labels labels = Labels::Class);

/// What the test split cannot tell, because it has no window of some classes; empty: nothing.
std::string lacking_text(const Dataset& data);

/// Is each of several folds, or groups, to be the test split in turn? A single dataset has the first one of them.
bool takes_turns(const SplitOptions& splits);
/// How many values SplitOptions::fold has: folds, groups, or 1.
int64_t fold_count(const std::vector<Recording>& recordings, const SplitOptions& splits);

/// Windows of recordings that agree in rate, channels and size, without labels. `samples` of 0 and `window` of 0: the longest recording.
Examples windows_of(std::span<const Recording> recordings, const WindowOptions& options);

}  // namespace thimble
