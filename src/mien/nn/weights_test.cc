// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/weights.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/nn/golden_network.h"
#include "mien/nn/key_dialects.h"
#include "mien/nn/safetensors.h"

namespace mien {
namespace {

NetworkOptions small_options(std::int64_t classes = 4) { return {.arch = "face_resnet", .num_classes = classes, .width = 0.125}; }

struct Refusal {
  std::string message, hint;
};
Refusal refusal(Network& network, const State& state, const LoadOptions& options = {}) {
  try {
    load_into(network, state, options);
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    return {error.what(), error.hint()};
  }
}

/// A state of its own, with keys changed by `rename`.
template <typename Rename>
State renamed_state(const Network& network, Rename rename) {
  State state{.origin = "x.pth"};
  for (const auto& [key, tensor] : state_of(network).tensors) state.tensors.emplace_back(rename(key), tensor.detach().clone());
  return state;
}

}  // namespace

TEST(WeightsInfo, RoundTrip) {
  WeightsInfo info;
  info.network = {.arch = "resnet18", .num_classes = 2, .in_channels = 1, .width = 0.5, .dropout = 0.25, .input_size = 64};
  info.label_space = "ferplus";
  info.class_names = {"happiness", "\"quoted\" ü"};
  info.preprocessing.mean = {0.1, 0.2, 0.3};
  info.preprocessing.std = {1.0 / 3, 1, 2};
  info.preprocessing.alignment = "five_points";
  info.temperature = 1.7;
  info.recipe = "[optimizer]\nlr = 0.1\n";
  info.scores = {{"test accuracy", 0.8625}};
  info.licence = "research only";
  EXPECT_EQ(from_metadata(to_metadata(info), "x"), info);
  EXPECT_EQ(from_metadata({{"format", "pt"}}, "x"), std::nullopt);
}

TEST(WeightsInfo, WritesNoClassNamesThatItWouldRefuse) {
  WeightsInfo info;
  info.label_space = "custom";
  for (const std::vector<std::string>& names : std::vector<std::vector<std::string>>{{"Happy", "happiness"}, {"a", ""}, {"a", "  "}, {"a", ".."}, {"a", "b/c"}}) {
    info.class_names = names;
    EXPECT_THROW(to_metadata(info), Error) << names[1];
  }
  info.class_names = {"sad\xE9", "b"};
  info.network.num_classes = 2;
  info.training_data = "folder:/data/caf\xE9";
  const auto back = from_metadata(to_metadata(info), "x");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->class_names, info.class_names);
  EXPECT_EQ(back->training_data, info.training_data);
}

TEST(WeightsInfo, RefusesDamageAndTheFuture) {
  WeightsInfo info;
  const auto refused = [&](const std::string& key, const std::string& value) {
    auto metadata = to_metadata(info);
    metadata[key] = value;
    try {
      from_metadata(metadata, "x.safetensors");
      return std::string();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
      return std::string(error.what());
    }
  };
  EXPECT_EQ(refused("unrelated", "text"), "");
  EXPECT_NE(refused("mien.format", "2").find("version 2"), std::string::npos);
  EXPECT_NE(refused("mien.network", "{").find("damaged"), std::string::npos);
  EXPECT_NE(refused("mien.network", "{}").find("arch"), std::string::npos);
  EXPECT_NE(refused("mien.calibration", R"({"temperature":0})").find("temperature"), std::string::npos);
  EXPECT_NE(refused("mien.labels", R"({"space":"x","names":["a"]})").find("class names"), std::string::npos);
  auto metadata = to_metadata(info);
  metadata.erase("mien.preprocessing");
  EXPECT_THROW(from_metadata(metadata, "x"), Error);
}

TEST(LoadInto, RemovesWrapperPrefixes) {
  const auto source = create_network(small_options()), target = create_network(small_options());
  const auto state = renamed_state(*source, [](const std::string& key) {
    return key.rfind("fc.", 0) == 0 ? "module." + key : "module._orig_mod.backbone." + key;
  });
  const auto report = load_into(*target, state);
  EXPECT_TRUE(report.complete());
  EXPECT_TRUE(torch::equal(target->named_parameters()["fc.weight"], source->named_parameters()["fc.weight"]));
  EXPECT_EQ(without_wrapper_prefixes("module.layer1.0.conv1.weight"), "layer1.0.conv1.weight");
}

