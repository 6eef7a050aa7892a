// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/network.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/nn/golden_network.h"
#include "mien/nn/weights.h"

namespace mien {
namespace {

/// What every architecture must keep to.
class NetworkContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { torch::manual_seed(3); }
  const ArchInfo& info() const { return architecture(GetParam()); }
  /// An input size that is small enough for a quick test and not the default one.
  std::int64_t test_size() const { return std::max<std::int64_t>(info().min_size, 40); }
  std::shared_ptr<Network> create(std::int64_t channels = 3, std::int64_t classes = 5) const {
    const double width = info().scales ? 0.25 : 0;  // quick, and the same code
    return create_network(
        {.arch = GetParam(), .num_classes = classes, .in_channels = channels, .width = width, .input_size = test_size()});
  }
};

/// All but the two that are too large for many small cases: vgg16 has one of its own below, resnet50_vggface2 is resnet50 with
/// other strides and has one too.
std::vector<std::string> small_architectures() {
  auto names = architecture_names();
  std::erase_if(names, [](const auto& name) { return name == "vgg16" || name == "resnet50_vggface2"; });
  return names;
}

}  // namespace

TEST_P(NetworkContract, TrainsWithFiniteGradientsForOneAndThreeChannels) {
  for (const std::int64_t channels : {1, 3}) {
    const auto network = create(channels);
    const auto logits = network->logits(torch::randn({2, channels, test_size(), test_size() + 1}));
    ASSERT_EQ(logits.sizes(), torch::IntArrayRef({2, 5}));
    torch::nn::functional::cross_entropy(logits, torch::tensor({0, 4})).backward();
    for (const auto& [key, parameter] : network->named_parameters().pairs()) {
      ASSERT_TRUE(parameter.grad().defined()) << key;
      EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>()) << key;
    }
    EXPECT_GT(network->parameters().front().grad().abs().sum().item<float>(), 0);
  }
}

TEST_P(NetworkContract, RunsInBfloat16ForwardAndBackward) {
  const auto network = create();
  const auto images = torch::randn({2, 3, test_size(), test_size()}).contiguous(torch::MemoryFormat::ChannelsLast);
  torch::Tensor logits;
  {
    AutocastGuard autocast(true, torch::kCPU);
    logits = network->logits(images);
    EXPECT_EQ(logits.scalar_type(), torch::kBFloat16);
  }
  EXPECT_FALSE(autocast_enabled(torch::kCPU));
  torch::nn::functional::cross_entropy(logits.to(torch::kFloat32), torch::tensor({0, 4})).backward();
  for (const auto& [key, parameter] : network->named_parameters().pairs())
    EXPECT_TRUE(parameter.grad().defined() && parameter.grad().isfinite().all().item<bool>()) << key;
}

TEST_P(NetworkContract, SavedWeightsComeBackBitEqual) {
  TemporaryFolder folder;
  const auto network = create();
  network->logits(torch::randn({2, 3, test_size(), test_size()}));  // moves the running statistics
  network->eval();
  WeightsInfo info;
  info.network = network->network_options();
  info.class_names = {"a", "b", "c", "d", "e"};
  save_weights(folder.path() / "w.safetensors", *network, info);
  WeightsInfo read;
  const auto loaded = load_network(folder.path() / "w.safetensors", &read);
  EXPECT_EQ(read, info);
  const auto before = state_of(*network), after = state_of(*loaded);
  ASSERT_EQ(before.tensors.size(), after.tensors.size());
  for (std::size_t i = 0; i < before.tensors.size(); ++i) {
    EXPECT_EQ(before.tensors[i].first, after.tensors[i].first);
    EXPECT_TRUE(torch::equal(before.tensors[i].second, after.tensors[i].second)) << before.tensors[i].first;
  }
  const auto image = torch::randn({1, 3, test_size(), test_size()});
  EXPECT_TRUE(torch::equal(network->logits(image), loaded->logits(image)));
}

TEST_P(NetworkContract, TapsAreTheTensorsThatLaterLayersUse) {
  const auto network = create();
  network->eval();
  const auto names = network->tap_names();
  Taps taps({names.begin(), names.end()});
  const auto image = torch::randn({1, 3, test_size(), test_size()});
  const auto logits = network->forward(image, taps);
  ASSERT_EQ(taps.found.size(), names.size());
  EXPECT_EQ(taps.found.at("features").sizes(), torch::IntArrayRef({1, network->feature_width()}));
  for (const auto& name : names) {
    // A gradient that flows through the tap, and values that no later layer has written over.
    const auto gradient = torch::autograd::grad({logits.sum()}, {taps.found.at(name)}, {}, true)[0];
    EXPECT_GT(gradient.abs().sum().item<float>(), 0) << name;
    Taps alone({name});
    network->forward(image, alone);
    EXPECT_TRUE(torch::equal(alone.found.at(name), taps.found.at(name))) << name;
  }
  EXPECT_TRUE(torch::equal(network->logits(image), logits));
  EXPECT_TRUE(torch::equal(network->embed(image), taps.found.at("features")));
}

