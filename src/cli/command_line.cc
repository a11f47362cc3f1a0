#include "cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

namespace thimble {
namespace {

bool is_switch(const FieldInfo& field) { return std::holds_alternative<bool>(field.value); }
bool is_list(const FieldInfo& field) { return field.value.index() >= 4; }

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ",")); }

/// What CLI11 collects, before it is parsed by our own rules.
struct Words {
  std::map<std::string, std::vector<std::string>> given;
  std::map<std::string, bool> switches;
  bool json = false, help = false;
};

void declare(CLI::App& app, const Step& step, const std::vector<FieldInfo>& fields, Words& words) {
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("--json", words.json);
  app.add_flag("-h,--help", words.help);
  for (std::string_view name : step.positional) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == name; });
    app.add_option(std::string(name), words.given[std::string(name)])
        ->expected(is_list(*field) ? -1 : 1)  // a list, which comes last, takes every word that is left
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(is_list(*field));
  }
  for (const FieldInfo& field : fields) {
    if (std::find(step.positional.begin(), step.positional.end(), field.name) != step.positional.end()) continue;
    const std::string flag = flag_of(field.name);
    if (is_switch(field)) {
      app.add_flag(flag, words.switches[field.name]);
    } else {
      CLI::Option* option = app.add_option(flag, words.given[field.name])->expected(1)->allow_extra_args(false);
      if (is_list(field)) option->take_all();
    }
  }
}

[[noreturn]] void refuse_extra(const Step& step, const std::vector<FieldInfo>& fields, const std::string& word) {
  const std::string see = fmt::format("`thimble {} --help` shows how it is used", step.name);
  if (word.size() < 2 || word[0] != '-')
    throw Error(Blame::User, fmt::format("thimble {} does not know what to do with '{}'", step.name, word), see);
  std::vector<std::string> flags = {"--json", "--help"};
  for (const FieldInfo& field : fields)
    if (std::find(step.positional.begin(), step.positional.end(), field.name) == step.positional.end())
      flags.push_back(flag_of(field.name));
  const std::string flag = word.substr(0, word.find('='));
  throw Error(Blame::User, fmt::format("thimble {} has no flag '{}'{}", step.name, flag, suggest(flag, flags)), see);
}

void require_positional(const Step& step, const Words& words) {
  for (size_t i = 0; i < step.required; ++i) {
    const std::string name(step.positional[i]);
    if (words.given.at(name).empty()) {
      const std::string_view first = step.examples.substr(0, step.examples.find('\n'));
      throw Error(Blame::User, fmt::format("thimble {} needs a {}", step.name, name), fmt::format("for example: {}", first));
    }
  }
}

}  // namespace

CommandLine parse_command_line(const Step& step, std::span<const std::string> args) {
  const std::vector<FieldInfo> fields = step.fields();
  Words words;
  CLI::App app;
  declare(app, step, fields, words);
  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ArgumentMismatch& fault) {
    const std::string said = fault.what();  // "--board: 1 required TEXT missing"
    throw Error(Blame::User, fmt::format("thimble {}: {} needs a value", step.name, said.substr(0, said.find(':'))),
                fmt::format("`thimble {} --help` shows how it is used", step.name));
  } catch (const CLI::ParseError& fault) {
    throw Error(Blame::User, fmt::format("thimble {}: {}", step.name, fault.what()),
                fmt::format("`thimble {} --help` shows how it is used", step.name));
  }
  CommandLine line{.request = {}, .json = words.json, .help = words.help};
  if (line.help) return line;
  for (const std::string& word : app.remaining()) refuse_extra(step, fields, word);
  require_positional(step, words);
  for (const FieldInfo& field : fields) {
    const bool positional = std::find(step.positional.begin(), step.positional.end(), field.name) != step.positional.end();
    if (is_switch(field)) {
      if (app.count(flag_of(field.name)) > 0) line.request[field.name] = words.switches[field.name];
      continue;
    }
    const auto& given = words.given[field.name];
    if (given.empty()) continue;
    const std::string name = positional ? field.name : flag_of(field.name);
    const FieldValue value = parse_field(name, joined(given), field.value);
    check_field(name, value, field.rule);
    line.request[field.name] = value;
  }
  return line;
}

}  // namespace thimble
