#include <fmt/format.h>

#include "base/files.h"
#include "base/table.h"
#include "project/project.h"
#include "project/templates.h"
#include "steps/step.h"

namespace thimble {
namespace {

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const Template& row : all_templates()) names.emplace_back(row.name);
  return names;
}

struct NewRequest {
  std::string name, template_ = "motion";
  template <class V>
  void fields(V&& v) {
    v("name", name, "the folder to make, and what the project is called");
    v("template", template_, "what kind of data to begin with", one_of(template_names()));
  }
};

constexpr std::string_view kReadme =
    "# {0}\n\n"
    "{1}.\n\n"
    "    thimble train             # learn it: out/model.tflite, out/report.html\n"
    "    thimble eval              # how good is the C that ships?\n"
    "    thimble compile . --run   # the whole as C for the board, run on the emulated one\n\n"
    "`thimble.toml` holds everything that can be chosen. The recordings are made up so far: put your own into a folder, one folder a\n"
    "label, and write `path = \"recordings\"` in the place of `synthetic`; `thimble data recordings` tells what is wrong with them.\n"
    "`thimble runs` lists what was trained.\n";

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<NewRequest>(bag);
  const Template& row = template_named(request.template_);
  const fs::path folder = request.name;
  const std::string name = folder.filename().string();
  if (name.empty() || name == "." || name == "..")
    throw Error(Blame::User, fmt::format("'{}' cannot be the name of a project", request.name), "for example: thimble new gestures");
  if (fs::exists(folder / kProjectFile))
    throw Error(Blame::User, fmt::format("there is already a project in '{}'", folder.string()), "take another name, or remove it");
  write_text(folder / kProjectFile, project_text(row, name));
  if (!fs::exists(folder / "README.md")) write_text(folder / "README.md", fmt::format(fmt::runtime(kReadme), name, row.summary));
  if (!fs::exists(folder / ".gitignore")) write_text(folder / ".gitignore", "out/\n.thimble/\n");

  StepResult result;
  result.text = fmt::format("{}: {}\n\n", styled(Style::Bold, (folder / kProjectFile).string()), row.summary);
  Table next({{""}, {""}});
  next.row({Cell("thimble train " + folder.string(), Style::Accent), "learn it, from recordings that are made up"});
  next.row({Cell("thimble eval " + folder.string(), Style::Accent), "how good is the C that ships?"});
  next.row({Cell("thimble compile " + folder.string() + " --run", Style::Accent), "the whole on the emulated board"});
  const std::string rows = next.text();
  result.text += "Next\n" + rows.substr(rows.find('\n') + 1) +
                 fmt::format("\nEvery choice stands in {} with its meaning; your own recordings too.\n", kProjectFile);
  result.json.set("project", folder.string()).set("name", name).set("template", row.name);
  return result;
}

}  // namespace

std::span<const Step> new_steps() {
  static const Step kRows[] = {
      {.name = "new",
       .summary = "begin a project: a commented thimble.toml that works at once, with data made up",
       .stage = Stage::Start,
       .details = "Templates: motion (gestures of a hand), audio (spoken words), image (small pictures), series (vibration of a machine). "
                  "Each trains, evaluates and runs on the emulated board without an edit. What is there is never overwritten.",
       .examples = "thimble new gestures\nthimble new lamp --template audio",
       .positional = {"name"},
       .required = 1,
       .fields = request_fields<NewRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
