// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/model_info/network_options.h"

namespace mien {

/// Adds the fields of `options` to `table`, section "network".
void describe(NetworkOptions& options, OptionTable& table);

/// What is known about one architecture.
struct ArchInfo {
  std::string name;
  std::string summary;           ///< one sentence
  std::string source;            ///< paper, and whose parameter names it uses
  std::int64_t params = 0;       ///< with 8 classes, 3 channels and default options
  std::int64_t min_size = 0;     ///< smallest height and width in pixels
  std::int64_t default_size = 0; ///< height and width it was made for
  double default_width = 1;
  double default_dropout = 0;
  bool scales = false;           ///< `width` other than the default is allowed
  bool fixed_size = false;       ///< the weights depend on `input_size`
};

const std::vector<ArchInfo>& architectures();
std::vector<std::string> architecture_names();

/// Throws Error{usage} with the nearest name when there is no such architecture.
const ArchInfo& architecture(const std::string& name);

/// The options with every default filled in. Throws Error{usage} for an unknown architecture, a width that the architecture
/// does not allow, or an input size below its minimum.
NetworkOptions resolved(NetworkOptions options);

}  // namespace mien
