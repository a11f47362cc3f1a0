#include "steps/scores.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "base/table.h"

namespace thimble {
namespace {

/// How one example is judged: 1 or 0 where it is right or wrong, else the mean error.
std::vector<double> marks_of(const Scores& scores, const Examples& examples, const std::vector<float>& outputs) {
  const auto count = static_cast<size_t>(examples.count());
  const size_t width = count == 0 ? 0 : outputs.size() / count;
  std::vector<double> marks;
  for (size_t i = 0; i < count; ++i) {
    const std::span<const float> out(outputs.data() + i * width, width);
    double mark = 0;
    if (scores.task == Task::Classification) {
      mark = argmax(out) == examples.labels[i] ? 1 : 0;
    } else {
      for (size_t k = 0; k < width; ++k) {
        const float truth = scores.task == Task::Reconstruction ? examples.values[i * width + k] : examples.targets[i * width + k];
        const double apart = std::abs(double{out[k]} - truth);
        mark += scores.task == Task::MultiLabel ? (apart < 0.5 ? 1.0 : 0.0) : apart;
      }
      mark /= static_cast<double>(width);
    }
    marks.push_back(mark);
  }
  return marks;
}

std::vector<GroupScore> groups_of(const std::vector<double>& marks, const Dataset& dataset, const Examples& examples) {
  std::map<std::string, GroupScore> groups;
  for (size_t i = 0; i < marks.size(); ++i) {
    const std::string& name = dataset.recordings[static_cast<size_t>(examples.source[i])].group;
    if (name.empty()) return {};
    GroupScore& group = groups[name];
    group.group = name, group.value += marks[i], ++group.examples;
  }
  std::vector<GroupScore> all;
  for (auto& [name, group] : groups) group.value /= static_cast<double>(group.examples), all.push_back(group);
  return all.size() < 2 ? std::vector<GroupScore>{} : all;
}

std::string figure_text(const std::string& name, double value) {
  const bool share = name.find("accuracy") != std::string::npos || name.find("f1") != std::string::npos || name == "exact";
  return share ? fmt::format("{:.1f} %", 100 * value) : fmt::format("{:.4g}", value);
}

std::string confusion_text(const Scores& scores) {
  const ConfusionMatrix& matrix = scores.classification.matrix;
  std::vector<Column> columns = {{"truth \\ answer"}};
  for (int c = 0; c < matrix.classes; ++c) columns.push_back({scores.classes[static_cast<size_t>(c)], Align::Right, true});
  columns.push_back({"recall", Align::Right});
  columns.push_back({"F1", Align::Right});
  Table table(columns);
  for (int r = 0; r < matrix.classes; ++r) {
    const ClassScore& score = scores.classification.classes[static_cast<size_t>(r)];
    std::vector<Cell> cells = {Cell(scores.classes[static_cast<size_t>(r)], Style::Accent)};
    for (int c = 0; c < matrix.classes; ++c) {
      const int64_t n = matrix.at(r, c);
      cells.emplace_back(n == 0 ? "." : grouped(n), n == 0 ? Style::Dim : r == c ? Style::Good : Style::Bad);
    }
    cells.emplace_back(fmt::format("{:.1f} %", 100 * score.recall));
    cells.emplace_back(fmt::format("{:.1f} %", 100 * score.f1));
    table.row(std::move(cells));
  }
  return table.text();
}

std::string groups_text(const Scores& scores) {
  const auto [name, value] = scores.headline();
  Table table({{"group"}, {"examples", Align::Right}, {name, Align::Right}});
  for (const GroupScore& group : scores.groups)
    table.row({Cell(group.group, Style::Accent), group.examples, figure_text(name, group.value)});
  return table.text();
}

}  // namespace

std::pair<std::string, double> Scores::headline() const {
  if (task == Task::Classification) return {"accuracy", classification.accuracy};
  if (task == Task::MultiLabel) return {"accuracy", labels.accuracy};
  return {"mae", numbers.mae};
}

std::vector<std::pair<std::string, double>> Scores::figures() const {
  if (task == Task::Classification)
    return {{"accuracy", classification.accuracy},
            {"balanced_accuracy", classification.balanced_accuracy},
            {"macro_f1", classification.macro_f1},
            {"weighted_f1", classification.weighted_f1},
            {"macro_auc", classification.macro_auc}};
  if (task == Task::MultiLabel)
    return {{"accuracy", labels.accuracy}, {"exact", labels.exact}, {"macro_f1", labels.macro_f1}, {"macro_auc", labels.macro_auc}};
  return {{"mae", numbers.mae}, {"rmse", numbers.rmse}, {"mse", numbers.mse},
          {"r2", numbers.r2},   {"bias", numbers.bias}, {"sd", numbers.sd}};
}

Scores scores_of(Task task, const Dataset& dataset, const Examples& examples, const std::vector<float>& outputs) {
  Scores scores{.task = task,
                .classes = dataset.classes,
                .examples = examples.count(),
                .classification = {},
                .labels = {},
                .numbers = {},
                .answers = {},
                .groups = {}};
  const int classes = static_cast<int>(dataset.classes.size());
  if (examples.count() == 0) return scores;
  if (task == Task::Classification) {
    scores.classification = score_classes(outputs, examples.labels, classes);
    scores.answers = predictions(outputs, classes);
  }
  if (task == Task::MultiLabel) scores.labels = score_labels(outputs, examples.targets, classes);
  if (task == Task::Regression) scores.numbers = score_numbers(outputs, examples.targets);
  if (task == Task::Reconstruction) scores.numbers = score_numbers(outputs, examples.values);
  scores.groups = groups_of(marks_of(scores, examples, outputs), dataset, examples);
  return scores;
}

std::string scores_text(const Scores& scores) {
  std::string text, line;
  for (const auto& [name, value] : scores.figures()) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    line += fmt::format("{}{} {}", line.empty() ? "  " : "   ", words, styled(Style::Bold, figure_text(name, value)));
  }
  text = line + "\n";
  if (scores.task == Task::Classification) text += "\n" + confusion_text(scores);
  if (!scores.groups.empty()) text += "\n" + groups_text(scores);
  return text;
}

Json json_of(const Scores& scores) {
  Json json;
  json.set("examples", scores.examples);
  for (const auto& [name, value] : scores.figures()) json.set(name, value);
  if (scores.task == Task::Classification) {
    Json::Array rows, classes;
    const ConfusionMatrix& matrix = scores.classification.matrix;
    for (int r = 0; r < matrix.classes; ++r) {
      Json::Array row;
      for (int c = 0; c < matrix.classes; ++c) row.push_back(matrix.at(r, c));
      rows.push_back(row);
      const ClassScore& score = scores.classification.classes[static_cast<size_t>(r)];
      Json one;
      one.set("name", scores.classes[static_cast<size_t>(r)]).set("precision", score.precision).set("recall", score.recall);
      classes.push_back(one.set("f1", score.f1).set("auc", score.auc).set("support", score.support));
    }
    json.set("confusion", rows).set("classes", classes);
    json.set("answers", Json::Array(scores.answers.begin(), scores.answers.end()));
  }
  Json::Array groups;
  for (const GroupScore& group : scores.groups) {
    Json one;
    groups.push_back(one.set("group", group.group).set("examples", group.examples).set(scores.headline().first, group.value));
  }
  return json.set("groups", groups);
}

std::string headline_text(const Scores& scores) {
  const auto [name, value] = scores.headline();
  return name == "accuracy" ? fmt::format("{:.1f} %", 100 * value) : fmt::format("{} {:.4g}", name, value);
}

}  // namespace thimble
