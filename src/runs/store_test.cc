#include "runs/store.h"

#include <sqlite3.h>

#include "runs/runs_test.h"

namespace thimble {
namespace {

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

}  // namespace
}  // namespace thimble
