#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "data/readers.h"

namespace thimble {
namespace {

/// Bytes in memory, as libsndfile reads a file.
struct Source {
  std::span<const std::byte> bytes;
  sf_count_t at = 0;

  static sf_count_t size(void* self) { return static_cast<sf_count_t>(static_cast<Source*>(self)->bytes.size()); }
  static sf_count_t tell(void* self) { return static_cast<Source*>(self)->at; }
  static sf_count_t seek(sf_count_t offset, int from, void* self) {
    auto& source = *static_cast<Source*>(self);
    const sf_count_t base = from == SEEK_SET ? 0 : from == SEEK_CUR ? source.at : size(self);
    return source.at = std::clamp<sf_count_t>(base + offset, 0, size(self));
  }
  static sf_count_t read(void* to, sf_count_t count, void* self) {
    auto& source = *static_cast<Source*>(self);
    count = std::min(count, size(self) - source.at);
    std::memcpy(to, source.bytes.data() + source.at, static_cast<size_t>(count));
    source.at += count;
    return count;
  }
};

/// libsndfile reads what is there of a file that was cut off; we want to know.
void check_length(std::span<const std::byte> contents, const std::string& name) {
  uint32_t told = 0;
  if (contents.size() < 12 || std::memcmp(contents.data(), "RIFF", 4) != 0) return;
  std::memcpy(&told, contents.data() + 4, 4);
  const size_t whole = size_t{told} + 8;
  // Recorders that stream write 0 or all ones because they do not know the length yet.
  if (told != 0 && told != 0xFFFFFFFFu && whole > contents.size() + 1)
    throw Error(Blame::User, fmt::format("'{}' is cut off: {} bytes where its header says {}", name, contents.size(), whole),
                "copy it again, or leave it out");
}

}  // namespace

Recording parse_sound(std::span<const std::byte> contents, const std::string& name) {
  check_length(contents, name);
  Source source{contents};
  SF_VIRTUAL_IO io{Source::size, Source::seek, Source::read, nullptr, Source::tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_READ, &info, &source), sf_close);
  if (!file) throw Error(Blame::User, fmt::format("'{}' cannot be read as sound: {}", name, sf_strerror(nullptr)), "use WAV, FLAC or OGG");
  Recording recording{.name = name, .label = "", .group = "", .split = "", .file = name};
  recording.rate = info.samplerate;
  for (int i = 0; i < info.channels; ++i) recording.channels.push_back({info.channels == 1 ? "audio" : fmt::format("audio{}", i + 1), ""});
  // Piece by piece: a header may promise more than memory holds.
  std::vector<float> piece(size_t{1} << 16);
  const auto channels = static_cast<sf_count_t>(info.channels);
  sf_count_t got = 0;
  for (sf_count_t count = 1; count > 0; got += count) {
    count = sf_readf_float(file.get(), piece.data(), static_cast<sf_count_t>(piece.size()) / channels);
    recording.samples.insert(recording.samples.end(), piece.begin(), piece.begin() + count * channels);
  }
  if (got < info.frames && info.frames < SF_COUNT_MAX)
    throw Error(Blame::User, fmt::format("'{}' is cut off: {} samples where its header says {}", name, got, info.frames),
                "copy it again, or leave it out");
  if (got == 0) throw Error(Blame::User, fmt::format("'{}' holds no samples", name));
  for (size_t i = 0; i < recording.samples.size(); ++i) {
    if (!std::isfinite(recording.samples[i]))
      throw Error(Blame::User, fmt::format("'{}' is {} in sample {}", name, recording.samples[i], i / recording.channels.size() + 1),
                  "write it anew, or leave it out");
    recording.samples[i] *= 32768.0f;  // they count as 16-bit sound does, whatever the file's own width
  }
  return recording;
}

void write_wav(const std::filesystem::path& path, const Recording& sound) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(std::lround(sound.rate));
  info.channels = static_cast<int>(sound.channels.size());
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  std::filesystem::create_directories(path.parent_path());
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.string().c_str(), SFM_WRITE, &info), sf_close);
  if (!file) throw Error(Blame::Environment, fmt::format("'{}' cannot be written: {}", path.string(), sf_strerror(nullptr)));
  std::vector<int16_t> samples;
  for (const float x : sound.samples) samples.push_back(static_cast<int16_t>(std::clamp(std::round(x), -32768.0f, 32767.0f)));
  sf_writef_short(file.get(), samples.data(), sound.length());
}

}  // namespace thimble
