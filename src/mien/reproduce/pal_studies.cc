// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/pal_studies.h"

namespace mien {
namespace {

constexpr const char* table_1 = "Bonnard et al. 2022, Table I";
constexpr const char* table_2 = "Bonnard et al. 2022, Table II";
/// Report 000, section 4.
constexpr const char* report = "Carriere et al., project report on that paper, one run";

Settings pal(const char* attribution, const char* channels, const char* share) {
  return {{"method", "pal"}, {"pal_attribution", attribution}, {"pal_channels", channels}, {"pal_channel_share", share}};
}

/// A plain classifier: with a weight of 0 the attribution is measured and has no part in the training.
StudyRow baseline(const char* source) {
  Settings settings = pal("grad_input", "mean", "0.5");
  settings.push_back({"pal_weight", "0"});
  return {"baseline", "baseline", std::move(settings), {{"rafdb", 85.4, 0.2, source}, {"rafdb", 86.4, {}, report}}};
}

/// "Mean of half" of Table I is C/2 of Table II.
StudyRow half(const char* title, const char* source) {
  return {
      "grad-input-half", title, pal("grad_input", "mean", "0.5"), {{"rafdb", 86.82, 0.1, source}, {"rafdb", 83.3, {}, report}}};
}

StudyRow mean_of_all(const char* title, const char* source) {
  return {"grad-input-mean", title, pal("grad_input", "mean", "1"), {{"rafdb", 86.38, 0.17, source}}};
}

StudyScale smoke() {
  return {"smoke",
          "a tiny network for a few epochs: shows that everything works, its accuracies mean nothing",
          1,
          {{"arch", "face_resnet"},
           {"width", "0.125"},
           {"dropout", "0"},
           {"pal_layer", "layer3"},
           {"input_size", "32"},
           {"color", "gray"},
           {"mean", "0.5"},
           {"std", "0.25"},
           {"optimizer", "adamw"},
           {"lr", "0.003"},
           {"weight_decay", "0.01"},
           {"schedule", "one_cycle"},
           {"cycle_momentum", "false"},
           {"epochs", "5"},
           {"batch_size", "32"},
           {"ema", "0.9"},
           {"threads", "1"}},
          {}};
}

StudyScale reduced() {
  return {"reduced",
          "a half-width ResNet-18 at 48 px from random weights, four epochs: two hours on two cores",
          3,
          {{"arch", "resnet18"},
           {"width", "0.5"},
           {"dropout", "0"},
           {"pal_layer", "layer2"},
           {"pal_batch_norm", "batch"},
           {"pal_sigma_px", "1"},
           {"input_size", "48"},
           {"color", "gray"},
           {"mean", "0.51"},
           {"std", "0.25"},
           {"optimizer", "sgd"},
           {"lr", "0.1"},
           {"momentum", "0.9"},
           {"weight_decay", "0.0005"},
           {"schedule", "one_cycle"},
           {"pct_start", "0.25"},
           {"cycle_momentum", "false"},
           {"epochs", "4"},
           {"batch_size", "128"},
           {"drop_last", "true"},
           {"ema", "0.998"}},
          {}};
}

/// Report 000, section 3.3; the batch of 16 is other programs' for the same paper. VGG-Face: RGB, 0..255, less the mean.
StudyScale full() {
  return {"full",
          "the published protocol: VGG16 at 224 px from VGG-Face weights, 75 epochs",
          5,
          {{"arch", "vgg16"},
           {"pal_layer", "relu5_1"},
           {"input_size", "224"},
           {"color", "rgb"},
           {"divide_by", "1"},
           {"mean", "129.186279296875,104.76238250732422,93.59396362304688"},
           {"std", "1"},
           {"optimizer", "adam"},
           {"lr", "5e-5"},
           {"weight_decay", "0"},
           {"schedule", "polynomial"},
           {"lr_power", "2"},
           {"epochs", "75"},
           {"batch_size", "16"},
           {"ema", "0"},
           {"skip_weights", "classifier."}},
          {{"weights", "the file of VGG-Face weights that training starts from"}}};
}

Study pal_study() {
  Study study;
  study.source =
      "Bonnard, Dapogny, Dhombres, Bailly: Privileged Attribution Constrained Deep Networks for Facial Expression Recognition, "
      "2022";
  study.base = {{"targets", "labels"}, {"flip", "0.5"}, {"rotate_deg", "10"}, {"select", "accuracy"}};
  study.scales = {smoke(), reduced(), full()};
  // Report 000: half of the test set, stratified, selects the epoch; the other half is scored.
  study.by_data = {{"rafdb", {{"validation", "test_part"}, {"validation_share", "0.5"}}},
                   {"ferplus", {{"votes", "majority"}, {"drop_leaks", "true"}}}};
  study.needs_landmarks = true;
  return study;
}

}  // namespace

Study pal_attribution_study() {
  Study study = pal_study();
  study.name = "pal-attribution";
  study.title = "Privileged attribution: attribution methods and channel strategies";
  study.rows = {baseline(table_1),
                {"grad-all", "Grad, all channels", pal("grad", "all", "1"), {{"rafdb", 85.31, 0.23, table_1}}},
                {"grad-mean", "Grad, mean", pal("grad", "mean", "1"), {{"rafdb", 86.21, 0.12, table_1}}},
                mean_of_all("Grad*Input, mean", table_1),
                {"grad-half", "Grad, mean of half", pal("grad", "mean", "0.5"), {{"rafdb", 86.46, 0.13, table_1}}},
                half("Grad*Input, mean of half", table_1)};
  return study;
}

Study pal_channels_study() {
  Study study = pal_study();
  study.name = "pal-channels";
  study.title = "Privileged attribution: how many channels are constrained (Grad*Input)";
  study.rows = {baseline(table_2),
                {"grad-input-quarter", "C1 = C/4", pal("grad_input", "mean", "0.25"), {{"rafdb", 86.55, 0.56, table_2}}},
                half("C1 = C/2", table_2),
                {"grad-input-three-quarters", "C1 = 3C/4", pal("grad_input", "mean", "0.75"), {{"rafdb", 86.32, 0.25, table_2}}},
                mean_of_all("C1 = C", table_2)};
  return study;
}

Study pal_controls_study() {
  Study study = pal_study();
  study.name = "pal-controls";
  study.title = "Privileged attribution: what the landmarks, the gradient and the weight do";
  Settings shuffled = pal("grad_input", "mean", "0.5");
  shuffled.push_back({"pal_prior", "shuffled"});
  Settings light = pal("grad_input", "mean", "0.5"), raw_sum = light;
  light.push_back({"pal_weight", "0.5"});
  // The loss as report 000 prints it; its weight is not given there, 1 is what its readers take.
  raw_sum.insert(raw_sum.end(), {{"pal_form", "sum"}, {"pal_weight", "1"}});
  study.rows = {baseline(table_1), half("Grad*Input, mean of half", table_1),
                {"shuffled-priors", "the same with another image's landmarks", std::move(shuffled), {}},
                {"activation-half", "activations of half instead of gradients", pal("activation", "mean", "0.5"), {}},
                {"weight-tenth", "a tenth of the weight", std::move(light), {}},
                {"raw-sum", "the raw sum over places, weight 1", std::move(raw_sum), {}}};
  return study;
}

}  // namespace mien
