// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/network.h"

#include <ATen/record_function.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/nn/builders.h"

namespace mien {

torch::Tensor Network::embed(torch::Tensor images) {
  Taps taps({"features"});
  forward(std::move(images), taps);
  return taps.found.at("features");
}

torch::Tensor Network::logits(torch::Tensor images) {
  Taps taps;
  return forward(std::move(images), taps);
}

void Network::check_images(const torch::Tensor& images, std::int64_t min_size) const {
  if (images.dim() != 4)
    throw Error(ErrorCode::bad_data,
                fmt::format("{} takes images [N,C,H,W], but got a tensor of {} dimensions", options_.arch, images.dim()));
  if (images.size(1) != options_.in_channels)
    throw Error(ErrorCode::bad_data, fmt::format("{} was made for {} channel(s), but the images have {}", options_.arch,
                                                 options_.in_channels, images.size(1)),
                "set network.in_channels and preprocessing.color alike");
  if (images.size(2) < min_size || images.size(3) < min_size)
    throw Error(ErrorCode::bad_data, fmt::format("{} needs images of at least {} x {} pixels, but got {} x {}", options_.arch,
                                                 min_size, min_size, images.size(2), images.size(3)));
}

torch::Tensor Network::drop(const torch::Tensor& t) const { return torch::dropout(t, options_.dropout, is_training()); }

std::shared_ptr<Network> create_network(const NetworkOptions& wanted) {
  const NetworkOptions options = resolved(wanted);
  const std::string& arch = options.arch;
  if (arch == "vgg16") return make_vgg16(options);
  if (arch == "preact_resnet18") return make_preact_resnet18(options);
  if (arch == "shufflenet_v2_x1_0") return make_shufflenet_v2(options);
  if (arch == "efficientface") return make_efficientface(options);
  if (arch == "mobilenet_v2") return make_mobilenet_v2(options);
  if (arch == "mobilefacenet") return make_mobilefacenet(options);
  return make_resnet(options);
}

void check_tap_names(const Network& network, const std::set<std::string>& wanted) {
  const auto known = network.tap_names();
  for (const auto& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorCode::usage, fmt::format("{} has no inner layer '{}'", network.network_options().arch, name),
                  suggestion(name, known));
}

std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& parameter : module.parameters()) count += parameter.numel();
  return count;
}

namespace {

/// Multiply-adds seen so far on this thread, and how deep inside a convolution it is: some convolutions are matrix products
/// inside, which must not count again.
thread_local std::int64_t counted_multiply_adds = 0;
thread_local int convolution_depth = 0;

bool is_convolution(const at::RecordFunction& call) { return std::string_view(call.name()) == "aten::conv2d"; }

std::unique_ptr<at::ObserverContext> at_start(const at::RecordFunction& call) {
  if (is_convolution(call)) ++convolution_depth;
  return nullptr;
}

/// A convolution does one multiply-add per output value and weight of its filter, a matrix product one per output value and
/// column of its first factor.
void at_end(const at::RecordFunction& call, at::ObserverContext*) {
  const auto inputs = call.inputs();
  if (is_convolution(call)) {
    const auto& weight = inputs[1].toTensor();
    counted_multiply_adds += call.outputs()[0].toTensor().numel() * (weight.numel() / weight.size(0));
    --convolution_depth;
  } else if (convolution_depth == 0 && std::string_view(call.name()) == "aten::addmm") {
    counted_multiply_adds += call.outputs()[0].toTensor().numel() * inputs[1].toTensor().size(1);
  }
}

}  // namespace

std::int64_t multiply_adds(Network& network, std::int64_t height, std::int64_t width) {
  torch::NoGradGuard no_grad;
  const bool training = network.is_training();
  network.eval();
  const auto first = network.parameters().front();
  const auto image = torch::zeros({1, network.network_options().in_channels, height, width}, first.options());
  counted_multiply_adds = convolution_depth = 0;
  const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(at_start, at_end)
                                                     .needsInputs(true)
                                                     .needsOutputs(true)
                                                     .scopes({at::RecordScope::FUNCTION}));
  Taps taps;
  try {
    network.forward(image, taps);
  } catch (...) {
    at::removeCallback(handle);
    throw;
  }
  at::removeCallback(handle);
  network.train(training);
  return counted_multiply_adds;
}

}  // namespace mien
