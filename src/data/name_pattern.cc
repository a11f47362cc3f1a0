#include "data/name_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/fields.h"

namespace thimble {
namespace {

std::string quoted(const std::string& literal) {
  std::string text;
  for (const char c : literal) {
    if (std::string_view(".^$|()[]{}*+?\\").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

/// The last `folders` folders of the path and its file name.
std::string_view end_of(std::string_view path, std::ptrdiff_t folders) {
  size_t at = path.size();
  for (; folders >= 0 && at != std::string_view::npos; --folders) at = at == 0 ? std::string_view::npos : path.rfind('/', at - 1);
  return at == std::string_view::npos ? path : path.substr(at + 1);
}

}  // namespace

NamePattern::NamePattern(std::string text) : text_(std::move(text)) {
  static const std::vector<std::string> kWords = {"label", "group", "split"};
  for (size_t at = 0; at < text_.size();) {
    const size_t open = std::min(text_.find('{', at), text_.size());
    if (open > at) pieces_.push_back({text_.substr(at, open - at), false});
    if (open == text_.size()) break;
    const size_t close = text_.find('}', open);
    if (close == std::string::npos) throw Error(Blame::User, fmt::format("the pattern '{}' has a '{{' without its '}}'", text_));
    const std::string word = text_.substr(open + 1, close - open - 1);
    if (!word.empty() && std::find(kWords.begin(), kWords.end(), word) == kWords.end())
      throw Error(Blame::User, fmt::format("the pattern '{}' has an unknown part '{{{}}}'{}", text_, word, suggest(word, kWords)));
    pieces_.push_back({word, true});
    at = close + 1;
  }
}

std::optional<std::map<std::string, std::string>> NamePattern::match(std::string_view path) const {
  std::string expression;
  for (const Piece& piece : pieces_) expression += piece.part ? "([^/]+?)" : quoted(piece.text);
  const std::string end(end_of(path, std::count(text_.begin(), text_.end(), '/')));
  std::smatch found;
  if (!std::regex_match(end, found, std::regex(expression))) return std::nullopt;
  std::map<std::string, std::string> parts;
  size_t number = 0;
  for (const Piece& piece : pieces_)
    if (piece.part) {
      ++number;
      if (!piece.text.empty()) parts[piece.text] = found[number].str();
    }
  return parts;
}

}  // namespace thimble
