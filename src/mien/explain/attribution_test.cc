// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/attribution.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/explain/baseline.h"
#include "mien/explain/control_maps.h"
#include "mien/explain/gradient_maps.h"
#include "mien/explain/target.h"
#include "mien/explain/tiny_network.h"

namespace mien {
namespace {

using testing::filled;
using testing::tiny_images;
using testing::TinyNetwork;

/// The expected numbers were computed in float64 by a Python program on PyTorch 1.13: hooks and loops, none of this code.
struct Expected {
  double probe;                ///< dot product with the fill "tiny.probe"
  std::vector<double> values;  ///< at (0,0,0), (0,5,4), (1,11,9), (1,6,2)
};

void expect_map(const torch::Tensor& maps, const Expected& expected, double tolerance = 2e-8) {
  ASSERT_EQ(maps.sizes(), (std::vector<std::int64_t>{2, 12, 10}));
  const auto m = maps.to(torch::kFloat64);
  EXPECT_NEAR((m * filled("tiny.probe", {2, 12, 10}, "input_pm1")).sum().item<double>(), expected.probe, 50 * tolerance);
  const auto at = [&](int n, int y, int x) { return m[n][y][x].item<double>(); };
  EXPECT_NEAR(at(0, 0, 0), expected.values[0], tolerance);
  EXPECT_NEAR(at(0, 5, 4), expected.values[1], tolerance);
  EXPECT_NEAR(at(1, 11, 9), expected.values[2], tolerance);
  EXPECT_NEAR(at(1, 6, 2), expected.values[3], tolerance);
}

class Attribution : public ::testing::Test {
 protected:
  TinyNetwork network_;
  ExplainedModel model_ = network_.explained();
  torch::Tensor images_ = tiny_images();
  torch::Tensor labels_ = explained_labels(model_.logits(images_), {});
  Preprocessing preprocessing_;  // black is -1
};

TEST_F(Attribution, TheTinyNetworkIsTheOneOfTheExpectedValues) {
  const auto logits = model_.logits(images_);
  EXPECT_NEAR(logits[0][1].item<double>(), 0.340907926, 1e-8);
  EXPECT_NEAR(logits[1][2].item<double>(), -1.09847689, 1e-8);
  EXPECT_EQ(labels_[0].item<std::int64_t>(), 1);
  EXPECT_EQ(labels_[1].item<std::int64_t>(), 0);
}

TEST_F(Attribution, GradientsEqualPyTorch) {
  expect_map(gradient_map(model_, images_, labels_, ""), {0.742541443, {0.0207677382, 0.167346428, 0.0680127904, 0.0633688447}});
  expect_map(gradient_map(model_, images_, labels_, "map"), {1.20580575, {0.174106419, 0.170607327, 0.170329139, 0.139197977}});
  expect_map(gradient_x_input_map(model_, images_, labels_, "input"),
             {-0.853279959, {0.000988085398, -0.0402302312, -0.0841349002, -0.013815887}});
  expect_map(gradient_x_input_map(model_, images_, labels_, "map"),
             {-1.24238293, {0.0609404483, -0.0791881313, -0.250017282, -0.0261426999}});
}

TEST_F(Attribution, GradCamEqualsPyTorch) {
  expect_map(grad_cam(model_, images_, labels_, "map"), {0.0046099801, {0.00183349063, 0.000657477882, 0.0135256897, 0}});
  const auto class_1 = explained_labels(model_.logits(images_), {ExplainTarget::Kind::one_class, 1});
  expect_map(grad_cam(model_, images_, class_1, ""), {-0.00239631067, {0.00183349063, 0.000657477882, 0, 0}});
}

TEST_F(Attribution, TheSumOfAllLogitsCanBeExplained) {
  const auto all = explained_labels(model_.logits(images_), {ExplainTarget::Kind::all, -1});
  expect_map(gradient_map(model_, images_, all, ""), {1.62834343, {0.161334734, 0.155858309, 0.100686944, 0.280443124}});
}

TEST_F(Attribution, IntegratedGradientsEqualPyTorchWhateverTheBatch) {
  const auto black = baseline_images(images_, "black", preprocessing_);
  for (const std::int64_t batch : {1, 4, 100})
    expect_map(integrated_gradients(model_, images_, labels_, black, 5, batch).maps,
               {-0.443432894, {0.0647412479, 0.116619715, -0.0614521145, -0.143783623}});
}

TEST_F(Attribution, OcclusionEqualsPyTorchWhateverTheBatch) {
  const auto mean = baseline_images(images_, "mean", preprocessing_);
  for (const std::int64_t batch : {1, 5, 100})
    expect_map(occlusion_map(model_, images_, labels_, mean, {4, 3}, batch),
               {-1.76440042, {-0.110627347, -0.295201565, -0.182154835, -0.00163509427}}, 1e-7);
}

TEST_F(Attribution, GradientEqualsFiniteDifferences) {
  const auto map = gradient_map(model_, images_, labels_, "");
  constexpr double step = 1e-6;
  for (const auto& [n, y, x] : {std::tuple(0, 0, 0), std::tuple(0, 7, 3), std::tuple(1, 4, 9), std::tuple(1, 11, 5)}) {
    double largest = 0;
    for (int c = 0; c < 3; ++c) {
      auto up = images_.clone(), down = images_.clone();
      up[n][c][y][x] += step;
      down[n][c][y][x] -= step;
      const auto value = [&](const torch::Tensor& t) { return explained_values(model_.logits(t), labels_)[n].item<double>(); };
      largest = std::max(largest, std::abs(value(up) - value(down)) / (2 * step));
    }
    EXPECT_NEAR(map[n][y][x].item<double>(), largest, 1e-7);
  }
}

/// The gradient jumps where a ReLU opens, so the rest falls slowly: PyTorch too leaves 5.7e-4 after 2000 steps from black.
TEST_F(Attribution, IntegratedGradientsAreComplete) {
  for (const auto& name : baseline_names()) {
    const auto baselines = baseline_images(images_, name, preprocessing_);
    const auto result = integrated_gradients(model_, images_, labels_, baselines, 2000, 500);
    const auto difference =
        explained_values(model_.logits(images_), labels_) - explained_values(model_.logits(baselines), labels_);
    for (int n = 0; n < 2; ++n) EXPECT_NEAR(result.maps[n].sum().item<double>(), difference[n].item<double>(), 1e-3) << name;
    EXPECT_TRUE(torch::allclose(result.expected, difference)) << name;
  }
}

TEST_F(Attribution, GradientTimesInputOfALinearNetworkSumsToItsLogit) {
  const auto weights = filled("linear", {3, 360}, "weight");
  const ExplainedModel linear([&](const torch::Tensor& x, Taps&) { return torch::matmul(x.flatten(1), weights.t()); }, {},
                              images_);
  const auto labels = explained_labels(linear.logits(images_), {});
  const auto map = gradient_x_input_map(linear, images_, labels, "");
  EXPECT_TRUE(torch::allclose(map.sum({1, 2}), explained_values(linear.logits(images_), labels)));
  const auto zero = torch::zeros_like(images_);
  const auto ig = integrated_gradients(linear, images_, labels, zero, 1, 8);
  EXPECT_TRUE(torch::allclose(ig.maps, map));
  EXPECT_LT(ig.gap.abs().max().item<double>(), 1e-12);
}

TEST_F(Attribution, OcclusionOfAPixelFindsThePixelThatCounts) {
  const ExplainedModel one_pixel(
      [](const torch::Tensor& x, Taps&) {
        return torch::stack({x.select(3, 7).select(2, 2).sum(1), x.sum({1, 2, 3}) * 0}, 1);
      },
      {}, images_);
  const auto labels = torch::zeros({2}, torch::kInt64);
  const auto map = occlusion_map(one_pixel, images_, labels, torch::zeros_like(images_), {1, 1}, 7);
  for (int n = 0; n < 2; ++n) {
    EXPECT_NEAR(map[n][2][7].item<double>(), images_[n].select(2, 7).select(1, 2).sum().item<double>(), 1e-6);
    EXPECT_EQ((map[n] != 0).sum().item<int>(), 1);
  }
}

TEST(Occlusion, PlacesCoverEveryPixel) {
  EXPECT_EQ(occlusion_places(12, 4, 3), (std::vector<std::int64_t>{0, 3, 6, 8}));
  EXPECT_EQ(occlusion_places(10, 4, 3), (std::vector<std::int64_t>{0, 3, 6}));
  EXPECT_EQ(occlusion_places(5, 5, 2), (std::vector<std::int64_t>{0}));
  EXPECT_EQ(occlusion_places(6, 5, 9), (std::vector<std::int64_t>{0, 1}));
}

TEST_F(Attribution, EveryMethodGivesMapsOfTheInputsSize) {
  const AttributionBatch batch{images_, labels_, {5, 9}};
  for (const auto& info : map_methods()) {
    const auto maps = attribute(model_, {info.name, ""}, batch, {}, preprocessing_);
    EXPECT_EQ(maps.maps.sizes(), (std::vector<std::int64_t>{2, 12, 10})) << info.name;
    EXPECT_EQ(maps.maps.scalar_type(), torch::kFloat32) << info.name;
    EXPECT_TRUE(info.is_signed || maps.maps.min().item<float>() >= 0) << info.name;
    EXPECT_EQ(maps.completeness_gap.size(), info.name == "integrated_gradients" ? 2u : 0u);
  }
}

TEST_F(Attribution, LayersThatAreNoMapsOrUnknownAreOneClearError) {
  EXPECT_EQ(model_.layers().size(), 1u);
  EXPECT_EQ(model_.layer("").name, "map");
  EXPECT_EQ(model_.layer("map").height, 6);
  for (const char* name : {"vector", "mop"}) try {
      model_.layer(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_NE(error.hint().find("map (6 x 6 x 5)"), std::string::npos) << error.hint();
    }
}

TEST(Baseline, BlurEqualsOpenCv) {
  const auto images = tiny_images().to(torch::kFloat32).contiguous();
  const auto blurred = baseline_images(images, "blur", {}).contiguous();
  for (int plane = 0; plane < 6; ++plane) {
    cv::Mat expected, source(12, 10, CV_32F, images.data_ptr<float>() + 120 * plane);
    cv::GaussianBlur(source, expected, {9, 9}, 1.2, 1.2, cv::BORDER_REPLICATE);
    EXPECT_LT(cv::norm(expected, cv::Mat(12, 10, CV_32F, blurred.data_ptr<float>() + 120 * plane), cv::NORM_INF), 1e-5);
  }
}

TEST(Baseline, BlackIsAPixelOfZeroAndMeanIsThePicturesOwn) {
  Preprocessing p;
  p.mean = {0.5, 0.25, 0};
  p.std = {0.5, 0.5, 2};
  const auto images = tiny_images();
  const auto black = baseline_images(images, "black", p), mean = baseline_images(images, "mean", p);
  EXPECT_EQ(black[0][0][3][3].item<double>(), -1);
  EXPECT_EQ(black[1][1][0][9].item<double>(), -0.5);
  EXPECT_EQ(black[1][2][0][9].item<double>(), 0);
  EXPECT_NEAR(mean[1][2][4][4].item<double>(), images[1][2].mean().item<double>(), 1e-12);
  EXPECT_THROW(baseline_images(images, "blurr", p), Error);
}

TEST(ControlMaps, DependOnSeedAndIndexAlone) {
  const auto together = random_map({3, 8}, 12, 10, 1), alone = random_map({8}, 12, 10, 1), other = random_map({8}, 12, 10, 2);
  EXPECT_TRUE(torch::equal(together[1], alone[0]));
  EXPECT_FALSE(torch::equal(other[0], alone[0]));
  EXPECT_FALSE(torch::equal(together[0], together[1]));
  EXPECT_NEAR(random_map({1}, 100, 100, 1).mean().item<float>(), 0.5, 0.02);
  const auto rough = [](const torch::Tensor& m) { return (m.narrow(2, 1, 69) - m.narrow(2, 0, 69)).abs().mean().item<float>(); };
  EXPECT_LT(rough(smooth_random_map({1}, 70, 70, 1)), 0.3 * rough(random_map({1}, 70, 70, 1)));
  const auto center = center_map(1, 9, 9)[0];
  EXPECT_EQ(center[4][4].item<float>(), 1);
  EXPECT_TRUE(torch::equal(center, center.t()));
}

TEST(FrozenModule, TakesParametersOutOfTheGradientAndGivesThemBack) {
  torch::nn::Linear linear(3, 2);
  linear->bias.set_requires_grad(false);
  {
    const FrozenModule frozen(*linear);
    EXPECT_FALSE(linear->is_training());
    EXPECT_FALSE(linear->weight.requires_grad());
  }
  EXPECT_TRUE(linear->is_training());
  EXPECT_TRUE(linear->weight.requires_grad());
  EXPECT_FALSE(linear->bias.requires_grad());
}

TEST(Target, NamesClassesInAnySpelling) {
  const std::vector<std::string> classes = {"neutral", "happiness", "surprise"};
  EXPECT_EQ(parse_target("predicted", classes).kind, ExplainTarget::Kind::predicted);
  EXPECT_EQ(parse_target("all", classes).kind, ExplainTarget::Kind::all);
  EXPECT_EQ(parse_target("Happy", classes).label, 1);
  try {
    parse_target("surprize", classes);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_NE(error.hint().find("Did you mean 'surprise'? Classes: neutral, happiness, surprise"), std::string::npos)
        << error.hint();
  }
}

TEST(MethodList, TakesLayersWhereThereCanBeSome) {
  const auto methods = parse_map_methods({"gradcam", "gradcam@layer3", "gradient_x_input@input", "occlusion"}, "layer4");
  ASSERT_EQ(methods.size(), 4u);
  EXPECT_EQ(methods[0].label(), "gradcam@layer4");
  EXPECT_EQ(methods[1].label(), "gradcam@layer3");
  EXPECT_EQ(methods[2].label(), "gradient_x_input");
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"gradkam"}, {"occlusion@layer4"}, {"gradcam", "gradcam@layer4"}, {}}) {
    EXPECT_THROW(parse_map_methods(wrong, "layer4"), Error);
  }
}

}  // namespace
}  // namespace mien
