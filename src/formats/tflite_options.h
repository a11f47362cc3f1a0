/// The names of TFLite: ops, element types, and the options of each op as an AttrBag.
///
/// All of it comes from the schema's own description of itself, so that an option is spelled once, in tflite.fbs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fields.h"

namespace flatbuffers {
class FlatBufferBuilder;
class Table;
}  // namespace flatbuffers

namespace thimble::tflite {

/// "CONV_2D" for 3; nothing for a code that the schema does not know.
std::optional<std::string> op_name(int64_t code);
/// 3 for "CONV_2D"; nothing for a name that the schema does not know.
std::optional<int32_t> op_code(std::string_view name);

/// All options of `op`, absent ones with the format's default: enums as words, vectors only when present. `kind` is the member of the
/// union and `table` its verified contents (null when absent). A User error when they belong to another op.
AttrBag read_options(std::string_view op, uint8_t kind, const flatbuffers::Table* table);

/// An options table in a file that is being built, as the union needs it.
struct WrittenOptions {
  uint8_t kind = 0;
  uint32_t offset = 0;
};
/// Writes the options that `attrs` holds. An option that the op does not have is a Bug.
WrittenOptions write_options(flatbuffers::FlatBufferBuilder& builder, std::string_view op, const AttrBag& attrs);

}  // namespace thimble::tflite