/// The authors' EfficientFace files wrap every key in "module."; those trained on MS-Celeb-1M have 12,666 classes.
TEST(LoadInto, EfficientFaceOfItsAuthors) {
  const auto source = create_network({.arch = "efficientface", .num_classes = 12666});
  const auto target = create_network({.arch = "efficientface", .num_classes = 7});
  const auto state = renamed_state(*source, [](const std::string& key) { return "module." + key; });
  EXPECT_NE(refusal(*target, state).message.find("fc.weight should be [7,1024] but is [12666,1024]"), std::string::npos);
  const auto report = load_into(*target, state, {.ignore_head = true});
  EXPECT_EQ(report.ignored, (std::vector<std::string>{"module.fc.weight", "module.fc.bias"}));
  EXPECT_EQ(report.matched.size(), 416u);
  const auto from = source->named_parameters(), to = target->named_parameters();
  for (const char* key : {"conv1.0.weight", "local.conv4_2.weight", "modulator.channel_att.gate_c.gate_c_fc_0.weight",
                          "modulator.spatial_att.gate_s.gate_s_conv_di_1.bias", "conv5.0.weight"})
    EXPECT_TRUE(torch::equal(to[key], from[key])) << key;
}

TEST(LoadInto, OtherClassCountSaysWhatToDo) {
  const auto source = create_network(small_options(7)), target = create_network(small_options(4));
  const auto state = renamed_state(*source, [](const std::string& key) { return key; });
  const auto before = target->named_parameters()["conv1.weight"].detach().clone();
  const auto refused = refusal(*target, state);
  EXPECT_NE(refused.message.find("fc.weight should be [4,64] but is [7,64]"), std::string::npos) << refused.message;
  EXPECT_NE(refused.hint.find("--ignore-head"), std::string::npos) << refused.hint;
  EXPECT_TRUE(torch::equal(target->named_parameters()["conv1.weight"], before)) << "a refused load must not change anything";
  const auto head = target->named_parameters()["fc.weight"].detach().clone();
  const auto report = load_into(*target, state, {.ignore_head = true});
  EXPECT_EQ(report.ignored, (std::vector<std::string>{"fc.weight", "fc.bias"}));
  EXPECT_TRUE(torch::equal(target->named_parameters()["fc.weight"], head));
  EXPECT_TRUE(torch::equal(target->named_parameters()["conv1.weight"], source->named_parameters()["conv1.weight"]));
  EXPECT_EQ(load_into(*target, state, {.allow_partial = true}).mismatched.size(), 2u);
}

TEST(LoadInto, PartialLoadsAreRefusedUnlessAsked) {
  const auto source = create_network(small_options()), target = create_network(small_options());
  auto state = renamed_state(
      *source, [](const std::string& key) { return key == "layer2.0.conv1.weight" ? "layer2.0.conv7.weight" : key; });
  const auto refused = refusal(*target, state);
  EXPECT_NE(refused.message.find("missing layer2.0.conv1.weight"), std::string::npos) << refused.message;
  EXPECT_NE(refused.message.find("left over layer2.0.conv7.weight"), std::string::npos) << refused.message;
  EXPECT_NE(refused.hint.find("--allow-partial"), std::string::npos);
  const auto report = load_into(*target, state, {.allow_partial = true});
  EXPECT_EQ(report.missing, std::vector<std::string>{"layer2.0.conv1.weight"});
  EXPECT_EQ(report.left_over, std::vector<std::string>{"layer2.0.conv7.weight"});
  EXPECT_NE(report.text().find("1 missing in the file"), std::string::npos);
  const auto skipped = load_into(*target, state, {.skip = {"layer2.0.conv"}});
  EXPECT_EQ(skipped.ignored, (std::vector<std::string>{"layer2.0.conv7.weight", "layer2.0.conv2.weight"}));
}

