#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/files.h"
#include "base/table.h"
#include "deploy/deploy.h"
#include "passes/strips.h"
#include "steps/comparison.h"
#include "steps/golden.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

struct VerifyRequest : ModelOnBoard {
  std::vector<std::string> boards;
  std::string golden;
  int64_t seed = 1, records = 0;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("boards", boards, "several boards instead of one, or all; those that the model does not fit are left out, with the reason");
    v("golden", golden, "folder of golden vectors (with a manifest.json) to compare with, instead of the interpreter");
    v("seed", seed, "of the random inputs", at_least(0));
    v("records", records, "how many uniform and how many smooth inputs; 0: all golden ones, or 4 random ones", between(0, 100000));
  }
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// How one way of running the model did.
struct Row {
  std::string where;
  std::vector<Comparison> sets;
  std::optional<Comparison> layers;
  std::set<std::string, std::less<>> compared;  ///< known layers, by name
  std::string first_fault;                      ///< the first layer that differs
  std::string left_out;                         ///< why it was not run
  Blame blame = Blame::User;

  bool failed() const { return blame == Blame::Bug; }
  const char* status() const { return failed() ? "failed" : !left_out.empty() ? "left out" : ok() ? "equal" : "differs"; }
  int64_t layer_count() const { return std::ssize(compared); }
  bool ok() const {
    return std::all_of(sets.begin(), sets.end(), [](const Comparison& c) { return c.ok(); }) && (!layers || layers->ok());
  }
};

class Verification {
 public:
  Verification(const VerifyRequest& request, Progress& progress)
      : request_(request),
        progress_(progress),
        loaded_(load_model_or_project(request.model)),
        imported_(loaded_.graph),
        rewritten_(after_passes(imported_)) {
    progress_.begin(fmt::format("interpreting {}", imported_.name));
    if (request.golden.empty()) {
      golden_ = interpreted(imported_, static_cast<uint64_t>(request.seed), request.records > 0 ? request.records : 4);
    } else {
      golden_ = load_golden(request.golden, request.model, imported_);
      for (RecordSet& set : golden_.sets)
        if (request.records > 0 && static_cast<size_t>(request.records) < set.inputs.size())
          set.inputs.resize(static_cast<size_t>(request.records)), set.outputs.resize(static_cast<size_t>(request.records));
      rows_.push_back(interpreter_row());
    }
  }

  void run_on(const std::string& board, bool several) {
    Row row{.where = board == "host" ? "host C" : board};
    try {
      run_firmwares(board_named(board), row);
    } catch (const Error& error) {
      if (!several) throw;
      row.left_out = error.what();
      row.blame = error.blame;
    }
    rows_.push_back(std::move(row));
  }

  StepResult result() const;

 private:
  Table empty_table() const;
  std::vector<Cell> cells_of(const Row& row) const;
  Json json_of(const Row& row) const;
  std::string notes_on(const Row& row) const;
  std::string note_on_merged_layers() const;

  /// A board that was asked for by name and not run is a failure; "all" means those that can. Our own faults always count.
  int left_out_status() const {
    const bool all = request_.boards == std::vector<std::string>{"all"};
    int status = 0;
    for (const Row& row : rows_)
      if (!row.left_out.empty() && (!all || row.blame == Blame::Bug)) status = std::max(status, exit_code(row.blame));
    return status;
  }

  int64_t record_count() const {
    int64_t count = 0;
    for (const RecordSet& set : golden_.sets) count += static_cast<int64_t>(set.inputs.size());
    return count;
  }

  /// Known layers that a firmware does not have in their original form.
  int64_t uncompared() const {
    int64_t most = 0;
    for (const Row& row : rows_)
      if (row.layers) most = std::max(most, std::ssize(golden_.layers) - row.layer_count());
    return most;
  }

  void compare_sets(const std::vector<Record>& outputs, Row& row) const {
    auto at = outputs.begin();
    for (const RecordSet& set : golden_.sets) {
      require(outputs.end() - at >= static_cast<std::ptrdiff_t>(set.outputs.size()), "an output for every record");
      const std::vector<Record> part(at, at + static_cast<std::ptrdiff_t>(set.outputs.size()));
      row.sets.push_back(compare(output_types(imported_), set.outputs, part));
      at += static_cast<std::ptrdiff_t>(set.outputs.size());
    }
  }

