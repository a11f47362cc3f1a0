#include "project/toml.h"

#include <gmock/gmock.h>

namespace thimble {
namespace {

struct Knobs {
  int64_t epochs = 30;
  double dropout = 0.2;
  std::string optimizer = "adam";
  std::vector<double> weights;
  std::vector<std::string> axes;
  bool shuffle = true;
  template <class V>
  void fields(V&& v) {
    v("epochs", epochs, "passes over the data", at_least(1));
    v("dropout", dropout, "part of the inputs left out", between(0, 0.9));
    v("optimizer", optimizer, "how steps are taken", one_of({"adam", "sgd"}));
    v("weights", weights, "of the classes");
    v("axes", axes, "channels");
    v("shuffle", shuffle, "another order in each epoch");
  }
};

Knobs read(std::string_view text) {
  const TomlFile file = parse_toml(text, "thimble.toml", {"block"});
  return read_section<Knobs>(file, file.sections.at(0));
}

std::string fault_of(std::string_view text) {
  try {
    read(text);
  } catch (const Error& error) {
    return explain(error);
  }
  return "none";
}

TEST(Toml, FillsAStruct) {
  const Knobs knobs = read("[train]\nepochs = 5\ndropout = 0\nweights = [1, 2]\naxes = []\nshuffle = false\n");
  EXPECT_EQ(knobs.epochs, 5);
  EXPECT_EQ(knobs.dropout, 0);
  EXPECT_EQ(knobs.optimizer, "adam");
  EXPECT_EQ(knobs.weights, (std::vector<double>{1, 2}));
  EXPECT_FALSE(knobs.shuffle);
}

TEST(Toml, RepeatedSectionsKeepTheirOrderAndLines) {
  const TomlFile file = parse_toml("[[block]]\na = 1\n[train]\n[[block]]\nb = 2\n", "x.toml", {"block"});
  ASSERT_EQ(file.sections.size(), 3u);
  EXPECT_EQ(file.sections[0].name, "block");
  EXPECT_EQ(file.sections[1].name, "train");
  EXPECT_EQ(place_in(file, file.sections[2], "b"), "x.toml:5");
  EXPECT_EQ(place_in(file, file.sections[2]), "x.toml:4");
}

TEST(Toml, MistakesAreToldWithLineKeyAndWhatWouldBeRight) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"[train]\n\ndropout = 5\n", "error: thimble.toml:3: dropout = 5 is out of range; it must be between 0 and 0.9\n"},
      {"[train]\nepochs = 0\n", "error: thimble.toml:2: epochs = 0 is out of range; it must be at least 1\n"},
      {"[train]\ndropuot = 0.5\n", "error: thimble.toml:2: [train] has no key 'dropuot'; did you mean 'dropout'?\n"},
      {"[train]\nepochs = \"ten\"\n", "error: thimble.toml:2: epochs = \"ten\" does not fit; it is a whole number\n"},
      {"[train]\nepochs = 1.5\n", "error: thimble.toml:2: epochs = 1.5 does not fit; it is a whole number\n"},
      {"[train]\naxes = \"x\"\n", "error: thimble.toml:2: axes = \"x\" does not fit; it is a list of words such as [\"x\", \"y\"]\n"},
      {"[train]\noptimizer = \"adm\"\n", "error: thimble.toml:2: optimizer cannot be 'adm'; did you mean 'adam'?\n"},
      {"[train]\nweights = [1, \"b\"]\n",
       "error: thimble.toml:2: the list weights mixes kinds\n  a list holds numbers only, or words only\n"},
      {"[train]\nepochs = 2020-01-01\n", "error: thimble.toml:2: epochs cannot be a date or a time\n"},
      {"[train]\na.b = 1\n", "error: thimble.toml:2: a cannot be a section within a section\n"},
      {"epochs = 3\n",
       "error: thimble.toml:1: epochs stands before the first section\n  each key belongs below a section such as [project] or [train]\n"},
      {"[[train]]\nepochs = 3\n", "error: thimble.toml:1: [[train]] can be there once only\n  write [train]\n"},
  };
  for (const auto& [text, fault] : mistakes) EXPECT_EQ(fault_of(text), fault) << text;
}

TEST(Toml, WhatIsNotTomlIsToldWithLineAndColumn) {
  EXPECT_THAT(fault_of("[train]\nepochs = \n"), ::testing::StartsWith("error: thimble.toml:2:10: "));
  EXPECT_THAT(fault_of("[train]\nepochs = 1\nepochs = 2\n"), ::testing::StartsWith("error: thimble.toml:3:"));
}

TEST(Toml, WritesWhatItReads) {
  EXPECT_EQ(toml_text(FieldValue(0.0)), "0.0");
  EXPECT_EQ(toml_text(FieldValue(1e-05)), "1e-05");
  EXPECT_EQ(toml_text(FieldValue(std::string("a \"b\" \\c"))), R"("a \"b\" \\c")");
  EXPECT_EQ(toml_text(FieldValue(std::vector<std::string>{"x", "y"})), R"(["x", "y"])");
  EXPECT_EQ(toml_text(FieldValue(true)), "true");
}

}  // namespace
}  // namespace thimble
