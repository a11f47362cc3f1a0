#include "base/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"

namespace thimble {
namespace {

TEST(Json, KeepsTheOrderOfKeysAndReplaces) {
  Json json;
  json.set("b", 1).set("a", Json().push(true).push(0.5).push("x")).set("b", 2);
  EXPECT_EQ(json.dump(false), R"({"b":2,"a":[true,0.5,"x"]})");
}

TEST(Json, PrettyTextIsIndented) { EXPECT_EQ(Json().set("a", Json().push(1)).dump(), "{\n  \"a\": [\n    1\n  ]\n}"); }

TEST(Json, ParseGivesBackWhatWasDumped) {
  const std::string text = R"({"name":"kws","none":null,"n":-9007199254740993,"r":1.5,"l":[],"o":{},"s":"\"\\\n\u00fc"})";
  const Json json = Json::parse(text);
  EXPECT_EQ(*json.find("name")->as_string(), "kws");
  EXPECT_TRUE(json.find("none")->is_null());
  EXPECT_EQ(*json.find("n")->as_int(), -9007199254740993);
  EXPECT_EQ(json.find("r")->number(), 1.5);
  EXPECT_EQ(json.find("n")->as_bool(), nullptr);
  EXPECT_EQ(json.find("absent"), nullptr);
  EXPECT_EQ(json.find("l")->find("x"), nullptr);
  EXPECT_EQ(Json::parse(json.dump()).dump(false), json.dump(false));
}

TEST(Json, NumberFallsBack) {
  EXPECT_EQ(Json("x").number(7), 7);
  EXPECT_EQ(Json(3).number(7), 3);
}

TEST(Json, NumbersBeyondInt64KeepTheirSize) {
  EXPECT_EQ(Json(std::numeric_limits<uint64_t>::max()).dump(), "1.8446744073709552e+19");
  EXPECT_EQ(Json::parse("18446744073709551615").number(), 18446744073709551615.0);
}

TEST(Json, TextThatIsNotUtf8IsMended) { EXPECT_EQ(Json("a\xff").dump(), "\"a\xef\xbf\xbd\""); }

TEST(Json, FaultsTellTheLine) {
  try {
    Json::parse("{\n\"a\": 1,\n oops }");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error), "error: not valid JSON (line 3)\n");
  }
}

TEST(Json, RefusesWhatIsNestedWithoutEnd) {
  const auto fault = [](auto parse) {
    try {
      parse();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(fault([] { Json::parse("\n" + std::string(1000000, '[')); }), "not valid JSON (line 2): nested more than 500 deep");
  const std::vector<std::byte> deep(1000000, std::byte{0x81});
  EXPECT_EQ(fault([&] { Json::parse_cbor(deep); }), "not valid CBOR (byte 501): nested more than 500 deep");
  EXPECT_TRUE(Json::parse(std::string(400, '[') + std::string(400, ']')).as_array());
  EXPECT_TRUE(Json::parse("[\"" + std::string(600, '[') + "\"]").as_array());
}

}  // namespace
}  // namespace thimble
