#include "steps/train_folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.h"

namespace thimble {
namespace {

/// Mean and standard deviation of the folds' headlines.
std::pair<double, double> spread_of(const std::vector<double>& values) {
  if (values.empty()) return {NAN, NAN};
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

/// The group that is the test split, or the number of the fold.
std::string left_out_of(const Project& project, const Dataset& dataset) {
  const auto tested = [](const Recording& r) { return r.split == "test"; };
  const auto first = std::find_if(dataset.recordings.begin(), dataset.recordings.end(), tested);
  return project.split.leave_group_out && first != dataset.recordings.end() ? first->group : fmt::format("{}", project.split.fold);
}

}  // namespace

StepResult train_folds(Project project, const RunStart& start, bool asked, TrainingAlone& alone, Progress& progress) {
  const int64_t folds = fold_count(recordings_of(project, progress), project.split);
  Table table({{"left out"}, {"windows", Align::Right}, {"figure"}, {"int8", Align::Right}, {"float", Align::Right}});
  std::vector<double> values;
  Json::Array rows;
  StepResult result;
  for (project.split.fold = 0; project.split.fold < folds; ++project.split.fold) {
    progress.say(fmt::format("fold {} of {}", project.split.fold + 1, folds));
    TrainingRun run(project, alone, start, {}, progress);
    const TrainedProject fold = run.train();
    const auto [name, value] = fold.int8.headline();
    const std::string left_out = left_out_of(project, fold.dataset);
    run.store().set_data_hash(run.id(), fold.dataset.hash);
    std::vector<Metric> figures = {{Metric::kWhole, "fold", static_cast<double>(project.split.fold)}};
    Json row;
    row.set("left_out", left_out).set("run", run.id());
    if (fold.judged_by == "test") {
      table.row({Cell(left_out, Style::Accent), fold.int8.examples, name, headline_text(fold.int8), headline_text(fold.float32)});
      figures.push_back({Metric::kWhole, "test_" + name, value});
      values.push_back(value);
      row.set("int8", json_of(fold.int8)).set("float", json_of(fold.float32));
    } else {
      table.row({Cell(left_out, Style::Accent), int64_t{0}, name, Cell("nothing to judge by", Style::Warn), "-"});
    }
    run.store().add(run.id(), figures);
    run.finish(fold.seconds);
    rows.push_back(std::move(row));
  }
  const auto [mean, deviation] = spread_of(values);
  result.text = fmt::format("{}: trained {} times, each judged by what it did not see\n\n{}\n  mean {:.4g}, standard deviation {:.2g}\n",
                            styled(Style::Bold, project.project.name), folds, table.text(), mean, deviation);
  result.text +=
      fmt::format("No model was written: {}.\n", asked ? "`thimble train` without the flag trains the one that ships"
                                                       : "for one, take folds or leave_group_out out of [split], or set fold there");
  result.json.set("folds", rows).set("mean", mean).set("deviation", deviation);
  return result;
}

}  // namespace thimble
