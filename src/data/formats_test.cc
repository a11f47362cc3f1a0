// Pictures, arrays, IDX and tables of labels: what they become, and what is refused, to the letter.
#include <gmock/gmock.h>

#include <cmath>

#include "base/files.h"
#include "base/sha256.h"
#include "data/data_test.h"
#include "data/file_labels.h"
#include "data/inflate.h"
#include "data/readers.h"
#include "data/tensor_file.h"

namespace thimble {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::vector<std::byte> from_hex(std::string_view hex) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

/// What Python's zipfile makes of x.npy (u8[2,2,2]: 0 to 7) and y.npy (i32[2]: 7, 3), deflated.
const std::string kArchive =
    "504b0304140000000800000021006160fdb54f0000008800000005000000782e6e70799bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a05e536aa8aea3a09e965f54"
    "529498179f5f94920a12774bcc294e058a17672416a402f91a463a0a20a4a9a350ab401ee062606462666165630700504b030414000000080000002100e99779534b"
    "0000008800000005000000792e6e70799bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17"
    "672416a402f91a463a9a3a0ab50a14002e7606060666200600504b01021403140000000800000021006160fdb54f00000088000000050000000000000000000000"
    "800100000000782e6e7079504b0102140314000000080000002100e99779534b00000088000000050000000000000000000000800172000000792e6e7079504b05"
    "06000000000200020066000000e00000000000";
/// What gzip makes of an IDX of two pictures of 2 x 2 pixels: 0 to 7.
const std::string kGzip = "1f8b08000000000002036360e06066606060826346266616563676003fd4821618000000";

TEST(Npz, HasArraysByTheirNames) {
  const auto all = parse_npz(from_hex(kArchive), "a.npz", {});
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].label, "7");
  EXPECT_EQ(all[1].label, "3");
  EXPECT_EQ(all[1].name, "a.npz/x#2");
  EXPECT_EQ(all[1].width, 2);
  EXPECT_THAT(all[1].samples, ElementsAre(4, 5, 6, 7));
}

std::vector<std::byte> archive_of(const std::vector<std::pair<std::string, std::vector<float>>>& arrays) {
  std::vector<ZipEntry> entries;
  for (const auto& [name, values] : arrays) {
    FileTensor tensor;
    tensor.type.shape = {static_cast<int64_t>(values.size()), 1, 1};
    const auto raw = std::as_bytes(std::span(values));
    tensor.bytes.assign(raw.begin(), raw.end());
    entries.push_back({name + ".npy", npy_of(tensor)});
  }
  return zip_of(entries);
}

TEST(Npz, TellsSplits) {
  const auto all =
      parse_npz(archive_of({{"x_train", {1, 2}}, {"y_train", {0, 1}}, {"x_test", {5}}, {"y_test", {1}}}), "a.npz", {.rate = 9});
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].split + all[0].label, "test1");
  EXPECT_EQ(all[2].split + all[2].label, "train1");
}

TEST(Npz, TellsWhatIsWrong) {
  EXPECT_EQ(message_of([] { parse_npz(bytes_in("hello"), "a.npz", {}); }),
            "'a.npz' is no .zip archive, or is cut off: its list of files is missing\ncopy or download it again");
  auto damaged = from_hex(kArchive);
  damaged[60] ^= std::byte{1};
  EXPECT_THAT(message_of([&] { parse_npz(damaged, "a.npz", {}); }), ::testing::StartsWith("'a.npz/x.npy' is damaged: "));
  EXPECT_EQ(message_of([] {
              parse_npz(archive_of({{"x", {1, 2, 3}}, {"y", {1, 2}}}), "a.npz", {});
            }),
            "'a.npz/y' has 2 labels for 3 recordings in 'x'");
  EXPECT_EQ(message_of([] {
              parse_npz(archive_of({{"a", {1}}, {"b", {2}}}), "a.npz", {});
            }),
            "'a.npz' holds no array of recordings\none array, or several called x or x_train, y or y_train, ...");
  EXPECT_EQ(message_of([] {
              parse_npz(archive_of({{"x", {1, NAN}}}), "a.npz", {});
            }),
            "'a.npz/x#2' is nan in sample 1 of channel 'ch1'\nleave out what the sensor did not give");
}

TEST(Idx, PicturesFindTheirLabels) {
  const TempDir dir;
  write_bytes(dir.path() / "t10k-images-idx3-ubyte.gz", from_hex(kGzip));
  write_bytes(dir.path() / "t10k-labels-idx1-ubyte", bytes_in("\0\0\x08\x01\0\0\0\x02\x09\x04"s));
  Progress quiet;
  const auto all = read_folder(dir.path(), {}, quiet);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].label, "9");
  EXPECT_EQ(all[1].label, "4");
  EXPECT_EQ(all[1].split, "") << "there is no train-images beside it";
  EXPECT_EQ(all[1].width, 2);
  EXPECT_THAT(all[1].samples, ElementsAre(4, 5, 6, 7));
}

