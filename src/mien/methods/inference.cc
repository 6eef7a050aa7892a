// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/inference.h"

namespace mien {
namespace {

class EvalMode {
 public:
  explicit EvalMode(torch::nn::Module& module) : module_(module), was_training_(module.is_training()) { module_.eval(); }
  ~EvalMode() { module_.train(was_training_); }

 private:
  torch::nn::Module& module_;
  bool was_training_;
};

void append(DatasetAnswers& answers, const HostBatch& host, const MethodOutput& out, const std::vector<Record>& records) {
  const auto logits = out.logits.contiguous();
  const float* values = logits.data_ptr<float>();
  auto& p = answers.predictions;
  p.classes = static_cast<int>(logits.size(1));
  p.logits.insert(p.logits.end(), values, values + logits.numel());
  for (std::size_t i = 0; i < static_cast<std::size_t>(host.size); ++i) {
    const std::int64_t index = host.indices[i];
    answers.indices.push_back(index);
    p.ids.push_back(records[static_cast<std::size_t>(index)].id);
    p.labels.push_back(static_cast<int>(host.labels[i]));
    if (!out.valence_arousal.defined() || host.has_valence_arousal.empty() || !host.has_valence_arousal[i]) continue;
    const auto row = out.valence_arousal[static_cast<std::int64_t>(i)];
    answers.valence_truth.push_back(host.valence_arousal[2 * i]);
    answers.arousal_truth.push_back(host.valence_arousal[2 * i + 1]);
    answers.valence_predicted.push_back(row[0].item<float>());
    answers.arousal_predicted.push_back(row[1].item<float>());
  }
}

}  // namespace

MethodOutput answer_batch(Method& method, const Batch& batch, torch::Device device, const InferenceOptions& options) {
  torch::NoGradGuard no_grad;
  AutocastGuard autocast(options.bf16, device);
  MethodOutput out = method.forward(batch);
  out.logits = out.logits.to(torch::kFloat32);
  if (out.valence_arousal.defined()) out.valence_arousal = out.valence_arousal.to(torch::kFloat32);
  if (options.flip) {
    Batch mirrored = batch;
    mirrored.images = batch.images.flip({3});
    const MethodOutput other = method.forward(mirrored);
    out.logits = ((torch::softmax(out.logits, 1) + torch::softmax(other.logits.to(torch::kFloat32), 1)) / 2).clamp_min(1e-12).log();
    if (out.valence_arousal.defined())
      out.valence_arousal = (out.valence_arousal + other.valence_arousal.to(torch::kFloat32)) / 2;
  }
  out.logits = out.logits.to(torch::kCPU);
  if (out.valence_arousal.defined()) out.valence_arousal = out.valence_arousal.to(torch::kCPU);
  return out;
}

DatasetAnswers answer_dataset(Method& method, Loader& loader, const std::vector<Record>& records, torch::Device device,
                              const InferenceOptions& options, Progress& progress) {
  EvalMode eval(method.module());
  DatasetAnswers answers;
  loader.start(0);
  std::int64_t done = 0;
  while (auto host = loader.next()) {
    if (host->size > 0) append(answers, *host, answer_batch(method, to_batch(*host, device, options.channels_last), device, options), records);
    done += host->size + static_cast<std::int64_t>(host->bad.size());
    progress.advance(done, "");
  }
  answers.bad = loader.bad();
  return answers;
}

}  // namespace mien
