#include "base/svg.h"

#include <gmock/gmock.h>

namespace thimble {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Svg, DrawsALineFromItsFirstPointToItsLast) {
  const std::string svg = svg_chart({.title = "loss", .x_title = "epoch", .y_title = "", .series = {{"train", {0, 10}, {1, 0}}}});
  EXPECT_THAT(svg, StartsWith("<svg "));
  // The left and the lower border of the field are 62 and 254, the right and the upper one 546 and 34.
  EXPECT_THAT(svg, HasSubstr("d=\"M62.0 34.0L546.0 254.0\""));
  EXPECT_THAT(svg, HasSubstr(">0.2</text>"));
}

TEST(Svg, DrawsNothingWithoutPoints) {
  EXPECT_EQ(svg_chart({}), "");
  EXPECT_EQ(svg_chart({.title = "x", .x_title = "", .y_title = "", .series = {{"empty", {}, {}}}}), "");
}

TEST(Svg, ShowsAllOfTheAxisThatIsAskedFor) {
  const std::string svg =
      svg_chart({.title = "", .x_title = "", .y_title = "", .series = {{"a", {1, 2}, {0.5, 0.6}}}, .from_zero = true, .to_one = true});
  EXPECT_THAT(svg, HasSubstr(">0</text>"));
  EXPECT_THAT(svg, HasSubstr(">1</text>"));
}

TEST(Svg, EscapesNames) {
  const std::string svg = svg_heat_map(
      {.title = "a<b", .row_title = "", .column_title = "", .rows = {"\"x\""}, .columns = {"&"}, .shades = {1}, .values = {"5"}});
  EXPECT_THAT(svg, HasSubstr(">a&lt;b</text>"));
  EXPECT_THAT(svg, HasSubstr(">&quot;x&quot;</text>"));
  EXPECT_THAT(svg, HasSubstr(">&amp;</text>"));
}

}  // namespace
}  // namespace thimble
