// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/flags.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien::cli {

namespace {

/// A command with a data part and a training part, both with a seed.
class Flags : public ::testing::Test {
 protected:
  Flags() {
    table_.add("data", "spec", &spec_, "Data set.");
    table_.add("data", "seed", &data_seed_, "Seed of the data.");
    table_.add("training", "batch_size", &batch_size_, "Samples of a step.").range(1, 1000);
    table_.add("training", "rate", &rate_, "Learning rate.");
    table_.add("training", "flip", &flip_, "Mirror images.");
    table_.add("training", "kind", &kind_, "Optimizer.").one_of({"sgd", "adam"});
    table_.add("training", "steps", &steps_, "Milestones.");
    table_.add("training", "seed", &seed_, "Seed of the training.");
    flags_ = std::make_unique<OptionFlags>(app_, table_, OptionFlags::Files::config_and_recipe);
  }
  void parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes vectors from the back
    app_.parse(arguments);
    flags_->apply();
  }
  std::string write(const std::string& name, const std::string& content) {
    write_atomically(folder_.path() / name, content);
    return (folder_.path() / name).string();
  }

  TemporaryFolder folder_;
  std::string spec_, kind_ = "sgd";
  std::int64_t data_seed_ = 1, batch_size_ = 128, seed_ = 2;
  double rate_ = 0.1;
  bool flip_ = true;
  std::vector<double> steps_;
  OptionTable table_;
  CLI::App app_;
  std::unique_ptr<OptionFlags> flags_;
};

TEST_F(Flags, SetFieldsOfEveryType) {
  parse({"--data", "procedural:8", "--batch-size", "32", "--rate=1e-3", "--no-flip", "--kind", "adam", "--steps", "5,10"});
  EXPECT_EQ(spec_, "procedural:8");
  EXPECT_EQ(batch_size_, 32);
  EXPECT_EQ(rate_, 1e-3);
  EXPECT_FALSE(flip_);
  EXPECT_EQ(kind_, "adam");
  EXPECT_EQ(steps_, (std::vector<double>{5, 10}));
  EXPECT_TRUE(flags_->given("training", "rate"));
  EXPECT_FALSE(flags_->given("training", "seed"));
}

TEST_F(Flags, ARepeatedListFlagAddsToTheList) {
  parse({"--steps", "5,10", "--steps", "20", "--batch-size", "8", "--batch-size", "16"});
  EXPECT_EQ(steps_, (std::vector<double>{5, 10, 20}));
  EXPECT_EQ(batch_size_, 16);
}

TEST_F(Flags, SwitchesHaveThreeForms) {
  parse({"--flip=false"});
  EXPECT_FALSE(flip_);
  parse({"--flip"});
  EXPECT_TRUE(flip_);
  parse({"--no-flip"});
  EXPECT_FALSE(flip_);
  EXPECT_TRUE(flags_->given("training", "flip"));
}

TEST_F(Flags, NegativeNumbersAreValues) {
  parse({"--rate", "-0.5"});
  EXPECT_EQ(rate_, -0.5);
}

TEST_F(Flags, SharedNameBelongsToTheLastSection) {
  parse({"--seed", "7", "--data-seed", "8"});
  EXPECT_EQ(seed_, 7);
  EXPECT_EQ(data_seed_, 8);
}

TEST_F(Flags, PrecedenceIsRecipeConfigFlags) {
  const auto recipe = write("recipe.toml", "[training]\nbatch_size = 1\nrate = 1.0\nkind = 'adam'\n");
  const auto config = write("config.toml", "[training]\nbatch_size = 2\nrate = 2.0\n");
  parse({"--batch-size", "3", "--config", config, "--recipe", recipe});  // the order of the flags does not matter
  EXPECT_EQ(kind_, "adam");
  EXPECT_EQ(rate_, 2);
  EXPECT_EQ(batch_size_, 3);
  EXPECT_EQ(seed_, 2);
}

TEST_F(Flags, MistakesAreUsageErrors) {
  EXPECT_THROW(parse({"--kind", "--batch-size", "3"}), CLI::ParseError);  // a value is missing
  EXPECT_THROW(parse({"--kind"}), CLI::ParseError);
  for (const auto& [flag, value] :
       {std::pair{"--batch-size", "0"}, {"--batch-size", "x"}, {"--kind", "lion"}, {"--config", "none.toml"}})
    EXPECT_THROW(parse({flag, value}), Error) << flag << " " << value;
}

TEST_F(Flags, HelpNamesDefaultRangeAndChoices) {
  const std::string help = app_.help();
  EXPECT_NE(help.find("Samples of a step. (default 128; 1 to 1000)"), std::string::npos) << help;
  EXPECT_NE(help.find("{sgd,adam}"), std::string::npos) << help;
  EXPECT_NE(help.find("training:"), std::string::npos) << help;
}

}  // namespace
}  // namespace mien::cli