TEST_P(NetworkContract, SecondOrderGradientsReachTheStem) {
  const auto network = create();
  network->eval();
  const auto names = network->tap_names();
  // The last map before the pooling: the attribution of PAL with respect to it, differentiated again.
  std::string last;
  Taps probe({names.begin(), names.end()});
  network->forward(torch::randn({1, 3, test_size(), test_size()}), probe);
  for (const auto& name : names)
    if (probe.found.at(name).dim() == 4 && name != "avgpool" && name != "gdconv") last = name;
  Taps taps({last});
  const auto logits = network->forward(torch::randn({2, 3, test_size(), test_size()}), taps);
  const auto map = taps.found.at(last);
  const auto attribution = torch::autograd::grad({logits.sum()}, {map}, {}, true, true)[0].abs() * map;
  (logits.pow(2).sum() + attribution.pow(2).sum()).backward();
  for (const auto& [key, parameter] : network->named_parameters().pairs()) {
    if (!parameter.grad().defined()) continue;
    EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>()) << key;
  }
  EXPECT_GT(network->named_parameters()[network->stem_weight()].grad().abs().sum().item<float>(), 0);
}

TEST_P(NetworkContract, SameSeedGivesTheSameWeights) {
  torch::manual_seed(11);
  const auto a = create();
  torch::manual_seed(11);
  const auto b = create();
  torch::manual_seed(12);
  const auto c = create();
  const auto& stem = a->stem_weight();
  EXPECT_TRUE(torch::equal(a->named_parameters()[stem], b->named_parameters()[stem]));
  EXPECT_FALSE(torch::equal(a->named_parameters()[stem], c->named_parameters()[stem]));
}

TEST_P(NetworkContract, NamesItsMinimum) {
  const auto network = create();
  const auto small = info().min_size - 1;
  try {
    network->logits(torch::zeros({1, 3, small, 64}));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(info().min_size)), std::string::npos) << error.what();
  }
  EXPECT_THROW(network->logits(torch::zeros({1, 1, 64, 64})), Error);
  EXPECT_THROW(network->logits(torch::zeros({3, 64, 64})), Error);
  EXPECT_THROW(check_tap_names(*network, {"layer9"}), Error);
  const auto names = network->tap_names();
  EXPECT_NO_THROW(check_tap_names(*network, {names.begin(), names.end()}));
}

INSTANTIATE_TEST_SUITE_P(Nets, NetworkContract, ::testing::ValuesIn(small_architectures()),
                         [](const auto& info) { return info.param; });

TEST(Network, CountsItsParameters) {
  for (const char* name : {"face_resnet", "mobilefacenet", "resnet50_vggface2"})  // the golden values cover the others
    EXPECT_EQ(parameter_count(*create_network({.arch = name, .num_classes = 8})), architecture(name).params) << name;
}

TEST(Network, CountsMultiplyAdds) {
  // torchvision's _ops for 1000 classes, in thousand millions.
  EXPECT_NEAR(1e-9 * static_cast<double>(multiply_adds(*create_network({.arch = "resnet18", .num_classes = 1000}), 224, 224)),
              1.814, 0.0005);
  EXPECT_NEAR(1e-9 * static_cast<double>(multiply_adds(*create_network({.arch = "mobilenet_v2", .num_classes = 1000}), 224, 224)),
              0.301, 0.0005);
}

TEST(Network, Vgg16TrainsOnGreyImages) {
  const auto network = create_network({.arch = "vgg16", .num_classes = 7, .in_channels = 1, .dropout = 0});
  Taps taps({"relu5_1", "relu3_3", "features.15", "features"});
  network->forward(torch::randn({1, 1, 32, 48}), taps);
  EXPECT_EQ(taps.found.at("relu5_1").sizes(), torch::IntArrayRef({1, 512, 2, 3}));
  EXPECT_TRUE(torch::equal(taps.found.at("relu3_3"), taps.found.at("features.15")));
  EXPECT_EQ(taps.found.at("features").size(1), 4096);
}

TEST(Network, WidthScalesTheChannels) {
  const auto network = create_network({.arch = "resnet18", .num_classes = 8, .width = 0.25});
  EXPECT_EQ(network->feature_width(), 128);
  EXPECT_THROW(create_network({.arch = "vgg16", .width = 0.5}), Error);
}

TEST(Network, DropoutActsInTrainingOnly) {
  const auto network = create_network({.arch = "face_resnet", .num_classes = 3, .dropout = 0.9});
  network->eval();
  const auto image = torch::randn({2, 3, 16, 16});
  EXPECT_TRUE(torch::equal(network->logits(image), network->logits(image)));
  network->train();
  const auto a = network->logits(image), b = network->logits(image);
  EXPECT_FALSE(torch::equal(a, b));
  network->set_dropout(0);
  EXPECT_TRUE(torch::equal(network->logits(image), network->logits(image)));
}