  /// What a tensor of `bytes` should hold, where that is known: a layer's output, or rows of it.
  std::optional<std::span<const std::byte>> wanted(const Graph& graph, const Value& value) const {
    const auto strip = parse_strip_name(value.name);
    const auto known = golden_.layers.find(strip ? std::string(strip->whole) : value.name);
    if (known == golden_.layers.end()) return std::nullopt;
    const std::span<const std::byte> all = known->second;
    const Value* whole = strip ? value_named(graph, strip->whole) : &value;
    if (!whole || static_cast<int64_t>(all.size()) != whole->type.bytes()) return std::nullopt;
    if (!strip) return all;
    if (whole->type.rank() < 2 || strip->last >= whole->type.shape[1]) return std::nullopt;  // a name that only looks like a strip's
    const auto row = all.size() / static_cast<size_t>(whole->type.shape[1]), first = static_cast<size_t>(strip->first);
    return all.subspan(first * row, (static_cast<size_t>(strip->last) + 1 - first) * row);
  }

  static const Value* value_named(const Graph& graph, std::string_view name) {
    const auto it = std::find_if(graph.values.begin(), graph.values.end(), [&](const Value& value) { return value.name == name; });
    return it == graph.values.end() ? nullptr : &*it;
  }

  /// Adds the comparison of one tensor to the row, if it is a known one.
  void compare_layer(const Graph& graph, const Value& value, std::span<const std::byte> got, const std::string& what, Row& row) const {
    const auto want = wanted(graph, value);
    if (!want) return;
    Comparison one;
    compare(value.type, *want, got, Measure::Tensor, one);
    if (!row.layers) row.layers.emplace();
    compare(value.type, *want, got, Measure::Tensor, *row.layers);
    const auto strip = parse_strip_name(value.name);
    row.compared.emplace(strip ? strip->whole : value.name);
    if (!one.ok() && row.first_fault.empty()) row.first_fault = fmt::format("{}: {}", what, one.cell().text);
  }

  Row interpreter_row() const {
    Row row{.where = "interpreter"};
    TensorContents layers;
    const auto total = record_count();
    compare_sets(interpret_all(imported_, golden_.sets, layers, [&](int64_t done) { progress_.update(done, total); }), row);
    for (const Node& node : imported_.nodes)
      for (ValueId id : node.out)
        if (const auto it = layers.find(imported_.value(id).name); it != layers.end())
          compare_layer(imported_, imported_.value(id), it->second, fmt::format("node '{}' ({})", short_name(node.name), node.op->name),
                        row);
    return row;
  }

  void run_firmwares(const Board& board, Row& row) const {
    const Compiled model = compile_for(board, rewritten_, request_, /*golden=*/false, nullptr, loaded_.stream);
    std::vector<Record> records;
    for (const RecordSet& set : golden_.sets) records.insert(records.end(), set.inputs.begin(), set.inputs.end());
    const TempDir plain, traced;
    progress_.begin(fmt::format("building for {}", board.name));
    const Firmware firmware = build_firmware(model, board, plain.path(), {}, progress_);
    progress_.begin(fmt::format("running on {}", board.name));
    compare_sets(run_firmware(firmware, records, /*count=*/false, progress_).outputs, row);
    for (Comparison& set : row.sets) set.tolerance = float_tolerance(board);
    if (model.stream && model.stream->by_frames()) return;  // its layers run once a frame
    if (request_.golden.empty() && row.ok()) return;        // layers tell where a fault is, or are asked for by --golden
    progress_.begin(fmt::format("tracing the layers on {}", board.name));
    const Firmware tracing = build_firmware(model, board, traced.path(), {.trace = true}, progress_);
    compare_trace(model, run_firmware(tracing, {records[0]}, /*count=*/false, progress_).trace, row);
  }

  void compare_trace(const Compiled& model, const std::vector<std::vector<std::byte>>& trace, Row& row) const {
    require(trace.size() == model.layers.size(), "a trace of every layer");
    for (size_t i = 0; i < trace.size(); ++i) {
      std::span<const std::byte> rest = trace[i];
      for (ValueId id : model.layers[i].outputs) {
        const Value& value = model.graph.value(id);
        const auto part = rest.first(static_cast<size_t>(value.type.bytes()));
        rest = rest.subspan(part.size());
        compare_layer(
            model.graph, value, part,
            fmt::format("layer {} '{}' ({} by {})", i, short_name(model.layers[i].name), model.layers[i].op, model.layers[i].kernel), row);
      }
    }
  }

