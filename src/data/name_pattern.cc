#include "data/name_pattern.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fields.h"

namespace thimble {
namespace {

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

/// Parts as short as they can be: tried from one letter on until the rest fits.
bool NamePattern::fits(size_t piece, std::string_view text, std::map<std::string, std::string>& parts) const {
  if (piece == pieces_.size()) return text.empty();
  const Piece& p = pieces_[piece];
  if (!p.part) return text.starts_with(p.text) && fits(piece + 1, text.substr(p.text.size()), parts);
  for (size_t length = 1; length <= text.size() && text[length - 1] != '/'; ++length)
    if (fits(piece + 1, text.substr(length), parts)) {
      if (!p.text.empty()) parts[p.text] = text.substr(0, length);
      return true;
    }
  return false;
}

std::optional<std::map<std::string, std::string>> NamePattern::match(std::string_view path) const {
  std::map<std::string, std::string> parts;
  return fits(0, end_of(path, std::count(text_.begin(), text_.end(), '/')), parts) ? std::optional(parts) : std::nullopt;
}

}  // namespace thimble
