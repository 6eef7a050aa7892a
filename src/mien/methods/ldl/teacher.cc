// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/teacher.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/methods/losses.h"
#include "mien/nn/eval_mode.h"
#include "mien/nn/weights.h"
#include "mien/pipeline/find_weights.h"

namespace mien {
namespace {

std::string input_text(const Preprocessing& p) { return fmt::format("{}x{} {}", p.width, p.height, p.color); }

void check_fits(const WeightsInfo& teacher, const TaskInfo& task, const std::string& file) {
  const auto& names = task.labels.names();
  if (teacher.class_names != names)
    throw Error(
        ErrorCode::mismatch,
        fmt::format("{}: the teacher's classes are {}, expected {}", file, join(teacher.class_names, ", "), join(names, ", ")),
        "Train the teacher on the same label space (--labels).");
  const Preprocessing &own = teacher.preprocessing, &expected = task.preprocessing;
  if (own.width != expected.width || own.height != expected.height || own.color != expected.color)
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: the teacher's input is {}, expected {}", file, input_text(own), input_text(expected)),
                "Train the teacher with the same --input-size and --color: it sees the same batch.");
}

torch::Tensor per_channel(const std::vector<double>& values, int channels) {
  const std::vector<double> all =
      values.size() == 1 ? std::vector<double>(static_cast<std::size_t>(channels), values[0]) : values;
  return torch::tensor(all, torch::kFloat64).reshape({1, channels, 1, 1});
}

}  // namespace

Preprocessing input_of(const std::string& weights) {
  WeightsInfo info;
  load_network(find_weights(weights).string(), &info);
  return info.preprocessing;
}

Teacher::Teacher(const std::string& weights, const TaskInfo& task) {
  const std::string file = find_weights(weights).string();
  WeightsInfo info;
  network_ = load_network(file, &info);
  check_fits(info, task, file);
  network_->eval();
  for (auto& parameter : network_->parameters()) parameter.set_requires_grad(false);
  const Preprocessing &own = info.preprocessing, &given = task.preprocessing;
  if (own.mean == given.mean && own.std == given.std && own.divide_by == given.divide_by) return;
  const int channels = given.channels();
  const double ratio = given.divide_by / own.divide_by;
  scale_ = (per_channel(given.std, channels) * ratio / per_channel(own.std, channels)).to(torch::kFloat32);
  shift_ = ((per_channel(given.mean, channels) * ratio - per_channel(own.mean, channels)) / per_channel(own.std, channels))
               .to(torch::kFloat32);
}

torch::Tensor Teacher::distributions(const torch::Tensor& images, double temperature) {
  const torch::NoGradGuard no_grad;
  const EvalMode stored_statistics(*network_);
  auto input = images;
  if (scale_.defined()) input = images * scale_.to(images.device()) + shift_.to(images.device());
  Taps taps;
  return torch::softmax(full_precision(network_->forward(input, taps)) / temperature, 1);
}

}  // namespace mien
