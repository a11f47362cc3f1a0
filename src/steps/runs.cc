#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/files.h"
#include "base/lock.h"
#include "base/table.h"
#include "project/project.h"
#include "project/toml.h"
#include "runs/export.h"
#include "runs/store.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct RunsRequest {
  std::string action = "list", format = "csv", project = ".", out, uri;
  std::vector<int64_t> run;
  template <class V>
  void fields(V&& v) {
    v("action", action, "list them, show one, compare two, rm some, export some", one_of({"list", "show", "compare", "rm", "export"}));
    v("run", run, "the numbers of the runs, show without one: the latest; export without one: all");
    v("project", project, "the folder of the project, with its thimble.toml");
    v("format", format, "of an export", one_of({"csv", "json", "tensorboard", "mlflow"}));
    v("out", out, "where an export is written: a file, or for TensorBoard a folder; without it stdout, or out/tensorboard");
    v("uri", uri, "the MLflow server, such as http://127.0.0.1:5000");
  }
};

std::string seconds_text(const Run& run) {
  if (run.state == "running") return "-";
  return run.seconds < 100 ? fmt::format("{:.1f} s", run.seconds) : fmt::format("{:.1f} min", run.seconds / 60);
}

std::string figure(double value) {
  return value == std::round(value) && std::abs(value) < 1e15 ? grouped(std::llround(value)) : fmt::format("{:.4g}", value);
}

/// The one or two figures by which a run is remembered.
std::string outcome(const Run& run) {
  const std::map<std::string, double> summary = run.summary();
  std::vector<std::string> parts;
  for (const std::string name :
       {"test_accuracy", "test_mae", "validation_accuracy", "validation_loss", "ram_bytes", "flash_bytes", "planned_ram_bytes"})
    if (const auto it = summary.find(name); it != summary.end() && parts.size() < 2)
      parts.push_back(name.ends_with("accuracy") ? fmt::format("{} {}", name, percent(it->second, 1))
                                                 : fmt::format("{} {}", name, figure(it->second)));
  return parts.empty() ? "-" : parts.size() == 1 ? parts[0] : parts[0] + ", " + parts[1];
}

Style style_of(const std::string& state) { return state == "done" ? Style::Good : state == "failed" ? Style::Bad : Style::Warn; }

StepResult list(const RunStore& store) {
  const std::vector<Run> runs = store.all();
  StepResult result;
  Table table({{"run", Align::Right},
               {"kind"},
               {"board"},
               {"began (UTC)"},
               {"state"},
               {"time", Align::Right},
               {"seed", Align::Right, true},
               {"outcome"}});
  Json::Array rows;
  for (const Run& run : runs) {
    std::string began = run.began.substr(0, 16);
    if (began.size() > 10) began[10] = ' ';
    table.row({run.id, Cell(run.kind, Style::Accent), run.board.empty() ? "-" : run.board, began, Cell(run.state, style_of(run.state)),
               seconds_text(run), run.seed, outcome(run)});
    rows.push_back(json_of(run));
  }
  result.text = runs.empty() ? "nothing was run here yet; `thimble train` does\n" : table.text();
  result.json.set("runs", rows);
  return result;
}

std::string epochs_text(const Run& run) {
  std::vector<std::string> names;
  std::map<int64_t, std::map<std::string, double>> epochs;
  for (const Metric& metric : run.metrics) {
    if (metric.epoch == Metric::kWhole) continue;
    if (std::find(names.begin(), names.end(), metric.name) == names.end()) names.push_back(metric.name);
    epochs[metric.epoch][metric.name] = metric.value;
  }
  if (epochs.empty()) return "";
  std::vector<Column> columns = {{"epoch", Align::Right}};
  for (const std::string& name : names) columns.push_back({name, Align::Right, true});
  Table table(columns);
  for (const auto& [epoch, values] : epochs) {
    std::vector<Cell> cells = {epoch};
    for (const std::string& name : names) cells.emplace_back(values.contains(name) ? fmt::format("{:.4g}", values.at(name)) : "-");
    table.row(std::move(cells));
  }
  return "\n" + table.text();
}

