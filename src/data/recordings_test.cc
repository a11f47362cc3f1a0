// Recordings out of tables, sound and acquisitions, and what is refused, to the letter.
#include <gmock/gmock.h>

#include <cstring>

#include "base/files.h"
#include "data/data_test.h"
#include "data/name_pattern.h"
#include "data/readers.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::SizeIs;

std::vector<Recording> csv(std::string_view text, const ReadOptions& options = {}) { return parse_csv_recordings(text, "a.csv", options); }
std::string csv_fault(std::string_view text, const ReadOptions& options = {}) {
  return message_of([&] { csv(text, options); });
}

TEST(Csv, OneRecordingWithNamedChannels) {
  const auto all = csv("acc_x (m/s2),acc_y\n1,2\n3,4\n5,6\n", {.rate = 50});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].name, "a.csv");
  EXPECT_EQ(all[0].line, 2);
  EXPECT_EQ(all[0].rate, 50);
  EXPECT_THAT(all[0].channels, ElementsAre(Channel{"acc_x", "m/s2"}, Channel{"acc_y", ""}));
  EXPECT_THAT(all[0].samples, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Csv, WithoutNames) {
  const auto all = csv("530\n518\n506\n");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].channels, ElementsAre(Channel{"ch1", ""}));
  EXPECT_EQ(all[0].line, 1);
  EXPECT_EQ(all[0].rate, 0);
}

TEST(Csv, TimesTellTheRate) {
  EXPECT_FLOAT_EQ(static_cast<float>(csv("time,x\n0,1\n0.01,2\n0.02,3\n")[0].rate), 100);
  EXPECT_FLOAT_EQ(static_cast<float>(csv("timer,x\n0,1\n20,2\n40,3\n")[0].rate), 50);
  EXPECT_FLOAT_EQ(static_cast<float>(csv("time_us,x\n0,1\n500,2\n1000,3\n")[0].rate), 2000);
  EXPECT_FLOAT_EQ(static_cast<float>(csv("t,x\n0,1\n2,2\n4,3\n", {.time_unit = TimeUnit::Seconds})[0].rate), 0.5);
  EXPECT_FLOAT_EQ(static_cast<float>(csv("timestamp,x\n2013-07-04 00:00:00,1\n2013-07-04 00:00:04,2\n")[0].rate), 0.25);
}

TEST(Csv, SeveralRecordings) {
  const auto by_rows = csv("x\n1\n2\n3\n4\n", {.rows = 2});
  ASSERT_THAT(by_rows, SizeIs(2));
  EXPECT_EQ(by_rows[1].name, "a.csv#2");
  EXPECT_EQ(by_rows[1].line, 4);
  const auto by_id = csv("id,label,x\n1,up,1\n1,up,2\n2,down,3\n");
  ASSERT_THAT(by_id, SizeIs(2));
  EXPECT_EQ(by_id[0].label, "up");
  EXPECT_EQ(by_id[1].label, "down");
  const auto by_gap = csv("time,x\n0,1\n0.1,2\n9,3\n9.1,4\n", {.gap = 1});
  ASSERT_THAT(by_gap, SizeIs(2));
  EXPECT_FLOAT_EQ(static_cast<float>(by_gap[0].rate), 10);
  EXPECT_THAT(csv("time,x\n0,1\n0.1,2\n0,3\n0.1,4\n", {.gap = 1}), SizeIs(2)) << "time went back";
  const auto again = csv("id,time,x\n1,0,1\n1,1,2\n2,0,3\n");
  EXPECT_THAT(again, SizeIs(2)) << "time starts anew with each recording";
}

TEST(Csv, RefusesWhatItCannotUse) {
  EXPECT_EQ(csv_fault(""), "'a.csv' holds no samples");
  EXPECT_EQ(csv_fault("x,y\n"), "'a.csv' holds no samples\nthere is nothing after its first line");
  EXPECT_EQ(csv_fault("x,y\n1,2\n3\n"), "a.csv:3: 1 columns where the first line has 2");
  EXPECT_EQ(csv_fault("x,y\n1,2\n3,oops\n"), "a.csv:3: 'oops' in column 'y' is not a number");
  EXPECT_EQ(csv_fault("x,y\n1,2\n3,nan\n"), "a.csv:3: column 'y' is nan\nleave lines out where the sensor gave nothing");
  EXPECT_EQ(csv_fault("time,x\n1,2\n1,3\n"),
            "a.csv:3: time goes back from 1 to 1\nsort the lines, name the column that tells recordings apart with id, or give a gap: then "
            "another recording begins here");
  EXPECT_EQ(csv_fault("time,x\nsoon,2\n"),
            "a.csv:2: 'soon' in column 'time' is no time\na number of seconds or milliseconds, or a date as in 2024-05-31 12:00:00");
  EXPECT_EQ(csv_fault("time,speed\n1,2\n", {.label = "sped"}), "'a.csv' has no column 'sped'; did you mean 'speed'?");
  EXPECT_EQ(csv_fault("time\n1\n2\n"), "'a.csv' has no column of samples: time");
}

