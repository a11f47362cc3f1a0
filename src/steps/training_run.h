/// A training as the user and the store of runs see it: a row from its first epoch on, and the lines that tell of the epochs.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/interrupt.h"
#include "base/lock.h"
#include "runs/store.h"
#include "steps/training.h"

namespace thimble {

/// For as long as it lives, no other training writes into the project's folder. A User error tells the one that does already.
class TrainingAlone {
 public:
  explicit TrainingAlone(const Project& project);
  /// The row that it writes into, which `runs rm` leaves alone.
  void writes_into(int64_t run) { lock_.works_at(run); }

 private:
  FileLock lock_;
};

class TrainingRun {
 public:
  /// `start` tells all that it is made with: with a checkpoint, a training that began so and was interrupted goes on in its row.
  TrainingRun(const Project& project, TrainingAlone& alone, RunStart start, std::filesystem::path checkpoint, Progress& progress);
  /// A row that was not finished is told to have failed, or to have been interrupted.
  ~TrainingRun();
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  /// Trains; Ctrl-C ends it with a User error behind the epoch at hand.
  TrainedProject train();
  int64_t id() const { return *id_; }
  RunStore& store() { return store_; }
  void finish(double seconds);

 private:
  void begin(const Dataset& dataset, std::span<const Epoch> before);
  void tell(const Epoch& epoch);
  std::string line_of(const Epoch& epoch) const;
  std::vector<Metric> metrics_of(const Epoch& epoch) const;
  int64_t epochs() const { return project_.train.epochs + 1 + project_.train.qat_epochs; }
  double seconds() const;

  const Project& project_;
  TrainingAlone& alone_;
  RunStart start_;
  std::filesystem::path checkpoint_;
  Progress& progress_;
  RunStore store_;
  std::optional<int64_t> id_;
  std::optional<Interrupt> interrupt_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool validates_ = false, int8_ = false, finished_ = false;
};

}  // namespace thimble