StepResult show(const Run& run) {
  StepResult result;
  result.text =
      fmt::format("run {}: {} of '{}'{}, {}, began {} and took {}\n", styled(Style::Bold, fmt::format("{}", run.id)), run.kind, run.project,
                  run.board.empty() ? "" : " on " + run.board, styled(style_of(run.state), run.state), run.began, seconds_text(run));
  result.text +=
      fmt::format("  seed {}   data {}   thimble {}\n", run.seed, run.data_hash.empty() ? "-" : run.data_hash.substr(0, 12), run.version);
  Table figures({{"figure"}, {"value", Align::Right}});
  for (const auto& [name, value] : run.summary()) figures.row({Cell(name, Style::Accent), figure(value)});
  if (!figures.empty()) result.text += "\n" + figures.text();
  result.text += epochs_text(run);
  Table files({{"file"}, {"bytes", Align::Right}, {"SHA-256"}});
  for (const Artefact& file : run.artefacts) files.row({Cell(file.path, Style::Accent), file.bytes, file.hash.substr(0, 16)});
  if (!files.empty()) result.text += "\n" + files.text();
  result.json = json_of(run);
  return result;
}

/// Every key of a thimble.toml: "train.epochs" -> "40". Of blocks: "block.1.block".
std::map<std::string, std::string> keys_of(const std::string& config) {
  std::map<std::string, std::string> keys;
  int blocks = 0;
  for (const TomlSection& section : parse_toml(config, "thimble.toml", {"block"}).sections) {
    const std::string name = section.name == "block" ? fmt::format("block.{}", ++blocks) : section.name;
    for (const auto& [key, value] : section.values) keys[name + "." + key] = toml_text(value);
  }
  return keys;
}

template <class T>
std::set<std::string> names_of(const std::map<std::string, T>& a, const std::map<std::string, T>& b) {
  std::set<std::string> names;
  for (const auto* map : {&a, &b})
    for (const auto& [name, value] : *map) names.insert(name);
  return names;
}

StepResult compare(const Run& a, const Run& b) {
  StepResult result;
  const std::string left = fmt::format("run {}", a.id), right = fmt::format("run {}", b.id);
  Table figures({{"figure"}, {left, Align::Right}, {right, Align::Right}, {"change", Align::Right}});
  const auto x = a.summary(), y = b.summary();
  Json changed{Json::Object{}}, metrics{Json::Object{}};
  for (const std::string& name : names_of(x, y)) {
    const bool both = x.contains(name) && y.contains(name);
    const double change = both ? y.at(name) - x.at(name) : 0;
    figures.row({Cell(name, Style::Accent), x.contains(name) ? figure(x.at(name)) : "-", y.contains(name) ? figure(y.at(name)) : "-",
                 !both || change == 0 ? Cell("", Style::Dim) : Cell((change > 0 ? "+" : "") + figure(change))});
    Json pair;
    pair.set("a", x.contains(name) ? Json(x.at(name)) : Json()).set("b", y.contains(name) ? Json(y.at(name)) : Json());
    metrics.set(name, pair);
  }
  Table keys({{"setting"}, {left}, {right}});
  const auto c = keys_of(a.config), d = keys_of(b.config);
  for (const std::string& name : names_of(c, d)) {
    const std::string before = c.contains(name) ? c.at(name) : "-", after = d.contains(name) ? d.at(name) : "-";
    if (before == after) continue;
    keys.row({Cell(name, Style::Accent), before, after});
    Json pair;
    changed.set(name, pair.set("a", before).set("b", after));
  }
  result.text = fmt::format("{} and {}: {} data, {}\n\n", styled(Style::Bold, left), styled(Style::Bold, right),
                            a.data_hash == b.data_hash ? "the same" : "other",
                            a.seed == b.seed ? fmt::format("the same seed {}", a.seed) : fmt::format("seeds {} and {}", a.seed, b.seed));
  result.text += figures.text() + "\n" + (keys.empty() ? "  no setting differs\n" : keys.text());
  result.json.set("metrics", metrics).set("settings", changed).set("same_data", a.data_hash == b.data_hash);
  return result;
}

/// Text to a file, or as the verb's own where no file was asked for.
StepResult written(const std::string& out, const std::string& text, size_t count) {
  StepResult result;
  if (out.empty()) {
    result.text = text;
  } else {
    write_text(out, text);
    result.text = fmt::format("wrote {} run{} to {}\n", count, count == 1 ? "" : "s", styled(Style::Bold, out));
  }
  result.json.set("out", out);
  return result;
}

StepResult to_tensorboard(const std::vector<Run>& runs, const RunsRequest& request) {
  const fs::path folder = request.out.empty() ? fs::path(request.project) / "out" / "tensorboard" : fs::path(request.out);
  for (const Run& run : runs)
    write_text(folder / fmt::format("run{:03}-{}", run.id, run.kind) / fmt::format("events.out.tfevents.{:010}.thimble", run.id),
               tensorboard_events(run));
  StepResult result;
  result.text = fmt::format("wrote {} runs to {}; `tensorboard --logdir {}` shows them\n", runs.size(),
                            styled(Style::Bold, folder.string()), folder.string());
  result.json.set("out", folder.string());
  return result;
}