/// 16-bit sound of one channel.
std::vector<std::byte> wav_of(const std::vector<int16_t>& samples) {
  std::vector<std::byte> bytes;
  const auto put = [&](const void* from, size_t count) {
    const auto* raw = static_cast<const std::byte*>(from);
    bytes.insert(bytes.end(), raw, raw + count);
  };
  const auto size = static_cast<uint32_t>(2 * samples.size());
  const uint32_t whole = 36 + size, sixteen = 16, rate = 8000, bytes_a_second = 16000;
  const uint16_t one = 1, two = 2, bits = 16;
  put("RIFF", 4), put(&whole, 4), put("WAVEfmt ", 8), put(&sixteen, 4), put(&one, 2), put(&one, 2), put(&rate, 4);
  put(&bytes_a_second, 4), put(&two, 2), put(&bits, 2), put("data", 4), put(&size, 4), put(samples.data(), size);
  return bytes;
}

TEST(Sound, CountsAsSixteenBits) {
  const Recording sound = parse_sound(wav_of({0, 1000, -32768, 32767}), "a.wav");
  EXPECT_EQ(sound.rate, 8000);
  EXPECT_THAT(sound.channels, ElementsAre(Channel{"audio", ""}));
  EXPECT_THAT(sound.samples, ElementsAre(0, 1000, -32768, 32767));
}

TEST(Sound, RefusesWhatIsCutOffOrNoSound) {
  std::vector<std::byte> bytes = wav_of(std::vector<int16_t>(100, 7));
  bytes.resize(bytes.size() - 50);
  EXPECT_EQ(message_of([&] { parse_sound(bytes, "a.wav"); }),
            "'a.wav' is cut off: 194 bytes where its header says 244\ncopy it again, or leave it out");
  const std::vector<std::byte> none(100);
  EXPECT_THAT(message_of([&] { parse_sound(none, "a.wav"); }), ::testing::StartsWith("'a.wav' cannot be read as sound: "));
  EXPECT_EQ(message_of([&] { parse_sound(wav_of({}), "a.wav"); }), "'a.wav' holds no samples");
}

Recording acquisition(std::string_view text) { return parse_acquisition(std::as_bytes(std::span(text)), "a.json"); }

TEST(Acquisition, ReadsSensorsAndValues) {
  const Recording r = acquisition(
      R"({"protected":{"ver":"v1","alg":"none"},"signature":"0","payload":{"device_name":"ac:87","device_type":"NANO","interval_ms":16,
          "sensors":[{"name":"accX","units":"m/s2"},{"name":"accY","units":"m/s2"}],"values":[[1,2.5],[-3,4]]}})");
  EXPECT_EQ(r.rate, 62.5);
  EXPECT_EQ(r.group, "ac:87");
  EXPECT_THAT(r.channels, ElementsAre(Channel{"accX", "m/s2"}, Channel{"accY", "m/s2"}));
  EXPECT_THAT(r.samples, ElementsAre(1, FloatEq(2.5f), -3, 4));
  EXPECT_THAT(acquisition(R"({"payload":{"interval_ms":10,"sensors":[{"name":"a"}],"values":[1,2,3]}})").samples, ElementsAre(1, 2, 3));
}

TEST(Acquisition, RefusesWhatDoesNotFit) {
  EXPECT_EQ(
      message_of([] { acquisition("{}"); }),
      "'a.json' has no 'payload' in its document\nis it in the acquisition format? payload: device_type, interval_ms, sensors, values");
  EXPECT_EQ(message_of([] { acquisition(R"({"payload":{"interval_ms":0}})"); }), "'a.json' has an interval_ms of 0\nit must be above 0");
  EXPECT_EQ(message_of([] { acquisition(R"({"payload":{"interval_ms":1,"sensors":[{"name":"a"}],"values":[[1,2]]}})"); }),
            "'a.json' has 2 values in sample 1 and 1 sensors");
  EXPECT_EQ(message_of([] { acquisition(R"({"payload":{"interval_ms":1,"sensors":[{"name":"a"}],"values":["x"]}})"); }),
            "'a.json' has a value that is not a number in sample 1");
}

TEST(NamePattern, TellsTheParts) {
  const auto parts = NamePattern("{split}/{label}.csv").match("data/train/up.csv");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at("split"), "train");
  EXPECT_EQ(parts->at("label"), "up");
  const auto digits = NamePattern("{label}_{group}_{}.wav").match("7_george_12.wav");
  ASSERT_TRUE(digits);
  EXPECT_EQ(digits->at("group"), "george");
  EXPECT_FALSE(NamePattern("{label}_{group}.wav").match("7.wav"));
  EXPECT_EQ(message_of([] { NamePattern("{lable}.csv"); }),
            "the pattern '{lable}.csv' has an unknown part '{lable}'; did you mean 'label'?");
  EXPECT_EQ(message_of([] { NamePattern("{label.csv"); }), "the pattern '{label.csv' has a '{' without its '}'");
}

TEST(Folder, FoldersAreSplitsAndLabels) {
  const TempDir dir;
  write_text(dir.path() / "train/up/1.csv", "x\n1\n2\n");
  write_text(dir.path() / "testing/down/1.csv", "x\n3\n4\n");
  write_text(dir.path() / "notes.md", "not a recording");
  Progress quiet;
  const auto all = read_folder(dir.path(), {}, quiet);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].name, "testing/down/1.csv");
  EXPECT_EQ(all[0].split, "test");
  EXPECT_EQ(all[0].label, "down");
  EXPECT_EQ(all[1].split, "train");
  EXPECT_EQ(all[1].label, "up");
}

}  // namespace
}  // namespace thimble