TEST(Idx, TellsWhatIsWrong) {
  const TempDir dir;
  const fs::path file = dir.path() / "a-images-idx3-ubyte";
  const auto fault = [&](const std::string& contents) {
    write_bytes(file, bytes_in(contents));
    return message_of([&] { read_idx(file, "a-images-idx3-ubyte"); });
  };
  EXPECT_EQ(fault("hello"), "'a-images-idx3-ubyte' is no IDX file: it does not begin with two zeros\ncopy or download it again");
  EXPECT_EQ(fault("\0\0\x0d\x03\0"s),
            "'a-images-idx3-ubyte' holds elements of IDX type 0x0d; bytes (0x08) are read\ncopy or download it again");
  EXPECT_EQ(fault("\0\0\x08\x03\0\0\0\x02\0\0"s), "'a-images-idx3-ubyte' is cut off inside its IDX header\ncopy or download it again");
  EXPECT_EQ(fault("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\1\2\3"s),
            "'a-images-idx3-ubyte' is cut off: its header says 8 bytes, 3 are there\ncopy or download it again");
  EXPECT_EQ(fault("\0\0\x08\x01\0\0\0\x01\x05"s),
            "'a-images-idx3-ubyte' has 1 axes; pictures have 3: number, rows, columns\ncopy or download it again");
  const auto whole = from_hex(kGzip);
  const std::string cut(reinterpret_cast<const char*>(whole.data()), whole.size() - 12);
  EXPECT_EQ(fault(cut), "'a-images-idx3-ubyte' is cut off: its packed data ends early\ncopy or download it again");
  write_bytes(file, whole);
  write_bytes(dir.path() / "a-labels-idx1-ubyte", bytes_in("\0\0\x08\x01\0\0\0\x01\x09"s));
  EXPECT_EQ(message_of([&] { read_idx(file, "a-images-idx3-ubyte"); }),
            "'a-labels-idx1-ubyte' has 1 labels for 2 pictures\ncopy or download it again");
}

TEST(FileLabels, TellOfFiles) {
  const TempDir dir;
  write_text(dir.path() / "a.csv", "x\n1\n");
  write_text(dir.path() / "deep/b.csv", "x\n2\n");
  write_text(dir.path() / "labels.csv", "file,label,group,split\na.csv,up,ann,test\ndeep/b.csv,down,ben,\n");
  Progress quiet;
  const auto all = read_folder(dir.path(), {.labels = "labels.csv"}, quiet);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].label + all[0].group + all[0].split, "upanntest");
  EXPECT_EQ(all[1].label + all[1].group + all[1].split, "downben");
  const auto fault = [&](std::string_view table) {
    write_text(dir.path() / "labels.csv", table);
    return message_of([&] { read_folder(dir.path(), {.labels = "labels.csv"}, quiet); });
  };
  EXPECT_EQ(fault("a.csv,up\n"),
            "labels.csv:1: a table of labels begins with the names of its columns\nfile,label and, if wanted, group,split");
  EXPECT_EQ(fault("file,label\na.csv,up,ann\n"), "labels.csv:2: 3 columns where the first line has 2");
  EXPECT_EQ(fault("file,label\na.csv,\n"), "labels.csv:2: it has no label");
  EXPECT_EQ(fault("file,label\na.csv,up\na.csv,down\n"), "labels.csv:3: 'a.csv' is told of in line 2 already");
  EXPECT_EQ(fault("file,label,split\na.csv,up,tset\n"), "labels.csv:2: 'tset' is no split\ntrain, validation or test");
  EXPECT_EQ(fault("file,label\na.csv,up\n"),
            "'labels.csv' tells nothing of the file 'deep/b.csv'\nadd a line for it, or take the file away");
  EXPECT_EQ(fault("file,label\na.csv,up\nb.csv,up\na.cvs,up\n"), "labels.csv:4: there is no file 'a.cvs'; did you mean 'a.csv'?");
}

TEST(Folder, FilesOfTheTestAreNamedByAPattern) {
  const TempDir dir;
  for (const char* name : {"7_ann_0.csv", "7_ann_5.csv", "8_ben_4.csv"}) write_text(dir.path() / name, "x\n1\n");
  Progress quiet;
  const auto all = read_folder(dir.path(), {.names = "{label}_{group}_{}.csv", .test_files = "*_[0-4].csv"}, quiet);
  EXPECT_EQ(all[0].split, "test");
  EXPECT_EQ(all[1].split, "");
  EXPECT_EQ(all[2].split, "test");
  EXPECT_EQ(message_of([&] { read_folder(dir.path(), {.test_files = "*.wav"}, quiet); }),
            "no file is as test_files = '*.wav' says\n'*' stands for anything");
}

