// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/inference.h"

#include "mien/nn/eval_mode.h"

namespace mien {
namespace {

std::vector<float> numbers(const torch::Tensor& tensor) {
  const auto values = tensor.contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

}  // namespace

FaceAnswers to_answers(const MethodOutput& output) {
  FaceAnswers answers;
  answers.classes = static_cast<int>(output.logits.size(1));
  answers.logits = numbers(output.logits);
  if (output.valence_arousal.defined()) answers.valence_arousal = numbers(output.valence_arousal);
  return answers;
}

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
                              const InferenceOptions& options, Progress& progress, const std::function<void(const Batch&)>& also) {
  EvalMode eval(method.module());
  const auto answer = [&](const HostBatch& host) {
    const Batch batch = to_batch(host, device, options.channels_last);
    if (also && batch.size() > 0) also(batch);
    return to_answers(answer_batch(method, batch, device, options));
  };
  return answer_dataset(answer, loader, records, progress);
}

}  // namespace mien
