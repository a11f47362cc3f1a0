/// Files of numbers as tensors and back: .npy (what NumPy saves), .csv, and .bin (bare little-endian elements).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "ir/tensor.h"

namespace thimble {

/// A tensor with its bytes, little-endian, last axis fastest.
struct FileTensor {
  TensorType type;
  std::vector<std::byte> bytes;

  int64_t elements() const { return type.elements(); }
  /// Element `i` as a number, whatever the type.
  double number(int64_t i) const;
};

/// Reads by the extension. A .csv becomes f32[rows x columns] (a first line of words is skipped); a .bin becomes u8[bytes].
/// User errors tell what the file is and what would have worked.
FileTensor read_tensor(const std::filesystem::path& path);

/// Writes by the extension; a .csv has one line per index of the first axis.
void write_tensor(const std::filesystem::path& path, const FileTensor& tensor);

/// The formats by themselves, for contents already in memory; `name` is for messages.
FileTensor parse_npy(std::span<const std::byte> contents, const std::string& name);
FileTensor parse_csv(std::string_view text, const std::string& name);
std::vector<std::byte> npy_of(const FileTensor& tensor);
std::string csv_of(const FileTensor& tensor);

}  // namespace thimble
