#include "bench/data_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/subprocess.h"
#include "base/table.h"
#include "project/project.h"
#include "targets/board.h"

namespace thimble::bench {
namespace {

constexpr DataSet kRows[] = {
    {.name = "wand", .folder = "motion/magic-wand", .accuracy = 0.96, .ram = 6000, .flash = 20000, .ms = 5},
    {.name = "digits", .folder = "speech/spoken-digits", .accuracy = 0.97, .ram = 32000, .flash = 100000, .ms = 1000},
    {.name = "mnist", .folder = "vision/mnist", .accuracy = 0.985, .flash = 20000},
};

/// What a verb prints with --json; `last`: the exit code that still is a figure (eval: 1 where bits differ).
Json said_by(std::vector<std::string> command, int last = 0) {
  command.emplace_back("--json");
  const CommandResult result = run_command(command, {}, std::chrono::hours(6));
  const size_t begin = result.out.find('{');
  if (result.status > last || begin == std::string::npos)
    throw Error(Blame::Environment, fmt::format("'{}' ended with {}:\n{}", fmt::join(command, " "), result.status, result.out));
  return Json::parse(result.out.substr(begin));
}

double number_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* at = &json;
  for (const std::string_view key : keys) {
    at = at->find(key);
    require(at != nullptr, fmt::format("a figure '{}' that no verb told", key));
  }
  return at->number();
}

std::vector<int64_t> answers_of(const Json& scores) {
  const Json* answers = scores.find("answers");
  require(answers != nullptr && answers->as_array(), "scores without answers");
  std::vector<int64_t> all;
  for (const Json& one : *answers->as_array()) all.push_back(std::llround(one.number(-1)));
  return all;
}

template <class Get>
double mean(const std::vector<SeedFigures>& seeds, Get get) {
  double sum = 0;
  for (const SeedFigures& one : seeds) sum += get(one);
  return sum / static_cast<double>(seeds.size());
}

template <class Get>
auto largest(const std::vector<SeedFigures>& seeds, Get get) {
  auto most = get(seeds[0]);
  for (const SeedFigures& one : seeds) most = std::max(most, get(one));
  return most;
}

std::string share(double part) { return fmt::format("{:.2f} %", 100 * part); }

}  // namespace

std::span<const DataSet> all_data_sets() { return kRows; }

const DataSet& data_set_named(std::string_view name) {
  std::vector<std::string> names;
  for (const DataSet& set : kRows) {
    if (set.name == name) return set;
    names.emplace_back(set.name);
  }
  throw Error(Blame::User, fmt::format("there is no data set '{}'{}", name, suggest(std::string(name), names)),
              fmt::format("there are: {}", fmt::join(names, ", ")));
}

SeedFigures seed_figures(const Json& trained, const Json& judged, const Json& compiled, double clock_hz) {
  SeedFigures figures;
  figures.seed = std::llround(number_at(trained, {"seed"}));
  figures.float32 = number_at(trained, {"float", "accuracy"});
  figures.rounded = number_at(trained, {"rounded", "accuracy"});
  figures.trained = number_at(trained, {"int8", "accuracy"});
  figures.board = number_at(judged, {"accuracy"});
  const std::vector<int64_t> told = answers_of(*trained.find("int8")), given = answers_of(judged);
  require(told.size() == given.size(), "training and board judged different splits");
  figures.windows = static_cast<int64_t>(told.size());
  for (size_t i = 0; i < told.size(); ++i) figures.differing += told[i] != given[i];
  figures.ram = std::llround(number_at(compiled, {"ram", "total"}));
  figures.flash = std::llround(number_at(compiled, {"flash", "total"}));
  figures.ms = 1e3 * number_at(judged, {"cycles"}) / clock_hz;
  figures.seconds = number_at(trained, {"seconds"});
  return figures;
}

SeedFigures measure_seed(const DataSet& set, int64_t seed, const fs::path& recordings, const fs::path& work, const fs::path& program,
                         Progress& progress) {
  const fs::path project = work / fmt::format("{}-{}", set.name, seed);
  write_text(project / kProjectFile, read_text(fs::path(THIMBLE_SOURCE_DIR) / "examples" / set.name / kProjectFile));
  const auto begin = [&](std::string_view what) { progress.begin(fmt::format("{}, seed {}: {}", set.name, seed, what)); };
  begin("training");
  const Json trained = said_by({program.string(), "train", project.string(), "--data", fs::absolute(recordings).lexically_normal().string(),
                                "--seed", std::to_string(seed)});
  begin(fmt::format("the test split on {}", kDataBoard));
  const Json judged = said_by({program.string(), "eval", project.string(), "--board", std::string(kDataBoard)}, 1);
  const Json compiled = said_by({program.string(), "compile", project.string(), "--board", std::string(kDataBoard)});
  return seed_figures(trained, judged, compiled, board_named(kDataBoard).clock_hz);
}

std::vector<DataVerdict> judge(const DataSet& set, const std::vector<SeedFigures>& seeds) {
  require(!seeds.empty(), "no seeds to judge by");
  const double accuracy = mean(seeds, [](const SeedFigures& one) { return one.board; });
  const double rounded = mean(seeds, [](const SeedFigures& one) { return one.rounded; });
  const double trained = mean(seeds, [](const SeedFigures& one) { return one.trained; });
  constexpr double kSame = 1e-9;
  std::vector<DataVerdict> all = {
      {"accuracy, int8 on the board, mean", "at least " + share(set.accuracy), share(accuracy), accuracy + kSame >= set.accuracy}};
  const auto bytes = [&](std::string what, std::optional<int64_t> limit, int64_t most) {
    if (limit) all.push_back({std::move(what), fmt::format("under {} B", grouped(*limit)), grouped(most) + " B", most < *limit});
  };
  bytes("RAM", set.ram, largest(seeds, [](const SeedFigures& one) { return one.ram; }));
  bytes("flash", set.flash, largest(seeds, [](const SeedFigures& one) { return one.flash; }));
  const double ms = largest(seeds, [](const SeedFigures& one) { return one.ms; });
  if (set.ms) all.push_back({"time of a window", fmt::format("under {} ms", *set.ms), fmt::format("{:.2f} ms", ms), ms < *set.ms});
  all.push_back({"trained as int8, mean", "at least merely rounded, " + share(rounded), share(trained), trained + kSame >= rounded});
  int64_t differing = 0, windows = 0;
  for (const SeedFigures& one : seeds) differing += one.differing, windows += one.windows;
  all.push_back({"answers of the board that differ from training's", "0", fmt::format("{} of {}", grouped(differing), grouped(windows)),
                 differing == 0});
  return all;
}

}  // namespace thimble::bench
