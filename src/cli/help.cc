#include "cli/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "base/table.h"

namespace thimble {
namespace {

constexpr std::string_view kStages[] = {"Start here", "Look at a model", "Make it firmware", "See what it costs", "What there is"};

bool is_positional(const Step& step, std::string_view field) {
  return std::find(step.positional.begin(), step.positional.end(), field) != step.positional.end();
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string usage(const Step& step, const std::vector<FieldInfo>& fields) {
  std::string text = fmt::format("thimble {}", step.name);
  for (size_t i = 0; i < step.positional.size(); ++i) {
    const bool list =
        std::any_of(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == step.positional[i] && f.value.index() >= 4; });
    const std::string word = upper(step.positional[i]) + (list ? "..." : "");
    text += i < step.required ? " " + word : " [" + word + "]";
  }
  return text + " [flags]";
}

std::string word_for(const FieldInfo& field) {
  if (!field.rule.choices.empty()) return fmt::format("{}", fmt::join(field.rule.choices, "|"));
  switch (field.value.index()) {
    case 0: return "";
    case 1: return "N";
    case 2: return "X";
    case 3: return upper(field.name.substr(field.name.rfind('_') + 1));
    default: return upper(field.name.substr(field.name.rfind('_') + 1)) + ",...";
  }
}

std::string remarks(const FieldInfo& field) {
  std::string text = field.help;
  const std::string value = to_string(field.value);
  if (field.value.index() != 0 && !value.empty()) text += fmt::format(" (default {})", value);
  return text;
}

std::string field_rows(const Step& step, const std::vector<FieldInfo>& fields) {
  Table table({{""}, {"", Align::Wrap}});
  for (std::string_view name : step.positional)
    for (const FieldInfo& field : fields)
      if (field.name == name) table.row({Cell(upper(name), Style::Accent), remarks(field)});
  for (const FieldInfo& field : fields) {
    if (is_positional(step, field.name)) continue;
    const std::string word = word_for(field);
    table.row({Cell(flag_of(field.name) + (word.empty() ? "" : " " + word), Style::Accent), remarks(field)});
  }
  table.row({Cell("--json", Style::Accent), "machine-readable result on stdout, and nothing else there"});
  const std::string text = table.text();
  return text.substr(text.find('\n') + 1);
}

/// "thimble run kws.tflite   # why" with the comment dimmed.
std::string example_rows(std::string_view examples) {
  std::string text;
  while (!examples.empty()) {
    const size_t end = std::min(examples.find('\n'), examples.size());
    const std::string_view line = examples.substr(0, end);
    const size_t comment = std::min(line.find('#'), line.size());
    text += fmt::format("  {}{}\n", line.substr(0, comment), styled(Style::Dim, line.substr(comment)));
    examples.remove_prefix(std::min(end + 1, examples.size()));
  }
  return text;
}

}  // namespace

std::string overview(std::string_view version) {
  std::string text =
      fmt::format("{} {}\nAny .tflite in; firmware out that is proven to do the same on the microcontroller as on the desk.\n",
                  styled(Style::Bold, "thimble"), version);
  size_t widest = 0;
  for (const Step* step : all_steps()) widest = std::max(widest, step->name.size());
  for (size_t stage = 0; stage < std::size(kStages); ++stage) {
    std::string rows;
    for (const Step* step : all_steps())
      if (static_cast<size_t>(step->stage) == stage)
        rows += fmt::format("  {}{:{}}  {}\n", styled(Style::Accent, step->name), "", widest - step->name.size(), step->summary);
    if (!rows.empty()) text += fmt::format("\n{}\n{}", styled(Style::Bold, kStages[stage]), rows);
  }
  text += fmt::format("\n{}\n", styled(Style::Bold, "Three commands to begin with"));
  text += example_rows(
      "thimble demo                                   # the whole path, on an emulated board\n"
      "thimble inspect model.tflite                   # what is in the model?\n"
      "thimble verify model.tflite --board nano33ble  # the same on the board, to the bit?");
  return text + fmt::format("\n{}\n", styled(Style::Dim, "Every verb takes --help and --json."));
}

std::string help_of(const Step& step) {
  const std::vector<FieldInfo> fields = step.fields();
  std::string text = fmt::format("{}: {}\n", styled(Style::Bold, fmt::format("thimble {}", step.name)), step.summary);
  if (!step.details.empty()) text += fmt::format("\n{}\n", wrapped(step.details, std::min(terminal().width, 100)));
  text += fmt::format("\n{}\n  {}\n\n{}", styled(Style::Bold, "Usage"), usage(step, fields), field_rows(step, fields));
  if (!step.examples.empty()) text += fmt::format("\n{}\n{}", styled(Style::Bold, "Examples"), example_rows(step.examples));
  return text;
}

}  // namespace thimble
