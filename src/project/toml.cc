#include "project/toml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cctype>

namespace thimble {
namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }
int line_of(const toml::key& key) { return static_cast<int>(key.source().begin.line); }

[[noreturn]] void refuse(const std::string& file, int line, const std::string& what, const std::string& hint = "") {
  throw Error(Blame::User, fmt::format("{}:{}: {}", file, line, what), hint);
}

/// The elements of a list that are all of one kind.
template <class T>
std::vector<T> list_of(const toml::array& array) {
  std::vector<T> list;
  for (const toml::node& node : array) list.push_back(*node.value<T>());
  return list;
}

FieldValue list_value(const toml::array& array, const std::string& file, std::string_view key) {
  const auto all = [&](auto is) { return std::all_of(array.begin(), array.end(), is); };
  if (all([](const toml::node& n) { return n.is_integer(); })) return list_of<int64_t>(array);
  if (all([](const toml::node& n) { return n.is_number(); })) return list_of<double>(array);
  if (all([](const toml::node& n) { return n.is_string(); })) return list_of<std::string>(array);
  refuse(file, line_of(array), fmt::format("the list {} mixes kinds", key), "a list holds numbers only, or words only");
}

FieldValue value_of(const toml::node& node, const std::string& file, std::string_view key) {
  if (const auto* v = node.as_boolean()) return v->get();
  if (const auto* v = node.as_integer()) return v->get();
  if (const auto* v = node.as_floating_point()) return v->get();
  if (const auto* v = node.as_string()) return v->get();
  if (const auto* v = node.as_array()) return list_value(*v, file, key);
  if (node.is_table()) refuse(file, line_of(node), fmt::format("{} cannot be a section within a section", key));
  refuse(file, line_of(node), fmt::format("{} cannot be a date or a time", key));
}

TomlSection section_of(const std::string& name, const toml::table& table, const std::string& file) {
  TomlSection section{.name = name, .line = line_of(table), .values = {}, .lines = {}};
  for (const auto& [key, node] : table) {
    section.values.emplace(key.str(), value_of(node, file, key.str()));
    section.lines.emplace(key.str(), line_of(key));
  }
  return section;
}

void read_entry(TomlFile& out, const toml::key& key, const toml::node& node, const std::vector<std::string>& repeated) {
  const std::string name(key.str());
  const bool many = std::find(repeated.begin(), repeated.end(), name) != repeated.end();
  const auto* list = node.as_array();
  if (const auto* table = node.as_table()) {
    out.sections.push_back(section_of(name, *table, out.file));
  } else if (list && list->is_array_of_tables()) {
    if (!many) refuse(out.file, line_of(node), fmt::format("[[{}]] can be there once only", name), fmt::format("write [{}]", name));
    for (const toml::node& one : *list) out.sections.push_back(section_of(name, *one.as_table(), out.file));
  } else {
    refuse(out.file, line_of(key), fmt::format("{} stands before the first section", name),
           "each key belongs below a section such as [project] or [train]");
  }
}

/// "a whole number between 1 and 100"
std::string wanted(const FieldInfo& field) {
  static constexpr std::string_view kKinds[] = {"true or false",
                                                "a whole number",
                                                "a number",
                                                "text in quotes",
                                                "a list of whole numbers such as [1, 2]",
                                                "a list of numbers such as [0.5, 2.0]",
                                                "a list of words such as [\"x\", \"y\"]"};
  return std::string(kKinds[field.value.index()]);
}

/// The value as the field's type where nothing is lost by that.
std::optional<FieldValue> converted(const FieldValue& value, const FieldValue& like) {
  if (value.index() == like.index()) return value;
  const auto* whole = std::get_if<int64_t>(&value);
  const auto* wholes = std::get_if<std::vector<int64_t>>(&value);
  if (whole && std::holds_alternative<double>(like)) return static_cast<double>(*whole);
  if (wholes && std::holds_alternative<std::vector<double>>(like)) return std::vector<double>(wholes->begin(), wholes->end());
  if (wholes && wholes->empty() && std::holds_alternative<std::vector<std::string>>(like)) return std::vector<std::string>();
  return std::nullopt;
}

}  // namespace

