#include "runs/store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "runs/export.h"

namespace thimble {
namespace {

std::string text_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return explain(error);
  }
  return "none";
}

class Runs : public ::testing::Test {
 protected:
  /// A training of two epochs.
  int64_t trained(RunStore& store) {
    RunStart start{.kind = "train", .project = "wand", .config = "[project]\n", .data_hash = "abc", .version = "0.1.0", .seed = 7};
    const int64_t id = store.begin(start);
    store.add(id, Metric{1, "loss", 0.5});
    store.add(id, Metric{2, "loss", 0.25});
    store.add(id, Metric{Metric::kWhole, "test_accuracy", 0.975});
    store.add(id, Artefact{"out/model.tflite", 4096, "def"});
    store.finish(id, "done", 12.5);
    return id;
  }

  TempDir dir_;
  fs::path file_ = dir_.path() / ".thimble" / "runs.sqlite";
};

TEST_F(Runs, AreKeptFromOneProgramToTheNext) {
  { trained(*std::make_unique<RunStore>(file_)); }
  const auto run = RunStore(file_).get(1);
  EXPECT_EQ(run.kind, "train");
  EXPECT_EQ(run.seed, 7);
  EXPECT_EQ(run.state, "done");
  EXPECT_EQ(run.seconds, 12.5);
  EXPECT_EQ(run.config, "[project]\n");
  EXPECT_EQ(run.metrics[1], (Metric{2, "loss", 0.25}));
  EXPECT_EQ(run.summary(), (std::map<std::string, double>{{"test_accuracy", 0.975}}));
  EXPECT_EQ(run.artefacts, (std::vector<Artefact>{{"out/model.tflite", 4096, "def"}}));
  EXPECT_THAT(run.began, ::testing::MatchesRegex("20[0-9][0-9]-[0-9-]+T[0-9:]+Z"));
}

TEST_F(Runs, TheNewestComesFirstAndOneThatNeverEndedIsRunning) {
  RunStore store(file_);
  trained(store);
  store.begin({.kind = "compile"});
  const auto runs = store.all();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].kind, "compile");
  EXPECT_EQ(runs[0].state, "running");
}

TEST_F(Runs, OneThatIsNotedAtItsEndBeganBefore) {
  RunStore store(file_);
  const int64_t now = store.begin({.kind = "eval"});
  const int64_t earlier = store.begin({.kind = "eval"}, 7200.9);
  EXPECT_LT(store.get(earlier).began, store.get(now).began);
  EXPECT_EQ(store.get(earlier).seconds, 0) << "finish tells how long it took";
}

TEST_F(Runs, ARemovedOneTakesItsFiguresAlongAndItsNumberIsNotGivenAgain) {
  RunStore store(file_);
  const int64_t first = trained(store);
  store.remove(first);
  EXPECT_TRUE(store.all().empty());
  EXPECT_EQ(trained(store), 2);
  EXPECT_EQ(store.get(2).metrics.size(), 3u);
}

TEST_F(Runs, OneThatWasInterruptedGoesOnInItsRow) {
  RunStore store(file_);
  const RunStart start{.kind = "train", .project = "wand", .config = "[train]\n", .seed = 7};
  EXPECT_EQ(store.unfinished(start), std::nullopt);
  const int64_t id = store.begin(start);
  store.add(id, std::vector<Metric>{{1, "loss", 0.5}, {1, "accuracy", 0.25}});
  store.add(id, Metric{2, "loss", 0.4});
  store.finish(id, "interrupted", 3);
  RunStart other = start;
  other.seed = 8;
  EXPECT_EQ(store.unfinished(other), std::nullopt);
  ASSERT_EQ(store.unfinished(start), id);
  store.go_on(id, std::vector<Metric>{{1, "loss", 0.5}});
  EXPECT_EQ(store.get(id).state, "running");
  EXPECT_EQ(store.get(id).metrics, (std::vector<Metric>{{1, "loss", 0.5}}));
  store.finish(id, "done", 4);
  EXPECT_EQ(store.get(id).seconds, 7);
  EXPECT_EQ(store.unfinished(start), std::nullopt);
}

