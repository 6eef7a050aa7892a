// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/ldl_studies.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace mien {
namespace {

/// Report 002, table 1: five seeds, maximum, median and minimum.
constexpr const char* report = "Mastropasqua and Acevedo, LDL with Action Units, table 1, five runs";
constexpr const char* report_odd = "Mastropasqua and Acevedo, table 1, five runs; the median is printed above the maximum";
constexpr const char* paper = "Zhao, Liu, Zhou 2021, one run, epoch chosen on the test part";

PublishedAccuracy of_report(double min, double median, double max, const char* source = report) {
  return {"rafdb", median, {}, source, min, max};
}

StudyRow student(const char* key, const char* title, const char* teacher, std::vector<PublishedAccuracy> published) {
  return {key, title, {{"ldl_targets", "teacher"}}, std::move(published), teacher};
}

std::vector<StudyRow> rows() {
  return {
      {"ef-sll", "EF SLL", {{"ldl_targets", "labels"}}, {of_report(85.98, 86.47, 86.47)}},
      student("ef-ldg", "EF + LDG", "ldg", {of_report(87.87, 88.16, 88.10, report_odd), {"rafdb", 88.36, {}, paper}}),
      student("ef-ldg-aus", "EF + LDG-AUs", "ldg-aus", {of_report(87.80, 87.87, 88.29)}),
      {"ldg", "LDG", {{"ldl_targets", "labels"}}, {of_report(86.86, 87.84, 88.36), {"rafdb", 86.93, {}, paper}}},
      {"ldg-aus", "LDG-AUs", {{"ldl_targets", "labels"}, {"ldl_neighbour_weight", "0.01"}}, {of_report(87.12, 87.77, 88.23)}},
      {"ef-votes", "EF on human votes", {{"ldl_targets", "votes"}}, {}},
      {"ef-smoothing", "EF on smoothed labels", {{"ldl_targets", "smoothing"}, {"label_smoothing", "0.1"}}, {}},
  };
}

/// The rows whose network is the teacher's.
std::map<std::string, Settings> teachers(const Settings& settings) { return {{"ldg", settings}, {"ldg-aus", settings}}; }

StudyScale smoke() {
  return {"smoke",
          "EfficientFace and a tiny teacher at 32 px for a few epochs: shows that everything works, its accuracies mean nothing",
          1,
          {{"arch", "efficientface"},
           {"input_size", "32"},
           {"color", "gray"},
           {"mean", "0.5"},
           {"std", "0.25"},
           {"optimizer", "adamw"},
           {"lr", "0.003"},
           {"weight_decay", "0.01"},
           {"schedule", "one_cycle"},
           {"cycle_momentum", "false"},
           {"epochs", "4"},
           {"batch_size", "32"},
           {"ema", "0.9"},
           {"threads", "1"}},
          {},
          teachers({{"arch", "face_resnet"}, {"width", "0.25"}, {"dropout", "0"}})};
}

StudyScale reduced() {
  return {"reduced",
          "EfficientFace and a half-width ResNet-18 as the teacher, at 64 px from random weights, six epochs",
          3,
          {{"arch", "efficientface"},
           {"input_size", "64"},
           {"color", "gray"},
           {"mean", "0.51"},
           {"std", "0.25"},
           {"rotate_deg", "10"},
           {"translate", "0.05"},
           {"optimizer", "sgd"},
           {"lr", "0.1"},
           {"momentum", "0.9"},
           {"weight_decay", "0.0005"},
           {"schedule", "one_cycle"},
           {"pct_start", "0.25"},
           {"cycle_momentum", "false"},
           {"epochs", "6"},
           {"batch_size", "128"},
           {"drop_last", "true"},
           {"ema", "0.998"},
           {"threads", "1"}},
          {},
          teachers({{"arch", "resnet18"}, {"width", "0.5"}, {"dropout", "0"}})};
}

Settings plus(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

/// Report 002, section 3, and the authors' code where it says nothing: crops, mean and deviation, weight decay of the students, the
/// plain form of the momentum and the decay of every tensor, which are PyTorch's defaults and not mien's. "An exponential decay every 15
/// epochs" has no factor there. Both start from MS-Celeb-1M weights.
StudyScale full() {
  const Settings on_labels = {{"weight_decay", "0.0004"}, {"schedule", "step"}, {"lr_period", "15"}, {"lr_factor", "0.1"}};
  const Settings teacher = plus(on_labels, {{"arch", "resnet50"}, {"batch_size", "16"}, {"lr", "0.001"}});
  const Settings student = {
      {"weight_decay", "0.0001"}, {"schedule", "one_cycle"}, {"batch_size", "256"}, {"lr", "0.7"}, {"ldl_loss", "element_mean"}};
  return {"full",
          "the published protocol: EfficientFace and ResNet-50 at 224 px, 100 epochs, from random weights unless --set 'ldg*:weights=FILE' and "
          "'ef-*:weights=FILE' give MS-Celeb-1M's",
          5,
          {{"arch", "efficientface"},
           {"input_size", "224"},
           {"color", "rgb"},
           {"mean", "0.57535914,0.44928582,0.40079932"},
           {"std", "0.20735591,0.18981615,0.18132027"},
           {"random_resized_crop", "true"},
           {"optimizer", "sgd"},
           {"momentum", "0.9"},
           {"nesterov", "false"},
           {"decay_norm_and_bias", "true"},
           {"epochs", "100"},
           {"ema", "0"}},
          {},
          {{"ef-sll", plus(on_labels, {{"batch_size", "128"}, {"lr", "0.01"}})},
           {"ef-ldg", student},
           {"ef-ldg-aus", student},
           {"ef-votes", student},
           {"ef-smoothing", student},
           {"ldg", teacher},
           {"ldg-aus", plus(teacher, {{"epochs", "35"}})}}};
}

/// Report 002 names it as future work: samples whose label their neighbours among Action Units contradict count less.
void add_row_of_anomalies(Study& study) {
  study.rows.push_back({"ldg-anomalies", "LDG, anomalies weigh less", {{"ldl_targets", "labels"}, {"ldl_anomaly_floor", "0.1"}}, {}});
  for (auto& scale : study.scales) scale.by_row["ldg-anomalies"] = Settings(scale.by_row.at("ldg"));
}

/// The key of a row under noise; without noise it is the table's, whose runs are shared.
std::string noisy_key(const std::string& key, const std::string& kind, double share) {
  return key.empty() || share == 0 ? key : fmt::format("{}-{}-{}", key, kind, std::lround(100 * share));
}

StudyRow noisy_row(const StudyRow& row, const std::string& kind, double share) {
  StudyRow noisy = row;
  noisy.key = noisy_key(row.key, kind, share);
  noisy.teacher_row = noisy_key(row.teacher_row, kind, share);
  noisy.published.clear();
  noisy.curve = row.title;
  noisy.level = 100 * share;
  if (share == 0) return noisy;
  noisy.title = fmt::format("{}, {} % wrong", row.title, std::lround(100 * share));
  noisy.settings.push_back({"label_noise", fmt::format("{}:{}", kind, share)});
  return noisy;
}

}  // namespace

Study ldl_table_study() {
  Study study;
  study.name = "ldl-table";
  study.title = "Label distributions: EfficientFace, its teachers, human votes";
  study.source =
      "Mastropasqua, Acevedo: Reconocimiento de expresiones faciales con redes profundas livianas usando Label Distribution "
      "Learning y "
      "el espacio de Action Units; Zhao, Liu, Zhou: Robust Lightweight Facial Expression Recognition Network with Label "
      "Distribution "
      "Training, 2021";
  study.base = {{"method", "ldl"}, {"flip", "0.5"}, {"select", "accuracy"}};
  study.rows = rows();
  study.scales = {smoke(), reduced(), full()};
  // Labels of the majority rule, all their votes beside them; Action Units from the landmarks.
  study.by_data = {{"ferplus", {{"votes", "majority_votes"}, {"drop_leaks", "true"}, {"ldl_action_units", "estimated"}}},
                   {"affectnet", {{"ldl_action_units", "estimated"}}}};
  study.needs_action_units = true;
  return study;
}

Study label_noise_study(const std::string& kind) {
  Study study = ldl_table_study();
  study.name = kind == "symmetric" ? "label-noise" : "label-noise-" + kind;
  study.title = kind == "symmetric" ? "Wrong training labels, any class for any other" : "Wrong training labels, by confused pairs of classes";
  study.level_title = "wrong training labels, %";
  add_row_of_anomalies(study);
  const std::vector<StudyRow> all = std::exchange(study.rows, {});
  for (const double share : {0.0, 0.2, 0.4})
    for (const StudyRow& row : all) {
      if (row.key == "ef-smoothing") continue;
      study.rows.push_back(noisy_row(row, kind, share));
      if (share > 0)
        for (auto& scale : study.scales)
          if (const auto own = scale.by_row.find(row.key); own != scale.by_row.end())
            scale.by_row[study.rows.back().key] = Settings(own->second);
    }
  return study;
}

}  // namespace mien
