#include "steps/training_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"

namespace thimble {

TrainingAlone::TrainingAlone(const Project& project) : lock_(training_lock(project.folder)) {
  const std::optional<FileLock::Holder>& other = lock_.other();
  if (!other) return;
  throw Error(Blame::User, fmt::format("'{}' is being trained already, by {}", project.project.name, other->text()),
              "wait for its end, or end it with Ctrl-C where it runs; a copy of the folder can be trained at the same time");
}

TrainingRun::TrainingRun(const Project& project, TrainingAlone& alone, RunStart start, std::filesystem::path checkpoint, Progress& progress)
    : project_(project),
      alone_(alone),
      start_(std::move(start)),
      checkpoint_(std::move(checkpoint)),
      progress_(progress),
      store_(project.runs()) {}

TrainingRun::~TrainingRun() {
  if (!id_ || finished_) return;
  try {
    store_.finish(*id_, interrupt_ && interrupt_->asked() ? "interrupted" : "failed", seconds());
  } catch (const Error&) {  // what made it fail is on its way to the user
  }
}

TrainedProject TrainingRun::train() {
  const TrainingHooks hooks{[&](const Dataset& dataset, std::span<const Epoch> before) { begin(dataset, before); },
                            [&](const Epoch& epoch) { tell(epoch); }};
  return train_project(project_, hooks, checkpoint_, progress_);
}

void TrainingRun::finish(double seconds) {
  store_.finish(id(), "done", seconds);
  finished_ = true;
}

void TrainingRun::begin(const Dataset& dataset, std::span<const Epoch> before) {
  interrupt_.emplace();
  validates_ = dataset.validation.count() > 0;
  if (const std::string lacking = lacking_text(dataset); !lacking.empty()) progress_.say(styled(Style::Warn, "  " + lacking));
  if (before.empty()) {
    id_ = store_.begin(start_);
    alone_.writes_into(*id_);
    return;
  }
  int8_ = before.back().qat;
  std::vector<Metric> known;
  for (const Epoch& epoch : before)
    for (Metric& metric : metrics_of(epoch)) known.push_back(std::move(metric));
  const std::optional<int64_t> earlier = store_.unfinished(start_);
  id_ = earlier ? *earlier : store_.begin(start_);
  alone_.writes_into(*id_);
  store_.go_on(*id_, known);
  progress_.say(fmt::format("  goes on behind epoch {} of {} (run {}); --fresh would begin anew", before.size(), epochs(), *id_));
}

/// A bar of all epochs, a line of some. Between the float epochs and those of the int8 graph lies one that only measures.
void TrainingRun::tell(const Epoch& epoch) {
  store_.add(*id_, metrics_of(epoch));
  const bool first_int8 = epoch.qat && !int8_;
  int8_ |= epoch.qat;
  const std::string line = line_of(epoch);
  progress_.begin("training, " + line);
  progress_.update(epoch.number, epochs());
  const int64_t every = std::max<int64_t>(1, epochs() / 10);
  if (epoch.number == 1 || epoch.number == epochs() || epoch.number % every == 0 || first_int8) progress_.say("  " + line);
  if (interrupt_->asked())
    throw Error(Blame::User, fmt::format("interrupted behind epoch {} of {}", epoch.number, epochs()),
                checkpoint_.empty()
                    ? "folds and groups are not taken up again; `thimble runs` has the figures of those that came to their end"
                    : "the same command goes on from there");
}

std::string TrainingRun::line_of(const Epoch& epoch) const {
  const bool judges = has_accuracy(project_.project.task);
  std::string text = fmt::format("{} epoch {:>3} of {}   loss {:.4f}", epoch.qat ? "int8 " : "float", epoch.number, epochs(), epoch.loss);
  if (validates_) text += fmt::format("   validation {:.4f}", epoch.validation_loss);
  if (judges) text += fmt::format("   accuracy {:5.1f} %", 100 * epoch.accuracy);
  if (judges && validates_) text += fmt::format(" / {:5.1f} %", 100 * epoch.validation_accuracy);
  return text + fmt::format("   {:.2f} s", epoch.seconds);
}

std::vector<Metric> TrainingRun::metrics_of(const Epoch& epoch) const {
  const bool judges = has_accuracy(project_.project.task);
  std::vector<Metric> all = {{epoch.number, "loss", epoch.loss}};
  if (validates_) all.push_back({epoch.number, "validation_loss", epoch.validation_loss});
  if (judges) all.push_back({epoch.number, "accuracy", epoch.accuracy});
  if (judges && validates_) all.push_back({epoch.number, "validation_accuracy", epoch.validation_accuracy});
  all.push_back({epoch.number, "learning_rate", epoch.learning_rate});
  all.push_back({epoch.number, "qat", epoch.qat ? 1.0 : 0.0});
  return all;
}

double TrainingRun::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

}  // namespace thimble
