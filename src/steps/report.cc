#include "steps/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/svg.h"
#include "base/table.h"
#include "targets/board.h"

namespace thimble {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2em auto; padding: 0 1em; }}
h1 {{ margin-bottom: 0; }} h2 {{ margin-top: 2em; font-size: 1.15em; }}
.tiles {{ display: flex; flex-wrap: wrap; gap: .8em; margin: 1.2em 0; }}
.tile {{ border: 1px solid #8885; border-radius: 8px; padding: .5em 1em; }}
.tile b {{ display: block; font-size: 1.5em; }}
.row {{ display: flex; flex-wrap: wrap; gap: 1.5em; align-items: flex-start; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .15em .9em .15em 0; text-align: right; }}
td:first-child, th:first-child {{ text-align: left; }} tr + tr {{ border-top: 1px solid #8883; }}
pre {{ overflow-x: auto; border: 1px solid #8885; border-radius: 8px; padding: 1em; }} .dim {{ opacity: .7; }}
</style></head><body>
)";

std::string tile(std::string_view value, std::string_view what) {
  return fmt::format("<div class=\"tile\"><b>{}</b>{}</div>\n", escaped(value), escaped(what));
}

std::string figure(const std::pair<std::string, double>& headline) {
  return headline.first == "accuracy" ? fmt::format("{:.1f} %", 100 * headline.second) : fmt::format("{:.4g}", headline.second);
}

std::string tiles(const ReportInput& in) {
  const TrainedProject& r = in.result;
  std::string text = "<div class=\"tiles\">\n";
  if (!r.judged_by.empty()) {
    text += tile(figure(r.int8.headline()), fmt::format("{} of int8 ({})", r.int8.headline().first, r.judged_by));
    text += tile(figure(r.float32.headline()), fmt::format("{} of float", r.float32.headline().first));
    if (r.int8.task == Task::Classification)
      text += tile(fmt::format("{:.1f} %", 100 * r.int8.classification.macro_f1), "macro F1 of int8");
  }
  text += tile(grouped(in.compiled.arena_bytes + in.compiled.state_bytes) + " B", "RAM: arena and state");
  text += tile(grouped(in.compiled.constant_bytes) + " B", "flash: constants");
  return text + tile(grouped(r.int8.examples), r.judged_by == "validation" ? "windows it was chosen by" : "windows it never saw") +
         "</div>\n";
}

Series series_of(const std::vector<Epoch>& history, std::string name, double Epoch::*member, bool dashed) {
  Series series{std::move(name), {}, {}, dashed};
  for (const Epoch& epoch : history) series.x.push_back(epoch.number), series.y.push_back(epoch.*member);
  return series;
}

std::string curves(const ReportInput& in) {
  const std::vector<Epoch>& history = in.result.trained.history;
  if (history.empty()) return "";
  const auto qat = std::find_if(history.begin(), history.end(), [](const Epoch& e) { return e.qat; });
  std::string text = "<h2>Training</h2>\n<p class=\"dim\">";
  if (qat != history.end()) text += fmt::format("From epoch {} on as the int8 graph that ships. ", qat->number);
  text += fmt::format("Epoch {} is the one that was kept.</p>\n<div class=\"row\">\n", in.result.trained.best);
  // Without validation windows there is one curve a chart.
  const auto both = [&](double Epoch::*training, double Epoch::*validation) {
    std::vector<Series> series = {series_of(history, "training", training, false)};
    if (in.result.validation.count() > 0) series.push_back(series_of(history, "validation", validation, true));
    return series;
  };
  text += svg_chart(
      {.title = "loss", .x_title = "epoch", .y_title = "", .series = both(&Epoch::loss, &Epoch::validation_loss), .from_zero = true});
  if (has_accuracy(in.project.project.task))
    text += svg_chart({.title = "accuracy",
                       .x_title = "epoch",
                       .y_title = "",
                       .series = both(&Epoch::accuracy, &Epoch::validation_accuracy),
                       .to_one = true});
  return text + "</div>\n";
}

std::string confusion(const Scores& scores) {
  const ConfusionMatrix& matrix = scores.classification.matrix;
  HeatMap map{.title = "confusion",
              .row_title = "truth",
              .column_title = "answer",
              .rows = scores.classes,
              .columns = scores.classes,
              .shades = {},
              .values = {}};
  for (int r = 0; r < matrix.classes; ++r) {
    const double support = std::max<double>(1, static_cast<double>(scores.classification.classes[static_cast<size_t>(r)].support));
    for (int c = 0; c < matrix.classes; ++c) {
      map.shades.push_back(static_cast<double>(matrix.at(r, c)) / support);
      map.values.push_back(matrix.at(r, c) == 0 ? "" : grouped(matrix.at(r, c)));
    }
  }
  return svg_heat_map(map);
}

std::string class_table(const Scores& scores) {
  std::string text = "<table><tr><th>class</th><th>windows</th><th>precision</th><th>recall</th><th>F1</th><th>AUC</th></tr>\n";
  for (size_t c = 0; c < scores.classes.size(); ++c) {
    const ClassScore& score = scores.classification.classes[c];
    text += fmt::format("<tr><td>{}</td><td>{}</td><td>{:.1f} %</td><td>{:.1f} %</td><td>{:.1f} %</td><td>{:.3f}</td></tr>\n",
                        escaped(scores.classes[c]), score.support, 100 * score.precision, 100 * score.recall, 100 * score.f1, score.auc);
  }
  return text + "</table>\n";
}

std::string roc_chart(const ReportInput& in) {
  const Roc& curve = in.result.roc;
  if (curve.false_positive.size() < 2) return "";
  return svg_chart({.title = fmt::format("ROC of '{}', area {:.3f}", in.result.int8.classes.back(), curve.area),
                    .x_title = "false alarms",
                    .y_title = "found",
                    .series = {{"", curve.false_positive, curve.true_positive}},
                    .from_zero = true,
                    .to_one = true});
}

/// How far apart the classes lie on one feature: variance between them over variance within.
double separation(const Examples& examples, size_t feature, size_t classes) {
  const auto width = static_cast<size_t>(examples.elements());
  std::vector<double> sum(classes), squares(classes), count(classes);
  double all = 0;
  for (size_t i = 0; i < examples.labels.size(); ++i) {
    const auto c = static_cast<size_t>(examples.labels[i]);
    const double x = examples.values[i * width + feature];
    sum[c] += x, squares[c] += x * x, count[c] += 1, all += x;
  }
  const double mean = all / static_cast<double>(examples.labels.size());
  double between = 0, within = 1e-9;
  for (size_t c = 0; c < classes; ++c) {
    if (count[c] == 0) continue;
    const double own = sum[c] / count[c];
    between += count[c] * (own - mean) * (own - mean);
    within += squares[c] - count[c] * own * own;
  }
  return between / within;
}

/// The training examples over the two features that part the classes best by themselves.
std::string feature_chart(const ReportInput& in) {
  const Examples& examples = in.result.training;
  const auto width = static_cast<size_t>(examples.elements());
  const size_t classes = in.result.dataset.classes.size();
  if (examples.labels.empty() || width < 2 || classes < 2 || classes > 8) return "";
  std::vector<std::pair<double, size_t>> ranked;
  for (size_t f = 0; f < width; ++f) ranked.emplace_back(-separation(examples, f, classes), f);
  std::partial_sort(ranked.begin(), ranked.begin() + 2, ranked.end());
  const size_t a = ranked[0].second, b = ranked[1].second;
  Chart chart{
      .title = "features", .x_title = fmt::format("feature {}", a), .y_title = fmt::format("feature {}", b), .series = {}, .points = true};
  for (const std::string& name : in.result.dataset.classes) chart.series.push_back({name, {}, {}});
  const size_t every = std::max<size_t>(1, examples.labels.size() / 1500);
  for (size_t i = 0; i < examples.labels.size(); i += every) {
    Series& series = chart.series[static_cast<size_t>(examples.labels[i])];
    series.x.push_back(examples.values[i * width + a]), series.y.push_back(examples.values[i * width + b]);
  }
  return svg_chart(chart);
}

/// Predicted numbers over true ones, and Bland and Altman's plot of their differences.
std::string number_charts(const ReportInput& in) {
  Chart agreement{
      .title = "agreement", .x_title = "mean of answer and truth", .y_title = "answer - truth", .series = {{"", {}, {}}}, .points = true};
  for (const Agreement& point : in.result.agreement)
    agreement.series[0].x.push_back(point.mean), agreement.series[0].y.push_back(point.difference);
  return svg_chart(agreement);
}

std::string scores_section(const ReportInput& in) {
  const Scores& scores = in.result.int8;
  if (in.result.judged_by.empty())
    return "<h2>The int8 model</h2>\n<p>No window was left to judge it by.</p>\n<div class=\"row\">\n" + feature_chart(in) + "</div>\n";
  std::string text = fmt::format("<h2>The int8 model on the {} split</h2>\n<div class=\"row\">\n", in.result.judged_by);
  if (scores.task == Task::Classification && scores.examples > 0)
    text += confusion(scores) + class_table(scores) + roc_chart(in);
  else
    text += number_charts(in);
  if (!scores.groups.empty()) {
    text += fmt::format("<table><tr><th>group</th><th>windows</th><th>{}</th></tr>\n", scores.headline().first);
    for (const GroupScore& group : scores.groups)
      text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(group.group), group.examples,
                          figure({scores.headline().first, group.value}));
    text += "</table>\n";
  }
  return text + "</div>\n<div class=\"row\">\n" + feature_chart(in) + "</div>\n";
}

std::string layer_table(const ReportInput& in) {
  const Compiled& model = in.compiled;
  std::string text = fmt::format(
      "<h2>On {}</h2>\n<p class=\"dim\">Signal blocks and network, from the plan; <code>thimble compile</code> links them and "
      "adds code and stack.</p>\n<table><tr><th>layer</th><th>op</th><th>kernel</th><th>MACs</th><th>constants B</th><th>RAM live "
      "B</th></tr>\n",
      escaped(in.project.deploy.board));
  for (const Layer& layer : model.layers)
    text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(layer.name), layer.op,
                        layer.kernel, grouped(layer.macs), grouped(layer.constant_bytes), grouped(layer.ram_live));
  return text + fmt::format("</table>\n<p>Arena {} B, state {} B, constants {} B.</p>\n", grouped(model.arena_bytes),
                            grouped(model.state_bytes), grouped(model.constant_bytes));
}

}  // namespace

std::string report_html(const ReportInput& in) {
  const TrainedProject& r = in.result;
  std::string text = fmt::format(fmt::runtime(kHead), escaped(in.project.project.name));
  text += fmt::format(
      "<h1>{}</h1>\n<p class=\"dim\">{} recordings, {} / {} / {} windows to train, validate and test; data {}, seed {}, thimble {}; {:.1f} "
      "s</p>\n",
      escaped(in.project.project.name), r.dataset.recordings.size(), r.dataset.train.count(), r.dataset.validation.count(),
      r.dataset.test.count(), r.dataset.hash.substr(0, 12), in.project.train.seed, escaped(r.learnt.version), r.seconds);
  text += tiles(in) + curves(in) + scores_section(in) + layer_table(in);
  text += fmt::format("<h2>The project</h2>\n<details><summary>thimble.toml</summary><pre>{}</pre></details>\n", escaped(in.project.text));
  return text + "</body></html>\n";
}

}  // namespace thimble
