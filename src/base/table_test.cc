#include "base/table.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

/// A terminal of that shape while in scope.
struct On {
  explicit On(Terminal shape) : before(terminal()) { terminal() = shape; }
  ~On() { terminal() = before; }
  Terminal before;
};

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(grouped(-123), "-123");
}

TEST(Numbers, AreRoundedToThreeDigits) {
  EXPECT_EQ(rounded(0), "0");
  EXPECT_EQ(rounded(512), "512");
  EXPECT_EQ(rounded(0.5), "0.50");
  EXPECT_EQ(rounded(999.6), "1.00 k");
  EXPECT_EQ(rounded(8312345), "8.31 M");
  EXPECT_EQ(rounded(62.5e9), "62.5 G");
}

TEST(Table, AlignsColumnsAndSetsTheTotalOff) {
  Table table({{"layer"}, {"bytes", Align::Right}, {"note", Align::Wrap}});
  table.row({"conv", 12000, "first"}).row({"größer", 7}).total({"total", 12007});
  EXPECT_EQ(table.text(),
            "  layer    bytes  note\n"
            "  conv    12,000  first\n"
            "  größer       7\n"
            "  ─────────────────────\n"
            "  total   12,007\n");
}

TEST(Table, ShowsADashForWhatIsNotKnown) {
  Table table({{"cycles", Align::Right}});
  table.row({std::optional<int64_t>()}).row({std::optional<int64_t>(1234)});
  EXPECT_EQ(table.text(), "  cycles\n       -\n   1,234\n");
}

TEST(Table, WrapsItsLastColumnToTheTerminal) {
  const On narrow({.colours = false, .width = 36});
  Table table({{"op"}, {"what it does", Align::Wrap}});
  table.row({"conv2d", "slides a window of weights over an image"});
  EXPECT_EQ(table.text(), "  op      what it does\n  conv2d  slides a window of weights\n          over an image\n");
}

TEST(Table, LeavesOptionalColumnsOutOnANarrowScreen) {
  Table table({{"layer"}, {"kernel", Align::Left, true}, {"bytes", Align::Right}});
  table.row({"conv", "conv2d_s8_ref", 12}).total({"total", "", 12});
  const std::string whole =
      "  layer  kernel         bytes\n  conv   conv2d_s8_ref     12\n  ───────────────────────────\n  total                    12\n";
  EXPECT_EQ(table.text(), whole);
  const On narrow({.colours = false, .width = 24, .watched = true});
  EXPECT_EQ(table.text(), "  layer  bytes\n  conv      12\n  ────────────\n  total     12\n");
  terminal().width = 29;
  EXPECT_EQ(table.text(), whole);
}

TEST(Terminal, ColoursOnlyWhereTheyAreWanted) {
  EXPECT_EQ(styled(Style::Good, "equal"), "equal");
  const On colourful({.colours = true, .width = 80});
  EXPECT_EQ(styled(Style::Good, "equal"), "\x1b[32mequal\x1b[0m");
  EXPECT_EQ(columns_of(styled(Style::Good, "gleich…")), 7);
}

TEST(Terminal, ShortensInTheMiddle) {
  EXPECT_EQ(shortened("conv2d", 6), "conv2d");
  EXPECT_EQ(shortened("model/conv2d/Relu", 9), "mode…Relu");
}

}  // namespace
}  // namespace thimble
