#include "runs/store.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <iterator>

#include "base/error.h"

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

}  // namespace

struct RunStore::Connection {
  sqlite3* db = nullptr;
  std::string file;

  ~Connection() { sqlite3_close(db); }

  [[noreturn]] void fail(int code) const {
    const std::string said = sqlite3_errmsg(db);
    if (code == SQLITE_NOTADB)
      throw Error(Blame::User, fmt::format("'{}' is not a store of runs", file), "move it away; a new one is made");
    throw Error(Blame::Environment, fmt::format("the store of runs '{}' cannot be used: {}", file, said), "");
  }
  void check(int code) const {
    if (code != SQLITE_OK) fail(code);
  }
  void run(const char* sql) const { check(sqlite3_exec(db, sql, nullptr, nullptr, nullptr)); }
  void add(int64_t id, std::span<const Metric> metrics) const;
};

namespace {

/// One SQL statement with its values bound in order.
class Statement {
 public:
  template <class Connection, class... Values>
  Statement(const Connection& connection, const char* sql, const Values&... values) : fail_([&connection](int c) { connection.fail(c); }) {
    const int code = sqlite3_prepare_v2(connection.db, sql, -1, &statement_, nullptr);
    if (code != SQLITE_OK) connection.fail(code);
    int i = 0;
    (bind(++i, values), ...);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// True while there is another row.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail_(code);
    return code == SQLITE_ROW;
  }
  int64_t whole(int column) const { return sqlite3_column_int64(statement_, column); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_, column);
    return text ? reinterpret_cast<const char*>(text) : "";
  }

 private:
  void bind(int i, int64_t value) { sqlite3_bind_int64(statement_, i, value); }
  void bind(int i, double value) { sqlite3_bind_double(statement_, i, value); }
  void bind(int i, std::string_view value) {
    sqlite3_bind_text(statement_, i, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  }

  std::function<void(int)> fail_;
  sqlite3_stmt* statement_ = nullptr;
};

constexpr const char* kRunColumns = "SELECT id, kind, began, state, seconds, project, config, data_hash, seed, version, board FROM runs ";

/// What happens in its scope happens whole, or where an exception leaves it, not at all.
class Transaction {
 public:
  template <class Connection>
  explicit Transaction(const Connection& connection) : run_([&connection](const char* sql) { connection.run(sql); }), db_(connection.db) {
    run_("BEGIN IMMEDIATE");
  }
  ~Transaction() {
    if (!done_) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    run_("COMMIT");
    done_ = true;
  }

 private:
  std::function<void(const char*)> run_;
  sqlite3* db_;
  bool done_ = false;
};

Run run_of(const Statement& row) {
  Run run;
  run.id = row.whole(0), run.kind = row.text(1), run.began = row.text(2), run.state = row.text(3), run.seconds = row.real(4);
  run.project = row.text(5), run.config = row.text(6), run.data_hash = row.text(7), run.seed = row.whole(8), run.version = row.text(9);
  run.board = row.text(10);
  return run;
}

}  // namespace

void RunStore::Connection::add(int64_t id, std::span<const Metric> metrics) const {
  for (const Metric& metric : metrics)
    Statement(*this, "INSERT INTO metrics VALUES (?,?,?,?)", id, metric.epoch, metric.name, metric.value).step();
}

std::map<std::string, double> Run::summary() const {
  std::map<std::string, double> whole;
  for (const Metric& metric : metrics)
    if (metric.epoch == Metric::kWhole) whole[metric.name] = metric.value;
  return whole;
}

RunStore::RunStore(const std::filesystem::path& file) : connection_(std::make_unique<Connection>()) {
  connection_->file = file.string();
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  connection_->check(sqlite3_open(file.c_str(), &connection_->db));
  sqlite3_busy_timeout(connection_->db, 10'000);
  connection_->run("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL");
  // Writing behind the file's end saves most waits for the disk; where it cannot be had (a network drive) nothing else changes.
  sqlite3_exec(connection_->db, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
  const auto schema = [&] {
    Statement version(*connection_, "PRAGMA user_version");
    version.step();
    return version.whole(0);
  };
  if (schema() > kSchema)
    throw Error(Blame::User, fmt::format("the store of runs '{}' was written by a newer thimble", connection_->file), "update thimble");
  if (schema() == kSchema) return;
  Transaction transaction(*connection_);
  for (int64_t step = schema(); step < kSchema; ++step) connection_->run(kSteps[step]);
  connection_->run(fmt::format("PRAGMA user_version = {}", kSchema).c_str());
  transaction.commit();
}

RunStore::~RunStore() = default;

int64_t RunStore::begin(const RunStart& start, double seconds_ago) {
  Statement(*connection_,
            "INSERT INTO runs (kind, began, state, seconds, project, config, data_hash, seed, version, board) "
            "VALUES (?,?,'running',0,?,?,?,?,?,?)",
            start.kind, time_before_now(seconds_ago), start.project, start.config, start.data_hash, start.seed, start.version, start.board)
      .step();
  return sqlite3_last_insert_rowid(connection_->db);
}

void RunStore::add(int64_t id, std::span<const Metric> metrics) {
  Transaction transaction(*connection_);
  connection_->add(id, metrics);
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
  connection_->add(id, epochs);
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