TEST(Folder, AnEmptyClassIsAFault) {
  const TempDir dir;
  write_text(dir.path() / "up/1.csv", "x\n1\n");
  fs::create_directories(dir.path() / "down");
  fs::create_directories(dir.path() / "_notes");
  Progress quiet;
  EXPECT_EQ(message_of([&] { read_folder(dir.path(), {}, quiet); }),
            "the folder '" + (dir.path() / "down").string() +
                "' holds no recordings\nrecord into it, or begin its name with '_', and it is passed over");
}

TEST(Folder, AnEmptyOneIsToldWhatToPutThere) {
  const TempDir dir;
  Progress quiet;
  EXPECT_EQ(
      message_of([&] { read_folder(dir.path(), {}, quiet); }),
      "the folder '" + dir.path().string() +
          "' holds no recordings\n"
          "put a folder for each class into it, named after the class, and recordings of the class into that; tables (.csv, .tsv, .txt), "
          "sound (.wav, .flac, .ogg, .aiff), pictures (.png, .jpg, .bmp), arrays (.npy, .npz, IDX) and acquisitions (.json, .cbor) are "
          "read");
}

TEST(Folder, AllBrokenFilesAreTold) {
  const TempDir dir;
  Progress quiet;
  const auto told = [&] { return message_of([&] { read_folder(dir.path(), {}, quiet); }); };
  write_text(dir.path() / "up/good.csv", "x\n1\n2\n");
  write_text(dir.path() / "up/a.wav", "RIFF");
  const std::string alone = told();
  const std::string what = alone.substr(0, alone.find('\n'));
  EXPECT_THAT(what, ::testing::StartsWith("'up/a.wav' cannot be read as sound: "));
  write_text(dir.path() / "up/b.csv", "x,y\n1,2\n1\n");
  EXPECT_EQ(told(), "2 of 3 files cannot be read\n  " + what +
                        "\n  up/b.csv:3: 1 columns where the first line has 2\n"
                        "mend them, or begin their names with '_', and they are passed over");
  for (int i = 10; i < 25; ++i) write_text(dir.path() / ("up/a" + std::to_string(i) + ".csv"), "x,y\n1,2\n1\n");
  EXPECT_THAT(told(), ::testing::StartsWith("17 of 18 files cannot be read\n  " + what + "\n  up/a10.csv:3: "));
  EXPECT_THAT(told(), ::testing::HasSubstr("\n  up/a18.csv:3: 1 columns where the first line has 2\n  and 7 more\nmend them"));
}

TEST(Files, ComeBackAsTheyWent) {
  const TempDir dir;
  Recording motion{.name = "m", .label = "", .group = "", .split = "", .file = ""};
  motion.rate = 50, motion.channels = {{"acc_x", "m/s2"}, {"y", ""}}, motion.samples = {1, 2, 3.25f, -4e-3f, 5, 6};
  write_csv(dir.path() / "m.csv", motion);
  const Recording table = read_recordings(dir.path() / "m.csv", "m.csv", {})[0];
  EXPECT_EQ(table.samples, motion.samples);
  EXPECT_EQ(table.channels, motion.channels);
  EXPECT_NEAR(table.rate, 50, 1e-6);
  Recording sound{.name = "s", .label = "", .group = "", .split = "", .file = ""};
  sound.rate = 8000, sound.channels = {{"audio", ""}}, sound.samples = {0, 12, -32768, 32767};
  write_wav(dir.path() / "deep/s.wav", sound);
  EXPECT_EQ(read_recordings(dir.path() / "deep/s.wav", "s.wav", {})[0].samples, sound.samples);
}

TEST(Acquisition, SignaturesAreChecked) {
  const std::string zeros(64, '0');
  std::string text = R"({"protected":{"ver":"v1","alg":"HS256","iat":1},"signature":")" + zeros +
                     R"(","payload":{"device_type":"a","interval_ms":10,"sensors":[{"name":"a","units":"g"}],"values":[1,2]}})";
  const std::string good = hmac_sha256("key", text);
  text.replace(text.find(zeros), 64, good);
  EXPECT_THAT(parse_acquisition(bytes_in(text), "a.json", "key").samples, ElementsAre(1, 2));
  EXPECT_EQ(message_of([&] { parse_acquisition(bytes_in(text), "a.json", "other"); }),
            "the signature of 'a.json' is not that of its contents\nit was changed after it was recorded, or hmac_key is another");
  text.replace(text.find("[1,2]"), 5, "[1,3]");
  EXPECT_EQ(message_of([&] { parse_acquisition(bytes_in(text), "a.json", "key"); }),
            "the signature of 'a.json' is not that of its contents\nit was changed after it was recorded, or hmac_key is another");
  EXPECT_EQ(message_of([&] { parse_acquisition(bytes_in(R"({"payload":{}})"), "a.json", "key"); }),
            "'a.json' is not signed (protected.alg = HS256, signature)\nread it without hmac_key");
}

}  // namespace
}  // namespace thimble