TEST_F(Runs, AStoreOfAnOlderProgramIsBroughtUpToDate) {
  fs::create_directories(file_.parent_path());
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &old), SQLITE_OK);
  const char* const made =
      "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, began TEXT, state TEXT, seconds REAL, project TEXT, config TEXT,"
      " data_hash TEXT, seed INTEGER, version TEXT);"
      "CREATE TABLE metrics (run INTEGER REFERENCES runs(id) ON DELETE CASCADE, epoch INTEGER, name TEXT, value REAL);"
      "CREATE TABLE artefacts (run INTEGER REFERENCES runs(id) ON DELETE CASCADE, path TEXT, bytes INTEGER, hash TEXT);"
      "INSERT INTO runs VALUES (1, 'eval', '2026-01-02T03:04:05Z', 'done', 2.5, 'wand', '', 'abc', 7, '0.1.0');"
      "INSERT INTO metrics VALUES (1, -1, 'ram', 4096), (1, 3, 'ram', 1); PRAGMA user_version = 1";
  ASSERT_EQ(sqlite3_exec(old, made, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(old);
  RunStore store(file_);
  EXPECT_EQ(store.get(1).board, "");
  EXPECT_EQ(store.get(1).metrics, (std::vector<Metric>{{-1, "ram_bytes", 4096}, {3, "ram", 1}}));
  EXPECT_EQ(store.get(store.begin({.kind = "eval", .board = "pico"})).board, "pico");
  EXPECT_EQ(RunStore(file_).all().size(), 2u) << "and stays so";
}

TEST_F(Runs, ReadingChangesNothing) {
  EXPECT_EQ(
      text_of([&] { RunStore(file_, Access::Read); }),
      "error: the store of runs '" + file_.string() +
          "' cannot be used: unable to open database file\n  a copy of the project in a folder of your own can be read and written\n");
  EXPECT_FALSE(fs::exists(file_));
  { trained(*std::make_unique<RunStore>(file_)); }
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &plain), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(plain, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(plain);
  const std::string before = read_text(file_);
  EXPECT_EQ(RunStore(file_, Access::Read).all().size(), 1u);
  EXPECT_TRUE(read_text(file_) == before);
}

/// While it lives, the folder can be read but not written: root, whom no mode keeps out, is somebody else.
class ReadOnly {
 public:
  explicit ReadOnly(const fs::path& folder) : folder_(folder), user_(geteuid()) {
    fs::permissions(folder.parent_path(), fs::perms(0755));
    fs::permissions(folder, fs::perms(0555));
    if (user_ == 0) become(65534);
  }
  ~ReadOnly() {
    if (user_ == 0) become(user_);
    fs::permissions(folder_, fs::perms(0755));
  }

 private:
  static void become(uid_t user) { EXPECT_EQ(seteuid(user), 0); }

  fs::path folder_;
  uid_t user_;
};

TEST_F(Runs, AreReadWhereNothingCanBeWritten) {
  { trained(*std::make_unique<RunStore>(file_)); }
  EXPECT_EQ(RunStore::why_not_written(file_), "");
  const ReadOnly folder(file_.parent_path());
  EXPECT_EQ(RunStore(file_, Access::Read).get(1).metrics.size(), 3u);
  EXPECT_EQ(text_of([&] { RunStore{file_}; }),
            "error: the store of runs '" + file_.string() +
                "' cannot be written: Permission denied\n  a copy of the project in a folder of your own can be read and written\n");
  EXPECT_EQ(RunStore::why_not_written(file_), "Permission denied");
  EXPECT_EQ(RunStore::why_not_written(file_.parent_path() / "not/there/runs.sqlite"), "Permission denied");
}

TEST_F(Runs, WhatCannotBeReadWhereNothingCanBeWrittenIsTold) {
  const std::string hint = "  a copy of the project in a folder of your own can be read and written\n";
  const fs::path half = dir_.path() / "half", old = dir_.path() / "old";
  const fs::path broken = dir_.path() / "broken";
  for (const fs::path& folder : {half, old, broken}) fs::create_directories(folder);
  {
    RunStore store(file_);
    trained(store);
    for (const char* end : {"", "-wal"}) fs::copy_file(file_.string() + end, half / ("runs.sqlite" + std::string(end)));
  }
  for (const fs::path& folder : {old, broken}) fs::copy_file(file_, folder / "runs.sqlite");
  write_text(broken / "runs.sqlite-journal", "what was there before");
  sqlite3* older = nullptr;
  ASSERT_EQ(sqlite3_open((old / "runs.sqlite").c_str(), &older), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(older, "PRAGMA user_version = 1", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(older);
  {
    const ReadOnly folder(half);
    const std::string file = (half / "runs.sqlite").string();
    EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }), "error: the store of runs '" + file +
                                                                        "' cannot be read where it cannot be written: its last changes are "
                                                                        "still in '" +
                                                                        file + "-wal'\n" + hint);
  }
  {
    const ReadOnly folder(broken);
    const std::string file = (broken / "runs.sqlite").string();
    EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }),
              "error: the store of runs '" + file +
                  "' cannot be read where it cannot be written: a change that broke off is to be taken back from '" + file + "-journal'\n" +
                  hint);
  }
  const ReadOnly folder(old);
  const std::string file = (old / "runs.sqlite").string();
  EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }),
            "error: the store of runs '" + file +
                "' was written by an older thimble, and is brought up to date only where it can be written\n" + hint);
}

