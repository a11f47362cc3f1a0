#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/files.h"
#include "base/table.h"
#include "project/templates.h"
#include "project/toml.h"
#include "steps/memory.h"
#include "steps/performance.h"
#include "steps/pipeline.h"
#include "train/train.h"

namespace thimble {
namespace {

enum class What : uint8_t { Motion, Keyword };
std::span<const std::string_view> enum_names(What) {
  static constexpr std::string_view kNames[] = {"motion", "keyword"};
  return kNames;
}

struct DemoRequest {
  What what = What::Motion;
  std::vector<std::string> words{"lamp", "door"};
  std::string board = "nano33ble", out;
  bool quick = false;
  template <class V>
  void fields(V&& v) {
    v("what", what, "gestures of a simulated hand, or words that espeak-ng speaks");
    v("words", words, "of keyword: those that are to be told apart");
    v("board", board, "where it is to run; `thimble boards` lists them");
    v("out", out, "folder of the project that the demo makes; none: out/demo-motion or out/demo-keyword");
    v("quick", quick, "few recordings and few epochs: the path in some seconds, with a model that is often wrong");
  }
};

/// First line of a thimble.toml that the demo made and may make anew.
constexpr std::string_view kMark = "# Made by `thimble demo`, which makes it anew each time.\n";

/// `text` with another value for the `key` of the section, be it set or at its default.
std::string with_value(const std::string& text, std::string_view section, std::string_view key, const FieldValue& value) {
  const size_t begin = text.find(fmt::format("\n[{}]\n", section));
  require(begin != std::string::npos, fmt::format("the template has no section [{}]", section));
  const size_t end = std::min(text.find("\n[", begin + 1), text.find("\n#[", begin + 1));
  const std::string set = fmt::format("\n{} = ", key), dormant = fmt::format("\n#{} = ", key);
  const size_t at = std::min(text.find(set, begin), text.find(dormant, begin));
  require(at < std::min(end, text.size()), fmt::format("[{}] of the template has no '{}'", section, key));
  return text.substr(0, at) + set + toml_text(value) + text.substr(text.find('\n', at + 1));
}

struct QuickValue {
  std::string_view section, key;
  int64_t value;
};

/// What --quick makes do with.
std::vector<QuickValue> quick_values(What what) {
  if (what == What::Motion) return {{"synthetic", "each", 20}, {"train", "epochs", 10}, {"train", "qat_epochs", 2}};
  return {{"synthetic", "each", 30},  {"synthetic", "others", 40}, {"synthetic", "noises", 20},
          {"synthetic", "voices", 6}, {"train", "epochs", 8},      {"train", "qat_epochs", 2}};
}

std::vector<std::string> without_spaces_around(std::vector<std::string> words) {
  for (std::string& word : words) {
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
  }
  return words;
}

/// Writes the project; returns its folder.
fs::path make_project(const DemoRequest& request) {
  const bool motion = request.what == What::Motion;
  const fs::path folder = !request.out.empty() ? request.out : motion ? "out/demo-motion" : "out/demo-keyword";
  const fs::path file = folder / kProjectFile;
  if (fs::exists(file) && !read_text(file).starts_with(kMark))
    throw Error(Blame::User, fmt::format("there is a project in '{}' that the demo did not make", folder.string()),
                "name another folder with --out");
  std::string text = project_text(template_named(motion ? "motion" : "audio"), motion ? "gestures" : "keyword");
  text = with_value(text, "deploy", "board", request.board);
  if (!motion) text = with_value(text, "synthetic", "words", without_spaces_around(request.words));
  if (request.quick)
    for (const auto& [section, key, value] : quick_values(request.what)) text = with_value(text, section, key, value);
  write_text(file, std::string(kMark) + text);
  return folder;
}

StepResult verb(std::string_view name, const AttrBag& given, Progress& progress) {
  const Step& step = step_named(name);
  AttrBag fields;
  for (const FieldInfo& field : step.fields()) fields[field.name] = field.value;
  for (const auto& [key, value] : given) fields[key] = value;
  return step.run(fields, progress);
}

/// A command and what it did.
std::string shown(std::string_view why, const std::string& command) {
  return fmt::format("\n{}\n{}\n\n", styled(Style::Dim, fmt::format("# {}", why)), styled(Style::Accent, "$ thimble " + command));
}

std::string share(const Json& played) {
  const Json* right = played.find("right");
  const Json* of = played.find("of");
  return right && of ? fmt::format("{:.0f} of {} right", right->number(), of->number()) : "";
}

/// The command without --quick.
std::string full_demo(const DemoRequest& request) {
  std::string command = "thimble demo";
  if (request.what == What::Keyword) command += fmt::format(" keyword --words \"{}\"", fmt::join(request.words, ","));
  if (request.board != DemoRequest{}.board) command += " --board " + request.board;
  return command + (request.out.empty() ? "" : " --out " + request.out);
}

std::string next_text(const fs::path& folder, const DemoRequest& request) {
  Table next({{""}, {""}});
  const std::string name = folder.string();
  if (request.quick) next.row({Cell(full_demo(request), Style::Accent), "the same with enough recordings and epochs to be right"});
  next.row({Cell(name + "/thimble.toml", Style::Accent), "everything that was chosen; change a line and train again"});
  next.row({Cell(name + "/out/report.html", Style::Accent), "the training: curves, confusion, RAM over time"});
  next.row({Cell("thimble profile " + name, Style::Accent), "where the time goes, block by block and layer by layer"});
  next.row({Cell(fmt::format("thimble verify {} --boards all", name), Style::Accent), "that every board computes the same"});
  next.row({Cell(fmt::format("thimble compile {} --board pico --run", name), Style::Accent), "the same on another board"});
  next.row({Cell("thimble new mine --template motion", Style::Accent), "a project of your own; `thimble data` reads your recordings"});
  if (request.what == What::Motion)
    next.row({Cell("thimble demo keyword --words \"lamp,door\"", Style::Accent), "the same path with spoken words of your choice"});
  const std::string rows = next.text();
  return "Where to look next\n" + rows.substr(rows.find('\n') + 1);
}

/// The impulse on the board, listening to everything that training did not see.
void listen(const fs::path& folder, const DemoRequest& request, StepResult& result, Progress& progress) {
  constexpr size_t kShown = 10;
  ModelOnBoard model;
  model.model = folder.string(), model.board = request.board;
  const Prepared prepared = prepare(model, progress);
  const Stream& stream = prepared.stream.value();
  std::vector<Playing> recordings = test_recordings(dataset_of(prepared.origin.value().project, progress), 0);
  const Performance done = perform(prepared.compiled, *prepared.board, stream, std::move(recordings), progress);
  const Json played = played_json(done.recordings, stream);
  const std::vector<Playing> first(done.recordings.begin(),
                                   done.recordings.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, done.recordings.size())));
  result.text += shown(
      fmt::format("Signal block, network and smoothing as C, on the emulated {}, hearing recordings that it never saw", request.board),
      fmt::format("compile {} --board {} --run", folder.string(), request.board));
  result.text += timeline_text(first, stream);
  if (first.size() < done.recordings.size()) result.text += fmt::format("  ... and {} more\n", done.recordings.size() - first.size());
  result.text +=
      fmt::format("\n{} recordings on the board: {}\n\n{}\n{}\n{}\n", done.recordings.size(), styled(Style::Good, share(played)),
                  verdicts_text(done.recordings, stream), memory_text(*prepared.board, done.sizes), cost_text(done, *prepared.board));
  Json board;
  set_memory(board, done.sizes);
  set_cost(board, done);
  result.json.set("board", board.set("played", played));
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<DemoRequest>(bag);
  board_named(request.board);
  ensure_training_is_here();
  const fs::path folder = make_project(request);
  StepResult result;
  result.text = shown(request.what == What::Motion ? "A project: gestures of a simulated hand, five kinds, many persons"
                                                   : "A project: words in many voices, with noise",
                      fmt::format("new {} --template {}", folder.string(), request.what == What::Motion ? "motion" : "audio"));
  if (request.quick) result.text += "Quick: few recordings and few epochs, so that the model is often wrong\n";
  result.text +=
      shown("Features by the C that ships, a network trained, then trained on as the int8 graph that ships", "train " + folder.string());
  const StepResult trained = verb("train", {{"project", folder.string()}, {"fresh", true}}, progress);
  result.text += trained.text;
  result.json.set("project", folder.string()).set("quick", request.quick).set("train", trained.json);
  listen(folder, request, result, progress);
  result.text += next_text(folder, request);
  return result;
}

}  // namespace

std::span<const Step> demo_steps() {
  static const Step kRows[] = {
      {.name = "demo",
       .summary = "the whole path once: recordings from nothing to firmware that hears them on an emulated board",
       .stage = Stage::Start,
       .details = "Makes a project with simulated recordings, trains it, quantises it, compiles signal blocks and network to C, and plays "
                  "recordings that it never saw to the emulated board. What you see are the verbs that you would use yourself.",
       .examples = "thimble demo\nthimble demo --quick\nthimble demo --board pico\nthimble demo keyword --words \"lamp,door\"",
       .positional = {"what"},
       .fields = request_fields<DemoRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
