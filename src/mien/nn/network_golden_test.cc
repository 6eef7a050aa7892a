// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/nn/golden_network.h"

namespace mien {

using testing::expect_close;
using testing::expect_near;
using testing::expect_summary;

namespace {

struct Case {
  std::string arch;
  std::string file;              ///< below nets/
  bool double_evaluation = true; ///< float32 where 224 x 224 in double takes too long
  std::int64_t classes = 8;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.arch; }

class GoldenNetwork : public ::testing::TestWithParam<Case> {
 protected:
  /// The network with the filled weights, or nothing when the golden files are absent.
  std::shared_ptr<Network> filled_network() {
    const auto keys = testing::golden("nets/keys/" + GetParam().file);
    if (!keys) return nullptr;
    auto network = create_network({.arch = GetParam().arch, .num_classes = GetParam().classes, .dropout = 0});
    EXPECT_EQ(parameter_count(*network), keys->at("model").at("parameters").get<std::int64_t>());
    const auto of_the_head = (GetParam().classes - 8) * (network->feature_width() + 1);
    EXPECT_EQ(architecture(GetParam().arch).params + of_the_head, parameter_count(*network));
    testing::fill_module(*network, keys->at("model").at("entries"));
    return network;
  }
};

}  // namespace

TEST_P(GoldenNetwork, Evaluation) {
  MIEN_GOLDEN_OR_SKIP(net, "nets/" + GetParam().file);
  const auto network = filled_network();
  ASSERT_TRUE(network);
  const auto dtype = GetParam().double_evaluation ? torch::kFloat64 : torch::kFloat32;
  network->to(dtype);
  network->eval();
  torch::NoGradGuard no_grad;
  const auto& expected = net.at("eval");
  const auto& tolerance = expected.at("tolerance");
  Taps taps;
  for (const auto& [name, summary] : expected.at("activations").items()) taps.wanted.insert(name);
  check_tap_names(*network, taps.wanted);
  const auto logits = network->forward(testing::filled(expected.at("input")).to(dtype), taps);
  const bool exact = GetParam().double_evaluation;
  const auto& t64 = tolerance.at("float64");
  const auto& t32 = tolerance.at("float32");
  expect_close(logits, testing::tensor_of(expected.at("logits")), exact ? t64.at("rtol").get<double>() : 0.0,
               exact ? t64.at("atol").get<double>() : t32.at("logits_atol").get<double>(), "logits");
  for (const auto& [name, summary] : expected.at("activations").items()) {
    ASSERT_TRUE(taps.found.count(name)) << name;
    expect_summary(taps.found.at(name), summary, exact ? t64.at("rtol").get<double>() : t32.at("activations_rtol").get<double>(),
                   exact ? t64.at("atol").get<double>() : t32.at("activations_atol").get<double>(), name);
  }
}

TEST_P(GoldenNetwork, TrainingStepInDouble) {
  MIEN_GOLDEN_OR_SKIP(net, "nets/" + GetParam().file);
  const auto network = filled_network();
  ASSERT_TRUE(network);
  network->to(torch::kFloat64);
  network->train();
  const auto& expected = net.at("train");
  const double rtol = expected.at("tolerance").at("float64").at("rtol");
  const double zero_atol = expected.at("tolerance").at("float64").at("zero_gradient_atol");
  const auto labels = torch::tensor(expected.at("labels").get<std::vector<std::int64_t>>());
  const auto logits = network->logits(testing::filled(expected.at("input")).to(torch::kFloat64));
  const auto loss = torch::nn::functional::cross_entropy(logits, labels);
  loss.backward();
  expect_near(loss.item<double>(), expected.at("loss"), rtol, 0, "loss");
  expect_close(logits, testing::tensor_of(expected.at("logits")), rtol, 1e-8, "logits");
  std::set<std::string> zero;
  if (expected.contains("gradient_zero_in_exact_arithmetic"))
    for (const auto& name : expected.at("gradient_zero_in_exact_arithmetic")) zero.insert(name.get<std::string>());
  std::size_t compared = 0;
  for (const auto& [key, parameter] : network->named_parameters().pairs()) {
    ASSERT_TRUE(parameter.grad().defined()) << key;
    const double norm = parameter.grad().norm().item<double>();
    if (zero.count(key)) {
      EXPECT_LT(norm, zero_atol) << key;
    } else {
      expect_near(norm, expected.at("gradient_l2").at(key), rtol, 0, "gradient of " + key);
      ++compared;
    }
  }
  EXPECT_GE(compared + zero.size(), expected.at("gradient_l2").size());
  for (const auto& [key, values] : expected.at("gradient_first_values").items()) {
    const auto gradient = network->named_parameters()[key].grad().flatten();
    for (std::size_t i = 0; i < values.size(); ++i)
      expect_near(gradient[static_cast<std::int64_t>(i)].item<double>(), values[i], 1e-5, zero_atol, key);
  }
  if (!expected.contains("running_statistics_after_this_forward")) return;
  for (const auto& [key, summary] : expected.at("running_statistics_after_this_forward").items())
    expect_summary(network->named_buffers()[key], summary, 1e-6, 1e-8, key);
}

INSTANTIATE_TEST_SUITE_P(Nets, GoldenNetwork,
                         ::testing::Values(Case{"vgg16", "vgg16.json", false}, Case{"resnet18", "resnet18.json"},
                                           Case{"resnet34", "resnet34.json"}, Case{"resnet50", "resnet50.json"},
                                           Case{"preact_resnet18", "preactresnet18.json"},
                                           Case{"shufflenet_v2_x1_0", "shufflenet_v2_x1_0.json"},
                                           Case{"mobilenet_v2", "mobilenet_v2.json"},
                                           Case{"efficientface", "efficientface.json", true, 7}),
                         [](const auto& info) { return info.param.arch; });

}  // namespace mien
