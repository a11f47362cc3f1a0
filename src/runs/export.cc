#include "runs/export.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"

namespace thimble {
namespace {

/// A cell of a CSV: in quotes where a comma or a quote is in it.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

/// Talks JSON to MLflow's REST interface. The body goes through a file: it may be longer than a command line.
class Mlflow {
 public:
  explicit Mlflow(std::string uri) : uri_(std::move(uri)) {
    while (uri_.ends_with('/')) uri_.pop_back();
  }

  Json post(std::string_view call, const Json& body) const {
    const TempDir dir;
    write_text(dir.path() / "body.json", body.dump(false));
    return answer(call, {"--data-binary", "@" + (dir.path() / "body.json").string(), "-H", "Content-Type: application/json"});
  }
  Json get(const std::string& call) const { return answer(call, {}); }

 private:
  Json answer(std::string_view call, const std::vector<std::string>& rest) const {
    std::vector<std::string> command = {"curl",       "--silent", "--show-error",
                                        "--max-time", "20",       fmt::format("{}/api/2.0/mlflow/{}", uri_, call)};
    command.insert(command.end(), rest.begin(), rest.end());
    const CommandResult result = run_command(command);
    const size_t end = result.out.find('\n');
    if (result.status != 0)
      throw Error(Blame::Environment, fmt::format("no MLflow server answers at '{}': {}", uri_, result.out.substr(0, end)),
                  "start one with `mlflow server`, or give another --uri");
    if (!result.out.starts_with('{'))
      throw Error(Blame::Environment, fmt::format("what answers at '{}' is no MLflow server", uri_), "look at the --uri");
    return Json::parse(result.out);
  }

  std::string uri_;
};

/// The text at a path of members; "" when it is not there.
std::string text_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (std::string_view key : path)
    if (at) at = at->find(key);
  return at && at->as_string() ? *at->as_string() : "";
}

void require_answer(bool holds, std::string_view what, const Json& answer) {
  if (holds) return;
  const std::string said = text_at(answer, {"message"});
  throw Error(Blame::Environment, fmt::format("the MLflow server refuses {}: {}", what, said.empty() ? answer.dump(false) : said));
}

std::string experiment_of(const Mlflow& server, const std::string& name) {
  Json body;
  const Json made = server.post("experiments/create", body.set("name", name));
  if (const std::string id = text_at(made, {"experiment_id"}); !id.empty()) return id;
  std::string escaped;
  for (const unsigned char c : name) escaped += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  const Json found = server.get("experiments/get-by-name?experiment_name=" + escaped);
  const std::string id = text_at(found, {"experiment", "experiment_id"});
  require_answer(!id.empty(), "the experiment", made);
  return id;
}

int64_t milliseconds_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Json pair_of(const std::string& key, const std::string& value) {
  Json pair;
  return pair.set("key", key).set("value", value);
}

}  // namespace

std::string runs_csv(const std::vector<Run>& runs) {
  std::string text = "run,kind,began,epoch,name,value\n";
  for (const Run& run : runs)
    for (const Metric& metric : run.metrics)
      text += fmt::format("{},{},{},{},{},{}\n", run.id, run.kind, run.began,
                          metric.epoch == Metric::kWhole ? "" : fmt::format("{}", metric.epoch), cell(metric.name), metric.value);
  return text;
}

std::string send_to_mlflow(const Run& run, const std::string& uri) {
  const Mlflow server(uri);
  Json create;
  const int64_t time = milliseconds_now();
  create.set("experiment_id", experiment_of(server, run.project.empty() ? "thimble" : run.project));
  const Json made = server.post("runs/create", create.set("start_time", time));
  const std::string id = text_at(made, {"run", "info", "run_id"});
  require_answer(!id.empty(), "the run", made);

  Json::Array metrics, params;
  for (const Metric& metric : run.metrics) {
    Json one;
    one.set("key", metric.epoch == Metric::kWhole ? "run/" + metric.name : metric.name).set("value", metric.value);
    metrics.push_back(one.set("timestamp", time).set("step", std::max<int64_t>(metric.epoch, 0)));
  }
  params = {pair_of("seed", fmt::format("{}", run.seed)), pair_of("data_hash", run.data_hash), pair_of("thimble", run.version),
            pair_of("kind", run.kind)};
  if (!run.board.empty()) params.push_back(pair_of("board", run.board));
  // The server takes at most a thousand figures in one call.
  for (size_t first = 0; first == 0 || first < metrics.size(); first += 900) {
    Json batch;
    const auto begin = metrics.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = metrics.begin() + static_cast<std::ptrdiff_t>(std::min(first + 900, metrics.size()));
    batch.set("run_id", id).set("metrics", Json::Array(begin, end));
    const Json answer = server.post("runs/log-batch", batch.set("params", first == 0 ? Json(params) : Json(Json::Array{})));
    require_answer(!answer.find("error_code"), "the figures", answer);
  }
  const std::map<std::string, std::string> states = {{"done", "FINISHED"}, {"running", "RUNNING"}, {"interrupted", "KILLED"}};
  const auto state = states.find(run.state);
  Json finish;
  finish.set("run_id", id).set("status", state == states.end() ? "FAILED" : state->second).set("end_time", time);
  server.post("runs/update", finish);
  return id;
}

}  // namespace thimble