TEST_F(Runs, MistakesAreTold) {
  RunStore store(file_);
  EXPECT_EQ(text_of([&] { store.get(4); }), "error: there is no run 4\n  nothing was run here yet\n");
  trained(store);
  trained(store);
  EXPECT_EQ(text_of([&] { store.remove(9); }), "error: there is no run 9\n  the latest are 2, 1\n");
  const fs::path other = dir_.path() / "other.sqlite";
  write_text(other, std::string(4096, 'x'));
  EXPECT_EQ(text_of([&] { RunStore{other}; }),
            "error: '" + other.string() + "' is not a store of runs\n  move it away; a new one is made\n");
  const fs::path foreign = dir_.path() / "foreign.sqlite";
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(foreign.c_str(), &made), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(made, "PRAGMA user_version = 2", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(made);
  EXPECT_EQ(
      text_of([&] { RunStore(foreign).all(); }),
      "error: the store of runs '" + foreign.string() +
          "' cannot be used: no such table: runs\n  move it away, and a new one is made; what it holds can be looked for with `sqlite3 "
          "FILE .recover`\n");
}

TEST_F(Runs, AsCsvAndJson) {
  RunStore store(file_);
  trained(store);
  auto run = store.get(1);
  run.began = "2026-01-02T03:04:05Z";
  EXPECT_EQ(runs_csv({run}),
            "run,kind,began,epoch,name,value\n"
            "1,train,2026-01-02T03:04:05Z,1,loss,0.5\n"
            "1,train,2026-01-02T03:04:05Z,2,loss,0.25\n"
            "1,train,2026-01-02T03:04:05Z,,test_accuracy,0.975\n");
  const Json json = json_of(run);
  EXPECT_EQ((*json.find("epochs")->as_array())[1].find("loss")->number(), 0.25);
  EXPECT_EQ(json.find("metrics")->find("test_accuracy")->number(), 0.975);
}

/// The records of an event file, as the format says they are framed.
std::vector<std::string> records_of(std::string_view file) {
  std::vector<std::string> records;
  while (!file.empty()) {
    uint64_t length = 0;
    std::memcpy(&length, file.data(), 8);
    records.emplace_back(file.substr(12, length));
    file.remove_prefix(12 + length + 4);
  }
  return records;
}

TEST_F(Runs, AsTensorBoardReadsThem) {
  RunStore store(file_);
  trained(store);
  auto run = store.get(1);
  run.began = "1970-01-01T00:00:01Z";
  const std::string file = tensorboard_events(run);
  const std::vector<std::string> records = records_of(file);
  ASSERT_EQ(records.size(), 4u);
  // Event { wall_time: 1.0 file_version: "brain.Event:2" }
  EXPECT_EQ(records[0], std::string("\x09\0\0\0\0\0\0\xF0\x3F\x1A\x0D", 11) + "brain.Event:2");
  // Event { wall_time: 7.25 step: 1 summary { value { tag: "epoch/loss" simple_value: 0.5 } } }
  EXPECT_EQ(records[1],
            std::string("\x09\0\0\0\0\0\0\x1D\x40\x10\x01\x2A\x13\x0A\x11\x0A\x0A", 17) + "epoch/loss" + std::string("\x15\0\0\0\x3F", 5));
  // Its 24 bytes make every event file begin with these twelve: the length, and the masked CRC-32C of the length.
  EXPECT_EQ(file.substr(0, 12), std::string("\x18\0\0\0\0\0\0\0\xA3\x7F\x4B\x22", 12));
}

/// As much of MLflow's REST interface as an export needs; what it is sent goes to a file, its port to another.
constexpr const char* kServer = R"(
import http.server, json, sys
class Mlflow(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        call = self.path.split('/mlflow/')[1]
        with open('calls', 'a') as calls:
            calls.write(call + ' ' + json.dumps(body, sort_keys=True) + '\n')
        made = {'experiments/create': {'error_code': 'RESOURCE_ALREADY_EXISTS', 'message': 'there is one'},
                'experiments/get-by-name?experiment_name=my%20wand': {'experiment': {'experiment_id': '42'}},
                'runs/create': {'run': {'info': {'run_id': 'abc'}}}}
        text = json.dumps(made.get(call, {})).encode()
        self.send_response(400 if 'error_code' in made.get(call, {}) else 200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
    def do_GET(self):
        self.answer({})
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Mlflow)
server.timeout = 20
print(server.server_port, flush=True)
for _ in range(5):
    server.handle_request()
)";

TEST_F(Runs, GoToAnMlflowServer) {
  if (run_command({"sh", "-c", "command -v python3 && command -v curl"}).status != 0) GTEST_SKIP() << "needs python3 and curl";
  write_text(dir_.path() / "server.py", kServer);
  // The shell is done once the server has told its port; the server ends by itself after five calls.
  const std::string port =
      run_command({"sh", "-c", "python3 server.py > port 2>/dev/null < /dev/null & while ! [ -s port ]; do sleep 0.02; done; cat port"},
                  dir_.path())
          .out;
  RunStore store(file_);
  auto run = store.get(trained(store));
  run.project = "my wand";
  EXPECT_EQ(send_to_mlflow(run, "http://127.0.0.1:" + port.substr(0, port.find('\n')) + "/"), "abc");
  std::string calls = read_text(dir_.path() / "calls");
  for (size_t at = calls.find("_time\": "); at != std::string::npos; at = calls.find("_time\": ", at + 8)) calls.replace(at + 8, 13, "T");
  for (size_t at = calls.find("stamp\": "); at != std::string::npos; at = calls.find("stamp\": ", at + 8)) calls.replace(at + 8, 13, "T");
  EXPECT_EQ(calls,
            R"(experiments/create {"name": "my wand"}
experiments/get-by-name?experiment_name=my%20wand {}
runs/create {"experiment_id": "42", "start_time": T}
runs/log-batch {"metrics": [{"key": "loss", "step": 1, "timestamp": T, "value": 0.5}, {"key": "loss", "step": 2, "timestamp": T, "value": 0.25}, {"key": "run/test_accuracy", "step": 0, "timestamp": T, "value": 0.975}], "params": [{"key": "seed", "value": "7"}, {"key": "data_hash", "value": "abc"}, {"key": "thimble", "value": "0.1.0"}, {"key": "kind", "value": "train"}], "run_id": "abc"}
runs/update {"end_time": T, "run_id": "abc", "status": "FINISHED"}
)");
}

TEST_F(Runs, AServerThatDoesNotAnswerIsTold) {
  EXPECT_THAT(text_of([] { send_to_mlflow({}, "http://127.0.0.1:9"); }),
              ::testing::AllOf(::testing::StartsWith("error: no MLflow server answers at 'http://127.0.0.1:9': curl: (7) "),
                               ::testing::EndsWith("\n  start one with `mlflow server`, or give another --uri\n")));
}

}  // namespace
}  // namespace thimble
