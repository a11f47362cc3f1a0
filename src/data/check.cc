#include "data/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <set>

#include "base/fields.h"
#include "data/csv_lines.h"
#include "data/overlaps.h"
#include "data/suspects.h"

namespace thimble {
namespace {

using Set = std::vector<Recording>;

constexpr size_t kShown = 3;  // places that a finding names before it counts the rest
constexpr int64_t kFewest = 5;
constexpr int64_t kFlatRun = 8;  // samples at the end of the range in a row: clipped

std::string listed(const std::vector<std::string>& places) {
  const size_t shown = places.size() == kShown + 1 ? places.size() : std::min(places.size(), kShown);
  std::string text = fmt::format("{}", fmt::join(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return places.size() > shown ? text + fmt::format(" and {} more", places.size() - shown) : text;
}

void find(std::vector<Finding>& findings, Severity severity, std::string kind, std::string what, const std::vector<std::string>& places,
          std::string hint) {
  if (!places.empty()) findings.push_back({severity, std::move(kind), fmt::format("{}: {}", what, listed(places)), std::move(hint)});
}

std::string channels_text(const Recording& r) {
  std::vector<std::string> names;
  for (const Channel& channel : r.channels) names.push_back(channel.unit.empty() ? channel.name : channel.name + " in " + channel.unit);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The value that most recordings have, and the places of the others.
template <class F>
std::vector<std::string> odd_ones(const Set& set, F value, std::string& usual) {
  std::map<std::string, int64_t> counts;
  for (const Recording& r : set) ++counts[value(r)];
  usual = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
  std::vector<std::string> places;
  for (const Recording& r : set)
    if (value(r) != usual) places.push_back(fmt::format("{} ({})", place_of(r), value(r)));
  return places;
}

void check_sameness(const Set& set, std::vector<Finding>& findings) {
  std::string usual;
  const auto channels = odd_ones(set, channels_text, usual);
  find(findings, Severity::Fault, "channels", fmt::format("most recordings have the channels {}, but not", usual), channels,
       "name the columns alike, or leave those files out");
  // Clocks drift: rates within one part in a hundred are the same.
  if (set[0].width > 0) return;
  const auto rate = [](const Recording& r) { return r.rate > 0 ? fmt::format("{:.3g} Hz", r.rate) : "unknown"; };
  const auto rates = odd_ones(set, rate, usual);
  find(findings, Severity::Warning, "rates", fmt::format("most recordings have a rate of {}, but not", usual), rates,
       "they are resampled if the project says so; a wrong rate shifts every frequency");
  const std::vector<std::string> without = std::all_of(set.begin(), set.end(), [](const Recording& r) { return r.rate <= 0; })
                                               ? std::vector<std::string>{place_of(set[0])}
                                               : std::vector<std::string>{};
  find(findings, Severity::Warning, "rate", "nothing tells how many samples a second there are", without, "say it with --rate");
}

void check_samples(const Set& set, std::vector<Finding>& findings) {
  std::vector<std::string> dead, clipped;
  for (const Recording& r : set)
    for (size_t c = 0; c < r.channels.size() && r.width == 0; ++c) {
      const size_t step = r.channels.size();
      float low = r.samples[c], high = low;
      for (size_t i = c; i < r.samples.size(); i += step) low = std::min(low, r.samples[i]), high = std::max(high, r.samples[i]);
      if (low == high && r.length() > 1) {
        dead.push_back(fmt::format("{} in {}", r.channels[c].name, place_of(r)));
        continue;
      }
      int64_t run = 0, longest = 0;
      for (size_t i = c; i < r.samples.size(); i += step) {
        run = r.samples[i] == high || r.samples[i] == low ? run + 1 : 0;
        longest = std::max(longest, run);
      }
      if (longest >= kFlatRun) clipped.push_back(fmt::format("{} in {}", r.channels[c].name, place_of(r)));
    }
  find(findings, Severity::Warning, "dead", "channels that never change", dead, "is the sensor connected?");
  find(findings, Severity::Warning, "clipped",
       fmt::format("channels that stay at the end of their range for {} samples and more", kFlatRun), clipped,
       "lower the gain, or choose a wider range of the sensor");
}

void check_duplicates(const Set& set, std::vector<Finding>& findings) {
  std::map<std::string_view, const Recording*> seen;
  std::vector<std::string> same, labels, leaks;
  for (const Recording& r : set) {
    const std::string_view bytes(reinterpret_cast<const char*>(r.samples.data()), r.samples.size() * sizeof(float));
    const auto [first, fresh] = seen.emplace(bytes, &r);
    if (fresh) continue;
    const std::string pair = fmt::format("{} and {}", place_of(*first->second), place_of(r));
    (first->second->label != r.label ? labels : first->second->split != r.split ? leaks : same).push_back(pair);
  }
  find(findings, Severity::Fault, "leak", "the same samples in two splits", leaks,
       "remove one of each: a test on what was learnt tells nothing");
  find(findings, Severity::Fault, "contradiction", "the same samples under two labels", labels, "remove the wrong one");
  find(findings, Severity::Warning, "duplicate", "the same samples twice", same, "remove one of each");
}

void check_overlaps(const Set& set, std::vector<Finding>& findings) {
  std::vector<std::string> leaks, pieces;
  for (const Overlap& o : overlaps_of(set)) {
    const std::string text = fmt::format("{} from sample {} and {} from sample {}", place_of(*o.first), o.first_start + 1,
                                         place_of(*o.second), o.second_start + 1);
    (o.first->split != o.second->split ? leaks : pieces).push_back(text);
  }
  find(findings, Severity::Fault, "leak", "the same stretch of samples in two splits", leaks,
       "remove one of each: a test on what was learnt tells nothing");
  find(findings, Severity::Warning, "overlap", "the same stretch of samples in two recordings", pieces,
       "are they pieces of one? give them one group, so that they stay in one split");
}

void check_labels(const Set& set, std::vector<Finding>& findings) {
  std::map<std::string, int64_t> counts;
  for (const Recording& r : set) ++counts[r.label];
  std::vector<std::string> none, alike, few;
  for (const Recording& r : set)
    if (r.label.empty()) none.push_back(place_of(r));
  std::vector<std::string> labels;
  for (const auto& [label, count] : counts)
    if (!label.empty()) labels.push_back(label);
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::vector<std::string> others(labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, labels.end());
    const auto close = labels[i].size() >= 4 ? did_you_mean(labels[i], others) : std::nullopt;
    if (close && counts[labels[i]] * 10 < counts[*close])
      alike.push_back(fmt::format("'{}' ({}) and '{}' ({})", labels[i], counts[labels[i]], *close, counts[*close]));
    else if (close && counts[*close] * 10 < counts[labels[i]])
      alike.push_back(fmt::format("'{}' ({}) and '{}' ({})", *close, counts[*close], labels[i], counts[labels[i]]));
    if (counts[labels[i]] < kFewest) few.push_back(fmt::format("'{}' ({})", labels[i], counts[labels[i]]));
  }
  if (none.size() < set.size())
    find(findings, Severity::Fault, "unlabelled", "recordings without a label", none, "give them one, or leave them out");
  find(findings, Severity::Warning, "typo", "labels that differ by little, one of them rare", alike, "is one a typing error?");
  find(findings, Severity::Warning, "few", fmt::format("labels with fewer than {} recordings", kFewest), few, "record more of them");
  if (labels.size() == 1)
    find(findings, Severity::Fault, "one-label", "all recordings have the one label", {fmt::format("'{}'", labels[0])},
         "a classifier needs two at least; record something that is not it");
  const auto by_count = [&](const std::string& a, const std::string& b) { return counts[a] < counts[b]; };
  if (labels.size() < 2) return;
  const std::string least = *std::min_element(labels.begin(), labels.end(), by_count),
                    most = *std::max_element(labels.begin(), labels.end(), by_count);
  if (counts[most] > 5 * counts[least])
    find(findings, Severity::Warning, "imbalance", "labels that are very unequal",
         {fmt::format("'{}' has {} recordings, '{}' {}", most, counts[most], least, counts[least])},
         "record more of the rare one, or train with class weights");
}

}  // namespace

std::string place_of(const Recording& recording) {
  return recording.line > 0 ? fmt::format("{}:{}", recording.file, recording.line) : recording.name;
}

bool labels_are_numbers(const std::vector<Recording>& recordings) {
  std::set<std::string_view> different;
  for (const Recording& r : recordings) {
    if (!number_in(r.label)) return false;
    different.insert(r.label);
  }
  return different.size() > 20 && 2 * different.size() > recordings.size();
}

std::vector<Finding> check_recordings(const std::vector<Recording>& recordings) {
  std::vector<Finding> findings;
  if (recordings.empty()) return findings;
  check_sameness(recordings, findings);
  check_samples(recordings, findings);
  check_duplicates(recordings, findings);
  check_overlaps(recordings, findings);
  const bool numbers = labels_are_numbers(recordings);
  if (!numbers) check_labels(recordings, findings);
  if (!numbers && std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.kind == "channels"; })) {
    std::vector<std::string> places;
    for (const Suspect& suspect : label_suspects(recordings))
      places.push_back(
          fmt::format("{} is called '{}' and looks like '{}'", place_of(*suspect.recording), suspect.recording->label, suspect.looks_like));
    find(findings, Severity::Note, "suspect", "recordings that look like another label's", places,
         "look at them; a wrong label teaches wrong things");
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return findings;
}

}  // namespace thimble
