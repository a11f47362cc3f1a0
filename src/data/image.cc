#include <fmt/format.h>
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/files.h"
#include "data/readers.h"

namespace thimble {
namespace {

constexpr int64_t kMost = int64_t{1} << 27;  // pixels

[[noreturn]] void fail(const std::string& name, const std::string& what, const std::string& hint) {
  throw Error(Blame::User, fmt::format("'{}' {}", name, what), hint);
}

/// By its first bytes; the library knows more formats, which we do not promise.
bool is_picture(std::string_view text) {
  return text.starts_with("\x89PNG\r\n\x1a\n") || text.starts_with("\xFF\xD8\xFF") || text.starts_with("BM");
}

/// The library fills what is missing of a JPEG with grey; we want to know.
bool ends(std::string_view text) { return !text.starts_with("\xFF\xD8\xFF") || text.rfind("\xFF\xD9") != std::string_view::npos; }

}  // namespace

Recording parse_image(std::span<const std::byte> contents, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(contents.data()), contents.size());
  const auto* bytes = reinterpret_cast<const stbi_uc*>(contents.data());
  const int size = static_cast<int>(std::min<size_t>(contents.size(), size_t{1} << 30));
  if (!is_picture(text)) fail(name, "is no picture: it begins like none", "use PNG, JPEG or BMP");
  int width = 0, height = 0, parts = 0;
  const bool known = stbi_info_from_memory(bytes, size, &width, &height, &parts) != 0;
  if (known && int64_t{width} * height > kMost) fail(name, fmt::format("is too large: {} x {} pixels", width, height), "scale it down");
  if (!ends(text)) fail(name, "is cut off: the mark at its end is missing", "copy it again, or leave it out");
  const int wanted = parts >= 3 ? 3 : 1;  // without transparency
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      known ? stbi_load_from_memory(bytes, size, &width, &height, &parts, wanted) : nullptr, stbi_image_free);
  if (!pixels) fail(name, fmt::format("is damaged or cut off: {}", stbi_failure_reason()), "copy it again, or leave it out");
  Recording r{.name = name, .label = "", .group = "", .split = "", .file = name};
  r.width = width;
  if (wanted == 1)
    r.channels = {{"grey", ""}};
  else
    r.channels = {{"red", ""}, {"green", ""}, {"blue", ""}};
  r.samples.assign(pixels.get(), pixels.get() + static_cast<size_t>(width) * static_cast<size_t>(height * wanted));
  return r;
}

std::vector<std::byte> png_of(const Recording& picture) {
  require(picture.width > 0, "a picture has a width");
  std::vector<stbi_uc> pixels;
  for (const float x : picture.samples) pixels.push_back(static_cast<stbi_uc>(std::clamp(x, 0.0f, 255.0f)));
  std::vector<std::byte> file;
  const auto put = [](void* to, void* data, int size) {
    const auto* raw = static_cast<const std::byte*>(data);
    auto& out = *static_cast<std::vector<std::byte>*>(to);
    out.insert(out.end(), raw, raw + size);
  };
  const auto width = static_cast<int>(picture.width), parts = static_cast<int>(picture.channels.size());
  require(stbi_write_png_to_func(put, &file, width, static_cast<int>(picture.height()), parts, pixels.data(), width * parts) != 0,
          "a picture becomes a PNG");
  return file;
}

void write_png(const fs::path& path, const Recording& picture) { write_bytes(path, png_of(picture)); }

}  // namespace thimble
