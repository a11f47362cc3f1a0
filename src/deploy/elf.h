/// Sections and symbols of a linked ELF file: what is really in the firmware.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

struct ElfSection {
  std::string name;
  uint64_t address = 0;
  int64_t size = 0;
};

struct ElfSymbol {
  std::string name;
  uint64_t address = 0;  ///< without the Thumb bit
  int64_t size = 0;
};

struct Elf {
  std::vector<ElfSection> sections;
  std::vector<ElfSymbol> symbols;

  /// Size of the section of that name; 0 when there is none.
  int64_t size_of(std::string_view section) const;
  /// The symbol of that name, or the clone that the compiler made of it ("name.isra.0"); null when there is none.
  const ElfSymbol* find(std::string_view name) const;
};

/// Reads 32- and 64-bit little-endian ELF files. A file that is none is a Bug: only our linkers' output comes here.
Elf read_elf(const std::filesystem::path& path);

}  // namespace thimble
