#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "steps/verification.h"

namespace thimble {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// A board that was asked for by name and not run is a failure; "all" means those that can. Our own faults always count.
int left_out_status(const Verification& verification) {
  const bool all = verification.request().boards == std::vector<std::string>{"all"};
  int status = 0;
  for (const Way& way : verification.ways())
    if (!way.left_out.empty() && (!all || way.blame == Blame::Bug)) status = std::max(status, exit_code(way.blame));
  return status;
}

Table empty_table(const Verification& verification) {
  const std::string reference = verification.request().golden.empty() ? "the interpreter" : "golden vectors";
  std::vector<Column> columns = {{""}, {"against " + reference}};
  for (const RecordSet& set : verification.golden().sets) columns.push_back({fmt::format("{} {}", set.inputs.size(), set.name)});
  columns.push_back({"layers of record 0"});
  return Table(columns);
}

Json json_of(const Way& way, const Verification& verification) {
  Json json;
  json.set("on", way.where).set("status", way.status());
  if (!way.left_out.empty()) return json.set("reason", way.left_out);
  for (size_t s = 0; s < way.sets.size(); ++s) json.set(verification.golden().sets[s].name, way.sets[s].json());
  if (way.layers)
    json.set("layers", way.layers->json())
        .set("layer_count", way.layer_count())
        .set("layers_known", std::ssize(verification.golden().layers));
  if (!way.first_fault.empty()) json.set("first_fault", way.first_fault);
  return json;
}

std::vector<Cell> cells_of(const Way& way, const Verification& verification) {
  if (way.failed()) return {Cell("✗", Style::Bad), Cell(way.where, Style::Dim), Cell("failed", Style::Bad)};
  if (!way.left_out.empty()) return {Cell("-", Style::Dim), Cell(way.where, Style::Dim), Cell("left out", Style::Dim)};
  std::vector<Cell> cells = {way.ok() ? Cell("✓", Style::Good) : Cell("✗", Style::Bad), way.where};
  for (const Comparison& set : way.sets) cells.push_back(set.cell());
  if (way.layers) {
    cells.push_back(way.layers->cell());
    cells.back().text = fmt::format("{} of {}: {}", way.layer_count(), verification.golden().layers.size(), cells.back().text);
  }
  return cells;
}

std::string notes_on(const Way& way, const Verification& verification) {
  const std::string where = styled(Style::Bold, way.where);
  std::string notes;
  if (!way.left_out.empty()) notes += fmt::format("  {}: {}\n", where, wrapped(first_line(way.left_out), terminal().width - 8, "    "));
  if (way.failed()) notes += fmt::format("    `thimble verify {} --board {}` shows all of it\n", verification.request().model, way.where);
  if (!way.first_fault.empty()) notes += fmt::format("  {}: first at {}\n", where, way.first_fault);
  return notes;
}

std::string note_on_merged_layers(const Verification& verification) {
  const int64_t apart = verification.uncompared();
  if (apart == 0) return "";
  const std::string text = fmt::format(
      "{} of {} layers do not exist as such on the device, so that only what follows them is compared: passes merged them or cut "
      "channels of theirs ('thimble passes' tells).",
      apart, verification.golden().layers.size());
  return "  " + wrapped(text, terminal().width - 2, "  ") + "\n";
}

StepResult result_of(const Verification& verification) {
  const std::vector<Way>& ways = verification.ways();
  Table table = empty_table(verification);
  Json::Array rows;
  std::string notes;
  for (const Way& way : ways) {
    table.row(cells_of(way, verification));
    rows.push_back(json_of(way, verification));
    notes += notes_on(way, verification);
  }
  notes += note_on_merged_layers(verification);
  const bool ok = std::all_of(ways.begin(), ways.end(), [](const Way& way) { return way.left_out.empty() ? way.ok() : !way.failed(); });
  const int64_t ran = std::count_if(ways.begin(), ways.end(), [](const Way& way) { return way.left_out.empty(); });
  // A verdict of yes needs something that ran beside the interpreter.
  const bool nothing_ran = ran == (verification.request().golden.empty() ? 0 : 1);
  StepResult result;
  result.status = left_out_status(verification);
  if (result.status == 0 && !ok) result.status = 1;
  if (result.status == 0 && nothing_ran) result.status = exit_code(Blame::Environment);
  const std::string equal = fmt::format("equal in {} records, {} way{} to run it", verification.record_count(), ran, ran == 1 ? "" : "s");
  const std::string verdict = !ok           ? styled(Style::Bad, "they do not agree")
                              : nothing_ran ? styled(Style::Warn, "not run anywhere")
                                            : styled(Style::Good, equal);
  result.text = fmt::format("{}: {}\n\n{}{}", styled(Style::Bold, verification.imported().name), verdict, table.text(),
                            notes.empty() ? "" : "\n" + notes);
  result.json.set("model", verification.request().model)
      .set("ok", ok && !nothing_ran)
      .set("reference", verification.request().golden.empty() ? "interpreter" : "golden")
      .set("records", verification.record_count());
  result.json.set("runs", rows);
  return result;
}

std::vector<std::string> boards_of(const VerifyRequest& request) {
  std::vector<std::string> names;
  if (request.boards == std::vector<std::string>{"all"}) {
    for (const Board* board : all_boards()) names.emplace_back(board->name);
  } else {
    names = request.boards.empty() ? std::vector{request.board} : request.boards;
  }
  for (const std::string& name : names) board_named(name);
  std::erase(names, "host");
  names.insert(names.begin(), "host");
  return names;
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<VerifyRequest>(bag);
  const std::vector<std::string> boards = boards_of(request);
  Verification verification(request, progress);
  for (const std::string& board : boards) verification.run_on(board, !request.boards.empty());
  return result_of(verification);
}

}  // namespace

std::span<const Step> verify_steps() {
  static const Step kRows[] = {
      {.name = "verify",
       .summary = "prove that interpreter, desk and board compute the same, to the bit",
       .stage = Stage::Build,
       .details =
           "The same inputs go through the reference interpreter (the model as imported), the generated C on this machine, and the "
           "generated C "
           "on the emulated board. Integer outputs must be equal in every byte, floats within a relative error of 1e-5 (3e-5 on cores "
           "whose vectors fuse multiplications and additions). "
           "The exit code is 1 when they are not, and the first layer that differs is named.",
       .examples = "thimble verify kws.tflite --board nano33ble\n"
                   "thimble verify kws.tflite --boards all                   # every board it fits\n"
                   "thimble verify kws.tflite --boards pico,esp32c3 --records 20\n"
                   "thimble verify kws_int8.tflite --golden golden/tflm      # against another implementation, layer by layer",
       .positional = {"model"},
       .required = 0,
       .fields = request_fields<VerifyRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
