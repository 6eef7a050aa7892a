// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/ferplus_votes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "mien/base/error.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

const std::map<std::string, VoteMode> golden_modes = {{"majority", VoteMode::majority},
                                                      {"crossentropy", VoteMode::crossentropy},
                                                      {"multi_target", VoteMode::multi_target},
                                                      {"plain_argmax", VoteMode::argmax}};

void expect_equal(const std::optional<VoteTarget>& target, const nlohmann::json& expected, const std::string& where) {
  ASSERT_EQ(target.has_value(), expected["kept"].get<bool>()) << where;
  if (!target) return;
  EXPECT_EQ(target->label, expected["class"].get<int>()) << where;
  for (std::size_t i = 0; expected.contains("target") && i < 8; ++i)
    EXPECT_NEAR(target->distribution[i], expected["target"][i].get<double>(), 1e-8) << where << " class " << i;
  for (std::size_t i = 0; expected.contains("training_target") && i < 8; ++i)
    EXPECT_NEAR(multi_target_training_target(*target)[i], expected["training_target"][i].get<double>(), 1e-8) << where;
}

TEST(FerplusVotes, EveryModeAgreesWithTheReference) {
  MIEN_GOLDEN_OR_SKIP(data, "data/ferplus_votes.json");
  std::map<std::string, int> kept;
  for (std::size_t row = 0; row < data["rows"].size(); ++row) {
    const auto votes = data["rows"][row]["votes"].get<FerplusVotes>();
    for (const auto& [name, mode] : golden_modes) {
      const auto target = vote_target(votes, mode);
      expect_equal(target, data["rows"][row][name], name + " row " + std::to_string(row));
      kept[name] += target.has_value();
    }
    expect_equal(vote_target(votes, VoteMode::probability), data["rows"][row]["crossentropy"],
                 "probability row " + std::to_string(row));
  }
  for (const auto& [name, mode] : golden_modes) EXPECT_EQ(kept[name], data["kept_counts"][name].get<int>()) << name;
}

TEST(FerplusVotes, LossesOfTheTargetsAgreeWithTheReference) {
  MIEN_GOLDEN_OR_SKIP(data, "data/ferplus_votes.json");
  const auto& losses = data["losses_at_fixed_probabilities"];
  const auto p = losses["probabilities"].get<std::vector<double>>();
  const auto votes_of = [&](const nlohmann::json& entry) {
    return data["rows"][entry[0].get<std::size_t>()]["votes"].get<FerplusVotes>();
  };
  for (const auto& entry : losses["crossentropy_loss_by_row"]) {
    const auto target = vote_target(votes_of(entry), VoteMode::crossentropy);
    double loss = 0;
    for (std::size_t i = 0; i < 8; ++i) loss -= target.value().distribution[i] * std::log(p[i]);
    EXPECT_NEAR(loss, entry[1].get<double>(), 1e-5 * loss) << entry;
  }
  for (const auto& entry : losses["multi_target_loss_by_row"]) {
    const auto weights = multi_target_training_target(vote_target(votes_of(entry), VoteMode::multi_target).value());
    double best = 0;
    for (std::size_t i = 0; i < 8; ++i) best = std::max(best, weights[i] * p[i]);
    EXPECT_NEAR(-std::log(best), entry[1].get<double>(), 1e-5 * -std::log(best)) << entry;
  }
}

TEST(FerplusVotes, CornersByHand) {
  // Half of the votes is no majority; one more is. Single votes do not count.
  EXPECT_FALSE(vote_target({5, 5, 0, 0, 0, 0, 0, 0, 0, 0}, VoteMode::majority));
  EXPECT_EQ(vote_target({0, 4, 0, 3, 1, 1, 1, 0, 0, 0}, VoteMode::majority)->label, 1);
  // "Unknown" has the majority, or nobody has.
  EXPECT_EQ(vote_outcome({2, 0, 0, 0, 0, 0, 0, 0, 8, 0}, VoteMode::majority), 8);
  EXPECT_EQ(vote_outcome({0, 0, 0, 0, 0, 0, 0, 0, 0, 10}, VoteMode::majority), 9);
  EXPECT_EQ(vote_outcome({4, 3, 3, 0, 0, 0, 0, 0, 0, 0}, VoteMode::majority), 8);
  // Ties of the plain count go to the first class; a face that nobody voted on is unknown in every mode.
  EXPECT_EQ(vote_target({0, 0, 5, 0, 5, 0, 0, 0, 0, 0}, VoteMode::argmax)->label, 2);
  for (const auto& name : vote_mode_names()) EXPECT_FALSE(vote_target({}, vote_mode(name))) << name;
}

TEST(FerplusVotes, UnknownModeNamesTheNearest) {
  try {
    vote_mode("majorty");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_NE(error.hint().find("majority"), std::string::npos);
  }
}

}  // namespace
}  // namespace mien
