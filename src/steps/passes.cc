#include "passes/passes.h"

#include <fmt/format.h>

#include "base/table.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

struct PassesRequest : ModelRequest {
  std::string stop_after;
  std::vector<std::string> without;
  bool show = false;
  template <class V>
  void fields(V&& v) {
    ModelRequest::fields(v);
    v("stop_after", stop_after, "the last pass to run");
    v("without", without, "passes to leave out");
    v("show", show, "print the graph before and after each pass that changed it");
  }
};

StepResult list_passes() {
  Table table({{"pass"}, {"what it does", Align::Wrap}});
  Json::Array rows;
  for (const Pass* pass : all_passes()) {
    table.row({Cell(pass->name, Style::Accent), pass->summary});
    Json row;
    row.set("name", pass->name).set("summary", pass->summary);
    rows.push_back(std::move(row));
  }
  return {.text = table.text(), .json = rows};
}

/// Lines that only one of the two graphs has, as a diff shows them.
std::string changes(const std::string& before, const std::string& after) {
  const auto lines = [](std::string_view text) {
    std::vector<std::string_view> all;
    for (; !text.empty(); text.remove_prefix(std::min(text.find('\n') + 1, text.size()))) all.push_back(text.substr(0, text.find('\n')));
    return all;
  };
  const auto a = lines(before), b = lines(after);
  // The longest common subsequence tells which lines stayed.
  std::vector<std::vector<size_t>> common(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::string text;
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j])
      ++i, ++j;
    else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1]))
      text += styled(Style::Bad, fmt::format("  - {}", a[i++])) + "\n";
    else
      text += styled(Style::Good, fmt::format("  + {}", b[j++])) + "\n";
  }
  return text;
}

std::string snapshots(const std::vector<PassReport>& reports) {
  std::string text;
  for (const PassReport& report : reports)
    if (report.before != report.after)
      text += fmt::format("\n{}\n{}", styled(Style::Bold, report.name), changes(report.before, report.after));
  return text.empty() ? "\nNo pass changed a layer.\n" : text;
}

StepResult run_passes(const PassesRequest& request) {
  Graph graph = load_model_or_project(request.model).graph;
  const size_t nodes_before = graph.nodes.size();
  const auto reports = run_pipeline(graph, {.stop_after = request.stop_after, .without = request.without, .snapshots = request.show});
  Table table({{"pass"}, {"rewrites", Align::Right}, {"layers after", Align::Right}, {"ms", Align::Right}, {"what it found", Align::Wrap}});
  Json::Array rows;
  double ms = 0;
  int64_t rewrites = 0;
  for (const PassReport& report : reports) {
    std::string notes;
    for (const std::string& note : report.notes) notes += (notes.empty() ? "" : "; ") + note;
    table.row({Cell(report.name, Style::Accent), report.rewrites ? Cell(report.rewrites) : Cell("-", Style::Dim), report.nodes,
               fmt::format("{:.2f}", report.ms), notes});
    Json row;
    row.set("name", report.name).set("rewrites", report.rewrites).set("layers", static_cast<int64_t>(report.nodes)).set("ms", report.ms);
    row.set("notes", Json::Array(report.notes.begin(), report.notes.end()));
    if (request.show) row.set("before", report.before).set("after", report.after);
    rows.push_back(std::move(row));
    ms += report.ms;
    rewrites += report.rewrites;
  }
  table.total({"total", rewrites, graph.nodes.size(), fmt::format("{:.2f}", ms)});
  Json json;
  json.set("model", request.model)
      .set("layers_before", static_cast<int64_t>(nodes_before))
      .set("layers_after", static_cast<int64_t>(graph.nodes.size()));
  json.set("passes", rows);
  const std::string head = fmt::format("{}: {} layers become {}\n\n", styled(Style::Bold, graph.name), nodes_before, graph.nodes.size());
  return {.text = head + table.text() + (request.show ? snapshots(reports) : ""), .json = std::move(json)};
}

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<PassesRequest>(bag);
  if (!request.model.empty()) return run_passes(request);
  if (bag.empty()) return list_passes();
  throw Error(Blame::User, "thimble passes needs a model to run passes on",
              "without a model and without flags it lists the passes there are");
}

}  // namespace

std::span<const Step> passes_steps() {
  static const Step kRows[] = {
      {.name = "passes",
       .summary = "how a graph is rewritten for the device, pass by pass",
       .stage = Stage::Look,
       .details =
           "Without a model it lists the passes. With one it runs them and tells what each did; the graph is checked after every pass.",
       .examples = "thimble passes\n"
                   "thimble passes kws.tflite                                  # what each pass did, and how long it took\n"
                   "thimble passes kws.tflite --show                           # the lines that changed\n"
                   "thimble passes kws.tflite --without fuse_pad --show\n"
                   "thimble passes kws.tflite --stop-after fold_constants",
       .positional = {"model"},
       .fields = request_fields<PassesRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
