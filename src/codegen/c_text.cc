#include "codegen/c_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <iterator>
#include <set>

#include "base/files.h"
#include "kernels/kernel.h"

namespace thimble {
namespace {

constexpr size_t kLineLength = 120;

template <class T>
T element(std::span<const std::byte> bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

void append_element(fmt::memory_buffer& text, DType dtype, std::span<const std::byte> bytes, size_t i) {
  const auto out = std::back_inserter(text);
  switch (dtype) {
    case DType::I8: fmt::format_to(out, "{}", element<int8_t>(bytes, i)); return;
    case DType::U8:
    case DType::Bool: fmt::format_to(out, "{}", element<uint8_t>(bytes, i)); return;
    case DType::I16: fmt::format_to(out, "{}", element<int16_t>(bytes, i)); return;
    case DType::I32: fmt::format_to(out, "{}", c_literal(int64_t{element<int32_t>(bytes, i)})); return;
    case DType::I64: fmt::format_to(out, "INT64_C({})", element<int64_t>(bytes, i)); return;
    case DType::F32: fmt::format_to(out, "{}", c_literal(element<float>(bytes, i))); return;
  }
}

class Paster {
 public:
  void paste(const std::string& header) {
    if (!seen_.insert(header).second) return;
    const std::string text = read_text(runtime_ / header);
    std::string own;
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      constexpr std::string_view kInclude = "#include \"";
      if (line.starts_with(kInclude)) {
        paste(std::string(line.substr(kInclude.size(), line.rfind('"') - kInclude.size())));
      } else {
        own.append(line).push_back('\n');
      }
    }
    text_ += fmt::format("/* ---- {} ---- */\n{}\n", header, own);
  }
  std::string text_;

 private:
  fs::path runtime_ = runtime_dir();
  std::set<std::string> seen_;
};

}  // namespace

std::string c_identifier(std::string_view name) {
  std::string id;
  for (char c : name)
    id += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '_';
  if (id.empty() || std::isdigit(static_cast<unsigned char>(id[0]))) id = "m" + id;
  return id;
}

std::string c_macro(std::string_view name) {
  std::string id = c_identifier(name);
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return id;
}

std::string c_array(DType dtype, std::span<const std::byte> bytes) {
  fmt::memory_buffer text;
  const size_t count = bytes.size() / static_cast<size_t>(bytes_of(dtype));
  size_t line_start = 0;
  text.push_back('{');
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) text.push_back(',');
    if (text.size() - line_start > kLineLength - 14) {
      text.push_back('\n');
      line_start = text.size();
    }
    append_element(text, dtype, bytes, i);
  }
  text.push_back('}');
  return {text.data(), text.size()};
}

std::string c_pointer(DType dtype, bool constant) { return fmt::format("{}{} *", constant ? "const " : "", c_type(dtype)); }

std::string paste_headers(const std::vector<std::string>& headers) {
  Paster paster;
  for (const std::string& header : headers) paster.paste(header);
  return paster.text_;
}

}  // namespace thimble
