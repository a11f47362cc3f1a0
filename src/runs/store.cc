#include "runs/store.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>

#include "base/error.h"
#include "runs/connection.h"

namespace thimble {
namespace {

/// The statements that lead from each schema to the next.
constexpr const char* kSteps[] = {
    "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, began TEXT, state TEXT, seconds REAL, project TEXT, "
    "config TEXT,"
    " data_hash TEXT, seed INTEGER, version TEXT);"
    "CREATE TABLE IF NOT EXISTS metrics (run INTEGER REFERENCES runs(id) ON DELETE CASCADE, epoch INTEGER, name TEXT, value REAL);"
    "CREATE INDEX IF NOT EXISTS metrics_by_run ON metrics(run);"
    "CREATE TABLE IF NOT EXISTS artefacts (run INTEGER REFERENCES runs(id) ON DELETE CASCADE, path TEXT, bytes INTEGER, hash TEXT);"
    "CREATE INDEX IF NOT EXISTS artefacts_by_run ON artefacts(run);",
    "ALTER TABLE runs ADD COLUMN board TEXT NOT NULL DEFAULT '';"
    "UPDATE metrics SET name = name || '_bytes' WHERE epoch = -1 AND name IN ('ram', 'flash');"};
constexpr int64_t kSchema = std::size(kSteps);

std::string time_before_now(double seconds) {
  using namespace std::chrono;
  const system_clock::time_point time = system_clock::now() - duration_cast<system_clock::duration>(duration<double>(seconds));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(system_clock::to_time_t(time)));
}

constexpr const char* kRunColumns = "SELECT id, kind, began, state, seconds, project, config, data_hash, seed, version, board FROM runs ";

Run run_of(const Statement& row) {
  Run run;
  run.id = row.whole(0), run.kind = row.text(1), run.began = row.text(2), run.state = row.text(3), run.seconds = row.real(4);
  run.project = row.text(5), run.config = row.text(6), run.data_hash = row.text(7), run.seed = row.whole(8), run.version = row.text(9);
  run.board = row.text(10);
  return run;
}

void insert(const Connection& connection, int64_t id, std::span<const Metric> metrics) {
  for (const Metric& metric : metrics)
    Statement(connection, "INSERT INTO metrics VALUES (?,?,?,?)", id, metric.epoch, metric.name, metric.value).step();
}

void bring_up_to_date(const Connection& connection) {
  if (connection.schema() == kSchema) return;
  if (!connection.writes())
    throw Error(
        Blame::Environment,
        fmt::format("the store of runs '{}' was written by an older thimble, and is brought up to date only where it can be written",
                    connection.file()),
        "a copy of the project in a folder of your own can be read and written");
  Transaction transaction(connection);
  for (int64_t step = connection.schema(); step < kSchema; ++step) connection.run(kSteps[step]);
  connection.run(fmt::format("PRAGMA user_version = {}", kSchema).c_str());
  transaction.commit();
}

}  // namespace

std::map<std::string, double> Run::summary() const {
  std::map<std::string, double> whole;
  for (const Metric& metric : metrics)
    if (metric.epoch == Metric::kWhole) whole[metric.name] = metric.value;
  return whole;
}

RunStore::RunStore(const std::filesystem::path& file, Access access) : connection_(std::make_unique<Connection>(file, access)) {
  if (connection_->schema() > kSchema)
    throw Error(Blame::User, fmt::format("the store of runs '{}' was written by a newer thimble", connection_->file()), "update thimble");
  bring_up_to_date(*connection_);
}

RunStore::~RunStore() = default;

