#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "compress/choose_range.h"
#include "train/chance.h"
#include "train/checkpoint.h"
#include "train/history.h"
#include "train/integer.h"
#include "train/phase_torch.h"
#include "train/schedule.h"
#include "train/train.h"

namespace thimble {
namespace {

using at::Tensor;

/// Examples as torch has them.
struct Batchable {
  Tensor inputs, targets;
  int64_t count() const { return inputs.size(0); }
};

struct Means {
  double loss = 0, right = 0;
};

bool wants_cuda(Device device) {
  const bool has = at::hasCUDA();
  if (device == Device::Cuda && !has)
    throw Error(Blame::Environment, "this libtorch finds no GPU", "take device auto or cpu, or build with a libtorch made for CUDA");
  return has && device != Device::Cpu;
}

/// All cores where a step is long enough to be shared out; else they would wait for each other.
void take_cores(const Graph& network, int64_t batch) {
  constexpr double kWorthIt = 2e7;  // multiply-adds
  double macs = 0;
  for (const Node& node : network.nodes) macs += static_cast<double>(macs_of(network, node));
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  at::set_num_threads(macs * static_cast<double>(batch) >= kWorthIt ? cores : 1);
}

class Training {
 public:
  Training(Graph network, Task task, const Examples& training, const Examples& validation, const TrainOptions& options,
           const TrainHooks& hooks, Progress& progress)
      : network_(std::move(network)),
        task_(task),
        training_examples_(training),
        validation_examples_(validation),
        options_(options),
        hooks_(hooks),
        progress_(progress),
        cuda_(wants_cuda(options.device)),
        history_(task, validation.count() > 0, options.patience) {
    require_fitting(training), require_fitting(validation);
    if (training.count() == 0) throw Error(Blame::User, "there are no examples to learn from", "see that the training split is not empty");
    take_cores(network_, options.batch);
    scores_of(network_, task);
    columns_ = network_.type(network_.outputs[0]).elements();
    training_ = batchable(training), validation_ = batchable(validation);
    class_weights_ = class_weights_of(options, task, training_.targets);
    work_ = fingerprint(network_, task, training, validation, options, hooks.fresh);
  }

  Trained run() {
    read_state();
    Phase floats(network_, task_, options_, cuda_, nullptr);
    if (!saved_ || !saved_->qat) {
      if (saved_) floats.load(saved_->rows), floats.steps = saved_->step;
      float_epochs(floats);
    } else {
      floats.load(rows_behind("float ", saved_->rows));
    }
    floats.restore_best();
    Rows float_rows;
    floats.save(float_rows);
    Graph folded = floats.network().graph();
    float_passes(folded);
    Trained result;
    int8_epochs(folded, float_rows, result);
    result.history = history_.epochs();
    return result;
  }

 private:
  void require_fitting(const Examples& examples) const {
    const int64_t wanted = network_.type(network_.inputs[0]).elements();
    if (examples.count() == 0 || examples.elements() == wanted) return;
    throw Error(Blame::User, fmt::format("an example is [{}], {} numbers, but the network takes {} ([{}])", to_string(examples.shape),
                                         examples.elements(), wanted, to_string(network_.type(network_.inputs[0]).shape)));
  }

  Batchable batchable(const Examples& examples) const {
    for (size_t i = 0; i < examples.values.size(); ++i)
      if (!std::isfinite(examples.values[i]))
        throw Error(Blame::User, fmt::format("example {} holds a number that is not finite", i / static_cast<size_t>(examples.elements())),
                    "`thimble data check` tells which recordings have such numbers");
    Shape shape = network_.type(network_.inputs[0]).shape;
    shape[0] = examples.count();
    const Tensor inputs = at::from_blob(const_cast<float*>(examples.values.data()), shape, at::kFloat).clone();
    const at::Device device = cuda_ ? at::kCUDA : at::kCPU;
    return {inputs.to(device), targets_of(task_, examples, columns_).to(device)};
  }

  void float_epochs(Phase& phase) {
    progress_.begin("training");
    for (int64_t done = history_.done(false); done < options_.epochs && !history_.out_of_patience(false); ++done) {
      train_epoch(phase, done, options_.epochs, options_.schedule, options_.learning_rate);
      progress_.update(done + 1, options_.epochs + options_.qat_epochs);
    }
    if (history_.done(false) == 0) phase.keep_best();
  }

