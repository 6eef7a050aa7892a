// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/key_dialects.h"

#include <array>
#include <map>
#include <regex>

namespace mien {

namespace {

/// No layer of these networks has a longer name; std::regex recurses once a character, so that longer ones are not shown to it.
constexpr std::size_t longest_key = 256;

/// torchvision's number of each convolution and linear layer of VGG-16.
const std::map<std::string, std::string>& vgg_layers() {
  static const std::map<std::string, std::string> layers = {
      {"1_1", "features.0"}, {"1_2", "features.2"}, {"2_1", "features.5"}, {"2_2", "features.7"}, {"3_1", "features.10"},
      {"3_2", "features.12"}, {"3_3", "features.14"}, {"4_1", "features.17"}, {"4_2", "features.19"}, {"4_3", "features.21"},
      {"5_1", "features.24"}, {"5_2", "features.26"}, {"5_3", "features.28"}, {"fc6", "classifier.0"}, {"fc7", "classifier.3"},
      {"fc8", "classifier.6"}};
  return layers;
}

std::string vgg_face_key(const std::string& key) {
  static const std::regex form(R"((?:features\.conv_|conv|fc\.|)(\d_\d|fc[678])\.(weight|bias))");
  std::smatch match;
  if (!std::regex_match(key, match, form)) return "";
  const auto layer = vgg_layers().find(match[1]);
  return layer == vgg_layers().end() ? "" : layer->second + "." + match[2].str();
}

std::string vggface2_key(const std::string& key) {
  static const std::regex stem(R"(conv1_7x7_s2(_bn)?\.(.+))");
  static const std::regex layer(R"(conv([2-5])_([1-6])_(1x1_reduce|3x3|1x1_increase|1x1_proj)(_bn)?\.(.+))");
  std::smatch match;
  if (std::regex_match(key, match, stem)) return (match[1].matched ? "bn1." : "conv1.") + match[2].str();
  if (key == "classifier.weight" || key == "classifier.bias") return "fc" + key.substr(std::string("classifier").size());
  if (!std::regex_match(key, match, layer)) return "";
  const bool norm = match[4].matched;
  const std::string part = match[3];
  std::string inner = norm ? "downsample.1" : "downsample.0";
  if (part == "1x1_reduce") inner = norm ? "bn1" : "conv1";
  if (part == "3x3") inner = norm ? "bn2" : "conv2";
  if (part == "1x1_increase") inner = norm ? "bn3" : "conv3";
  return "layer" + std::to_string(std::stoi(match[1]) - 1) + "." + std::to_string(std::stoi(match[2]) - 1) + "." + inner + "." +
         match[5].str();
}

}  // namespace

OwnKey own_key(const std::string& key, bool vggface2) {
  if (key.size() > longest_key) return {key, ""};
  if (vggface2) {
    const auto renamed = vggface2_key(key);
    return renamed.empty() ? OwnKey{key, ""} : OwnKey{renamed, "VGGFace2"};
  }
  const auto renamed = vgg_face_key(key);
  return renamed.empty() ? OwnKey{key, ""} : OwnKey{renamed, "VGG-Face"};
}

std::string without_wrapper_prefixes(std::string key) {
  static constexpr std::array<const char*, 6> prefixes = {"module.", "_orig_mod.", "backbone.", "model.", "network.", "net."};
  for (bool found = true; found;) {
    found = false;
    for (const std::string prefix : prefixes)
      if (key.rfind(prefix, 0) == 0) {
        key.erase(0, prefix.size());
        found = true;
      }
  }
  return key;
}

}  // namespace mien
