// `bench kernels`: every row of the kernel table on every emulated core that counts, compared with what was accepted, or accepted.
#include "bench/kernels.h"

#include <fmt/format.h>

#include "bench/document.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

struct Request {
  std::vector<std::string> ops, boards;
  bool check = false, accept = false;
  template <class V>
  void fields(V&& v) {
    v("ops", ops, "only the kernels of these; all when none is named");
    v("boards", boards, "only these; one of each core when none is named");
    v("check", check, "say only what differs from the accepted figures; exit code 1 where anything does");
    v("accept", accept, "keep what was measured as the accepted figures");
  }
};

Accepted measured_rows(const std::vector<KernelFigures>& all) {
  Accepted measured;
  std::vector<std::string> boards;
  for (const KernelFigures& one : all) {
    measured.rows.push_back(row_of(one));
    boards.push_back(measured.rows.back().board);
  }
  measured.compilers = compilers_here(boards);
  return measured;
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<Request>(bag);
  int left_out = 0;
  const Accepted measured = measured_rows(measure_kernels(boards_for_kernels(request.boards), request.ops, progress, left_out));
  const fs::path file = accepted_file("kernels");
  const Accepted accepted = read_accepted(file);
  const bool all = request.boards.empty() && request.ops.empty();
  const Comparison comparison = compare(accepted, measured, all);

  StepResult result;
  if (!request.check)
    for (const Grid& grid : kernel_grids(measured.rows)) result.text += to_terminal(grid);
  result.text += fmt::format("  {} layers measured, {} have no room on their board\n", measured.rows.size(), left_out);
  result.text += to_text(comparison, "./thimble bench kernels --accept");
  result.json = to_json(comparison);
  result.json.set("rows", to_json(measured.rows));
  if (request.accept) {
    // Whatever has gone from the table goes from the file, too.
    write_accepted(file, merged(all ? Accepted{} : accepted, measured));
    write_text(document_file(), document());
    result.text += fmt::format("  wrote {} and {}\n", file.string(), document_file().string());
  } else if (request.check && !comparison.differences.empty()) {
    result.status = 1;
  }
  return result;
}

}  // namespace

const Step kKernels = {
    .name = "bench kernels",
    .summary = "every row of the kernel table on every emulated core that counts: instructions, cycles, code, constants, working memory",
    .stage = Stage::Measure,
    .details =
        "Kernels that carry a model's weight are measured on a fixed set of layers, the others on a case of tests/cases. "
        "The tables show instructions; --json has all figures. They are exact, so that a change of one instruction is a "
        "difference.",
    .examples =
        "./thimble bench kernels --boards nano33ble --ops conv2d\n"
        "./thimble bench kernels --json\n"
        "./thimble bench kernels --accept            # take over what was measured",
    .fields = request_fields<Request>,
    .run = run};

}  // namespace thimble::bench
