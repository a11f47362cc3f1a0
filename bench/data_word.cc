// `bench data`: the projects of examples/ on the recordings of ../shared/data, trained and judged on the emulated board.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "bench/data_sets.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

std::vector<std::string> set_names() {
  std::vector<std::string> names = {"all"};
  for (const DataSet& set : all_data_sets()) names.emplace_back(set.name);
  return names;
}

struct Request {
  std::string set = "all", data, work;
  int64_t seeds = 5;
  template <class V>
  void fields(V&& v) {
    v("set", set, "which of them", one_of(set_names()));
    v("seeds", seeds, "how often each is trained: with the seeds 1, 2, ...", between(1, 100));
    v("data", data, "the folder of the data sets; none: ../shared/data, beside the sources");
    v("work", work, "a folder in which the trained projects stay, to look at or to go on with; none: they are removed");
  }
};

/// The built program that the verbs are asked of.
fs::path thimble_beside_us() {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "thimble";
  if (fs::exists(program)) return program;
  throw Error(Blame::Environment, fmt::format("there is no {}", program.string()), "`./thimble bench data` builds it");
}

std::string verdict_text(const DataSet& set, const std::vector<DataVerdict>& verdicts) {
  Table table({{std::string(set.name)}, {"asked"}, {"measured", Align::Right}, {""}});
  for (const DataVerdict& one : verdicts)
    table.row({one.what, one.asked, one.measured, Cell(one.met ? "met" : "MISSED", one.met ? Style::Good : Style::Bad)});
  return table.text();
}

std::string seeds_text(const std::vector<SeedFigures>& seeds) {
  Table table({{"seed", Align::Right},
               {"float", Align::Right},
               {"rounded (PTQ)", Align::Right},
               {"trained as int8 (QAT)", Align::Right},
               {"on the board", Align::Right},
               {"RAM B", Align::Right},
               {"flash B", Align::Right},
               {"ms", Align::Right},
               {"s to train", Align::Right, true}});
  const auto share = [](double part) { return fmt::format("{:.2f} %", 100 * part); };
  for (const SeedFigures& one : seeds)
    table.row({one.seed, share(one.float32), share(one.rounded), share(one.trained), share(one.board), one.ram, one.flash,
               fmt::format("{:.2f}", one.ms), fmt::format("{:.0f}", one.seconds)});
  return table.text();
}

Json json_of(const DataSet& set, const std::vector<SeedFigures>& seeds, const std::vector<DataVerdict>& verdicts) {
  Json::Array goals, rows;
  for (const DataVerdict& one : verdicts) {
    Json goal;
    goals.push_back(goal.set("what", one.what).set("asked", one.asked).set("measured", one.measured).set("met", one.met));
  }
  for (const SeedFigures& one : seeds) {
    Json row;
    row.set("seed", one.seed).set("windows", one.windows).set("float", one.float32).set("rounded", one.rounded);
    row.set("int8_in_training", one.trained).set("int8_on_board", one.board).set("differing", one.differing);
    rows.push_back(row.set("ram", one.ram).set("flash", one.flash).set("ms", one.ms).set("seconds", one.seconds));
  }
  Json json;
  return json.set("set", set.name).set("goals", goals).set("seeds", rows);
}

StepResult run(const AttrBag& bag, Progress& progress) {
  auto request = from_bag<Request>(bag);
  if (request.data.empty()) request.data = THIMBLE_SOURCE_DIR "/../shared/data";
  const fs::path program = thimble_beside_us();
  const TempDir own;
  const fs::path work = request.work.empty() ? own.path() : fs::path(request.work);
  StepResult result;
  Json::Array sets;
  int64_t met = 0, all = 0;
  for (const DataSet& set : all_data_sets()) {
    if (request.set != "all" && request.set != set.name) continue;
    const fs::path recordings = fs::path(request.data) / set.folder;
    if (!fs::exists(recordings)) {
      result.text += fmt::format("  {}: skipped, {} is not here; --data names another folder of data sets\n\n", set.name,
                                 recordings.lexically_normal().string());
      continue;
    }
    std::vector<SeedFigures> seeds;
    for (int64_t seed = 1; seed <= request.seeds; ++seed) seeds.push_back(measure_seed(set, seed, recordings, work, program, progress));
    const std::vector<DataVerdict> verdicts = judge(set, seeds);
    met += std::count_if(verdicts.begin(), verdicts.end(), [](const DataVerdict& one) { return one.met; });
    all += static_cast<int64_t>(verdicts.size());
    result.text += verdict_text(set, verdicts) + "\n" + seeds_text(seeds) + "\n";
    sets.push_back(json_of(set, seeds, verdicts));
  }
  if (all > 0)
    result.text +=
        fmt::format("  {} of {} goals met; RAM, flash and time are the largest of the seeds, on the emulated {}\n", met, all, kDataBoard);
  result.json.set("sets", sets).set("met", met).set("of", all);
  result.status = met == all ? 0 : 1;
  return result;
}

}  // namespace

const Step kData = {.name = "bench data",
                    .summary = "the projects of examples/ on real recordings: accuracy, RAM, flash and time on the emulated board",
                    .stage = Stage::Measure,
                    .details =
                        "Copies each project of examples/, trains it with `thimble train` once per seed, judges the test split with "
                        "`thimble eval --board nano33ble` (from samples to answers, every window on the emulated board), and takes RAM "
                        "and flash from `thimble compile`. An answer that differs from what training said is counted. Exit code 1 "
                        "where a goal is missed; a data set that is not here is skipped with a line.",
                    .examples =
                        "./thimble bench data\n./thimble bench data --set wand --seeds 1\n./thimble bench data --set wand --work "
                        "/tmp/wand    # then open /tmp/wand/wand-1/out/report.html",
                    .fields = request_fields<Request>,
                    .run = run};

}  // namespace thimble::bench
