/// Values that are bytes of other values: aliases, slices, the parts of a concat.
#pragma once

#include <span>

#include "plan/plan.h"

namespace thimble {

/// Values whose bytes lie at fixed distances from each other.
class Views {
 public:
  /// Every value by itself.
  explicit Views(const Graph& graph);

  int set_of(ValueId id) const { return set_of_[static_cast<size_t>(id)]; }
  int64_t offset_of(ValueId id) const { return offset_of_[static_cast<size_t>(id)]; }
  const std::vector<ValueId>& values(int set) const { return sets_[static_cast<size_t>(set)]; }
  int64_t bytes(int set) const;

  /// True when nothing of the value's set lies outside it.
  bool whole(ValueId id) const;
  /// Lays the set of `id` into another one, so that `id` begins at byte `offset` of that.
  void lay(ValueId id, int into, int64_t offset);

 private:
  const Graph& graph_;
  std::vector<int> set_of_;
  std::vector<int64_t> offset_of_;
  std::vector<std::vector<ValueId>> sets_;
};

/// True when the arena holds the value: it is neither constant nor state nor absent.
bool in_arena(const Graph& graph, ValueId id);

/// What every value's address must be a multiple of.
std::vector<int> alignments_of(const Graph& graph, std::span<const PlanStep> steps);

/// True when the set of `id` may be laid so that `id` begins at byte `offset`: no value in it loses its alignment.
bool keeps_alignment(const Views& views, ValueId id, int64_t offset, std::span<const int> alignments);

/// The views that the steps ask for and memory allows. `is_view` gets one entry per node.
Views find_views(const Graph& graph, std::span<const PlanStep> steps, std::vector<bool>& is_view);

}  // namespace thimble
