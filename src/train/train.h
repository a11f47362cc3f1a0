/// A float graph learns from examples: first as it is, then as the int8 graph that it becomes (quantisation-aware training).
///
/// No word of libtorch here: only a program that trains links it, every other is led to it by `ensure_training_is_here`.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/progress.h"
#include "compress/quantize.h"
#include "data/windows.h"
#include "models/task.h"

namespace thimble {

enum class Optimizer : uint8_t { Adam, Adamw, Sgd };
std::span<const std::string_view> enum_names(Optimizer);

/// How the learning rate goes over the epochs: constant; to 0 along a cosine; a tenth after each third; up for a third, then down.
enum class Schedule : uint8_t { Constant, Cosine, Step, OneCycle };
std::span<const std::string_view> enum_names(Schedule);

enum class ClassWeights : uint8_t { None, Balanced };
std::span<const std::string_view> enum_names(ClassWeights);

enum class Device : uint8_t { Auto, Cpu, Cuda };
std::span<const std::string_view> enum_names(Device);

struct TrainOptions {
  int64_t epochs = 60, batch = 32, patience = 0, qat_epochs = 15;
  double learning_rate = 0.003, weight_decay = 1e-4, momentum = 0.9, dropout = 0, mixup = 0, label_smoothing = 0, clip = 0;
  double qat_learning_rate = 0.0005;
  Optimizer optimizer = Optimizer::Adamw;
  Schedule schedule = Schedule::Cosine;
  ClassWeights class_weights = ClassWeights::None;
  Device device = Device::Auto;
  int64_t seed = 1;
  template <class V>
  void fields(V&& v) {
    v("epochs", epochs, "times that every example is seen", at_least(0));
    v("batch", batch, "examples per step", at_least(1));
    v("learning_rate", learning_rate, "the largest of the schedule", between(1e-8, 10));
    v("optimizer", optimizer, "adam | adamw | sgd");
    v("schedule", schedule, "how the learning rate goes over the epochs");
    v("patience", patience, "epochs without a better validation after which training ends; 0: all epochs are run", at_least(0));
    v("weight_decay", weight_decay, "pull of the weights towards 0", between(0, 1));
    v("momentum", momentum, "of sgd", between(0, 0.999));
    v("dropout", dropout, "part of what fully connected layers read (not the input) that is hidden in training", between(0, 0.95));
    v("class_weights", class_weights, "balanced: rare classes count more, so that all count alike");
    v("mixup", mixup, "mixes pairs of examples, by shares drawn from beta(mixup, mixup); 0: none", between(0, 10));
    v("label_smoothing", label_smoothing, "part of the certainty that is spread over all classes", between(0, 0.9));
    v("clip", clip, "bound of the gradient's norm; 0: none", at_least(0));
    v("qat_epochs", qat_epochs, "further epochs that train what rounding to int8 leaves; 0: only measure the ranges", at_least(0));
    v("qat_learning_rate", qat_learning_rate, "the largest of those epochs; it falls along a cosine", between(1e-8, 10));
    v("device", device, "auto: a GPU if libtorch has one");
    v("seed", seed, "another number, other weights and another order of the examples", at_least(0));
  }
};

struct Epoch {
  int number = 0;    ///< from 1, counted on through both phases
  bool qat = false;  ///< trained as the int8 graph; its validation is that of the int8 graph
  double loss = 0, accuracy = 0;
  double validation_loss = 0, validation_accuracy = 0;  ///< accuracy: part of the classes or labels that are right; 0 of numbers
  double seconds = 0, learning_rate = 0;
};

struct TrainHooks {
  /// Before the first epoch, with those that a checkpoint holds; none where training begins anew.
  std::function<void(std::span<const Epoch> before)> begin;
  std::function<void(const Epoch&)> epoch;  ///< live progress, run store; the epoch's checkpoint is written by then
  /// The training examples of that epoch (from 1); empty: the same in each. It must depend on the epoch alone, or nothing can resume.
  std::function<Examples(int epoch)> examples;
  std::string fresh;  ///< all that determines what `examples` gives, in words: a checkpoint made by other words is not gone on from
  /// What the int8 graph makes of examples given as real numbers, as real numbers: by its own C. Empty: by the interpreter.
  std::function<std::vector<float>(const Graph&, const Examples&)> run;
  std::filesystem::path checkpoint;  ///< written after each epoch; training goes on from it where it is there and of the same work
};

struct Trained {
  Graph network;  ///< float, batch norms folded
  Ranges ranges;  ///< of its values
  Graph quantised;
  Graph rounded;  ///< the float network rounded as it was before it was trained as int8: post-training quantisation
  std::vector<Epoch> history;
  int best = 0;  ///< number of the epoch that is returned
};

/// Trains all float constants of the graph. The best epoch by validation is returned (by accuracy where the task has one, then by loss);
/// without validation examples the last. The same arguments give the same bytes, also when the work was killed and resumed. User errors:
/// examples that do not fit the graph, no examples, ops that cannot be trained (all are named).
Trained train(Graph network, Task task, const Examples& training, const Examples& validation, const TrainOptions& options,
              const TrainHooks& hooks, Progress& progress);

/// Returns where this program can train. Elsewhere the program is replaced by its sibling that can, started anew with the same command
/// line; an Environment error tells how to get it where there is none.
void ensure_training_is_here();

}  // namespace thimble
