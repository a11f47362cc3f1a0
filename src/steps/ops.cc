#include "ops/ops.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/table.h"
#include "kernels/kernel.h"
#include "steps/step.h"

namespace thimble {
namespace {

Json names_of(std::span<const ForeignMap> maps) {
  Json::Array names;
  for (const ForeignMap& map : maps)
    if (std::find_if(names.begin(), names.end(), [&](const Json& n) { return *n.as_string() == map.name; }) == names.end())
      names.emplace_back(map.name);
  return names;
}

std::string joined(const Json& names) {
  std::string text;
  for (const Json& name : *names.as_array()) text += (text.empty() ? "" : " ") + *name.as_string();
  return text;
}

StepResult run(const AttrBag&, Progress&) {
  Table table({{"op"}, {"kernels", Align::Right}, {"what it does"}, {"in TFLite", Align::Wrap}});
  Json::Array rows;
  for (const OpDef* op : all_ops()) {
    const auto kernels = std::count_if(all_kernels().begin(), all_kernels().end(), [&](const Kernel* k) { return k->op == op->name; });
    const Json tflite = names_of(op->tflite);
    table.row({Cell(op->name, Style::Accent), kernels, op->summary, joined(tflite)});
    Json row;
    row.set("name", op->name)
        .set("summary", op->summary)
        .set("kernels", int64_t{kernels})
        .set("tflite", tflite)
        .set("onnx", names_of(op->onnx));
    rows.push_back(std::move(row));
  }
  return {.text = table.text(), .json = rows};
}

}  // namespace

std::span<const Step> ops_steps() {
  static const Step kRows[] = {{.name = "ops",
                                .summary = "the operations that a model may use, and their names in other formats",
                                .examples = "thimble ops\n"
                                            "thimble ops --json",
                                .fields = request_fields<NoRequest>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
