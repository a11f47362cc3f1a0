#include "bench/accepted.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"

namespace thimble::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Accepted kOld{.compilers = {{"pico", "gcc 12"}, {"uno", "avr-gcc 5"}},
                    .rows = {{"kws pico", "pico", {{"instructions", 100}, {"code", 8}}}, {"kws uno", "uno", {{"code", 5}}}}};

Accepted with(const char* key, const char* board, std::map<std::string, int64_t> figures, const char* compiler = "gcc 12") {
  return {.compilers = {{board, compiler}}, .rows = {{key, board, std::move(figures)}}};
}

TEST(Accepted, EqualFiguresAreNoDifference) {
  const Comparison same = compare(kOld, with("kws pico", "pico", {{"instructions", 100}, {"code", 8}}));
  EXPECT_EQ(same.equal, 1u);
  EXPECT_THAT(same.differences, IsEmpty());
  EXPECT_EQ(to_text(same, "accept"), "  1 rows equal the accepted ones\n");
}

TEST(Accepted, OneInstructionIsADifference) {
  const Comparison other = compare(kOld, with("kws pico", "pico", {{"instructions", 101}, {"code", 8}}));
  EXPECT_EQ(to_text(other, "do --accept"),
            "  row       figure        accepted  measured   ratio\n"
            "  kws pico  instructions       100       101  1.0100\n"
            "\n"
            "  1 figures differ from the accepted ones; if that is meant: do --accept\n"
            "  0 rows equal the accepted ones\n");
}

TEST(Accepted, FiguresThatComeOrGoAreDifferences) {
  const Comparison gone = compare(kOld, with("kws pico", "pico", {{"instructions", 100}}));
  ASSERT_EQ(gone.differences.size(), 1u);
  EXPECT_EQ(gone.differences[0].figure, "code");
  EXPECT_FALSE(gone.differences[0].measured);
  const Comparison fresh = compare(kOld, with("vww pico", "pico", {{"code", 1}}));
  ASSERT_EQ(fresh.differences.size(), 1u);
  EXPECT_EQ(fresh.differences[0].figure, "the row is new");
}

TEST(Accepted, RowsThatWereNotMeasuredAreADifferenceOnlyOfTheWhole) {
  const Accepted part = with("kws pico", "pico", {{"instructions", 100}, {"code", 8}});
  const Comparison whole = compare(kOld, part, /*whole=*/true);
  ASSERT_EQ(whole.differences.size(), 1u);
  EXPECT_EQ(whole.differences[0].key, "kws uno");
  EXPECT_EQ(whole.differences[0].figure, "the row is gone");
}

TEST(Accepted, AnotherCompilerIsNotCompared) {
  const Comparison other = compare(kOld, with("kws pico", "pico", {{"instructions", 7}}, "gcc 13"));
  EXPECT_THAT(other.differences, IsEmpty());
  EXPECT_THAT(other.not_compared, ElementsAre("pico is not compared: accepted with gcc 12, here is gcc 13"));
}

TEST(Accepted, MeasuredRowsReplaceTheirOwnAndLeaveTheOthers) {
  const Accepted all = merged(kOld, with("kws pico", "pico", {{"code", 9}}, "gcc 13"));
  EXPECT_THAT(all.rows, ElementsAre(Row{"kws pico", "pico", {{"code", 9}}}, kOld.rows[1]));
  EXPECT_EQ(all.compilers.at("pico"), "gcc 13");
  EXPECT_EQ(all.compilers.at("uno"), "avr-gcc 5");
}

TEST(Accepted, FilesComeBackAsTheyWere) {
  const TempDir dir;
  Accepted written = kOld;
  written.rows.push_back({"a row whose key names no board", "pico", {{"code", 1}}});
  write_accepted(dir.path() / "a.json", written);
  const Accepted back = read_accepted(dir.path() / "a.json");
  EXPECT_EQ(back.rows, written.rows);
  EXPECT_EQ(back.compilers, written.compilers);
}

TEST(Accepted, ABrokenFileIsNamed) {
  const TempDir dir;
  const fs::path file = dir.path() / "a.json";
  const auto said = [&](std::string_view key) -> std::string {
    write_text(file, fmt::format(R"({{"compilers": {{"pico": ""}}, "rows": [{{"key": "{}", "figures": {{"code": "much"}}}}]}})", key));
    try {
      read_accepted(file);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(said("kws pico"), "'" + file.string() + "' has no whole number as 'code' of 'kws pico'");
  EXPECT_EQ(said("kws"), "'" + file.string() + "' names no board in the row 'kws'");
}

}  // namespace
}  // namespace thimble::bench