  void int8_epochs(const Graph& folded, const Rows& float_rows, Trained& result) {
    const bool resumed = saved_ && saved_->qat;
    const Ranges start = resumed ? ranges_of(saved_->rows.at("range start"), folded) : measured_ranges(folded);
    for (const auto& [name, row] : float_rows) more_rows_["float " + name] = row;
    more_rows_["range start"] = row_of(start, folded);
    Phase phase(folded, task_, options_, cuda_, &start);
    result.rounded = quantize(folded, start);
    if (resumed) phase.load(saved_->rows), phase.steps = saved_->step;
    // The first of these epochs trains nothing: it tells what rounding alone costs, and what training must not fall behind.
    for (int64_t done = history_.done(true); done <= options_.qat_epochs && !history_.out_of_patience(true); ++done) {
      const double rate = done == 0 ? 0 : options_.qat_learning_rate;
      train_epoch(phase, std::max<int64_t>(done - 1, 0), std::max<int64_t>(options_.qat_epochs, 1), Schedule::Cosine, rate);
      progress_.update(options_.epochs + done, options_.epochs + options_.qat_epochs);
    }
    phase.restore_best();
    result.network = phase.network().graph();
    result.ranges = phase.network().ranges();
    result.quantised = quantize(result.network, result.ranges);
    result.best = history_.best(true)->number;
  }

  void train_epoch(Phase& phase, int64_t done, int64_t total, Schedule schedule, double rate) {
    const auto began = std::chrono::steady_clock::now();
    Epoch epoch{.number = history_.next(), .qat = phase.rounded()};
    const Doing doing([&] { return fmt::format("training, epoch {}", epoch.number); });
    const Batchable fresh = hooks_.examples ? batchable(hooks_.examples(epoch.number)) : training_;
    const auto rate_at = [&](double part) {
      return learning_rate_at(schedule, rate, (static_cast<double>(done) + part) / static_cast<double>(total));
    };
    epoch.learning_rate = rate_at(0);
    const Means means = go_through(phase, fresh, epoch.number, rate > 0, rate_at);
    epoch.loss = means.loss, epoch.accuracy = means.right;
    if (!std::isfinite(epoch.loss))
      throw Error(Blame::User, fmt::format("the training diverged: the loss of epoch {} is not a finite number", epoch.number),
                  "a smaller learning_rate, or clip = 1, keeps it together; features far from the range -1 to 1 make it likely");
    validate(phase, epoch);
    epoch.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    history_.add(epoch);
    if (history_.best(phase.rounded())->number == epoch.number) phase.keep_best();
    write_state(phase);
    if (hooks_.epoch) hooks_.epoch(epoch);
  }

  template <class Rate>
  Means go_through(Phase& phase, const Batchable& examples, int number, bool learns, Rate rate_at) {
    Chance chance(static_cast<uint64_t>(options_.seed), static_cast<uint64_t>(number));
    at::manual_seed(chance.next());
    const int64_t count = examples.count(), batch = std::min(options_.batch, count);
    const std::vector<int64_t> order = chance.order(count);
    const Loss loss_of{task_, options_.label_smoothing, class_weights_};
    Means sums;
    for (int64_t first = 0; first < count; first += batch) {
      const int64_t size = std::min(batch, count - first);
      if (size == 1 && count > 1) break;  // one example has no batch statistics
      const Tensor index = at::tensor(at::ArrayRef<int64_t>(order.data() + first, static_cast<size_t>(size))).to(examples.inputs.device());
      Tensor x = examples.inputs.index_select(0, index), t = examples.targets.index_select(0, index);
      if (options_.mixup > 0) mix(x, t, chance);
      const at::AutoGradMode mode(learns);
      const Tensor scores = phase.network().forward(x, phase.passage(learns));
      const Tensor loss = loss_of(scores, t);
      if (learns) {
        loss.backward();
        phase.step(rate_at(static_cast<double>(first) / static_cast<double>(count)));
      }
      sums.loss += loss.item<double>() * static_cast<double>(size) / static_cast<double>(count);
      sums.right += count_right(task_, scores.detach(), t, false) / static_cast<double>(count);
    }
    return sums;
  }

  /// Each example with the next one's share in it (Zhang et al. 2017).
  void mix(Tensor& x, Tensor& t, Chance& chance) const {
    const double share = chance.beta(options_.mixup);
    x = x.lerp(x.roll(1, 0), 1 - share);
    t = t.lerp(t.roll(1, 0), 1 - share);
  }

