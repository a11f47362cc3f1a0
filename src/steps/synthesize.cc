#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/files.h"
#include "base/table.h"
#include "data/check.h"
#include "data/readers.h"
#include "project/sources.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct SynthesizeRequest {
  std::string kind, out;
  std::vector<std::string> set;
  template <class V>
  void fields(V&& v) {
    v("kind", kind, "motion, speech, shapes or machine");
    v("out", out, "the folder that is written; without it, what can be set is shown");
    v("set", set, "how it is made: each=20, words=lamp,door, voices=4, ...");
  }
};

/// "each=20" and the like, checked against the fields of the source. A word without '=' goes on with the list before it.
AttrBag settings_of(const std::vector<std::string>& words, const std::vector<FieldInfo>& fields) {
  std::map<std::string, std::string> texts;
  std::string key;
  for (const std::string& word : words) {
    const size_t at = word.find('=');
    if (at == std::string::npos && key.empty())
      throw Error(Blame::User, fmt::format("'{}' sets nothing", word), "for example: --set each=20");
    if (at == std::string::npos)
      texts[key] += "," + word;
    else
      texts[key = word.substr(0, at)] = word.substr(at + 1);
  }
  AttrBag bag;
  std::vector<std::string> known;
  for (const FieldInfo& field : fields) {
    known.push_back(field.name);
    if (const auto text = texts.find(field.name); text != texts.end()) bag[field.name] = parse_field(field.name, text->second, field.value);
  }
  for (const auto& [name, text] : texts)
    if (!bag.contains(name)) throw Error(Blame::User, fmt::format("there is no '{}' to set{}", name, suggest(name, known)));
  return bag;
}

std::string settings_text(const std::vector<FieldInfo>& fields) {
  Table table({{"setting"}, {"default"}, {"is", Align::Wrap}});
  for (const FieldInfo& field : fields) table.row({Cell(field.name, Style::Accent), to_string(field.value), field.help});
  return table.text();
}

/// LABEL/GROUP.N.EXT, or LABEL/N.EXT without groups.
fs::path write_one(const fs::path& out, const Recording& r, int64_t number) {
  const std::string stem = r.group.empty() ? fmt::format("{}", number) : fmt::format("{}.{}", r.group, number);
  const fs::path base = out / r.label;
  if (r.width > 0) {
    write_png(base / (stem + ".png"), r);
    return stem + ".png";
  }
  const bool sound = r.channels.size() == 1 && r.channels[0].name == "audio";
  (sound ? write_wav : write_csv)(base / (stem + (sound ? ".wav" : ".csv")), r);
  return stem + (sound ? ".wav" : ".csv");
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<SynthesizeRequest>(bag);
  const Source& source = source_named(request.kind);
  const std::vector<FieldInfo> fields = source.fields();
  if (request.out.empty())
    return {fmt::format("{}: {}\n\n{}\n  thimble synthesize {} --out DIR --set {}={}\n", source.name, source.summary, settings_text(fields),
                        source.name, fields[0].name, to_string(fields[0].value)),
            Json(), 0};
  const std::vector<Recording> all = source.make(settings_of(request.set, fields), progress);
  std::map<std::string, int64_t> counts;
  for (const Recording& r : all) write_one(request.out, r, ++counts[r.label]);
  const std::string extension = all[0].width > 0 ? "png" : all[0].channels[0].name == "audio" ? "wav" : "csv";
  const std::string names = all[0].group.empty() ? "" : fmt::format(" --names '{{label}}/{{group}}.{{}}.{}'", extension);
  StepResult result;
  Table table({{"label"}, {"recordings", Align::Right}});
  Json labels{Json::Object{}};
  const bool numbers = labels_are_numbers(all);
  if (numbers) table.row({Cell("numbers", Style::Accent), static_cast<int64_t>(all.size())});
  for (const auto& [label, count] : counts) {
    if (!numbers) table.row({Cell(label, Style::Accent), count});
    labels.set(label, count);
  }
  table.total({"", static_cast<int64_t>(all.size())});
  result.text = fmt::format("{}\n  look at them: thimble data check {}{} --plot look.html\n", table.text(), request.out, names);
  result.json.set("out", request.out).set("labels", labels);
  return result;
}

}  // namespace

std::span<const Step> synthesize_steps() {
  static const Step kRows[] = {
      {.name = "synthesize",
       .summary = "write recordings made up from nothing: gestures, words, shapes, a machine",
       .stage = Stage::Start,
       .details =
           "For a first try before anything was recorded. Without --out it shows what can be set. Projects made by `thimble new` use the "
           "same sources without writing files.",
       .examples = "thimble synthesize motion --out gestures/ --set each=20 --set gestures=circle,shake,idle\n"
                   "thimble synthesize speech --out words/ --set words=lamp,door --set voices=6\n"
                   "thimble synthesize shapes",
       .positional = {"kind"},
       .required = 1,
       .fields = request_fields<SynthesizeRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
