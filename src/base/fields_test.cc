#include "base/fields.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

enum class Colour : uint8_t { Red, Green };
constexpr std::string_view kColours[] = {"red", "green"};
std::span<const std::string_view> enum_names(Colour) { return kColours; }

struct Request {
  bool loud = false;
  int32_t stride = 1;
  double rate = 0.5;
  std::string board = "pico";
  std::vector<int64_t> shape = {1, 2};
  std::vector<double> scales;
  std::vector<std::string> words = {"a", "b"};
  Colour colour = Colour::Green;
  template <class V>
  void fields(V&& v) {
    v("loud", loud, "say more");
    v("stride", stride, "rows between windows", at_least(1));
    v("rate", rate, "share that is kept", between(0, 1));
    v("board", board, "where it runs", one_of({"pico", "uno", "host"}));
    v("shape", shape, "of the input");
    v("scales", scales, "one per channel");
    v("words", words, "labels");
    v("colour", colour, "of the plot");
  }
};

std::string fault_of(auto body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::User);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Fields, BagRoundTrip) {
  Request request;
  request.loud = true;
  request.stride = 3;
  request.colour = Colour::Red;
  const AttrBag bag = to_bag(request);
  EXPECT_EQ(bag.size(), 8u);
  EXPECT_EQ(std::get<std::string>(bag.at("colour")), "red");
  EXPECT_EQ(to_bag(from_bag<Request>(bag)), bag);
  EXPECT_EQ(to_bag(from_bag<Request>({})), to_bag(Request{}));
}

TEST(Fields, InfoHasHelpDefaultAndRule) {
  const std::vector<FieldInfo> fields = fields_of(Request{});
  EXPECT_EQ(fields[1].name, "stride");
  EXPECT_EQ(fields[1].help, "rows between windows");
  EXPECT_EQ(fields[1].rule.min, 1);
  EXPECT_EQ(to_string(fields[1].value), "1");
  EXPECT_EQ(fields[7].rule.choices, (std::vector<std::string>{"red", "green"}));
}

TEST(Fields, ToString) {
  EXPECT_EQ(to_string(FieldValue(true)), "true");
  EXPECT_EQ(to_string(FieldValue(int64_t{-7})), "-7");
  EXPECT_EQ(to_string(FieldValue(0.25)), "0.25");
  EXPECT_EQ(to_string(FieldValue(std::string("same"))), "same");
  EXPECT_EQ(to_string(FieldValue(std::vector<int64_t>{1, 2, 3})), "1,2,3");
  EXPECT_EQ(to_string(FieldValue(std::vector<double>{0.5, 1})), "0.5,1");
  EXPECT_EQ(to_string(FieldValue(std::vector<std::string>{})), "");
}

TEST(Fields, ParsedTextIsTheValueItWasPrintedFrom) {
  for (const FieldInfo& field : fields_of(Request{}))
    EXPECT_EQ(parse_field(field.name, to_string(field.value), field.value), field.value) << field.name;
  EXPECT_EQ(parse_field("loud", "yes", FieldValue(false)), FieldValue(true));
  EXPECT_EQ(parse_field("loud", "off", FieldValue(true)), FieldValue(false));
  EXPECT_EQ(parse_field("rate", "1e-3", FieldValue(0.0)), FieldValue(1e-3));
}

TEST(Fields, TextThatDoesNotFit) {
  const auto parse = [](std::string_view text, FieldValue like) { return fault_of([&] { parse_field("x", text, like); }); };
  EXPECT_EQ(parse("maybe", FieldValue(false)), "x is true or false, not 'maybe'");
  EXPECT_EQ(parse("3.5", FieldValue(int64_t{})), "x is a whole number, not '3.5'");
  EXPECT_EQ(parse("", FieldValue(int64_t{})), "x is a whole number, not ''");
  EXPECT_EQ(parse("99999999999999999999", FieldValue(int64_t{})), "x is a whole number, not '99999999999999999999'");
  EXPECT_EQ(parse("fast", FieldValue(0.0)), "x is a number, not 'fast'");
  EXPECT_EQ(parse("1,b", FieldValue(std::vector<int64_t>{})), "x is a list of whole numbers, not '1,b'");
  EXPECT_EQ(parse("1,,2", FieldValue(std::vector<double>{})), "x is a list of numbers, not '1,,2'");
}

TEST(Fields, BagsThatDoNotFit) {
  const auto fill = [](AttrBag bag) { return fault_of([&] { from_bag<Request>(bag); }); };
  EXPECT_EQ(fill({{"strde", int64_t{2}}}), "unknown key 'strde'; did you mean 'stride'?");
  EXPECT_EQ(fill({{"zzz", int64_t{2}}}), "unknown key 'zzz'; known: loud, stride, rate, board, shape, scales, words, colour");
  EXPECT_EQ(fill({{"stride", int64_t{0}}}), "stride = 0 is out of range; it must be at least 1");
  EXPECT_EQ(fill({{"rate", 1.5}}), "rate = 1.5 is out of range; it must be between 0 and 1");
  EXPECT_EQ(fill({{"board", std::string("pcio")}}), "board cannot be 'pcio'; did you mean 'pico'?");
  EXPECT_EQ(fill({{"colour", std::string("mauve")}}), "colour cannot be 'mauve'; known: red, green");
  EXPECT_EQ(fill({{"stride", std::string("two")}}), "stride cannot be text ('two')");
  EXPECT_EQ(fill({{"stride", int64_t{1} << 40}}), "stride = 1099511627776 is out of range; it must be between -2147483648 and 2147483647");
  EXPECT_EQ(fill({{"shape", int64_t{3}}}), "shape cannot be a whole number ('3')");
}

TEST(Fields, NotANumberIsOutOfRange) {
  EXPECT_EQ(fault_of([] { check_field("rate", std::numeric_limits<double>::quiet_NaN(), between(0, 1)); }),
            "rate = nan is out of range; it must be between 0 and 1");
}

TEST(DidYouMean, PicksTheClosest) {
  const std::vector<std::string> words = {"nano33ble", "pico", "uno", "host"};
  EXPECT_EQ(did_you_mean("nano33bel", words), "nano33ble");
  EXPECT_EQ(did_you_mean("nano", words), "nano33ble");
  EXPECT_EQ(did_you_mean("picco", words), "pico");
  EXPECT_EQ(did_you_mean("teensy", words), std::nullopt);
  EXPECT_EQ(did_you_mean("x", words), std::nullopt);
  EXPECT_EQ(did_you_mean("", words), std::nullopt);
  EXPECT_EQ(suggest("teensy", words), "; known: nano33ble, pico, uno, host");
}

}  // namespace
}  // namespace thimble
