#include "deploy/play.h"

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "deploy/emulator.h"

namespace thimble {
namespace {

using Contents = std::vector<std::byte>;

template <class T>
void append(Contents& bytes, const T* values, size_t count) {
  const auto raw = std::as_bytes(std::span(values, count));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// Takes things off the front of what the firmware wrote.
class Reader {
 public:
  explicit Reader(const Contents& bytes) : bytes_(bytes) {}
  template <class T>
  std::vector<T> take(size_t count) {
    std::vector<T> values(count);
    require(at_ + count * sizeof(T) <= bytes_.size(), "the results of a played recording end early");
    std::memcpy(values.data(), bytes_.data() + at_, count * sizeof(T));
    at_ += count * sizeof(T);
    return values;
  }

 private:
  const Contents& bytes_;
  size_t at_ = 0;
};

}  // namespace

std::vector<std::vector<PlayedResult>> play_firmware(const Firmware& firmware, const std::vector<std::vector<float>>& recordings,
                                                     Progress& progress) {
  const Doing doing([&] { return fmt::format("playing recordings on {}", firmware.board->name); });
  require(firmware.axes > 0, "the firmware was not made to be played to");
  progress.begin(fmt::format("playing {} recording{} on {}", recordings.size(), recordings.size() == 1 ? "" : "s", firmware.board->name));
  Contents in;
  for (const std::vector<float>& recording : recordings) {
    const auto samples = static_cast<int32_t>(static_cast<int64_t>(recording.size()) / firmware.axes);
    append(in, &samples, 1);
    append(in, recording.data(), static_cast<size_t>(samples * firmware.axes));
  }
  const TempDir dir;
  write_bytes(dir.path() / "in.bin", in);
  emulate(firmware, dir.path(), /*count=*/false);
  const Contents out = read_bytes(dir.path() / "out.bin");
  Reader reader(out);
  std::vector<std::vector<PlayedResult>> all(recordings.size());
  for (std::vector<PlayedResult>& results : all)
    for (auto head = reader.take<int32_t>(2); head[0] >= 0; head = reader.take<int32_t>(2))
      results.push_back({head[0], head[1], reader.take<float>(static_cast<size_t>(firmware.output_bytes) / sizeof(float))});
  return all;
}

}  // namespace thimble