  VerifyRequest request_;
  Progress& progress_;
  Loaded loaded_;
  Graph imported_, rewritten_;
  Golden golden_;
  std::vector<Row> rows_;
};

Table Verification::empty_table() const {
  const std::string reference = request_.golden.empty() ? "the interpreter" : "golden vectors";
  std::vector<Column> columns = {{""}, {"against " + reference}};
  for (const RecordSet& set : golden_.sets) columns.push_back({fmt::format("{} {}", set.inputs.size(), set.name)});
  columns.push_back({"layers of record 0"});
  return Table(columns);
}

Json Verification::json_of(const Row& row) const {
  Json json;
  json.set("on", row.where).set("status", row.status());
  if (!row.left_out.empty()) return json.set("reason", row.left_out);
  for (size_t s = 0; s < row.sets.size(); ++s) json.set(golden_.sets[s].name, row.sets[s].json());
  if (row.layers)
    json.set("layers", row.layers->json()).set("layer_count", row.layer_count()).set("layers_known", std::ssize(golden_.layers));
  if (!row.first_fault.empty()) json.set("first_fault", row.first_fault);
  return json;
}

std::vector<Cell> Verification::cells_of(const Row& row) const {
  if (row.failed()) return {Cell("✗", Style::Bad), Cell(row.where, Style::Dim), Cell("failed", Style::Bad)};
  if (!row.left_out.empty()) return {Cell("-", Style::Dim), Cell(row.where, Style::Dim), Cell("left out", Style::Dim)};
  std::vector<Cell> cells = {row.ok() ? Cell("✓", Style::Good) : Cell("✗", Style::Bad), row.where};
  for (const Comparison& set : row.sets) cells.push_back(set.cell());
  if (row.layers) {
    cells.push_back(row.layers->cell());
    cells.back().text = fmt::format("{} of {}: {}", row.layer_count(), golden_.layers.size(), cells.back().text);
  }
  return cells;
}

std::string Verification::notes_on(const Row& row) const {
  const std::string where = styled(Style::Bold, row.where);
  std::string notes;
  if (!row.left_out.empty()) notes += fmt::format("  {}: {}\n", where, wrapped(first_line(row.left_out), terminal().width - 8, "    "));
  if (row.failed()) notes += fmt::format("    `thimble verify {} --board {}` shows all of it\n", request_.model, row.where);
  if (!row.first_fault.empty()) notes += fmt::format("  {}: first at {}\n", where, row.first_fault);
  return notes;
}

std::string Verification::note_on_merged_layers() const {
  const int64_t apart = uncompared();
  if (apart == 0) return "";
  const std::string text = fmt::format(
      "{} of {} layers do not exist as such on the device, so that only what follows them is compared: passes merged them or cut "
      "channels of theirs ('thimble passes' tells).",
      apart, golden_.layers.size());
  return "  " + wrapped(text, terminal().width - 2, "  ") + "\n";
}

StepResult Verification::result() const {
  Table table = empty_table();
  Json::Array rows;
  std::string notes;
  for (const Row& row : rows_) {
    table.row(cells_of(row));
    rows.push_back(json_of(row));
    notes += notes_on(row);
  }
  notes += note_on_merged_layers();
  const bool ok = std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.left_out.empty() ? row.ok() : !row.failed(); });
  const int64_t ran = std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return row.left_out.empty(); });
  // A verdict of yes needs something that ran beside the interpreter.
  const bool nothing_ran = ran == (request_.golden.empty() ? 0 : 1);
  StepResult result;
  result.status = left_out_status();
  if (result.status == 0 && !ok) result.status = 1;
  if (result.status == 0 && nothing_ran) result.status = exit_code(Blame::Environment);
  const std::string ways = fmt::format("equal in {} records, {} way{} to run it", record_count(), ran, ran == 1 ? "" : "s");
  const std::string verdict = !ok           ? styled(Style::Bad, "they do not agree")
                              : nothing_ran ? styled(Style::Warn, "not run anywhere")
                                            : styled(Style::Good, ways);
  result.text =
      fmt::format("{}: {}\n\n{}{}", styled(Style::Bold, imported_.name), verdict, table.text(), notes.empty() ? "" : "\n" + notes);
  result.json.set("model", request_.model)
      .set("ok", ok && !nothing_ran)
      .set("reference", request_.golden.empty() ? "interpreter" : "golden")
      .set("records", record_count());
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
  return verification.result();
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
