// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/options.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/utf8.h"

namespace mien {

namespace {

struct Example {
  bool amp = false;
  std::int64_t epochs = 14;
  double rate = 0.01;
  std::string kind = "sgd";
  std::vector<double> mean{0.5, 0.25};
  std::vector<std::string> names{"a"};
  std::string name;
};

OptionTable table_of(Example& e) {
  OptionTable table;
  table.add("", "name", &e.name, "Name of the run.");
  table.add("train", "amp", &e.amp, "Mixed precision.");
  table.add("train", "epochs", &e.epochs, "Passes over the data.").range(1, 1000);
  table.add("optimizer", "rate", &e.rate, "Learning rate.").range(0, 10);
  table.add("optimizer", "kind", &e.kind, "Which optimizer.").one_of({"sgd", "adam"});
  table.add("data.augment", "mean", &e.mean, "Mean by channel.").range(0, 1);
  table.add("data.augment", "names", &e.names, "Transforms.");
  return table;
}

class Options : public ::testing::Test {
 protected:
  std::string error(const std::string& toml) {
    try {
      table_.read_toml_text(toml, "r.toml");
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::usage);
      return std::string(e.what()) + " | " + e.hint();
    }
    return "no error";
  }
  Example e_;
  OptionTable table_ = table_of(e_);
};

TEST_F(Options, ReadsEveryType) {
  table_.read_toml_text(
      "name = 'x'\n[train]\namp = true\nepochs = 3\n[optimizer]\nrate = 1\nkind = 'adam'\n"
      "[data.augment]\nmean = [0, 0.5, 1.0]\nnames = ['flip', 'crop']\n",
      "r.toml");
  EXPECT_EQ(e_.name, "x");
  EXPECT_TRUE(e_.amp);
  EXPECT_EQ(e_.epochs, 3);
  EXPECT_EQ(e_.rate, 1);
  EXPECT_EQ(e_.kind, "adam");
  EXPECT_EQ(e_.mean, (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(e_.names, (std::vector<std::string>{"flip", "crop"}));
}

TEST_F(Options, WrittenTomlReadsBack) {
  e_ = {true, 7, 3e-5, "adam", {0.1, 1}, {"with \"quotes\"", "a\\b\tc"}, "line\nbreak"};
  const std::string toml = table_.to_toml();
  Example again;
  table_of(again).read_toml_text(toml, "written");
  EXPECT_EQ(again.amp, e_.amp);
  EXPECT_EQ(again.epochs, e_.epochs);
  EXPECT_EQ(again.rate, e_.rate);
  EXPECT_EQ(again.kind, e_.kind);
  EXPECT_EQ(again.mean, e_.mean);
  EXPECT_EQ(again.names, e_.names);
  EXPECT_EQ(again.name, e_.name);
  EXPECT_NE(toml.find("# Learning rate.\nrate = 3e-05\n"), std::string::npos) << toml;
}

TEST_F(Options, PathsThatAreNoTextReadBack) {  // TOML is UTF-8; names of files need not be
  e_.name = "faces/caf\xE9";
  e_.names = {"\xFF", "a\xEE\xBF\xA9"};
  const std::string toml = table_.to_toml();
  EXPECT_TRUE(is_utf8(toml));
  Example again;
  table_of(again).read_toml_text(toml, "written");
  EXPECT_EQ(again.name, e_.name);
  EXPECT_EQ(again.names, e_.names);
}

TEST_F(Options, UnknownNamesPointToTheNearest) {
  EXPECT_EQ(error("[train]\nepoch = 3\n"), "r.toml:2: unknown key 'epoch' in [train] | Did you mean 'epochs'?");
  EXPECT_EQ(error("\n\n[optimiser]\nrate = 1\n"), "r.toml:3: unknown table [optimiser] | Did you mean 'optimizer'?");
  EXPECT_EQ(error("[train]\nrate = 1\n"), "r.toml:2: unknown key 'rate' in [train] | 'rate' belongs in [optimizer].");
  EXPECT_EQ(error("[data.augmnt]\n"), "r.toml:1: unknown table [data.augmnt] | Did you mean 'data.augment'?");
}

TEST_F(Options, WrongValuesNameThePlace) {
  EXPECT_EQ(error("[train]\nepochs = 'x'\n"), "r.toml:2: train.epochs: expected a whole number, found string | ");
  EXPECT_EQ(error("[train]\nepochs = 2.5\n"), "r.toml:2: train.epochs: expected a whole number, found floating-point | ");
  EXPECT_EQ(error("[train]\nepochs = 0\n"), "r.toml:2: train.epochs = 0 is out of range [1, 1000] | ");
  EXPECT_EQ(error("[optimizer]\nrate = nan\n"), "r.toml:2: optimizer.rate = nan is out of range [0, 10] | ");
  EXPECT_EQ(error("[optimizer]\nkind = 'adan'\n"),
            "r.toml:2: optimizer.kind = 'adan' is not one of sgd, adam | Did you mean 'adam'?");
  EXPECT_EQ(error("[data.augment]\nmean = [0, 2]\n"), "r.toml:2: data.augment.mean = 2 is out of range [0, 1] | ");
  EXPECT_EQ(error("[train]\nepochs = [3]\n"), "r.toml:2: train.epochs: expected a whole number, found array | ");
  EXPECT_EQ(error("[train\n").substr(0, 9), "r.toml:1:");
}

TEST_F(Options, SetFromTextAndBack) {
  table_.set("train", "amp", "yes", "--amp");
  table_.set("train", "epochs", "20", "--epochs");
  table_.set("data.augment", "mean", "0.5, 0.25", "--mean");
  table_.set("data.augment", "names", "flip,\"a,b\"", "--names");
  EXPECT_TRUE(e_.amp);
  EXPECT_EQ(e_.epochs, 20);
  EXPECT_EQ(e_.mean, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(e_.names, (std::vector<std::string>{"flip", "a,b"}));
  Example again;
  OptionTable other = table_of(again);
  for (const auto& field : table_.fields()) other.set(field.section, field.name, value_text(field), "test");
  EXPECT_EQ(again.names, e_.names);
  EXPECT_EQ(again.mean, e_.mean);
  EXPECT_EQ(again.rate, e_.rate);
  for (const auto& [section, name, value] : {std::tuple{"train", "epochs", "many"},
                                             {"train", "amp", "perhaps"},
                                             {"train", "epochs", "0"},
                                             {"optimizer", "kind", "lion"},
                                             {"train", "nothing", "1"}})
    try {
      table_.set(section, name, value, "--flag");
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_EQ(std::string(error.what()).substr(0, 7), "--flag:");
    }
}

TEST_F(Options, CheckFindsWhatCodeSet) {
  EXPECT_NO_THROW(table_.check("here"));
  e_.epochs = 5000;
  EXPECT_THROW(table_.check("here"), Error);
}

}  // namespace
}  // namespace mien
