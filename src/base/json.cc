#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace thimble {

/// To and from the library's own value.
struct JsonBridge {
  using Foreign = nlohmann::ordered_json;

  static Foreign out(const Json& json) {
    return std::visit(
        [](const auto& v) -> Foreign {
          using T = std::remove_cvref_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::monostate>) {
            return nullptr;
          } else if constexpr (std::is_same_v<T, Json::Array>) {
            Foreign all = Foreign::array();
            for (const Json& one : v) all.push_back(out(one));
            return all;
          } else if constexpr (std::is_same_v<T, Json::Object>) {
            Foreign all = Foreign::object();
            for (const auto& [key, one] : v) all[key] = out(one);
            return all;
          } else {
            return v;
          }
        },
        json.value_);
  }

  static Json in(const Foreign& f) {
    if (f.is_boolean()) return f.get<bool>();
    if (f.is_number_unsigned()) return f.get<uint64_t>();
    if (f.is_number_integer()) return f.get<int64_t>();
    if (f.is_number()) return f.get<double>();
    if (f.is_string()) return f.get<std::string>();
    if (f.is_array()) {
      Json::Array all;
      for (const Foreign& one : f) all.push_back(in(one));
      return all;
    }
    if (f.is_object()) {
      Json::Object all;
      for (const auto& [key, one] : f.items()) all.emplace_back(key, in(one));
      return all;
    }
    return {};
  }
};

namespace {

// Values are read by functions that call themselves: what is nested without end would run out of stack.
constexpr size_t kDeepest = 500;

int64_t line_at(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  return 1 + std::count(before.begin(), before.end(), '\n');
}

void check_depth(std::string_view text) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{') && ++depth > kDeepest)
      throw Error(Blame::User, fmt::format("not valid JSON (line {}): nested more than {} deep", line_at(text, i), kDeepest));
    else if (!quoted && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
}

/// The same by RFC 8949, section 3: each item begins with three bits of kind and five of length.
void check_depth(std::span<const std::byte> bytes) {
  std::vector<uint64_t> left;  // items to come in each container that is open
  for (size_t at = 0; at < bytes.size();) {
    const auto head = std::to_integer<uint8_t>(bytes[at++]), kind = static_cast<uint8_t>(head >> 5), info = static_cast<uint8_t>(head & 31);
    const size_t width = info >= 24 && info <= 27 ? size_t{1} << (info - 24) : 0;
    uint64_t value = info < 24 ? info : 0;
    for (size_t i = 0; i < width && at < bytes.size(); ++i) value = value << 8 | std::to_integer<uint64_t>(bytes[at++]);
    const bool text = kind == 2 || kind == 3, open = kind == 4 || kind == 5, endless = info == 31;
    if (text && !endless && value > bytes.size() - at) return;
    if (text && !endless) at += value;
    if (kind == 6) continue;  // a tag: its item follows
    if ((open && (value > 0 || endless)) || (text && endless)) {
      if (left.size() == kDeepest)
        throw Error(Blame::User, fmt::format("not valid CBOR (byte {}): nested more than {} deep", at, kDeepest));
      left.push_back(endless ? UINT64_MAX : value > UINT64_MAX / 4 ? UINT64_MAX / 2 : value * (kind == 5 ? 2 : 1));
      continue;
    }
    if (kind == 7 && endless && !left.empty()) left.pop_back();
    while (!left.empty() && left.back() != UINT64_MAX && --left.back() == 0) left.pop_back();
  }
}

}  // namespace

Json::Json(uint64_t v) {
  if (std::in_range<int64_t>(v))
    value_ = static_cast<int64_t>(v);
  else
    value_ = static_cast<double>(v);
}

double Json::number(double fallback) const {
  if (const auto* whole = std::get_if<int64_t>(&value_)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value_)) return *real;
  return fallback;
}

const Json* Json::find(std::string_view key) const {
  const Object* object = as_object();
  if (!object) return nullptr;
  const auto it = std::find_if(object->begin(), object->end(), [&](const auto& member) { return member.first == key; });
  return it == object->end() ? nullptr : &it->second;
}

Json& Json::set(std::string key, Json value) {
  if (is_null()) value_ = Object{};
  auto& object = std::get<Object>(value_);
  const auto it = std::find_if(object.begin(), object.end(), [&](const auto& member) { return member.first == key; });
  if (it == object.end())
    object.emplace_back(std::move(key), std::move(value));
  else
    it->second = std::move(value);
  return *this;
}

Json& Json::push(Json value) {
  if (is_null()) value_ = Array{};
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

std::string Json::dump(bool pretty) const {
  return JsonBridge::out(*this).dump(pretty ? 2 : -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Json Json::parse(std::string_view text) {
  check_depth(text);
  try {
    return JsonBridge::in(nlohmann::ordered_json::parse(text));
  } catch (const nlohmann::json::parse_error& fault) {
    throw Error(Blame::User, fmt::format("not valid JSON (line {})", line_at(text, fault.byte)));
  }
}

Json Json::parse_cbor(std::span<const std::byte> bytes) {
  check_depth(bytes);
  try {
    const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
    return JsonBridge::in(nlohmann::ordered_json::from_cbor(first, first + bytes.size()));
  } catch (const nlohmann::json::parse_error& fault) {
    throw Error(Blame::User, fmt::format("not valid CBOR (byte {})", fault.byte));
  } catch (const nlohmann::json::exception&) {
    throw Error(Blame::User, "not valid CBOR: it tells of more elements than there can be");
  }
}

}  // namespace thimble