TEST(Network, UnknownNamesGetASuggestion) {
  try {
    create_network({.arch = "resnet81"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_NE(error.hint().find("resnet18"), std::string::npos) << error.hint();
  }
  EXPECT_THROW(create_network({.arch = "mobilefacenet", .input_size = 16}), Error);
  const auto network = create_network({.arch = "mobilefacenet", .input_size = 64});
  EXPECT_THROW(network->logits(torch::zeros({2, 3, 112, 112})), Error);  // its weights depend on the size
}

namespace {

/// Fills every tensor by the rule of the golden values, kinds guessed from the names as the key lists give them.
void fill_by_name(Network& network) {
  torch::NoGradGuard no_grad;
  for (auto& [key, tensor] : state_of(network).tensors) {
    const auto ends = [&](const std::string& ending) {
      return key.size() >= ending.size() && key.rfind(ending) == key.size() - ending.size();
    };
    std::string kind = "norm_bias";
    if (tensor.dim() > 1) kind = "weight";
    else if (ends("running_mean")) kind = "running_mean";
    else if (ends("running_var")) kind = "running_var";
    else if (ends("num_batches_tracked")) kind = "zero";
    else if (ends("weight")) kind = "norm_weight";
    else if (key == "fc.bias") kind = "bias";
    torch::Tensor place = tensor;
    place.copy_(testing::filled(key, tensor.sizes().vec(), kind));
  }
}

}  // namespace

// Expected values: torchvision 0.14's ResNet-50 with its strides moved to conv1 and MaxPool2d(3, 2, 0, ceil_mode=True), in
// double.
TEST(Network, VggFace2VariantOfResnet50) {
  const auto network = create_network({.arch = "resnet50_vggface2", .num_classes = 8});
  fill_by_name(*network);
  network->to(torch::kFloat64);
  network->eval();
  const auto expected = torch::tensor(
      {{-71.2276118, -17.0088703, -55.6845861, 6.04837872, 52.4853331, -8.49304709, 13.4231286, 36.7227961}}, torch::kFloat64);
  testing::expect_close(network->logits(testing::filled("input", {1, 3, 96, 96}, "input_pm1").to(torch::kFloat64)), expected,
                        1e-7, 1e-6, "logits");
}

// Expected values: torchvision 0.14's BasicBlock in a network written down in Python, in double.
TEST(Network, FaceResnetIsMadeOfBasicBlocks) {
  const auto network = create_network({.arch = "face_resnet", .num_classes = 8, .in_channels = 1});
  fill_by_name(*network);
  network->to(torch::kFloat64);
  network->eval();
  const auto expected =
      torch::tensor({{-4.04183794, -2.25690154, 2.70295837, -0.259146964, -5.87177562, -0.86538975, -0.433238915, -0.0703609135}},
                    torch::kFloat64);
  testing::expect_close(network->logits(testing::filled("input", {1, 1, 44, 44}, "input_pm1").to(torch::kFloat64)), expected,
                        1e-7, 1e-7, "logits");
}

// Expected values: the network written down in Python with PyTorch 1.13, in double. It gives the golden values at 224 pixels.
TEST(Network, EfficientFacePatchesScaleWithTheImage) {
  const auto network = create_network({.arch = "efficientface", .num_classes = 7});
  fill_by_name(*network);
  network->to(torch::kFloat64);
  network->eval();
  struct Case {
    std::int64_t height, width;
    std::vector<double> logits;
  };
  for (const auto& [height, width, logits] : {
           Case{96, 96, {-0.100682096, -1.36519733, 2.48651747, 0.40263227, -0.554816486, 1.31028657, -0.572026239}},
           Case{48, 88, {-0.161496976, -0.672217855, 1.23168823, 0.0590643952, -0.087329085, 0.432435679, -0.440699733}},
           Case{41, 70, {-0.22811455, -0.68714023, 1.0992502, 0.078460939, -0.073691073, 0.329218162, -0.3153338}},
       }) {
    const auto image = testing::filled("input", {1, 3, height, width}, "input_pm1").to(torch::kFloat64);
    testing::expect_close(network->logits(image), torch::tensor(logits, torch::kFloat64).reshape({1, 7}), 1e-7, 1e-7,
                          std::to_string(height) + " x " + std::to_string(width));
  }
}

TEST(Network, EfficientFaceCountsAsItsAuthors) {
  // 1.28 million parameters, 149.72 million multiply-adds in convolutions and 8,792 in linear layers.
  const auto network = create_network({.arch = "efficientface", .num_classes = 7});
  EXPECT_EQ(parameter_count(*network), 1'275'293);
  EXPECT_EQ(multiply_adds(*network, 224, 224), 149'720'088 + 8'792);
}

TEST(Network, EfficientFaceNeedsTwoImagesToTrain) {
  const auto network = create_network({.arch = "efficientface", .num_classes = 3});
  const auto image = torch::randn({1, 3, 64, 64});
  try {
    network->logits(image);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_NE(std::string(error.what()).find("one image"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("batch"), std::string::npos) << error.hint();
  }
  EXPECT_NO_THROW(network->logits(image.expand({2, 3, 64, 64})));
  network->eval();
  EXPECT_EQ(network->logits(image).size(0), 1);
}

}  // namespace mien
