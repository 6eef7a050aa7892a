// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/catalogue.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/reproduce/ldl_studies.h"
#include "mien/reproduce/pal_studies.h"

namespace mien {

const std::vector<Study>& studies() {
  // One line a study.
  static const std::vector<Study> table = {
      pal_attribution_study(),
      pal_channels_study(),
      pal_controls_study(),
      ldl_table_study(),
      label_noise_study("symmetric"),
      label_noise_study("pairs"),
  };
  return table;
}

const Study& study_named(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& study : studies()) {
    if (study.name == name) return study;
    names.push_back(study.name);
  }
  throw Error(ErrorCode::usage, fmt::format("unknown study '{}'", name), suggestion(name, names));
}

const StudyScale& scale_named(const Study& study, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& scale : study.scales) {
    if (scale.name == name) return scale;
    names.push_back(scale.name);
  }
  throw Error(ErrorCode::usage, fmt::format("the study {} has no scale '{}'", study.name, name),
              fmt::format("Scales: {}.", join(names, ", ")));
}

}  // namespace mien
