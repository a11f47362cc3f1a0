/// A call of a C function of runtime/: which values it reads and writes, and the constants and literals that are made for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ir/tensor.h"

namespace thimble {

/// A table that goes to flash beside the code: packed weights, biases, multipliers, lookup tables. Without
/// bytes it is passed as NULL.
struct Constant {
  std::string name;  ///< what it is, short: "weights"; the generator makes it unique
  DType dtype = DType::I8;
  std::vector<std::byte> bytes;
  int align = 0;  ///< 0: that of the type
};

/// A struct of literals that the compiler folds: `THIMBLE_GEOMETRY(type) = {values}` in the layer's function.
struct Geometry {
  std::string type;  ///< C struct: "thimble_conv2d_s8_shape"
  struct Field {
    std::string name, value;  ///< the C literal
  };
  std::vector<Field> fields;  ///< in the order of the struct's members
};

/// One argument of the call.
struct InputArg {
  int index;           ///< pointer to operand i (of whatever kind: arena, state or constant as it stands); NULL when absent
  int64_t offset = 0;  ///< bytes past its beginning
};
struct OutputArg {
  int index;
  int64_t offset = 0;
};
struct ScratchArg {
  int64_t offset = 0;
};
struct NameArg {
  std::string name;  ///< of a function or object that a definition of the call made
};
using Argument = std::variant<InputArg, OutputArg, ScratchArg, Constant, Geometry, NameArg>;

/// The call that a kernel makes for one node, built fluently:
///
///     return KernelCall("thimble_conv2d_s8").input(0).output(0).constant("weights", weights).geometry("thimble_conv2d_s8_shape", {...});
class KernelCall {
 public:
  explicit KernelCall(std::string function) : function_(std::move(function)) {}

  KernelCall& input(int i, int64_t byte_offset = 0) { return add(InputArg{i, byte_offset}); }
  KernelCall& output(int i, int64_t byte_offset = 0) { return add(OutputArg{i, byte_offset}); }
  KernelCall& scratch(int64_t byte_offset = 0) { return add(ScratchArg{byte_offset}); }
  template <class T>
  KernelCall& constant(std::string name, std::span<const T> values, int align = 0) {
    const auto raw = std::as_bytes(values);
    return add(Constant{std::move(name), dtype_of<T>(), {raw.begin(), raw.end()}, align});
  }
  template <class T>
  KernelCall& constant(std::string name, const std::vector<T>& values, int align = 0) {
    return constant(std::move(name), std::span<const T>(values), align);
  }
  KernelCall& geometry(std::string type, std::vector<Geometry::Field> fields) { return add(Geometry{std::move(type), std::move(fields)}); }

  /// A line of C at file scope that the call needs, written once however many calls ask for it: an instance of a macro that makes an
  /// assembly loop for one geometry.
  KernelCall& define(std::string line) {
    definitions_.push_back(std::move(line));
    return *this;
  }
  /// `#define macro value` ahead of all definitions, with the largest value that any call of the model asks for: the size of something
  /// that layers share.
  KernelCall& at_least(std::string macro, int64_t value) {
    sizes_.emplace_back(std::move(macro), value);
    return *this;
  }
  /// The name of what a definition made, as an argument.
  KernelCall& name(std::string name) { return add(NameArg{std::move(name)}); }

  /// Another call in the same layer function, after this one and those appended before: a node with many operands is a call each.
  KernelCall& then(KernelCall next) {
    more_.push_back(std::move(next));
    return *this;
  }

  const std::string& function() const { return function_; }
  const std::vector<Argument>& arguments() const { return arguments_; }
  const std::vector<std::string>& definitions() const { return definitions_; }
  const std::vector<std::pair<std::string, int64_t>>& sizes() const { return sizes_; }
  /// The calls that follow this one, in order; theirs are empty.
  const std::vector<KernelCall>& more() const { return more_; }

 private:
  KernelCall& add(Argument argument) {
    arguments_.push_back(std::move(argument));
    return *this;
  }
  std::string function_;
  std::vector<Argument> arguments_;
  std::vector<std::string> definitions_;
  std::vector<std::pair<std::string, int64_t>> sizes_;
  std::vector<KernelCall> more_;
};

/// A C literal: integers as they are (INT32_MIN included), floats in hexadecimal so that no digit is lost.
std::string c_literal(int64_t value);
std::string c_literal(float value);

}  // namespace thimble
