/// What is wrong with a model, collected so that all of it is told at once.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace thimble {

class Faults {
 public:
  /// A node that cannot be run: `what` is its op and name ("CONV_2D 'conv1'"), `reason` may hold the way out after "; ".
  void node(std::string what, size_t index, Blame blame, std::string reason);
  /// A tensor that cannot be held.
  void tensor(std::string what, size_t index, Blame blame, std::string reason);

  bool empty() const { return faults_.empty(); }
  /// Throws one Error that lists all faults; does nothing when there are none.
  void raise() const;

 private:
  struct Fault {
    std::string what, where, reason;
    Blame blame;
  };
  std::string headline() const;

  std::vector<Fault> faults_;
  size_t nodes_ = 0, tensors_ = 0;
};

}  // namespace thimble
