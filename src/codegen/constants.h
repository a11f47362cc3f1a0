/// The tables of a model: each is written once, under a name of its own, however many layers read it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace thimble {

class ConstantPool {
 public:
  explicit ConstantPool(std::string prefix) : prefix_(std::move(prefix)) {}

  /// The C name of the table; equal tables share one. `flash`: read through thimble_const_ accessors only, so that it may live where
  /// an AVR needs other instructions to read it.
  std::string add(const Constant& constant, int layer, bool flash);

  /// The definitions of all tables.
  const std::string& text() const { return text_; }
  int64_t bytes() const { return bytes_; }

 private:
  std::string prefix_, text_;
  std::map<std::string, std::string> names_;  // by contents
  int64_t bytes_ = 0;
};

}  // namespace thimble
