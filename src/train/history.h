/// The epochs of a training so far: which of them is the best, and whether a better one is still to be hoped for.
#pragma once

#include <vector>

#include "train/train.h"

namespace thimble {

/// Of a phase (float, or int8: `qat`) the best epoch is that of the best validation: by accuracy where the task has one, then by loss; of
/// those that are equal the last. Without validation examples the last is.
class History {
 public:
  /// `patience`: epochs without a better one after which nothing is hoped for; 0: no end of it.
  History(Task task, bool validated, int64_t patience) : task_(task), validated_(validated), patience_(patience) {}

  void add(const Epoch& epoch) { epochs_.push_back(epoch); }
  void go_on_from(std::vector<Epoch> before) { epochs_ = std::move(before); }

  const std::vector<Epoch>& epochs() const { return epochs_; }
  /// The number of the epoch that begins now.
  int next() const { return static_cast<int>(epochs_.size()) + 1; }
  /// Null where the phase has none yet.
  const Epoch* best(bool qat) const;
  int64_t done(bool qat) const;
  bool out_of_patience(bool qat) const;

 private:
  bool as_good(const Epoch& a, const Epoch& b) const;

  Task task_;
  bool validated_;
  int64_t patience_;
  std::vector<Epoch> epochs_;
};

}  // namespace thimble