TEST(LoadInto, AnotherArchitectureGivesOneClearLine) {
  const auto source = create_network({.arch = "shufflenet_v2_x1_0"}), target = create_network(small_options());
  auto state = renamed_state(*source, [](const std::string& key) { return key; });
  const auto refused = refusal(*target, state);
  EXPECT_NE(refused.message.find("does not hold a face_resnet"), std::string::npos) << refused.message;
  EXPECT_EQ(refused.message.find('\n'), std::string::npos);
  EXPECT_LT(refused.message.size(), 200u);
  state.info = WeightsInfo{};
  state.info->network.arch = "shufflenet_v2_x1_0";
  EXPECT_EQ(refusal(*target, state).message, "x.pth: holds a shufflenet_v2_x1_0, not a face_resnet");
}

TEST(LoadInto, CountersOfOldFilesMayBeMissing) {
  const auto source = create_network(small_options()), target = create_network(small_options());
  auto state = renamed_state(*source, [](const std::string& key) { return key; });
  std::erase_if(state.tensors, [](const auto& entry) { return entry.first.find("num_batches_tracked") != std::string::npos; });
  EXPECT_TRUE(load_into(*target, state).complete());
}

TEST(LoadInto, ColourStemServesGreyImages) {
  const auto color = create_network({.arch = "face_resnet", .num_classes = 4, .width = 0.125});
  const auto gray = create_network({.arch = "face_resnet", .num_classes = 4, .in_channels = 1, .width = 0.125});
  const auto report = load_into(*gray, renamed_state(*color, [](const std::string& key) { return key; }));
  EXPECT_EQ(report.adapted, std::vector<std::string>{"conv1.weight"});
  color->eval();
  gray->eval();
  const auto image = torch::randn({2, 1, 24, 24});
  testing::expect_close(gray->logits(image), color->logits(image.expand({2, 3, 24, 24})).to(torch::kFloat64), 1e-4, 1e-5,
                        "logits");
}

TEST(KeyDialects, VggFaceInBothSpellings) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"conv1_1", "features.0"},  {"conv1_2", "features.2"},  {"conv2_2", "features.7"},
      {"conv3_3", "features.14"}, {"conv4_1", "features.17"}, {"conv5_3", "features.28"},
      {"fc6", "classifier.0"},    {"fc7", "classifier.3"},    {"fc8", "classifier.6"}};
  for (const auto& [albanie, own] : names) {
    EXPECT_EQ(own_key(albanie + ".weight", false).key, own + ".weight");
    const auto prlz = albanie[0] == 'c' ? "features.conv_" + albanie.substr(4) : "fc." + albanie;
    EXPECT_EQ(own_key(prlz + ".bias", false).key, own + ".bias");
  }
  const std::string endless = "conv1_7x7_s2." + std::string(2'000'000, 'x');  // a file may name a tensor so
  EXPECT_EQ(own_key(endless, true).key, endless);
  EXPECT_EQ(own_key("features.0.weight", false).dialect, "");
  EXPECT_EQ(own_key("conv1.weight", false).key, "conv1.weight");
}

