#include "project/templates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/terminal.h"
#include "project/project.h"
#include "project/sources.h"
#include "project/toml.h"

namespace thimble {
namespace {

constexpr const char* kMotion = R"(
[data]
synthetic = "motion"
[window]
window = 2.0
[[block]]
block = "spectral"
axes = ["acc_x", "acc_y", "acc_z"]
fft_length = 32
filter_type = "low"
filter_cutoff = 20.0
[network]
architecture = "mlp"
[train]
epochs = 40
)";
constexpr const char* kAudio = R"(
[data]
synthetic = "speech"
[synthetic]
words = ["lamp", "door"]
[window]
window = 1.0
[[block]]
block = "mfe"
frame_length = 0.032
frame_stride = 0.032
fft_length = 512
num_filters = 32
[network]
architecture = "cnn1d"
[train]
epochs = 30
)";
constexpr const char* kImage = R"(
[data]
synthetic = "shapes"
[network]
architecture = "cnn"
[train]
epochs = 40
)";
constexpr const char* kSeries = R"(
[data]
synthetic = "machine"
[window]
window = 1.0
[[block]]
block = "spectral"
axes = ["vibration"]
fft_length = 128
[[block]]
block = "flatten"
axes = ["current", "temperature"]
[network]
architecture = "mlp"
[train]
epochs = 40
)";

/// What all of them say.
constexpr const char* kEach = R"(
[deploy]
board = "nano33ble"
)";

constexpr Template kTemplates[] = {
    {"motion", "gestures of a hand, from an accelerometer: spectral features and a small network", kMotion},
    {"audio", "spoken words: mel energies over time and a small convolutional network", kAudio},
    {"image", "small pictures: no signal block, a convolutional network on the pixels", kImage},
    {"series", "vibration and current of a machine: statistics and spectrum side by side", kSeries},
};

constexpr int kColumns = 100;

/// " (0 to 0.9)", " (adam, adamw, sgd)"; what the help says already is not said again.
std::string range_text(const FieldInfo& field) {
  const FieldRule& rule = field.rule;
  std::vector<std::string> words;
  for (const std::string& word : rule.choices)
    if (!word.empty()) words.push_back(word);
  if (!words.empty()) return field.help.find(words.back()) == std::string::npos ? fmt::format(" ({})", fmt::join(words, ", ")) : "";
  if (std::isfinite(rule.min) && std::isfinite(rule.max)) return fmt::format(" ({:g} to {:g})", rule.min, rule.max);
  return std::isfinite(rule.min) && rule.min != 0 ? fmt::format(" (at least {:g})", rule.min) : "";
}

/// A key that is set: what it means above it.
std::string live_text(const FieldInfo& field, const FieldValue& value) {
  return fmt::format("{}\n{} = {}\n", wrapped("# " + field.help + range_text(field), kColumns, "#   "), field.name, toml_text(value));
}

/// A key left at its default: one line, ready to be switched on by taking the first # away.
std::string dormant_text(const FieldInfo& field) {
  const std::string set = fmt::format("#{} = {}", field.name, toml_text(field.value));
  return fmt::format("{:<30}  # {}{}\n", set, field.help, range_text(field));
}

/// A section with the keys that `set` has first, in the order of the fields, then all others.
std::string section_text(const SectionInfo& info, bool repeated, const std::vector<FieldInfo>& fields, const AttrBag& set) {
  std::string text = info.help.empty() ? "\n" : fmt::format("\n# {}\n", info.help);
  const bool live = !set.empty();
  text += fmt::format("{}[{}{}{}\n", live || !repeated ? "" : "#", repeated ? "[" : "", info.name, repeated ? "]]" : "]");
  for (const FieldInfo& field : fields)
    if (set.contains(field.name)) text += live_text(field, set.at(field.name));
  for (const FieldInfo& field : fields)
    if (!set.contains(field.name)) text += dormant_text(field);
  return text;
}

std::string word_in(const AttrBag& bag, std::string_view key, const std::string& otherwise) {
  const auto it = bag.find(key);
  return it == bag.end() ? otherwise : std::get<std::string>(it->second);
}

/// The fields of a section, with those of the row that it names.
std::vector<FieldInfo> fields_in(const SectionInfo& info, const AttrBag& set, const std::string& synthetic) {
  std::vector<FieldInfo> fields = info.fields, more;
  if (info.name == "synthetic") more = source_named(synthetic).fields();
  if (info.name == "block") more = block_named(word_in(set, "block", BlockSection{}.block)).op.attrs.fields();
  if (info.name == "network") more = architecture_named(word_in(set, "architecture", NetworkSection{}.architecture)).fields();
  // The rate of a block is the data's unless somebody says otherwise: a number there would only mislead.
  std::erase_if(more, [&](const FieldInfo& f) { return info.name == "block" && f.name == "rate"; });
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

}  // namespace

std::span<const Template> all_templates() { return kTemplates; }

const Template& template_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Template& row : kTemplates) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  throw Error(Blame::User, "there is no template '" + std::string(name) + "'" + suggest(name, names));
}

std::string project_text(const Template& row, const std::string& name) {
  const TomlFile settings = parse_toml(std::string(row.settings) + kEach, std::string(row.name), {"block"});
  std::string text = fmt::format(
      "# {}: {}.\n"
      "# `thimble train` learns it, `thimble eval` tells how well, `thimble compile . --run` takes it to the board.\n"
      "# A key that begins with # is at its default: take the # away and change it.\n",
      name, row.summary);
  const TomlSection* data = settings.find("data");
  const std::string synthetic = word_in(data->values, "synthetic", "motion");
  for (const SectionInfo& info : project_sections()) {
    bool any = false;
    for (const TomlSection& section : settings.sections) {
      if (section.name != info.name) continue;
      any = true;
      const std::vector<FieldInfo> fields = fields_in(info, section.values, synthetic);
      text += section_text(info, info.name == "block", fields, fitted(settings, section, fields));
    }
    if (any) continue;
    const AttrBag set = info.name == "project" ? AttrBag{{"name", name}} : AttrBag{};
    const bool block = info.name == "block";  // one that is not there yet has no parameters to tell
    text += section_text(info, block, block ? info.fields : fields_in(info, set, synthetic), set);
  }
  return text;
}

}  // namespace thimble
