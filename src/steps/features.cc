#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/files.h"
#include "base/svg.h"
#include "base/table.h"
#include "data/readers.h"
#include "data/tensor_file.h"
#include "ir/interpreter.h"
#include "steps/block_graph.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct FeaturesRequest : ReadOptions {
  std::string path, block = "spectral", output, plot;
  double window = 0, stride = 0;
  template <class V>
  void fields(V&& v) {
    v("path", path, "a recording, or a folder of them");
    v("block", block, "the signal block; `thimble blocks` lists them");
    v("window", window, "seconds of a window (samples where the rate is unknown); 0: the whole recording", at_least(0));
    v("stride", stride, "seconds from one window to the next; 0: as long as a window", at_least(0));
    v("output", output, "a file for the features, a window a row: .npy or .csv");
    v("plot", plot, "an .svg with the features of the first window");
    ReadOptions::fields(v);
  }
};

/// Fields of the request that are not those of reading and writing go to the block.
using Given = std::map<std::string, std::string, std::less<>>;

std::vector<FieldInfo> all_fields() {
  std::vector<FieldInfo> all = request_fields<FeaturesRequest>();
  for (FieldInfo& field : block_fields())
    if (std::none_of(all.begin(), all.end(), [&](const FieldInfo& f) { return f.name == field.name; })) all.push_back(std::move(field));
  return all;
}

/// What a window of this recording looks like to the block.
struct Cut {
  TensorType type;
  int64_t length, stride, count;  ///< in samples
};

Cut cut_of(const Recording& recording, const FeaturesRequest& request) {
  if (recording.width > 0)
    return {{DType::F32, {recording.height(), recording.width, static_cast<int64_t>(recording.channels.size())}, {}},
            recording.length(),
            recording.length(),
            1};
  const double rate = recording.rate > 0 ? recording.rate : 1;
  const auto samples = [&](double seconds) { return static_cast<int64_t>(std::llround(seconds * rate)); };
  const int64_t length = request.window > 0 ? samples(request.window) : recording.length();
  const int64_t stride = request.stride > 0 ? std::max<int64_t>(1, samples(request.stride)) : length;
  if (length > recording.length() || length < 1)
    throw Error(Blame::User,
                fmt::format("'{}' has {} samples, which is less than a window of {}", recording.name, recording.length(), length),
                "take a shorter --window");
  return {{DType::F32, {length, static_cast<int64_t>(recording.channels.size())}, {}},
          length,
          stride,
          (recording.length() - length) / stride + 1};
}

/// The rows of features of one recording.
struct Found {
  const Recording* recording = nullptr;
  Cut cut;
  Graph graph;
  std::vector<std::vector<float>> windows;
};

Found features_of(const Recording& recording, const Block& block, const FeaturesRequest& request, Given given) {
  const Doing doing([&] { return fmt::format("computing '{}' of '{}'", block.op.name, recording.name); });
  const auto fields = block.op.attrs.fields();
  const bool has_rate = std::any_of(fields.begin(), fields.end(), [](const FieldInfo& f) { return f.name == "rate"; });
  if (has_rate && recording.rate > 0) given["rate"] = fmt::format("{:.9g}", recording.rate);
  Found found{.recording = &recording, .cut = cut_of(recording, request), .graph = {}, .windows = {}};
  found.graph = block_graph(block, found.cut.type, block_attrs(block, given));
  Interpreter interpreter(found.graph);
  const auto axes = recording.channels.size();
  for (int64_t w = 0; w < found.cut.count; ++w) {
    const std::span<const float> window(recording.samples.data() + static_cast<size_t>(w * found.cut.stride) * axes,
                                        static_cast<size_t>(found.cut.length) * axes);
    const auto bytes = std::as_bytes(window);
    const std::vector<Buffer> inputs = {{bytes.begin(), bytes.end()}}, outputs = interpreter.run(inputs);
    const TensorType& type = found.graph.type(found.graph.outputs[0]);
    std::vector<float> row(static_cast<size_t>(type.elements()));
    if (type.dtype == DType::F32)
      std::memcpy(row.data(), outputs[0].data(), outputs[0].size());
    else
      std::transform(outputs[0].begin(), outputs[0].end(), row.begin(),
                     [](std::byte b) { return static_cast<float>(static_cast<int8_t>(b)); });
    found.windows.push_back(std::move(row));
  }
  return found;
}

std::string number_text(float x) { return fmt::format("{:.4g}", x); }

constexpr size_t kMostColumns = 14;

std::vector<std::string> names_of(const Block& block, size_t count) {
  std::vector<std::string> names;
  for (const std::string_view name : block.names)
    if (names.size() < count) names.emplace_back(name);
  while (names.size() < count) names.push_back(std::to_string(names.size()));
  return names;
}

std::string table_text(const std::vector<Found>& all, const Block& block) {
  const size_t count = all[0].windows[0].size(), shown = std::min(count, kMostColumns);
  const std::vector<std::string> names = names_of(block, count);
  std::vector<Column> columns = {{"recording"}, {all[0].recording->rate > 0 ? "from s" : "from sample", Align::Right}};
  for (size_t i = 0; i < shown; ++i) columns.push_back({names[i], Align::Right, i >= 6});
  if (shown < count) columns.push_back({fmt::format("and {} more", count - shown)});
  Table table(std::move(columns));
  for (const Found& found : all)
    for (size_t w = 0; w < found.windows.size(); ++w) {
      const auto first = static_cast<int64_t>(w) * found.cut.stride;
      const double rate = found.recording->rate;
      std::vector<Cell> row = {w == 0 ? found.recording->name : "",
                               rate > 0 ? fmt::format("{:.2f}", static_cast<double>(first) / rate) : grouped(first)};
      for (size_t i = 0; i < shown; ++i) row.emplace_back(number_text(found.windows[w][i]));
      table.row(std::move(row));
    }
  return table.text();
}

