/// A project trained: data, features, network, int8, and how good it is on what it never saw.
#pragma once

#include "project/learnt.h"
#include "steps/scores.h"
#include "train/train.h"

namespace thimble {

struct TrainedProject {
  Dataset dataset;
  Learnt learnt;
  Examples training, validation, test;  ///< features, standardised
  Trained trained;
  Scores int8, float32;              ///< of the test split; of validation where that is empty
  Scores rounded;                    ///< of the float network made int8 without training it as such
  std::string judged_by;             ///< the split that they are of: "test"; empty where there is no window to judge by
  Roc roc;                           ///< of the last of two classes, by the int8 network; empty otherwise
  std::vector<Agreement> agreement;  ///< of numbers
  double seconds = 0;
};

struct TrainingHooks {
  /// Before the first epoch, with those that a checkpoint holds.
  std::function<void(const Dataset&, std::span<const Epoch> before)> begin;
  std::function<void(const Epoch&)> epoch;
};

/// Trains; `checkpoint` may be empty. The int8 figures are of the network's own C on this machine.
TrainedProject train_project(const Project& project, const TrainingHooks& told, const std::filesystem::path& checkpoint,
                             Progress& progress);

/// What a project became: the network that was trained, behind its signal blocks. For `eval`, `compile` and whoever runs it.
struct Impulse {
  Project project;  ///< as it was trained
  Learnt learnt;
  Graph features, network;  ///< int8, from out/model.tflite
  Graph whole;              ///< samples in, scores out
};
/// Of a project's folder or thimble.toml. A User error that says to train where there is nothing yet, or where files of two trainings are.
Impulse load_impulse(const std::filesystem::path& path);

/// SHA-256 of a file, and its size, as the store of runs wants them.
struct FileMark {
  std::string hash;
  int64_t bytes = 0;
};
FileMark mark_of(const std::filesystem::path& file);

}  // namespace thimble
