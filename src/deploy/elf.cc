#include "deploy/elf.h"

#include <elf.h>

#include <cstring>

#include "base/error.h"
#include "base/files.h"

namespace thimble {
namespace {

template <class T>
T at(const std::vector<std::byte>& bytes, uint64_t offset) {
  require(offset <= bytes.size() && sizeof(T) <= bytes.size() - offset, "an ELF file ends early");
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string text_at(const std::vector<std::byte>& bytes, uint64_t offset) {
  std::string text;
  while (const char letter = at<char>(bytes, offset++)) text += letter;
  return text;
}

template <class Header, class SectionHeader, class Symbol>
Elf read_as(const std::vector<std::byte>& bytes) {
  const auto header = at<Header>(bytes, 0);
  const auto section_at = [&](uint64_t i) { return at<SectionHeader>(bytes, header.e_shoff + i * sizeof(SectionHeader)); };
  const uint64_t names = section_at(header.e_shstrndx).sh_offset;
  const bool thumb = header.e_machine == EM_ARM;
  Elf elf;
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = section_at(i);
    if (section.sh_flags & SHF_ALLOC)
      elf.sections.push_back({text_at(bytes, names + section.sh_name), section.sh_addr, static_cast<int64_t>(section.sh_size)});
    if (section.sh_type != SHT_SYMTAB) continue;
    const uint64_t texts = section_at(section.sh_link).sh_offset;
    for (uint64_t k = 0; k < section.sh_size / sizeof(Symbol); ++k) {
      const auto symbol = at<Symbol>(bytes, section.sh_offset + k * sizeof(Symbol));
      const bool function = (symbol.st_info & 15) == STT_FUNC;
      const uint64_t address = thumb && function ? symbol.st_value & ~uint64_t{1} : symbol.st_value;
      if (symbol.st_shndx != SHN_UNDEF)
        elf.symbols.push_back({text_at(bytes, texts + symbol.st_name), address, static_cast<int64_t>(symbol.st_size)});
    }
  }
  return elf;
}

}  // namespace

int64_t Elf::size_of(std::string_view section) const {
  for (const ElfSection& one : sections)
    if (one.name == section) return one.size;
  return 0;
}

const ElfSymbol* Elf::find(std::string_view name) const {
  const ElfSymbol* clone = nullptr;
  for (const ElfSymbol& symbol : symbols) {
    if (symbol.name == name) return &symbol;
    if (symbol.name.size() > name.size() && symbol.name.starts_with(name) && symbol.name[name.size()] == '.') clone = &symbol;
  }
  return clone;
}

Elf read_elf(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_bytes(path);
  require(bytes.size() > EI_NIDENT && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0, "'" + path.string() + "' is no ELF file");
  if (at<uint8_t>(bytes, EI_CLASS) == ELFCLASS64) return read_as<Elf64_Ehdr, Elf64_Shdr, Elf64_Sym>(bytes);
  return read_as<Elf32_Ehdr, Elf32_Shdr, Elf32_Sym>(bytes);
}

}  // namespace thimble