StepResult to_mlflow(const std::vector<Run>& runs, const RunsRequest& request) {
  if (request.uri.empty())
    throw Error(Blame::User, "an export to MLflow needs the server's --uri", "for example: --uri http://127.0.0.1:5000");
  StepResult result;
  Json ids{Json::Object{}};
  for (const Run& run : runs) {
    const std::string id = send_to_mlflow(run, request.uri);
    result.text += fmt::format("run {} is {} there\n", run.id, styled(Style::Bold, id));
    ids.set(fmt::format("{}", run.id), id);
  }
  result.json.set("runs", ids);
  return result;
}

StepResult export_runs(const std::vector<Run>& runs, const RunsRequest& request) {
  if (request.format == "tensorboard") return to_tensorboard(runs, request);
  if (request.format == "mlflow") return to_mlflow(runs, request);
  if (request.format == "csv") return written(request.out, runs_csv(runs), runs.size());
  Json::Array all;
  for (const Run& run : runs) all.push_back(json_of(run));
  return written(request.out, Json(all).dump() + "\n", runs.size());
}

/// A row whose training is still writing into it stays.
void refuse_running(const std::vector<Run>& runs, const fs::path& folder) {
  const auto holder = FileLock::holder_of(training_lock(folder));
  for (const Run& run : runs)
    if (holder && holder->work == run.id)
      throw Error(Blame::User, fmt::format("run {} goes on: it is being trained by {}", run.id, holder->text()),
                  "wait for its end, or end it first with Ctrl-C where it runs");
}

StepResult remove(RunStore& store, const std::vector<Run>& runs, const fs::path& folder) {
  refuse_running(runs, folder);
  StepResult result;
  for (const Run& run : runs) store.remove(run.id);
  result.text = fmt::format("removed {} run{}; the files that they made are still there\n", runs.size(), runs.size() == 1 ? "" : "s");
  result.json.set("removed", static_cast<int64_t>(runs.size()));
  return result;
}

StepResult run(const AttrBag& bag, Progress&) {
  auto request = from_bag<RunsRequest>(bag);
  request.project = project_folder(request.project).string();
  const fs::path file = fs::path(request.project) / ".thimble" / "runs.sqlite";
  if (!fs::exists(file))
    throw Error(Blame::User, fmt::format("no run is kept in '{}'", request.project),
                "`thimble train` keeps one; --project names its folder");
  RunStore store(file, request.action == "rm" ? Access::Write : Access::Read);
  if (request.action == "list") return list(store);
  std::vector<Run> runs;
  for (const int64_t id : request.run) runs.push_back(store.get(id));
  const std::string action = request.action;
  if (runs.empty() && action == "export") runs = store.all();
  if (runs.empty() && action == "show") runs.push_back(store.all().at(0));
  const size_t wanted = action == "compare" ? 2 : action == "show" ? 1 : runs.size();
  if (runs.empty() || runs.size() != wanted)
    throw Error(Blame::User, fmt::format("thimble runs {} needs {}", action, action == "compare" ? "two runs" : "a run"),
                action == "compare" ? "for example: thimble runs compare 3 4" : fmt::format("for example: thimble runs {} 3", action));
  if (action == "show") return show(runs[0]);
  if (action == "compare") return compare(runs[0], runs[1]);
  return action == "rm" ? remove(store, runs, request.project) : export_runs(runs, request);
}

}  // namespace

std::span<const Step> runs_steps() {
  static const Step kRows[] = {
      {.name = "runs",
       .summary = "what was trained, evaluated and compiled in a project, with every figure",
       .stage = Stage::Look,
       .details =
           "Each `train`, `eval` and `compile` of a project is kept in .thimble/runs.sqlite: the thimble.toml of that moment, the data's "
           "hash, the seed, the figures of every epoch and of the whole, the files it made. An export for TensorBoard is a folder of "
           "event files, one for MLflow goes to a server.",
       .examples = "thimble runs\n"
                   "thimble runs show 3\n"
                   "thimble runs compare 3 4\n"
                   "thimble runs rm 1 2\n"
                   "thimble runs export --format tensorboard\n"
                   "thimble runs export 3 --format mlflow --uri http://127.0.0.1:5000",
       .positional = {"action", "run"},
       .required = 0,
       .fields = request_fields<RunsRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
