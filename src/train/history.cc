#include "train/history.h"

#include <algorithm>

namespace thimble {

const Epoch* History::best(bool qat) const {
  const Epoch* best = nullptr;
  for (const Epoch& one : epochs_)
    if (one.qat == qat && (!best || as_good(one, *best))) best = &one;
  return best;
}

int64_t History::done(bool qat) const {
  return std::count_if(epochs_.begin(), epochs_.end(), [&](const Epoch& one) { return one.qat == qat; });
}

bool History::out_of_patience(bool qat) const {
  const Epoch* found = best(qat);
  return patience_ > 0 && found && epochs_.back().qat == qat && epochs_.back().number - found->number >= patience_;
}

bool History::as_good(const Epoch& a, const Epoch& b) const {
  if (!validated_) return true;
  if (has_accuracy(task_) && a.validation_accuracy != b.validation_accuracy) return a.validation_accuracy > b.validation_accuracy;
  return a.validation_loss <= b.validation_loss;
}

}  // namespace thimble
