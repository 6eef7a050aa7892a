// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/run_vote.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/report/predictions_csv.h"
#include "mien/report/run_comparison.h"

namespace mien {
namespace {

VotingRule rule_named(const std::string& name) {
  static const std::map<std::string, VotingRule> rules = {
      {"mean", VotingRule::mean}, {"geometric_mean", VotingRule::geometric_mean}, {"hard", VotingRule::hard}};
  const auto found = rules.find(name);
  if (found == rules.end())
    throw Error(ErrorCode::usage, fmt::format("unknown voting rule '{}'", name), suggestion(name, {"mean", "geometric_mean", "hard"}));
  return found->second;
}

Predictions read_answers(const std::filesystem::path& folder, std::vector<std::string>& class_names) {
  std::vector<std::string> names;
  Predictions answers = read_predictions_csv(folder / "predictions.csv", names);
  if (class_names.empty()) class_names = names;
  if (names != class_names)
    throw Error(ErrorCode::mismatch, fmt::format("{}: the classes are {}, expected {}", (folder / "predictions.csv").string(),
                                                 join(names, ", "), join(class_names, ", ")),
                "Vote with runs of one label space.");
  return answers;
}

/// The rows whose image is in `ids`; order as it is.
Predictions only(const Predictions& answers, const std::set<std::string>& ids) {
  Predictions kept;
  kept.classes = answers.classes;
  kept.temperature = answers.temperature;
  for (std::size_t i = 0; i < answers.ids.size(); ++i) {
    if (ids.count(answers.ids[i]) == 0) continue;
    kept.ids.push_back(answers.ids[i]);
    kept.labels.push_back(answers.labels[i]);
    const auto row = answers.logits.begin() + static_cast<std::ptrdiff_t>(i) * answers.classes;
    kept.logits.insert(kept.logits.end(), row, row + answers.classes);
  }
  return kept;
}

std::set<std::string> common_images(const std::vector<Predictions>& runs) {
  std::set<std::string> common(runs.front().ids.begin(), runs.front().ids.end());
  for (const auto& run : runs) {
    const std::set<std::string> own(run.ids.begin(), run.ids.end());
    std::erase_if(common, [&](const std::string& id) { return own.count(id) == 0; });
  }
  if (common.empty()) throw Error(ErrorCode::mismatch, "the runs have no image in common", "Evaluate all of them on the same split.");
  return common;
}

}  // namespace

EvaluationResult vote_of_runs(const std::vector<std::filesystem::path>& folders, const VoteOptions& options) {
  const VotingRule rule = rule_named(options.rule);
  if (folders.size() < 2) throw Error(ErrorCode::usage, "a vote needs at least two runs", "Name two or more evaluated folders.");
  if (!options.weights.empty() && options.weights.size() != folders.size())
    throw Error(ErrorCode::usage, fmt::format("{} weights for {} runs", options.weights.size(), folders.size()), "Give one weight a run.");
  EvaluationResult result;
  std::vector<Predictions> runs;
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    const auto found = results_folder(folder);
    names.push_back(found.string());
    runs.push_back(read_answers(found, result.class_names));
  }
  const auto common = common_images(runs);
  std::set<std::string> failed;
  for (auto& run : runs) {
    for (const auto& id : run.ids)
      if (common.count(id) == 0) failed.insert(id);
    run = only(run, common);
  }
  result.title = fmt::format("vote of {} runs", runs.size());
  result.facts = {{"runs", join(names, ", ")}, {"rule", options.rule}};
  if (!options.weights.empty()) result.facts.emplace_back("weights", fmt::format("{}", fmt::join(options.weights, ", ")));
  for (const auto& id : failed) result.failures.push_back({id, "not answered by every run"});
  result.predictions = ensemble_predictions(runs, rule, options.weights);
  result.metrics = classification_metrics(result.predictions);
  if (options.bootstrap > 0) result.intervals = bootstrap_intervals(result.predictions, options.bootstrap, options.seed);
  result.facts.emplace_back("failed files", std::to_string(result.failures.size()));
  return result;
}

}  // namespace mien
