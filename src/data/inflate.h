/// What gzip and zip have made smaller.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace thimble {

/// The contents of a .gz file; contents that are not gzip come back as they are. User errors name `name`.
std::vector<std::byte> gunzipped(std::span<const std::byte> contents, const std::string& name);

struct ZipEntry {
  std::string name;
  std::vector<std::byte> contents;
};

/// Every file in a .zip (stored or deflated), checked by its sum.
std::vector<ZipEntry> unzipped(std::span<const std::byte> contents, const std::string& name);

/// A .zip of files as they are, for writing.
std::vector<std::byte> zip_of(const std::vector<ZipEntry>& entries);

}  // namespace thimble