  void validate(Phase& phase, Epoch& epoch) {
    const int64_t count = validation_.count();
    if (count == 0) return;
    const at::NoGradGuard none;
    if (phase.rounded()) {
      const Graph int8 = quantize(phase.network().graph(), phase.network().ranges());
      const std::vector<float> all = hooks_.run ? hooks_.run(int8, validation_examples_) : run_by_interpreter(int8, validation_examples_);
      const Tensor outputs = at::tensor(at::ArrayRef<float>(all)).view({count, columns_}), targets = validation_.targets.cpu();
      epoch.validation_loss = loss_of_outputs(task_, outputs, targets).item<double>();
      epoch.validation_accuracy = count_right(task_, outputs, targets, true) / static_cast<double>(count);
      return;
    }
    constexpr int64_t kBatch = 256;
    const Loss loss_of{task_, 0, Tensor()};
    for (int64_t first = 0; first < count; first += kBatch) {
      const int64_t size = std::min(kBatch, count - first);
      const Tensor scores = phase.network().forward(validation_.inputs.narrow(0, first, size), phase.passage(false));
      const Tensor targets = validation_.targets.narrow(0, first, size);
      epoch.validation_loss += loss_of(scores, targets).item<double>() * static_cast<double>(size) / static_cast<double>(count);
      epoch.validation_accuracy += count_right(task_, scores, targets, false) / static_cast<double>(count);
    }
  }

  /// Those of the folded network over training examples.
  Ranges measured_ranges(const Graph& folded) {
    constexpr int64_t kEnough = 1024, kBatch = 64;
    const CalibrationMethod method = CalibrationMethod::Percentile;
    TorchNetwork network(folded, cuda_);
    std::map<ValueId, Histogram> seen;
    for (ValueId id : needed_ranges(folded)) seen[id];
    const int64_t count = std::min(kEnough, training_.count());
    const Tensor order = at::tensor(at::ArrayRef<int64_t>(Chance(static_cast<uint64_t>(options_.seed), 0).order(training_.count())));
    const at::NoGradGuard none;
    for (int64_t first = 0; first < count; first += kBatch) {
      const Tensor index = order.narrow(0, first, std::min(kBatch, count - first)).to(training_.inputs.device());
      network.forward(training_.inputs.index_select(0, index), {}, [&](ValueId id, const Tensor& x) {
        const auto histogram = seen.find(id);
        if (histogram == seen.end()) return;
        const Tensor plain = x.contiguous().cpu();
        histogram->second.add({plain.data_ptr<float>(), static_cast<size_t>(plain.numel())});
      });
    }
    Ranges ranges(folded.values.size());
    for (const auto& [id, histogram] : seen) ranges[static_cast<size_t>(id)] = choose_range(histogram, method, 99.99);
    return ranges;
  }

  void read_state() {
    saved_ = read_checkpoint(hooks_.checkpoint);
    if (saved_ && saved_->work != work_) {
      progress_.say("the checkpoint is of other data, another network or other options: training begins anew");
      saved_.reset();
    }
    if (saved_) history_.go_on_from(saved_->history);
    if (hooks_.begin) hooks_.begin(history_.epochs());
  }
  void write_state(const Phase& phase) {
    if (hooks_.checkpoint.empty()) return;
    Checkpoint now{work_, std::ssize(history_.epochs()), phase.steps, phase.rounded(), history_.epochs(), more_rows_};
    phase.save(now.rows);
    write_checkpoint(hooks_.checkpoint, now);
  }

  Graph network_;
  Task task_;
  const Examples &training_examples_, &validation_examples_;
  const TrainOptions& options_;
  const TrainHooks& hooks_;
  Progress& progress_;
  bool cuda_;
  int64_t columns_ = 0;
  Batchable training_, validation_;
  Tensor class_weights_;
  uint64_t work_ = 0;
  std::optional<Checkpoint> saved_;
  Rows more_rows_;
  History history_;
};

}  // namespace

Trained train(Graph network, Task task, const Examples& training, const Examples& validation, const TrainOptions& options,
              const TrainHooks& hooks, Progress& progress) {
  return Training(std::move(network), task, training, validation, options, hooks, progress).run();
}

void ensure_training_is_here() {}

}  // namespace thimble
