// Pictures: what they become, at which size, and what is refused, to the letter.
#include <gmock/gmock.h>
#include <stb/stb_image_write.h>

#include "base/files.h"
#include "data/data_test.h"
#include "data/picture.h"
#include "data/readers.h"

namespace thimble {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

Recording picture(int64_t width, int64_t height, int parts) {
  Recording r{.name = "p.png", .label = "", .group = "", .split = "", .file = ""};
  r.width = width;
  if (parts == 1) r.channels = {{"grey", ""}};
  if (parts == 3) r.channels = {{"red", ""}, {"green", ""}, {"blue", ""}};
  for (int64_t i = 0; i < width * height * parts; ++i) r.samples.push_back(static_cast<float>((i * 37) % 256));
  return r;
}

void keep(void* to, void* data, int size) {
  const auto* raw = static_cast<const std::byte*>(data);
  static_cast<std::vector<std::byte>*>(to)->insert(static_cast<std::vector<std::byte>*>(to)->end(), raw, raw + size);
}

std::vector<unsigned char> pixels_of(const Recording& r) {
  std::vector<unsigned char> pixels;
  for (const float x : r.samples) pixels.push_back(static_cast<unsigned char>(x));
  return pixels;
}

TEST(Image, PngAndBmpComeBackAsTheyWent) {
  const TempDir dir;
  for (const int parts : {1, 3}) {
    const Recording r = picture(7, 5, parts);
    write_png(dir.path() / "p.png", r);
    const Recording back = read_recordings(dir.path() / "p.png", "p.png", {})[0];
    EXPECT_EQ(back.samples, r.samples);
    EXPECT_EQ(back.width, 7);
    EXPECT_EQ(back.channels, r.channels);
  }
  const Recording r = picture(7, 5, 3);
  std::vector<std::byte> bmp;
  stbi_write_bmp_to_func(keep, &bmp, 7, 5, 3, pixels_of(r).data());
  EXPECT_EQ(parse_image(bmp, "p.bmp").samples, r.samples);
}

std::vector<std::byte> jpeg() {
  std::vector<std::byte> file;
  const std::vector<unsigned char> grey(16 * 16 * 3, 120);
  stbi_write_jpg_to_func(keep, &file, 16, 16, 3, grey.data(), 95);
  return file;
}

TEST(Image, JpegIsNearly) {
  const Recording r = parse_image(jpeg(), "p.jpg");
  EXPECT_EQ(r.width, 16);
  EXPECT_THAT(r.samples, Each(::testing::FloatNear(120, 3)));
}

TEST(Image, TellsWhatIsWrong) {
  const std::string text = "hello, this is no picture";
  const auto raw = std::as_bytes(std::span(text));
  EXPECT_EQ(message_of([&] { parse_image(raw, "a.png"); }), "'a.png' is no picture: it begins like none\nuse PNG, JPEG or BMP");
  auto cut = jpeg();
  cut.resize(cut.size() - 40);
  EXPECT_EQ(message_of([&] { parse_image(cut, "a.jpg"); }),
            "'a.jpg' is cut off: the mark at its end is missing\ncopy it again, or leave it out");
  const TempDir dir;
  write_png(dir.path() / "p.png", picture(40, 40, 3));
  auto png = read_bytes(dir.path() / "p.png");
  png.resize(png.size() / 2);
  EXPECT_THAT(message_of([&] { parse_image(png, "a.png"); }), ::testing::StartsWith("'a.png' is damaged or cut off: "));
}

TEST(Picture, ScalesByMeans) {
  Recording r = picture(4, 2, 1);
  r.samples = {10, 10, 50, 50, 10, 10, 50, 50};
  EXPECT_EQ(scaled_picture(r, 4, 2), r.samples);
  const auto small = scaled_picture(r, 2, 1);
  ASSERT_EQ(small.size(), 2u);
  EXPECT_LT(small[0], 25) << "mostly the left";
  EXPECT_GT(small[1], 35) << "mostly the right";
  EXPECT_FLOAT_EQ(small[0] + small[1], 60);
  for (float& x : r.samples) x = 9;
  EXPECT_THAT(scaled_picture(r, 13, 7), Each(::testing::FloatEq(9)));
  Recording wide = picture(6, 2, 1);
  for (size_t i = 0; i < wide.samples.size(); ++i) wide.samples[i] = i % 6 < 2 || i % 6 > 3 ? 200.0f : 30.0f;
  EXPECT_THAT(scaled_picture(wide, 1, 1), ElementsAre(::testing::Lt(90))) << "the middle of it";
}

}  // namespace
}  // namespace thimble
