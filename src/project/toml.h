/// A thimble.toml as sections of named values that know their lines, so that every mistake is told with file, line and key.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"

namespace thimble {

struct TomlSection {
  std::string name;  ///< "train"; a section that may come several times ([[block]]) has one entry each time
  int line = 0;
  AttrBag values;
  std::map<std::string, int, std::less<>> lines;  ///< of each key
};

struct TomlFile {
  std::string file;  ///< as errors name it
  std::vector<TomlSection> sections;

  /// The only section of that name; null when there is none.
  const TomlSection* find(std::string_view name) const;
};

/// `repeated`: the sections that are written [[name]]. User errors tell file and line of what TOML, or this form of it, does not allow.
TomlFile parse_toml(std::string_view text, const std::string& file, const std::vector<std::string>& repeated);

/// "thimble.toml:12", the line of the key, or that of the section where it does not have the key.
std::string place_in(const TomlFile& file, const TomlSection& section, std::string_view key = "");

/// That of each key of the section.
std::map<std::string, std::string> places_in(const TomlFile& file, const TomlSection& section);

/// An error about the values of a section, with the place of the first key of it that the error names, else `section`.
Error placed(const Error& error, const std::map<std::string, std::string>& places, const std::string& section);

/// The section's values as `fields` want them: whole numbers as numbers, words checked, ranges kept.
/// User errors begin with file and line, name the key, and tell what would be right.
AttrBag fitted(const TomlFile& file, const TomlSection& section, const std::vector<FieldInfo>& fields);

/// A struct with `fields` from a section.
template <class T>
T read_section(const TomlFile& file, const TomlSection& section) {
  return from_bag<T>(fitted(file, section, fields_of(T{})));
}

/// A value as TOML spells it: text in quotes, lists in brackets, numbers with a point where they are not whole numbers.
std::string toml_text(const FieldValue& value);

}  // namespace thimble