/// Renames a whole torchvision ResNet-50 into VGGFace2's names by the description of that file, then loads it.
TEST(KeyDialects, VggFace2CoversEveryTensor) {
  const auto source = create_network({.arch = "resnet50_vggface2"}), target = create_network({.arch = "resnet50_vggface2"});
  const auto rename = [](std::string key) -> std::string {
    const auto dot = key.rfind('.');
    const std::string leaf = key.substr(dot);
    if (key.rfind("conv1", 0) == 0) return "conv1_7x7_s2" + leaf;
    if (key.rfind("bn1", 0) == 0) return "conv1_7x7_s2_bn" + leaf;
    if (key.rfind("fc", 0) == 0) return "classifier" + leaf;
    const std::string stage = std::to_string(key[5] - '0' + 1), block = std::to_string(key[7] - '0' + 1),
                      inner = key.substr(9, dot - 9);
    static const std::map<std::string, std::string> parts = {{"conv1", "1x1_reduce"},
                                                             {"bn1", "1x1_reduce_bn"},
                                                             {"conv2", "3x3"},
                                                             {"bn2", "3x3_bn"},
                                                             {"conv3", "1x1_increase"},
                                                             {"bn3", "1x1_increase_bn"},
                                                             {"downsample.0", "1x1_proj"},
                                                             {"downsample.1", "1x1_proj_bn"}};
    return "conv" + stage + "_" + block + "_" + parts.at(inner) + leaf;
  };
  auto state = renamed_state(*source, rename);
  for (auto& [key, tensor] : state.tensors)
    if (key == "classifier.weight") tensor = tensor.reshape({8, 2048, 1, 1});
  const auto report = load_into(*target, state);
  EXPECT_EQ(report.dialect, "VGGFace2");
  EXPECT_TRUE(report.complete());
  const auto a = state_of(*source), b = state_of(*target);
  for (std::size_t i = 0; i < a.tensors.size(); ++i)
    EXPECT_TRUE(torch::equal(a.tensors[i].second, b.tensors[i].second)) << a.tensors[i].first;
  // The same shapes, but other strides: loading must not succeed silently.
  const auto wrong = create_network({.arch = "resnet50"});
  EXPECT_NE(refusal(*wrong, state).hint.find("resnet50_vggface2"), std::string::npos);
}

TEST(LoadState, TellsFormatsApart) {
  TemporaryFolder folder;
  const auto network = create_network(small_options());
  WeightsInfo info;
  info.network = network->network_options();
  save_weights(folder.path() / "w.safetensors", *network, info);
  const auto state = load_state(folder.path() / "w.safetensors");
  EXPECT_EQ(state.format, "safetensors");
  ASSERT_TRUE(state.info);
  EXPECT_EQ(state.info->network, network->network_options());
  write_atomically(folder.path() / "text", "this is not a weight file");
  EXPECT_THROW(load_state(folder.path() / "text"), Error);
  EXPECT_THROW(load_state(folder.path() / "absent"), Error);
}

TEST(CopyState, NeedsTheSameKeys) {
  const auto a = create_network(small_options()), b = create_network(small_options()),
             c = create_network({.arch = "face_resnet", .width = 0.25});
  copy_state(*a, *b);
  EXPECT_TRUE(torch::equal(a->named_parameters()["layer3.0.conv1.weight"], b->named_parameters()["layer3.0.conv1.weight"]));
  EXPECT_THROW(copy_state(*a, *c), Error);
}

// Expected values: ONNX Runtime 1.30 on the same network with folded norms (MobileFaceNet.onnx), input by the fill rule.
TEST(MobileFaceNet, EmbeddingMatchesOnnxRuntime) {
  const auto shared = testing::shared_folder();
  if (!shared) GTEST_SKIP() << "needs the model files";
  const auto network = create_network({.arch = "mobilefacenet"});
  const auto report = load_into(*network, load_state(*shared / "models" / "mobilefacenet.pt"), {.ignore_head = true});
  EXPECT_EQ(report.matched.size(), 307u);
  EXPECT_TRUE(report.complete());
  network->eval();
  const auto embedding = network->embed(testing::filled("input", {1, 3, 112, 112}, "input_pm1"));
  const auto first = torch::tensor({-0.9671546220779419, 1.380159854888916, -0.24143226444721222, 0.31805160641670227,
                                    -1.1439483165740967, 0.274580717086792, -1.6160093545913696, -1.9287049770355225},
                                   torch::kFloat64);
  const auto last = torch::tensor({-0.759059488773346, 0.6157957911491394, 0.45425257086753845, -0.8223240971565247,
                                   1.258186936378479, 1.0237071514129639, 0.4584105312824249, 0.23637107014656067},
                                  torch::kFloat64);
  testing::expect_close(embedding[0].slice(0, 0, 8), first, 1e-4, 1e-4, "first values");
  testing::expect_close(embedding[0].slice(0, 120, 128), last, 1e-4, 1e-4, "last values");
  EXPECT_NEAR(embedding.norm().item<double>(), 9.33414917332403, 1e-4);
}

}  // namespace mien