const TomlSection* TomlFile::find(std::string_view name) const {
  for (const TomlSection& section : sections)
    if (section.name == name) return &section;
  return nullptr;
}

TomlFile parse_toml(std::string_view text, const std::string& file, const std::vector<std::string>& repeated) {
  TomlFile out{.file = file, .sections = {}};
  try {
    const toml::table all = toml::parse(text);
    for (const auto& [key, node] : all) read_entry(out, key, node, repeated);
  } catch (const toml::parse_error& fault) {
    const toml::source_position at = fault.source().begin;
    throw Error(Blame::User, fmt::format("{}:{}:{}: {}", file, at.line, at.column, fault.description()),
                "TOML writes keys as `name = value`, text in \"quotes\", sections as [name]");
  }
  const auto by_line = [](const TomlSection& a, const TomlSection& b) { return a.line < b.line; };
  std::stable_sort(out.sections.begin(), out.sections.end(), by_line);
  return out;
}

std::string place_in(const TomlFile& file, const TomlSection& section, std::string_view key) {
  const auto line = section.lines.find(key);
  return fmt::format("{}:{}", file.file, line == section.lines.end() ? section.line : line->second);
}

std::map<std::string, std::string> places_in(const TomlFile& file, const TomlSection& section) {
  std::map<std::string, std::string> places;
  for (const auto& [key, line] : section.lines) places[key] = fmt::format("{}:{}", file.file, line);
  return places;
}

Error placed(const Error& error, const std::map<std::string, std::string>& places, const std::string& section) {
  const std::string text = error.what();
  const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  size_t first = std::string::npos;
  std::string place = section;
  for (const auto& [key, where] : places)
    for (size_t at = text.find(key); at < first; at = text.find(key, at + 1)) {
      if ((at > 0 && in_word(text[at - 1])) || (at + key.size() < text.size() && in_word(text[at + key.size()]))) continue;
      first = at, place = where;
    }
  Error told(error.blame, fmt::format("{}: {}", place, text), error.hint, error.at);
  told.doing = error.doing;
  return told;
}

AttrBag fitted(const TomlFile& file, const TomlSection& section, const std::vector<FieldInfo>& fields) {
  AttrBag bag;
  for (const auto& [key, value] : section.values) {
    const std::string place = place_in(file, section, key);
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == key; });
    if (field == fields.end()) {
      std::vector<std::string> known;
      for (const FieldInfo& f : fields) known.push_back(f.name);
      throw Error(Blame::User, fmt::format("{}: [{}] has no key '{}'{}", place, section.name, key, suggest(key, known)));
    }
    const auto fit = converted(value, field->value);
    if (!fit) throw Error(Blame::User, fmt::format("{}: {} = {} does not fit; it is {}", place, key, toml_text(value), wanted(*field)));
    check_field(fmt::format("{}: {}", place, key), *fit, field->rule);
    bag.emplace(key, *fit);
  }
  return bag;
}

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

std::string number_text(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string toml_text(const FieldValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::remove_cvref_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string>) {
          return quoted(v);
        } else if constexpr (std::is_same_v<T, double>) {
          return number_text(v);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>> || std::is_same_v<T, std::vector<double>>) {
          std::vector<std::string> parts;
          for (const auto& element : v) parts.push_back(toml_text(FieldValue(element)));
          return fmt::format("[{}]", fmt::join(parts, ", "));
        } else if constexpr (std::is_same_v<T, std::vector<int64_t>>) {
          return fmt::format("[{}]", fmt::join(v, ", "));
        } else {
          return fmt::format("{}", v);
        }
      },
      value);
}

}  // namespace thimble
