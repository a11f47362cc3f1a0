// `bench models`: every model on every board, beside the peers; compared with what was accepted, or accepted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "bench/document.h"
#include "bench/figures.h"
#include "bench/layers.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

struct Request {
  std::vector<std::string> models, boards;
  bool check = false, accept = false;
  template <class V>
  void fields(V&& v) {
    v("models", models, "only these; all when none is named");
    v("boards", boards, "only these; all but the host when none is named");
    v("check", check, "say only what differs from the accepted figures; exit code 1 where anything does");
    v("accept", accept, "keep what was measured as the accepted figures");
  }
};

struct Measured {
  Accepted models, layers;
};

Measured measured_rows(const std::vector<Figures>& figures) {
  Measured all;
  Accepted& measured = all.models;
  std::vector<std::string> boards;
  for (const Figures& one : figures) {
    measured.rows.push_back(row_of(one));
    boards.push_back(one.job.board);
    for (Row& row : layer_rows(one)) all.layers.rows.push_back(std::move(row));
  }
  measured.compilers = compilers_here(boards);
  return all;
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<Request>(bag);
  const TempDir made;
  std::vector<std::string> left_out;
  const std::vector<Job> jobs = jobs_for(request.models, request.boards, made.path(), left_out);
  const auto [measured, layers] = measured_rows(measure_all(jobs, progress));
  const fs::path file = accepted_file("models");
  const Accepted accepted = read_accepted(file);
  const Comparison comparison = compare(accepted, measured);

  StepResult result;
  if (!request.check)
    for (const Grid& grid : model_grids(measured.rows)) result.text += to_terminal(grid);
  if (!left_out.empty())
    result.text += fmt::format("  not measured, for ../shared/data/models is not here: {}\n", fmt::join(left_out, ", "));
  result.text += to_text(comparison, "./thimble bench models --accept");
  result.json = to_json(comparison);
  result.json.set("rows", to_json(measured.rows));
  if (request.accept) {
    write_accepted(file, merged(accepted, measured));
    // A layer's key tells its kernel, so that the rows of a model are replaced as a whole.
    Accepted kept = read_accepted(accepted_file("layers"));
    std::erase_if(kept.rows, [&](const Row& old) {
      const std::string model = old.key.substr(0, old.key.find(' ') + 1);
      return std::any_of(layers.rows.begin(), layers.rows.end(), [&](const Row& row) { return row.key.starts_with(model); });
    });
    write_accepted(accepted_file("layers"), merged(std::move(kept), layers));
    write_text(document_file(), document());
    result.text += fmt::format("  wrote {} and {}\n", file.string(), document_file().string());
  } else if (request.check && !comparison.differences.empty()) {
    result.status = 1;
  }
  return result;
}

}  // namespace

const Step kModels = {.name = "bench models",
                      .summary = "every model on every board: instructions, cycles, RAM, flash, and how they stand to the peers'",
                      .stage = Stage::Measure,
                      .details =
                          "Figures are exact and the same each time, so a change of one instruction is a difference. Ratios below 1 "
                          "are in our favour: instructions to the fastest CMSIS-NN build of TensorFlow Lite Micro, cycles to the best "
                          "published result on that core, RAM and code to the smallest TensorFlow Lite Micro build.",
                      .examples =
                          "./thimble bench models --boards nano33ble,pico\n"
                          "./thimble bench models --models kws_int8 --json\n"
                          "./thimble bench models --accept             # take over what was measured",
                      .fields = request_fields<Request>,
                      .run = run};

}  // namespace thimble::bench
