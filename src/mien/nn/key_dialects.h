// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mien {

/// A parameter name in our own (torchvision's) names, and whose names it came in.
struct OwnKey {
  std::string key;
  std::string dialect;  ///< "" = the name is not of a foreign dialect and was left as it is
};

/// Renames the parameters of networks that were published under other names:
/// - VGG-Face's VGG-16, both "conv1_1.weight ... fc8.bias" (Albanie) and "features.conv_1_1.weight ... fc.fc8.bias" (prlz77);
/// - VGGFace2's ResNet-50, "conv1_7x7_s2.weight", "conv2_1_1x1_reduce_bn.bias", ..., "classifier.weight" (Albanie).
/// Other names come back unchanged. "classifier.weight" is renamed only when `vggface2` says that the file is one.
OwnKey own_key(const std::string& key, bool vggface2);

/// The key by which a VGGFace2 file is known.
inline constexpr const char* vggface2_stem = "conv1_7x7_s2.weight";

/// The key without the prefixes that wrappers leave: "module." (DataParallel), "_orig_mod." (compile), "backbone.", "model.",
/// "network.", "net.".
std::string without_wrapper_prefixes(std::string key);

}  // namespace mien
