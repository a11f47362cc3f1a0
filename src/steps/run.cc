#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "base/table.h"
#include "deploy/deploy.h"
#include "steps/pipeline.h"
#include "steps/records.h"

namespace thimble {
namespace {

enum class Where : uint8_t { Board, Host, Interpreter };
constexpr std::string_view kWhereNames[] = {"board", "host", "interpreter"};
std::span<const std::string_view> enum_names(Where) { return kWhereNames; }

struct RunRequest : ModelOnBoard {
  Where on = Where::Board;
  std::string input = "random";
  int64_t seed = 1, records = 0;
  bool raw = false;
  std::string output;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("on", on, "the emulated board, the same C on this machine, or the interpreter");
    v("input", input, "what is fed in: random, smooth, or a .npy, .csv or .bin file with one record after the other");
    v("seed", seed, "of a random input", at_least(0));
    v("records", records, "how many inferences; 0: all that the file has, or one", between(0, 100000));
    v("raw", raw, "numbers of a .csv are the model's own integers, not real values to quantise");
    v("output", output, "write the outputs into this .npy, .csv or .bin file too");
  }
};

struct Ran {
  Graph graph;  ///< whose ports the records are of
  std::vector<Record> outputs;
};

Ran run_compiled(const RunRequest& request, Progress& progress) {
  ModelOnBoard where = request;
  if (request.on == Where::Host) where.board = "host";
  Prepared prepared = prepare(where, progress);
  const auto records =
      input_records(request.input, input_types(prepared.compiled), static_cast<uint64_t>(request.seed), request.records, request.raw);
  const TempDir dir;
  progress.begin(fmt::format("building {} for {}", prepared.compiled.name, where.board));
  const Firmware firmware = build_firmware(prepared.compiled, *prepared.board, dir.path(), {}, progress);
  progress.begin(fmt::format("running on {}", where.board));
  return {std::move(prepared.compiled.graph), run_firmware(firmware, records, /*count=*/false, progress).outputs};
}

Ran run_interpreted(const RunRequest& request, Progress& progress) {
  Graph graph = load_model_or_project(request.model).graph;
  const auto records = input_records(request.input, input_types(graph), static_cast<uint64_t>(request.seed), request.records, request.raw);
  progress.begin("running on the interpreter");
  const auto total = static_cast<int64_t>(records.size());
  auto outputs = interpret(graph, records, nullptr, [&](int64_t done) { progress.update(done, total); });
  return {std::move(graph), std::move(outputs)};
}

std::vector<double> real_values(const TensorType& type, const Buffer& bytes) {
  std::vector<double> values;
  for (int64_t i = 0; i < type.elements(); ++i) values.push_back(real_value(type, bytes, i));
  return values;
}

constexpr int64_t kShown = 32;
constexpr double kBarColumns = 24;

/// One line per element with a bar, the largest marked; of a long tensor the first elements and a summary.
std::string tensor_text(const std::vector<double>& values) {
  const auto largest = std::max_element(values.begin(), values.end());
  double span = 0;
  for (double value : values) span = std::max(span, std::abs(value));
  const auto shown = std::min<size_t>(values.size(), kShown);
  Table table({{"#", Align::Right}, {"value", Align::Right}, {""}});
  for (size_t i = 0; i < shown; ++i) {
    const bool best = values.size() > 1 && values.begin() + static_cast<std::ptrdiff_t>(i) == largest;
    std::string bar;
    for (int c = 0; span > 0 && c < static_cast<int>(std::lround(kBarColumns * std::abs(values[i]) / span)); ++c)
      bar += values[i] < 0 ? "░" : "█";
    table.row({i, Cell(fmt::format("{:.6g}", values[i]), best ? Style::Good : Style::Plain), Cell(bar, best ? Style::Good : Style::Dim)});
  }
  double sum = 0;
  for (double value : values) sum += value;
  std::string text = table.text();
  if (shown < values.size())
    text += fmt::format("  ... {} more; smallest {:.6g}, largest {:.6g} at {}, mean {:.6g}\n",
                        grouped(static_cast<int64_t>(values.size() - shown)), *std::min_element(values.begin(), values.end()), *largest,
                        largest - values.begin(), sum / static_cast<double>(values.size()));
  return text;
}

/// Many records: a line each, with the first few values of output 0.
std::string records_text(const Ran& ran, const std::vector<TensorType>& types) {
  constexpr size_t kColumns = 8;
  Table table({{"record", Align::Right}, {"largest at", Align::Right}, {"", Align::Right}, {"first values"}});
  for (size_t r = 0; r < ran.outputs.size(); ++r) {
    const std::vector<double> values = real_values(types[0], split(ran.outputs[r], types)[0]);
    std::string text;
    for (size_t i = 0; i < std::min(values.size(), kColumns); ++i) text += fmt::format("{:>10.4g}", values[i]);
    const auto largest = std::max_element(values.begin(), values.end());
    table.row(
        {r, largest - values.begin(), Cell(fmt::format("{:.4g}", *largest), Style::Good), text + (values.size() > kColumns ? " ..." : "")});
  }
  return table.text();
}

std::string text_of(const RunRequest& request, const Ran& ran, const std::vector<TensorType>& types) {
  const std::string where = request.on == Where::Board ? request.board : request.on == Where::Host ? "this machine" : "the interpreter";
  std::string text = fmt::format("{} on {}, {} record{}\n", styled(Style::Bold, ran.graph.name), where, ran.outputs.size(),
                                 ran.outputs.size() == 1 ? "" : "s");
  if (ran.outputs.size() > 1) return text + "\n" + records_text(ran, types);
  const std::vector<Buffer> buffers = split(ran.outputs[0], types);
  for (size_t i = 0; i < types.size(); ++i)
    text += fmt::format("\n{}  {}\n{}", styled(Style::Accent, short_name(ran.graph.value(ran.graph.outputs[i]).name)), to_string(types[i]),
                        tensor_text(real_values(types[i], buffers[i])));
  return text;
}

Json json_of(const RunRequest& request, const Ran& ran, const std::vector<TensorType>& types) {
  Json::Array records;
  for (const Record& record : ran.outputs) {
    const std::vector<Buffer> buffers = split(record, types);
    Json::Array outputs;
    for (size_t i = 0; i < types.size(); ++i) {
      const TensorType plain{types[i].dtype, types[i].shape, {}};
      const std::vector<double> values = real_values(types[i], buffers[i]);
      Json::Array stored;
      for (double whole : real_values(plain, buffers[i])) stored.emplace_back(static_cast<int64_t>(whole));
      Json output;
      output.set("name", ran.graph.value(ran.graph.outputs[i]).name).set("dtype", name_of(plain.dtype));
      output.set("shape", Json::Array(plain.shape.begin(), plain.shape.end())).set("values", Json::Array(values.begin(), values.end()));
      if (plain.dtype != DType::F32) output.set("stored", stored);
      outputs.push_back(std::move(output));
    }
    records.emplace_back(std::move(outputs));
  }
  Json json;
  return json.set("model", request.model)
      .set("board", request.board)
      .set("on", kWhereNames[static_cast<size_t>(request.on)])
      .set("records", records);
}

/// All records of output 0 (of all outputs, for a .bin) as one tensor whose first axis is the record.
void write_outputs(const std::string& path, const Ran& ran, const std::vector<TensorType>& types) {
  FileTensor file;
  for (const Record& record : ran.outputs) {
    const Record part = fs::path(path).extension() == ".bin" ? record : split(record, types)[0];
    file.bytes.insert(file.bytes.end(), part.begin(), part.end());
  }
  file.type = {types[0].dtype, types[0].shape, {}};
  if (file.type.shape.empty() || file.type.shape[0] != 1) file.type.shape.insert(file.type.shape.begin(), 1);
  file.type.shape[0] = static_cast<int64_t>(ran.outputs.size());
  write_tensor(path, file);
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<RunRequest>(bag);
  const Ran ran = request.on == Where::Interpreter ? run_interpreted(request, progress) : run_compiled(request, progress);
  const std::vector<TensorType> types = output_types(ran.graph);
  StepResult result{.text = text_of(request, ran, types), .json = json_of(request, ran, types)};
  if (request.output.empty()) return result;
  write_outputs(request.output, ran, types);
  result.text += fmt::format("\nwrote {}\n", styled(Style::Bold, request.output));
  return result;
}

}  // namespace

std::span<const Step> run_steps() {
  static const Step kRows[] = {{.name = "run",
                                .summary = "feed a model inputs on the emulated board and see what comes out",
                                .stage = Stage::Build,
                                .details = "Inputs from a .npy of the model's own integer type, or from a .bin, are taken as they are; "
                                           "other numbers are real values and are "
                                           "quantised as the model wants it. Outputs are shown as real values.",
                                .examples = "thimble run kws.tflite --board nano33ble                    # one random input\n"
                                            "thimble run kws.tflite --input clips.npy --output scores.csv\n"
                                            "thimble run kws.tflite --on interpreter --input smooth --seed 7 --records 20\n"
                                            "thimble run hello.tflite --board uno --input angles.csv    # real values, one record a line",
                                .positional = {"model"},
                                .required = 0,
                                .fields = request_fields<RunRequest>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
