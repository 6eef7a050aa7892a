// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// A C++17 program that runs a network with the installed runtime, and checks the numbers and an error.
#include <mien/runtime/runtime.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "small_network.h"

namespace {

bool numbers_agree(const char* file) {
  const auto model = mien::runtime::Model::load(file);
  std::printf("%s\n", model.precision_reason().c_str());
  mien::runtime::ModelOptions options;
  options.precision = mien::runtime::Precision::fp32;
  mien::runtime::Session session(mien::runtime::Model::load(file, options));
  std::vector<float> pixels(small_network_pixels);
  small_network_fill(pixels.data());
  const auto& outputs = session.run({{{2, 1, 8, 8}, pixels.data()}});
  if (outputs.size() != 1 || outputs[0].shape != std::vector<std::int64_t>{2, 3}) return false;
  for (int i = 0; i < small_network_logits; ++i) {
    std::printf("%.6f, expected %.6f\n", outputs[0].values<float>()[i], small_network_expected[i]);
    if (!(std::fabs(outputs[0].values<float>()[i] - small_network_expected[i]) < 1e-5f)) return false;
  }
  return true;
}

/// Exceptions cross the border of the shared library with their type.
bool errors_arrive() {
  try {
    mien::runtime::Model::load("no such file.onnx");
  } catch (const mien::Error& error) {
    std::printf("%s\n", error.what());
    return error.code() == mien::ErrorCode::not_found;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    return numbers_agree(argv[1]) && errors_arrive() ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("unexpected: %s\n", error.what());
    return 1;
  }
}