/// Of what is not there yet, the folder that it would be made in counts.
std::string RunStore::why_not_written(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  fs::path folder = fs::absolute(file).parent_path();
  while (!fs::exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
  for (const fs::path& path : {folder, file})
    if (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0 && (path == folder || errno != ENOENT)) return std::strerror(errno);
  return "";
}

int64_t RunStore::begin(const RunStart& start, double seconds_ago) {
  Statement(*connection_,
            "INSERT INTO runs (kind, began, state, seconds, project, config, data_hash, seed, version, board) "
            "VALUES (?,?,'running',0,?,?,?,?,?,?)",
            start.kind, time_before_now(seconds_ago), start.project, start.config, start.data_hash, start.seed, start.version, start.board)
      .step();
  return connection_->last_row();
}

void RunStore::add(int64_t id, std::span<const Metric> metrics) {
  Transaction transaction(*connection_);
  insert(*connection_, id, metrics);
  transaction.commit();
}

void RunStore::add(int64_t id, const Artefact& artefact) {
  Statement(*connection_, "INSERT INTO artefacts VALUES (?,?,?,?)", id, artefact.path, artefact.bytes, artefact.hash).step();
}

void RunStore::set_data_hash(int64_t id, std::string_view hash) {
  Statement(*connection_, "UPDATE runs SET data_hash = ? WHERE id = ?", hash, id).step();
}

std::optional<int64_t> RunStore::unfinished(const RunStart& start) const {
  Statement row(*connection_,
                "SELECT id, state FROM runs WHERE kind = ? AND project = ? AND config = ? AND seed = ? ORDER BY id DESC LIMIT 1",
                start.kind, start.project, start.config, start.seed);
  return row.step() && row.text(1) != "done" ? std::optional(row.whole(0)) : std::nullopt;
}

void RunStore::go_on(int64_t id, std::span<const Metric> epochs) {
  Transaction transaction(*connection_);
  Statement(*connection_, "UPDATE runs SET state = 'running' WHERE id = ?", id).step();
  Statement(*connection_, "DELETE FROM metrics WHERE run = ?", id).step();
  insert(*connection_, id, epochs);
  transaction.commit();
}

void RunStore::finish(int64_t id, std::string_view state, double seconds) {
  Statement(*connection_, "UPDATE runs SET state = ?, seconds = seconds + ? WHERE id = ?", state, seconds, id).step();
}

void RunStore::remove(int64_t id) {
  get(id);
  Statement(*connection_, "DELETE FROM runs WHERE id = ?", id).step();
}

std::vector<Run> RunStore::all() const {
  std::vector<int64_t> ids;
  for (Statement rows(*connection_, "SELECT id FROM runs ORDER BY id DESC"); rows.step();) ids.push_back(rows.whole(0));
  std::vector<Run> runs;
  for (const int64_t id : ids) runs.push_back(get(id));
  return runs;
}

Run RunStore::get(int64_t id) const {
  Statement row(*connection_, fmt::format("{}WHERE id = ?", kRunColumns).c_str(), id);
  if (!row.step()) {
    std::vector<int64_t> known;
    for (Statement rows(*connection_, "SELECT id FROM runs ORDER BY id DESC LIMIT 10"); rows.step();) known.push_back(rows.whole(0));
    throw Error(Blame::User, fmt::format("there is no run {}", id),
                known.empty() ? "nothing was run here yet" : fmt::format("the latest are {}", fmt::join(known, ", ")));
  }
  Run run = run_of(row);
  for (Statement rows(*connection_, "SELECT epoch, name, value FROM metrics WHERE run = ? ORDER BY rowid", id); rows.step();)
    run.metrics.push_back({rows.whole(0), rows.text(1), rows.real(2)});
  for (Statement rows(*connection_, "SELECT path, bytes, hash FROM artefacts WHERE run = ? ORDER BY rowid", id); rows.step();)
    run.artefacts.push_back({rows.text(0), rows.whole(1), rows.text(2)});
  return run;
}

Json json_of(const Run& run) {
  Json::Array epochs, artefacts;
  Json whole{Json::Object{}};
  std::map<int64_t, Json> by_epoch;
  for (const Metric& metric : run.metrics) {
    if (metric.epoch == Metric::kWhole) {
      whole.set(metric.name, metric.value);
      continue;
    }
    Json& epoch = by_epoch[metric.epoch];
    if (epoch.is_null()) epoch.set("epoch", metric.epoch);
    epoch.set(metric.name, metric.value);
  }
  for (auto& [number, epoch] : by_epoch) epochs.push_back(std::move(epoch));
  for (const Artefact& artefact : run.artefacts) {
    Json one;
    artefacts.push_back(one.set("path", artefact.path).set("bytes", artefact.bytes).set("hash", artefact.hash));
  }
  Json json;
  json.set("id", run.id).set("kind", run.kind).set("began", run.began).set("state", run.state).set("seconds", run.seconds);
  json.set("project", run.project)
      .set("board", run.board)
      .set("seed", run.seed)
      .set("data_hash", run.data_hash)
      .set("version", run.version);
  return json.set("metrics", whole).set("epochs", epochs).set("artefacts", artefacts).set("config", run.config);
}

}  // namespace thimble
