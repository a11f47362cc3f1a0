#include <fmt/format.h>

#include "base/files.h"
#include "base/terminal.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "steps/ds_cnn.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct DemoRequest {
  std::string board = "nano33ble";
  std::string out = "out/demo";
  template <class V>
  void fields(V&& v) {
    v("board", board, "where it is to run; `thimble boards` lists them");
    v("out", out, "folder that the model and its C are written into");
  }
};

/// The verbs of the tour, each with what it adds to the fields that all of them take.
struct Stop {
  std::string_view verb, why;
  bool writes = false;
};
constexpr Stop kStops[] = {{"compile", "Plain C99 out of the model, with the RAM and flash it will take", true},
                           {"verify", "The interpreter, the C on this machine and the C on the board must give the same bytes"},
                           {"profile", "What each layer costs on the board, counted instruction by instruction"}};

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<DemoRequest>(bag);
  const fs::path model = fs::path(request.out) / "ds_cnn.tflite";
  write_bytes(model, write_tflite(export_graph(make_ds_cnn())));

  StepResult result;
  result.text = fmt::format(
      "{} is a keyword-spotting network of 2.7 million multiply-accumulates, made in code with random weights:\n"
      "what it says means nothing, what it costs is real. This is what you would type with a model of your own.\n",
      styled(Style::Bold, model.string()));
  for (const Stop& stop : kStops) {
    const Step& step = step_named(stop.verb);
    AttrBag fields;
    for (const FieldInfo& field : step.fields()) fields[field.name] = field.value;
    fields["model"] = model.string();
    fields["board"] = request.board;
    if (stop.writes) fields["out"] = request.out;
    progress.begin(fmt::format("{} for {}", stop.verb, request.board));
    const StepResult part = step.run(fields, progress);
    const std::string out = stop.writes ? " --out " + request.out : "";
    result.text += fmt::format(
        "\n{}\n{}\n\n{}", styled(Style::Dim, fmt::format("# {}", stop.why)),
        styled(Style::Accent, fmt::format("$ thimble {} {} --board {}{}", stop.verb, model.string(), request.board, out)), part.text);
    result.json.set(std::string(stop.verb), part.json);
    result.status = std::max(result.status, part.status);
  }
  result.text +=
      "\nNext: `thimble boards` for other boards, `thimble explain` for why each kernel was chosen, `thimble run` to feed it your own "
      "input.\n";
  return result;
}

}  // namespace

std::span<const Step> demo_steps() {
  static const Step kRows[] = {
      {.name = "demo",
       .summary = "the whole path once: a network to C, verified and measured on an emulated board",
       .stage = Stage::Start,
       .details =
           "Writes a small network as a .tflite file, then compiles, verifies and profiles it with the verbs you would use yourself.",
       .examples = "thimble demo\nthimble demo --board pico",
       .fields = request_fields<DemoRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
