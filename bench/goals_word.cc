// `bench goals`: the table of promises, measured now.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "bench/goals.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

struct Request {
  bool accepted = false;
  template <class V>
  void fields(V&& v) {
    v("accepted", accepted, "judge the accepted figures, without measuring");
  }
};

std::vector<Row> rows_for(const Request& request, Progress& progress) {
  if (request.accepted) return read_accepted(accepted_file("models")).rows;
  const TempDir made;
  std::vector<Row> rows;
  for (const Figures& figures : measure_all(goal_jobs(made.path()), progress)) rows.push_back(row_of(figures));
  return rows;
}

std::string text_of(const std::vector<GoalVerdict>& verdicts) {
  const Grid grid = goal_grid(verdicts);
  std::vector<Column> columns;
  for (size_t i = 0; i < grid.columns.size(); ++i) {
    const bool peers = i == 5 || i == 6;
    columns.push_back({grid.columns[i], i < 2 || i == 7 ? Align::Left : Align::Right, peers});
  }
  Table table(std::move(columns));
  for (size_t i = 0; i < grid.rows.size(); ++i) {
    std::vector<Cell> cells(grid.rows[i].begin(), grid.rows[i].end());
    cells.back().style = verdicts[i].met() ? Style::Good : Style::Bad;
    table.row(std::move(cells));
  }
  return table.text();
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const std::vector<GoalVerdict> verdicts = judge(rows_for(from_bag<Request>(bag), progress));
  StepResult result;
  if (verdicts.empty()) {
    result.text =
        "  the goals speak of the MLPerf Tiny models, and ../shared/data/models is not here; `./thimble bench models` needs no data\n";
    result.json.set("goals", Json::Array{});
    return result;
  }
  const auto met = std::count_if(verdicts.begin(), verdicts.end(), [](const GoalVerdict& one) { return one.met(); });
  result.text = text_of(verdicts) + fmt::format(
                                        "\n  {} of {} goals met; peers: CMSIS-NN's instructions, the best published cycles, the "
                                        "smallest TensorFlow Lite Micro build\n",
                                        met, verdicts.size());
  Json::Array rows;
  for (const GoalVerdict& one : verdicts) {
    Json row;
    row.set("goal", one.what).set("board", one.board).set("model", one.model).set("at_most", one.limit).set("ours", one.ours);
    rows.push_back(row.set("peer", one.peer ? Json(*one.peer) : Json()).set("met", one.met()));
  }
  result.json.set("goals", rows).set("met", static_cast<int64_t>(met));
  result.status = met == static_cast<std::ptrdiff_t>(verdicts.size()) ? 0 : 1;
  return result;
}

}  // namespace

const Step kGoals = {.name = "bench goals",
                     .summary = "what the project promises for the MLPerf Tiny models, and how far it is",
                     .stage = Stage::Measure,
                     .details =
                         "Instructions are exact; cycles are instructions through the core's timing table; RAM is arena, state and "
                         "stack, flash is code and constants of the linked firmware. Exit code 1 where a goal is missed.",
                     .examples = "./thimble bench\n./thimble bench goals --json\n./thimble bench goals --accepted",
                     .fields = request_fields<Request>,
                     .run = run};

}  // namespace thimble::bench
