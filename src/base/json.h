/// JSON values, kept apart from the library that reads and writes them (its header is heavy).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace thimble {

/// A JSON value; objects keep the order in which keys were added.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;
  Json(bool v) : value_(v) {}                           // NOLINT(google-explicit-constructor)
  Json(int v) : value_(int64_t{v}) {}                   // NOLINT(google-explicit-constructor)
  Json(int64_t v) : value_(v) {}                        // NOLINT(google-explicit-constructor)
  Json(uint64_t v);                                     // NOLINT(google-explicit-constructor): a double above the range of int64_t
  Json(double v) : value_(v) {}                         // NOLINT(google-explicit-constructor)
  Json(const char* v) : value_(std::string(v)) {}       // NOLINT(google-explicit-constructor)
  Json(std::string v) : value_(std::move(v)) {}         // NOLINT(google-explicit-constructor)
  Json(std::string_view v) : value_(std::string(v)) {}  // NOLINT(google-explicit-constructor)
  Json(Array v) : value_(std::move(v)) {}               // NOLINT(google-explicit-constructor)
  Json(Object v) : value_(std::move(v)) {}              // NOLINT(google-explicit-constructor)

  bool is_null() const { return value_.index() == 0; }
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const int64_t* as_int() const { return std::get_if<int64_t>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  /// A number, whole or not; `fallback` otherwise.
  double number(double fallback = 0) const;
  /// The member `key` of an object; null when there is none.
  const Json* find(std::string_view key) const;

  /// Sets a member; makes this an object first if it is null.
  Json& set(std::string key, Json value);
  /// Appends an element; makes this an array first if it is null.
  Json& push(Json value);

  /// Text; indented by two blanks when `pretty`.
  std::string dump(bool pretty = true) const;
  /// Parses text; a User error tells the line and what was expected.
  static Json parse(std::string_view text);
  /// The same of CBOR; a User error tells the byte.
  static Json parse_cbor(std::span<const std::byte> bytes);

 private:
  friend struct JsonBridge;
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> value_;
};

}  // namespace thimble
