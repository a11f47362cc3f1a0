#include "base/terminal.h"

namespace thimble {
namespace {

constexpr std::string_view kCodes[] = {"", "1", "2", "32", "31", "33", "36"};

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Bytes of the first `columns` characters of text without escapes.
size_t bytes_of_columns(std::string_view text, int columns) {
  size_t i = 0;
  for (; i < text.size(); ++i)
    if (begins_character(text[i]) && columns-- == 0) break;
  return i;
}

}  // namespace

Terminal& terminal() {
  static Terminal one;
  return one;
}

std::string styled(Style style, std::string_view text) {
  if (!terminal().colours || style == Style::Plain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(kCodes[static_cast<size_t>(style)]) + "m" + std::string(text) + "\x1b[0m";
}

int columns_of(std::string_view text) {
  int columns = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = std::min(text.find('m', i), text.size());
    else if (begins_character(text[i]))
      ++columns;
  }
  return columns;
}

std::string shortened(std::string_view text, int columns) {
  const int all = columns_of(text);
  if (all <= columns) return std::string(text);
  const int head = (columns - 1) / 2, tail = columns - 1 - head;
  return std::string(text.substr(0, bytes_of_columns(text, head))) + "…" + std::string(text.substr(bytes_of_columns(text, all - tail)));
}

std::string wrapped(std::string_view text, int columns, std::string_view indent) {
  std::string out;
  int used = 0;
  while (!text.empty()) {
    const size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    const int width = columns_of(word);
    if (used > 0 && used + 1 + width > columns) {
      out += "\n" + std::string(indent);
      used = 0;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out;
}

}  // namespace thimble
