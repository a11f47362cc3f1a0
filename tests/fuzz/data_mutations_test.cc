// Files of every kind that holds recordings, damaged in many ways: each is read, or refused as the user's; nothing else may happen.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "base/files.h"
#include "base/json.h"
#include "base/random.h"
#include "data/check.h"
#include "data/file_labels.h"
#include "data/inflate.h"
#include "data/readers.h"
#include "data/tensor_file.h"
#include "data/windows.h"

namespace thimble {
namespace {

using Contents = std::vector<std::byte>;

struct Format {
  std::string name;
  Contents seed;
  std::function<std::vector<Recording>(const Contents&)> read;
};

Contents bytes_in(std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}
std::string_view text_of(const Contents& contents) { return {reinterpret_cast<const char*>(contents.data()), contents.size()}; }

Recording sample(size_t channels, int64_t width = 0) {
  Recording r;
  r.name = r.file = "seed";
  r.rate = 100, r.width = width;
  for (size_t c = 0; c < channels; ++c) r.channels.push_back({"c" + std::to_string(c), "g"});
  for (size_t i = 0; i < 60 * channels; ++i) r.samples.push_back(static_cast<float>((i * 37) % 251));
  return r;
}

std::vector<Recording> one(Recording r) {
  std::vector<Recording> all;
  all.push_back(std::move(r));
  return all;
}

Contents npy_seed() {
  FileTensor tensor;
  tensor.type.shape = {3, 4, 2};
  tensor.bytes.resize(24 * sizeof(float));
  return npy_of(tensor);
}

Contents idx_seed() {
  Contents idx = bytes_in(std::string_view("\0\0\x08\x03\0\0\0\x02\0\0\0\x03\0\0\0\x03", 16));
  for (int i = 0; i < 18; ++i) idx.push_back(static_cast<std::byte>(i * 9));
  return idx;
}

/// {"payload":{"interval_ms":10,"sensors":[{"name":"a"}],"values":[[1],[2.5]]}} in CBOR.
Contents cbor_seed() {
  std::string text =
      "\xA1\x67payload\xA3\x6Binterval_ms\x0A\x67sensors\x81\xA1\x64name\x61"
      "a\x66values\x82\x81\x01\x81\xF9\x41";
  text.push_back('\0');
  return bytes_in(text);
}

std::vector<Format> formats() {
  const TempDir dir;
  const auto written = [&](const char* name, const auto& write, const Recording& r) {
    write(dir.path() / name, r);
    return read_bytes(dir.path() / name);
  };
  const auto csv = [](const Contents& c) { return parse_csv_recordings(text_of(c), "a.csv", {.gap = 1}); };
  const auto acquisition = [](const Contents& c) { return one(parse_acquisition(c, "a", "")); };
  const auto idx = [](const Contents& c) {
    const TempDir folder;
    write_bytes(folder.path() / "a-images-idx3-ubyte", c);
    return read_idx(folder.path() / "a-images-idx3-ubyte", "a");
  };
  return {
      {"csv", written("a.csv", write_csv, sample(3)), csv},
      {"dates", bytes_in("id,label,timestamp,x\n1,up,2013-07-04 00:00:00,1\n1,up,2013-07-04T00:00:04Z,2\n2,down,2013-07-05,3\n"), csv},
      {"labels", bytes_in("file,label,group,split\na.csv,up,ann,train\nb.csv,down,ben,test\n"),
       [](const Contents& c) {
         FileLabels(text_of(c), "labels.csv");
         return std::vector<Recording>();
       }},
      {"wav", written("a.wav", write_wav, sample(1)), [](const Contents& c) { return one(parse_sound(c, "a.wav")); }},
      {"png", written("a.png", write_png, sample(3, 10)), [](const Contents& c) { return one(parse_image(c, "a.png")); }},
      {"json",
       bytes_in(
           R"({"protected":{"alg":"none"},"payload":{"interval_ms":10,"sensors":[{"name":"a"},{"name":"b"}],"values":[[1,2],[3,4]]}})"),
       acquisition},
      {"cbor", cbor_seed(), acquisition},
      {"npy", npy_seed(),
       [](const Contents& c) {
         return parse_npz(zip_of({{"x.npy", c}}), "a.npz", {});
       }},
      {"npz", zip_of({{"x.npy", npy_seed()}}), [](const Contents& c) { return parse_npz(c, "a.npz", {}); }},
      {"idx", idx_seed(), idx},
  };
}

/// One to four changes: a bit, a byte, an end cut off, a piece doubled, a piece taken out, a number made large.
Contents damaged(Contents c, Random& random) {
  const auto place = [&] { return static_cast<size_t>(random.below(static_cast<int64_t>(c.size()))); };
  for (int64_t times = 1 + random.below(4); times > 0 && !c.empty(); --times) switch (random.below(6)) {
      case 0: c[place()] ^= static_cast<std::byte>(1 << random.below(8)); break;
      case 1: c[place()] = static_cast<std::byte>(random.below(256)); break;
      case 2: c.resize(place()); break;
      case 3: {
        const size_t from = place(), count = std::min<size_t>(c.size() - from, 1 + static_cast<size_t>(random.below(40)));
        const Contents piece(c.begin() + static_cast<std::ptrdiff_t>(from), c.begin() + static_cast<std::ptrdiff_t>(from + count));
        c.insert(c.begin() + static_cast<std::ptrdiff_t>(place()), piece.begin(), piece.end());
        break;
      }
      case 4: {
        const size_t from = place(), count = std::min<size_t>(c.size() - from, 1 + static_cast<size_t>(random.below(20)));
        c.erase(c.begin() + static_cast<std::ptrdiff_t>(from), c.begin() + static_cast<std::ptrdiff_t>(from + count));
        break;
      }
      default:
        for (size_t at = place(), end = std::min(c.size(), at + 4); at < end; ++at) c[at] = std::byte{0xFF};
    }
  return c;
}

/// True when it could be read.
bool survives(const Format& format, const Contents& contents) {
  try {
    const std::vector<Recording> all = format.read(contents);
    for (const Recording& r : all) {
      EXPECT_FALSE(r.samples.empty());
      EXPECT_EQ(r.samples.size() % r.channels.size(), 0u);
    }
    check_recordings(all);
    if (!all.empty()) make_dataset(all, {.samples = 8}, {.leaks = Leaks::Drop}, Labels::Optional);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::User) << format.name << ": " << error.what();
    EXPECT_STRNE(error.what(), "") << format.name;
    return false;
  }
}

TEST(DataMutations, AreReadOrRefused) {
  constexpr uint64_t kEach = 1500;
  for (const Format& format : formats()) {
    EXPECT_TRUE(survives(format, format.seed)) << format.name << " itself";
    uint64_t refused = 0;
    for (uint64_t i = 0; i < kEach; ++i) {
      Random random(i, 77);
      refused += !survives(format, damaged(format.seed, random));
      if (::testing::Test::HasFailure()) FAIL() << format.name << ", mutation " << i;
    }
    EXPECT_GT(refused, kEach / 20) << format.name << " takes nearly everything";
  }
}

}  // namespace
}  // namespace thimble
