#include "data/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/random.h"
#include "data/check.h"

namespace thimble {
namespace {

/// Recordings that stay together.
struct Lump {
  std::string stratum;  ///< what is spread evenly
  std::string group;
  std::vector<size_t> members;
};

std::string_view contents_of(const Recording& r) {
  return {reinterpret_cast<const char*>(r.samples.data()), r.samples.size() * sizeof(float)};
}

/// Union by the smallest member.
size_t root_of(std::vector<size_t>& parents, size_t i) {
  while (parents[i] != i) i = parents[i] = parents[parents[i]];
  return i;
}

std::vector<Lump> lumps_of(const std::vector<Recording>& recordings, const std::vector<size_t>& chosen, bool by_group, bool by_label) {
  std::vector<size_t> parents(chosen.size());
  std::iota(parents.begin(), parents.end(), 0u);
  std::map<std::string_view, size_t> same, groups;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Recording& r = recordings[chosen[i]];
    const auto join = [&](size_t other) {
      const size_t a = root_of(parents, i), b = root_of(parents, other);
      parents[std::max(a, b)] = std::min(a, b);
    };
    join(same.emplace(contents_of(r), i).first->second);
    if (by_group && !r.group.empty()) join(groups.emplace(r.group, i).first->second);
  }
  std::map<size_t, Lump> lumps;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Recording& r = recordings[chosen[i]];
    Lump& lump = lumps[root_of(parents, i)];
    if (lump.members.empty()) lump.stratum = by_label && !by_group ? r.label : "", lump.group = r.group;
    lump.members.push_back(chosen[i]);
  }
  std::vector<Lump> all;
  for (auto& [first, lump] : lumps) all.push_back(std::move(lump));
  return all;
}

/// Lumps of each stratum in a random order.
std::map<std::string, std::vector<Lump>> shuffled(std::vector<Lump> lumps, uint64_t seed) {
  std::map<std::string, std::vector<Lump>> strata;
  for (Lump& lump : lumps) strata[lump.stratum].push_back(std::move(lump));
  uint64_t number = 0;
  for (auto& [stratum, members] : strata) Random(seed, number++).shuffle(members);
  return strata;
}

void name(std::vector<Recording>& recordings, const Lump& lump, const std::string& split) {
  for (const size_t member : lump.members) recordings[member].split = split;
}

/// Calls `part` of the chosen recordings `split`: of every stratum alike, and one lump at least where there are three.
void take(std::vector<Recording>& recordings, const std::vector<size_t>& chosen, double part, const std::string& split, bool by_group,
          bool by_label, uint64_t seed) {
  if (part <= 0) return;
  for (auto& [stratum, lumps] : shuffled(lumps_of(recordings, chosen, by_group, by_label), seed)) {
    size_t total = 0;
    for (const Lump& lump : lumps) total += lump.members.size();
    const auto wanted = static_cast<size_t>(std::llround(part * static_cast<double>(total)));
    const size_t least = lumps.size() >= 3 ? 1 : 0;
    size_t taken = 0;
    for (size_t i = 0; i + 1 < lumps.size() && (taken < wanted || i < least); ++i) {
      const size_t more = lumps[i].members.size();
      if (i >= least && 2 * (taken + more) >= 2 * wanted + more) continue;  // nearer to what is wanted without it
      name(recordings, lumps[i], split);
      taken += more;
    }
  }
}

std::vector<size_t> those_in(const std::vector<Recording>& recordings, std::string_view split) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < recordings.size(); ++i)
    if (recordings[i].split == split) chosen.push_back(i);
  return chosen;
}

std::set<std::string> groups_of(const std::vector<Recording>& recordings, std::string_view but_split = "") {
  std::set<std::string> groups;
  for (const Recording& r : recordings)
    if (!r.group.empty() && (but_split.empty() || r.split != but_split)) groups.insert(r.group);
  return groups;
}

/// Groups are kept out of validation only if enough of them are left to learn from.
bool groups_left(const std::vector<Recording>& recordings) { return groups_of(recordings, "test").size() >= 3; }

int64_t fold_of(const SplitOptions& options) { return std::max<int64_t>(0, options.fold); }

void leave_group_out(std::vector<Recording>& recordings, const SplitOptions& options) {
  const std::set<std::string> groups = groups_of(recordings);
  if (groups.size() < 2)
    throw Error(Blame::User, fmt::format("no group can be left out: there {}", groups.empty() ? "are no groups" : "is only one"),
                "tell the person or session of each recording: a column called group, or {group} in names");
  if (options.fold >= static_cast<int64_t>(groups.size()))
    throw Error(Blame::User, fmt::format("fold = {} is out of range; there are {} groups, from 0", options.fold, groups.size()),
                "fold = -1 leaves out each of them in turn");
  const std::string& out = *std::next(groups.begin(), fold_of(options));
  for (Recording& r : recordings) r.split = r.group == out ? "test" : "train";
}

