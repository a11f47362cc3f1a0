#include "formats/tflite_options.h"

#include <fmt/format.h>
#include <tflite_bfbs_generated.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>

#include "flatbuffers/flatbuffers.h"
#include "flatbuffers/reflection_generated.h"

namespace thimble::tflite {
namespace {

using reflection::BaseType;

const reflection::Schema& schema() {
  static const std::vector<uint64_t> kAligned = [] {
    std::vector<uint64_t> words(tfl::ModelBinarySchema::size() / sizeof(uint64_t) + 1);
    std::memcpy(words.data(), tfl::ModelBinarySchema::data(), tfl::ModelBinarySchema::size());
    return words;
  }();
  return *reflection::GetSchema(kAligned.data());
}

const reflection::Enum& enum_named(const char* name) {
  const reflection::Enum* found = schema().enums()->LookupByKey(name);
  require(found != nullptr, "the TFLite schema lacks an enum");
  return *found;
}

/// The member of union BuiltinOptions; null for "none" and for what the schema does not know.
const reflection::EnumVal* options_member(int64_t kind) {
  return kind == 0 ? nullptr : enum_named("tfl.BuiltinOptions").values()->LookupByKey(kind);
}

const reflection::Object& table_of(const reflection::EnumVal& member) {
  return *schema().objects()->Get(static_cast<uint32_t>(member.union_type()->index()));
}

std::string lower_without_underscores(std::string_view word) {
  std::string plain;
  for (char c : word)
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

struct SharedOptions {
  std::string_view op, options;
};
// Ops whose options table is not named after them.
constexpr SharedOptions kShared[] = {
    {"AVERAGE_POOL_2D", "Pool2DOptions"}, {"MAX_POOL_2D", "Pool2DOptions"},
    {"L2_POOL_2D", "Pool2DOptions"},      {"L2_NORMALIZATION", "L2NormOptions"},
    {"MEAN", "ReducerOptions"},           {"SUM", "ReducerOptions"},
    {"REDUCE_PROD", "ReducerOptions"},    {"REDUCE_MAX", "ReducerOptions"},
    {"REDUCE_MIN", "ReducerOptions"},     {"REDUCE_ANY", "ReducerOptions"},
    {"REDUCE_ALL", "ReducerOptions"},     {"MAXIMUM", "MaximumMinimumOptions"},
    {"MINIMUM", "MaximumMinimumOptions"}, {"UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions"},
};

const reflection::EnumVal* find_options(std::string_view op) {
  const auto* shared = std::find_if(std::begin(kShared), std::end(kShared), [&](const SharedOptions& row) { return row.op == op; });
  const std::string wanted =
      shared != std::end(kShared) ? lower_without_underscores(shared->options) : lower_without_underscores(op) + "options";
  for (const reflection::EnumVal* member : *enum_named("tfl.BuiltinOptions").values())
    if (lower_without_underscores(member->name()->string_view()) == wanted) return member;
  return nullptr;
}

/// The union member that holds the options of `op`; null when it has none.
const reflection::EnumVal* options_of(std::string_view op) {
  static const auto kAll = [] {
    std::map<std::string_view, const reflection::EnumVal*> all;
    for (const reflection::EnumVal* value : *enum_named("tfl.BuiltinOperator").values()) {
      const std::string_view name = value->name()->string_view();
      all.emplace(name, find_options(name));
    }
    return all;
  }();
  const auto it = kAll.find(op);
  return it == kAll.end() ? nullptr : it->second;
}

const reflection::Enum* enum_of(const reflection::Field& field) {
  const bool scalar = field.type()->base_type() < BaseType::String && field.type()->base_type() > BaseType::UType;
  return scalar && field.type()->index() >= 0 ? schema().enums()->Get(static_cast<uint32_t>(field.type()->index())) : nullptr;
}

template <class T>
T scalar_in(const reflection::Field& field, const flatbuffers::Table* table, T fallback) {
  return table ? table->GetField<T>(field.offset(), fallback) : fallback;
}

std::string enum_word(const reflection::Field& field, const reflection::Enum& words, int64_t value) {
  const reflection::EnumVal* word = words.values()->LookupByKey(value);
  if (!word) throw Error(Blame::User, fmt::format("option {} has value {}, which has no meaning", field.name()->string_view(), value));
  return word->name()->str();
}

std::optional<FieldValue> read_field(const reflection::Field& field, const flatbuffers::Table* table) {
  const int64_t fallback = field.default_integer();
  switch (field.type()->base_type()) {
    case BaseType::Bool: return scalar_in<uint8_t>(field, table, fallback != 0) != 0;
    case BaseType::Float: return static_cast<double>(scalar_in<float>(field, table, static_cast<float>(field.default_real())));
    case BaseType::Int: return int64_t{scalar_in<int32_t>(field, table, static_cast<int32_t>(fallback))};
    case BaseType::Byte: {
      const reflection::Enum* words = enum_of(field);
      require(words != nullptr, "a byte option that is no enum");
      return enum_word(field, *words, scalar_in<int8_t>(field, table, static_cast<int8_t>(fallback)));
    }
    case BaseType::Vector: {
      const auto* numbers = table ? table->GetPointer<const flatbuffers::Vector<int32_t>*>(field.offset()) : nullptr;
      if (!numbers) return std::nullopt;
      return std::vector<int64_t>(numbers->begin(), numbers->end());
    }
    default: break;
  }
  throw Error(Blame::Bug, "the TFLite schema has an option of a type that is never read");
}

template <class T>
const T& attr_as(const reflection::Field& field, const FieldValue& value) {
  const T* typed = std::get_if<T>(&value);
  require(typed != nullptr, "TFLite option '" + field.name()->str() + "' is given with another type");
  return *typed;
}

int8_t enum_value(const reflection::Field& field, const FieldValue& value) {
  const reflection::Enum* words = enum_of(field);
  require(words != nullptr, "a byte option that is no enum");
  const auto& wanted = attr_as<std::string>(field, value);
  for (const reflection::EnumVal* word : *words->values())
    if (word->name()->string_view() == wanted) return static_cast<int8_t>(word->value());
  throw Error(Blame::Bug, "TFLite option '" + field.name()->str() + "' cannot be '" + wanted + "'");
}

using Builder = flatbuffers::FlatBufferBuilder;

void write_scalar(Builder& builder, const reflection::Field& field, const FieldValue& value) {
  const auto at = field.offset();
  const int64_t fallback = field.default_integer();
  switch (field.type()->base_type()) {
    case BaseType::Bool: return builder.AddElement<uint8_t>(at, attr_as<bool>(field, value), fallback != 0);
    case BaseType::Float:
      return builder.AddElement<float>(at, static_cast<float>(attr_as<double>(field, value)), static_cast<float>(field.default_real()));
    case BaseType::Int:
      return builder.AddElement<int32_t>(at, static_cast<int32_t>(attr_as<int64_t>(field, value)), static_cast<int32_t>(fallback));
    case BaseType::Byte: return builder.AddElement<int8_t>(at, enum_value(field, value), static_cast<int8_t>(fallback));
    default: throw Error(Blame::Bug, "the TFLite schema has an option of a type that is never written");
  }
}

}  // namespace

std::optional<std::string> op_name(int64_t code) {
  const reflection::EnumVal* op = enum_named("tfl.BuiltinOperator").values()->LookupByKey(code);
  return op ? std::optional(op->name()->str()) : std::nullopt;
}

std::optional<int32_t> op_code(std::string_view name) {
  for (const reflection::EnumVal* op : *enum_named("tfl.BuiltinOperator").values())
    if (op->name()->string_view() == name) return static_cast<int32_t>(op->value());
  return std::nullopt;
}

AttrBag read_options(std::string_view op, uint8_t kind, const flatbuffers::Table* table) {
  const reflection::EnumVal *expected = options_of(op), *found = options_member(kind);
  if (!expected) return {};
  if (kind != 0 && found != expected)
    throw Error(Blame::User,
                fmt::format("carries {} where {} belong", found ? found->name()->str() : fmt::format("options of kind {}", kind),
                            expected->name()->string_view()));
  AttrBag attrs;
  for (const reflection::Field* field : *table_of(*expected).fields()) {
    if (field->deprecated()) continue;
    if (auto value = read_field(*field, kind ? table : nullptr)) attrs.emplace(field->name()->str(), std::move(*value));
  }
  return attrs;
}

WrittenOptions write_options(Builder& builder, std::string_view op, const AttrBag& attrs) {
  const reflection::EnumVal* member = options_of(op);
  require(member || attrs.empty(), fmt::format("TFLite's {} has no options", op));
  if (!member) return {};
  const auto& fields = *table_of(*member).fields();
  std::vector<const reflection::Field*> given;
  std::vector<uint32_t> vectors;  // one per given field, 0 for scalars: offsets must be made before the table is begun
  for (const auto& [name, value] : attrs) {
    const reflection::Field* field = fields.LookupByKey(name.c_str());
    require(field && !field->deprecated(), fmt::format("TFLite's {} has no option '{}'", op, name));
    given.push_back(field);
    vectors.push_back(0);
    if (field->type()->base_type() != BaseType::Vector) continue;
    const auto& numbers = attr_as<std::vector<int64_t>>(*field, value);
    vectors.back() = builder.CreateVector(std::vector<int32_t>(numbers.begin(), numbers.end())).o;
  }
  const auto start = builder.StartTable();
  for (size_t i = 0; i < given.size(); ++i) {
    if (vectors[i])
      builder.AddOffset(given[i]->offset(), flatbuffers::Offset<void>(vectors[i]));
    else
      write_scalar(builder, *given[i], attrs.find(given[i]->name()->string_view())->second);
  }
  return {static_cast<uint8_t>(member->value()), builder.EndTable(start)};
}

}  // namespace thimble::tflite
