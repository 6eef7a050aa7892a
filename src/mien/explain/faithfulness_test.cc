// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/faithfulness.h"

#include <gtest/gtest.h>

#include "mien/explain/baseline.h"
#include "mien/explain/control_maps.h"
#include "mien/explain/gradient_maps.h"
#include "mien/explain/target.h"
#include "mien/explain/tiny_network.h"

namespace mien {
namespace {

using testing::tiny_images;
using testing::TinyNetwork;

void expect_curve(const std::vector<double>& curve, const std::vector<double>& expected) {
  ASSERT_EQ(curve.size(), expected.size());
  for (std::size_t i = 0; i < curve.size(); ++i) EXPECT_NEAR(curve[i], expected[i], 2e-8) << i;
}

/// Expected values from a Python program on PyTorch 1.13: ranks by gradient times input, four steps, temperature 2.
TEST(Faithfulness, CurvesEqualPyTorchWhateverTheBatch) {
  const TinyNetwork network;
  const ExplainedModel model = network.explained();
  const auto images = tiny_images();
  const auto labels = explained_labels(model.logits(images), {});
  const auto maps = gradient_x_input_map(model, images, labels, "");
  for (const std::int64_t batch : {1, 6, 100}) {
    const auto curves = faithfulness(model, images, baseline_images(images, "mean", {}), maps, labels, 2, {4, "mean", batch, 1});
    ASSERT_EQ(curves.size(), 2u);
    expect_curve(curves[0].deletion, {0.377441978, 0.206976408, 0.17372481, 0.179308214, 0.336179028});
    expect_curve(curves[0].insertion, {0.336179028, 0.536140584, 0.577193404, 0.527577594, 0.377441978});
    expect_curve(curves[1].deletion, {0.398023548, 0.249022626, 0.218458815, 0.257821724, 0.338047144});
    expect_curve(curves[1].insertion, {0.338047144, 0.53034576, 0.628013018, 0.581345827, 0.398023548});
    EXPECT_NEAR(curves[0].deletion_area, 0.229204984, 2e-8);
    EXPECT_NEAR(curves[1].insertion_area, 0.526934988, 2e-8);
  }
}

TEST(Faithfulness, AreaIsTheTrapezoidRule) {
  EXPECT_DOUBLE_EQ(area_under({1, 0}), 0.5);
  EXPECT_DOUBLE_EQ(area_under({1, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(area_under({0.5, 0.5, 0.5, 0.5}), 0.5);
}

/// The logit is the sum over a square: removing the square first is the best that can be done, last the worst.
TEST(Faithfulness, TheTrueMapBeatsTheRandomMapAndTheInverseLoses) {
  const auto images = torch::ones({1, 1, 20, 20}, torch::kFloat64), gone = torch::zeros_like(images);
  auto square = torch::zeros({1, 20, 20}, torch::kFloat64);
  square.narrow(1, 3, 5).narrow(2, 8, 5) += 1;
  const ExplainedModel model(
      [&](const torch::Tensor& x, Taps&) {
        const auto sum = (x.squeeze(1) * square).sum({1, 2}) - 12;
        return torch::stack({sum, -sum}, 1);
      },
      {}, images);
  const auto labels = torch::zeros({1}, torch::kInt64);
  const auto curves_of = [&](const torch::Tensor& map) {
    return faithfulness(model, images, gone, map, labels, 1, {20, "black", 64, 1})[0];
  };
  const auto best = curves_of(square), random = curves_of(random_map({0}, 20, 20, 3).to(torch::kFloat64)),
             worst = curves_of(-square);
  EXPECT_LT(best.deletion_area, random.deletion_area - 0.2);
  EXPECT_GT(worst.deletion_area, random.deletion_area + 0.2);
  EXPECT_GT(best.insertion_area, random.insertion_area + 0.2);
  EXPECT_LT(worst.insertion_area, random.insertion_area - 0.2);
}

/// A map of zeros must not prefer the top of the picture.
TEST(Faithfulness, EqualValuesGoInRandomOrder) {
  const auto images = torch::ones({1, 1, 20, 20}, torch::kFloat64), gone = torch::zeros_like(images);
  const ExplainedModel upper_half(
      [](const torch::Tensor& x, Taps&) {
        const auto share = x.narrow(2, 0, 10).mean({1, 2, 3});
        return torch::log(torch::stack({share.clamp(1e-9, 1 - 1e-9), (1 - share).clamp(1e-9, 1)}, 1));
      },
      {}, images);
  const auto curves =
      faithfulness(upper_half, images, gone, torch::zeros({1, 20, 20}), torch::zeros({1}, torch::kInt64), 1, {10, "black", 8, 1});
  for (std::size_t k = 0; k <= 10; ++k) EXPECT_NEAR(curves[0].deletion[k], 1 - 0.1 * static_cast<double>(k), 0.08);
}

}  // namespace
}  // namespace mien