void deal_folds(std::vector<Recording>& recordings, const SplitOptions& options, bool by_group, bool by_label) {
  if (options.fold >= options.folds)
    throw Error(Blame::User, fmt::format("fold = {} is out of range; there are {} folds, from 0", options.fold, options.folds),
                "fold = -1 takes each of them in turn");
  // A test split that is given judges what the folds chose: they neither learn from it nor are judged by it.
  for (const size_t i : those_in(recordings, "test")) recordings[i].split.clear();
  std::vector<size_t> dealt = those_in(recordings, "train");
  const std::vector<size_t> chosen_by = those_in(recordings, "validation");
  dealt.insert(dealt.end(), chosen_by.begin(), chosen_by.end());
  const std::vector<Lump> lumps = lumps_of(recordings, dealt, by_group, by_label);
  if (static_cast<int64_t>(lumps.size()) < options.folds)
    throw Error(Blame::User,
                fmt::format("folds = {} is too much for {} {}", options.folds, lumps.size(), by_group ? "groups" : "recordings"),
                "every fold needs one at least: take fewer folds, or record more");
  std::vector<size_t> sizes(static_cast<size_t>(options.folds));
  for (const auto& [stratum, members] : shuffled(lumps, static_cast<uint64_t>(options.seed)))
    for (const Lump& lump : members) {  // to the fold that has least
      const auto least = std::min_element(sizes.begin(), sizes.end());
      *least += lump.members.size();
      if (least - sizes.begin() == fold_of(options)) name(recordings, lump, "test");
    }
}

/// What comes last is judged by. Where paths tell the time, nothing of the future is learnt from.
void take_last(std::vector<Recording>& recordings, const SplitOptions& options) {
  const auto count = static_cast<double>(recordings.size());
  const auto tested = std::llround(options.test * count), validated = std::llround(options.validation * count);
  if (tested + validated >= static_cast<int64_t>(recordings.size()))
    throw Error(Blame::User,
                fmt::format("of {} recordings, test = {} and validation = {} leave nothing to learn from", recordings.size(), options.test,
                            options.validation),
                "take smaller parts, or record more");
  const auto end = recordings.end(), test = end - tested;
  std::for_each(test, end, [](Recording& r) { r.split = "test"; });
  std::for_each(test - validated, test, [](Recording& r) { r.split = "validation"; });
}

void check_given(const std::vector<Recording>& recordings) {
  for (const Recording& r : recordings)
    if (!r.split.empty()) return;
  throw Error(Blame::User, "by = given, and no recording tells its split",
              "name folders train and test, put {split} into names, or say which files with test_files");
}

}  // namespace

SplitBy split_for(const std::vector<Recording>& recordings, const SplitOptions& options) {
  if (options.by != SplitBy::Auto) return options.by;
  const auto is_test = [](const Recording& r) { return r.split == "test"; };
  if (!options.leave_group_out && std::any_of(recordings.begin(), recordings.end(), is_test)) return SplitBy::Given;
  return groups_of(recordings).size() >= 3 ? SplitBy::Group : SplitBy::Stratified;
}

void assign_splits(std::vector<Recording>& recordings, const SplitOptions& options, bool by_label) {
  check_split(options);
  const SplitBy by = split_for(recordings, options);
  const bool stratify = by_label && by != SplitBy::Random;
  bool by_group = by == SplitBy::Group;
  const auto seed = static_cast<uint64_t>(options.seed);
  if (by == SplitBy::Given) {
    check_given(recordings);
    std::set<std::string> tested, learnt;
    for (const Recording& r : recordings)
      if (!r.group.empty()) (r.split == "test" ? tested : learnt).insert(r.group);
    // Who made the data parted it by group if no group is on both sides.
    by_group = learnt.size() >= 3 && std::none_of(tested.begin(), tested.end(), [&](const std::string& g) { return learnt.contains(g); });
  }
  if (by_group && groups_of(recordings).size() < 2)
    throw Error(Blame::User, "by = group, and there are fewer than two groups",
                "tell the person or session of each recording: a column called group, or {group} in names");
  for (Recording& r : recordings)
    if (by != SplitBy::Given || r.split.empty()) r.split = "train";
  if (by == SplitBy::Order && (options.leave_group_out || options.folds > 0))
    throw Error(Blame::User, "by = order has one test split: the last recordings",
                "take folds and leave_group_out away; or say by = auto, and every recording is judged in its turn");
  if (by == SplitBy::Order) return take_last(recordings, options);
  if (options.leave_group_out)
    leave_group_out(recordings, options), by_group = true;
  else if (options.folds > 0)
    deal_folds(recordings, options, by_group, stratify);
  else if (by != SplitBy::Given)
    take(recordings, those_in(recordings, "train"), options.test, "test", by_group, stratify, seed);
  if (!those_in(recordings, "validation").empty()) return;
  const double left = by == SplitBy::Given ? 1 : 1 - options.test;  // validation is a part of the whole
  take(recordings, those_in(recordings, "train"), std::min(0.5, options.validation / left), "validation",
       by_group && groups_left(recordings), by_label && (stratify || by_group), seed + 1);
}

void check_split(const SplitOptions& splits) {
  if (splits.folds == 1) throw Error(Blame::User, "folds = 1 is out of range; it must be 0 (none) or at least 2");
  if (splits.folds > 0 && splits.leave_group_out)
    throw Error(Blame::User, "folds and leave_group_out exclude each other", "each tells what is left out in turn: take one of them away");
  if (splits.validation + splits.test < 1 - 1e-9) return;
  throw Error(Blame::User,
              fmt::format("validation = {} and test = {} leave nothing to learn from; together they must stay below 1", splits.validation,
                          splits.test),
              fmt::format("with test = {}, validation may be from 0 to less than {:.4g}", splits.test, 1 - splits.test));
}

bool takes_turns(const SplitOptions& splits) { return (splits.folds > 0 || splits.leave_group_out) && splits.fold < 0; }

int64_t fold_count(const std::vector<Recording>& recordings, const SplitOptions& splits) {
  if (splits.leave_group_out) return static_cast<int64_t>(groups_of(recordings).size());
  return splits.folds > 0 ? splits.folds : 1;
}

}  // namespace thimble