/// Rows over time where the block makes them, else one line of all features.
std::string plot_of(const Found& found, const Block& block) {
  const std::vector<float>& row = found.windows[0];
  const std::string title = fmt::format("{} of {}", block.op.name, found.recording->name);
  const auto stream = block.stream ? block.stream(found.graph.nodes[0], found.graph) : std::nullopt;
  if (!stream) {
    Chart chart{.title = title, .x_title = "feature", .y_title = "", .series = {{.name = "", .x = {}, .y = {}}}};
    for (size_t i = 0; i < row.size(); ++i) chart.series[0].x.push_back(static_cast<double>(i)), chart.series[0].y.push_back(row[i]);
    return svg_chart(chart);
  }
  const auto [low, high] = std::minmax_element(row.begin(), row.end());
  HeatMap map{.title = title, .row_title = "feature", .column_title = "frame", .rows = {}, .columns = {}, .shades = {}, .values = {}};
  for (int64_t r = 0; r < stream->rows; ++r) map.columns.push_back(r % 10 == 0 ? std::to_string(r) : "");
  for (int64_t f = stream->features; f-- > 0;) {
    map.rows.push_back(f % 5 == 0 ? std::to_string(f) : "");
    for (int64_t r = 0; r < stream->rows; ++r) {
      const float v = row[static_cast<size_t>(r * stream->features + f)];
      map.shades.push_back(*high > *low ? static_cast<double>((v - *low) / (*high - *low)) : 0);
      map.values.emplace_back();
    }
  }
  return svg_heat_map(map);
}

FileTensor tensor_of(const std::vector<Found>& all) {
  FileTensor tensor{.type = {DType::F32, {0, static_cast<int64_t>(all[0].windows[0].size())}, {}}, .bytes = {}};
  for (const Found& found : all)
    for (const std::vector<float>& row : found.windows) {
      if (row.size() != all[0].windows[0].size())
        throw Error(Blame::User,
                    fmt::format("'{}' gives {} features and '{}' {}, which makes no table", found.recording->name, row.size(),
                                all[0].recording->name, all[0].windows[0].size()),
                    "give a --window, so that all are of one length");
      const auto bytes = std::as_bytes(std::span(row));
      tensor.bytes.insert(tensor.bytes.end(), bytes.begin(), bytes.end());
      ++tensor.type.shape[0];
    }
  return tensor;
}

Json json_of(const std::vector<Found>& all, const Block& block) {
  Json::Array rows;
  for (const Found& found : all)
    for (size_t w = 0; w < found.windows.size(); ++w) {
      Json::Array numbers;
      for (const float x : found.windows[w]) numbers.emplace_back(static_cast<double>(x));
      Json row;
      row.set("recording", found.recording->name).set("first", static_cast<int64_t>(w) * found.cut.stride).set("features", numbers);
      rows.push_back(std::move(row));
    }
  Json json;
  return json.set("block", block.op.name).set("rate", all[0].recording->rate).set("windows", rows);
}

StepResult run(const AttrBag& bag, Progress& progress) {
  AttrBag own;
  Given given;
  const std::vector<FieldInfo> fields = request_fields<FeaturesRequest>();
  for (const auto& [name, value] : bag) {
    if (std::any_of(fields.begin(), fields.end(), [&name = name](const FieldInfo& f) { return f.name == name; }))
      own.emplace(name, value);
    else
      given.emplace(name, to_string(value));
  }
  const auto request = from_bag<FeaturesRequest>(own);
  const Block& block = block_named(request.block);
  std::vector<Found> all;
  const std::vector<Recording> recordings = read_folder(request.path, request, progress);
  for (const Recording& recording : recordings) all.push_back(features_of(recording, block, request, given));
  StepResult result;
  result.text = fmt::format("{} features a window by '{}'\n\n{}", grouped(static_cast<int64_t>(all[0].windows[0].size())), block.op.name,
                            table_text(all, block));
  if (block.remarks)
    for (const std::string& remark : block.remarks(all[0].graph.nodes[0], all[0].graph))
      result.text += fmt::format("\n  {} {}\n", styled(Style::Warn, "note:"), remark);
  if (!request.output.empty()) {
    const FileTensor tensor = tensor_of(all);
    write_tensor(request.output, tensor);
    result.text += fmt::format("\n  {} rows in {}\n", grouped(tensor.type.shape[0]), request.output);
  }
  if (!request.plot.empty()) {
    write_text(request.plot, plot_of(all[0], block));
    result.text += fmt::format("\n  the first window is drawn in {}\n", request.plot);
  }
  result.json = json_of(all, block);
  return result;
}

}  // namespace

std::span<const Step> features_steps() {
  static const Step kRows[] = {
      {.name = "features",
       .summary = "what a signal block computes of a recording",
       .stage = Stage::Look,
       .details =
           "Runs one block over a file or a folder of recordings, window by window, by the very C that ships. The block's parameters are "
           "flags (`thimble blocks NAME` lists them); its rate is the recording's.",
       .examples = "thimble features word.wav --block mfcc --frame-length 0.02 --plot word.svg\n"
                   "thimble features pulse.csv --rate 100 --block heart --window 10\n"
                   "thimble features gestures/ --rate 62.5 --block spectral --window 2 --stride 0.5 --output features.npy",
       .positional = {"path"},
       .required = 1,
       .fields = all_fields,
       .run = run}};
  return kRows;
}

}  // namespace thimble
