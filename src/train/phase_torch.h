/// One of the two parts of a training: the network as floats, or as int8. Knows its state, the best so far, and how to save both.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/loss_torch.h"
#include "train/network_torch.h"
#include "train/optimizer_torch.h"

namespace thimble {

class Phase {
 public:
  /// `ranges`: those from which rounding begins; nothing: the network stays float.
  Phase(const Graph& graph, Task task, const TrainOptions& options, bool cuda, const Ranges* ranges);

  bool rounded() const { return rounded_; }
  TorchNetwork& network() { return network_; }
  Passage passage(bool training) const;
  /// A step after the loss has gone back through the network.
  void step(double learning_rate);
  int64_t steps = 0;

  void keep_best();     ///< the present state is the best so far
  void restore_best();  ///< it becomes the present state again
  void save(Rows& rows) const;
  void load(const Rows& rows);

 private:
  struct Named;
  std::vector<Named> model() const;  ///< what the best is made of
  std::vector<Named> all() const;    ///< and what else goes on

  const TrainOptions& options_;
  bool rounded_;
  TorchNetwork network_;
  ValueId scores_;
  std::optional<Stepper> stepper_, range_stepper_;
  Rows best_;
};

}  // namespace thimble
