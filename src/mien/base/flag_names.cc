// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/flag_names.h"

#include <algorithm>
#include <tuple>

namespace mien {
namespace {

std::string dashed(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  std::replace(name.begin(), name.end(), '.', '-');
  return name;
}

}  // namespace

std::vector<std::string> flag_names(const std::vector<OptionField>& fields) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool shared = std::any_of(fields.begin() + static_cast<std::ptrdiff_t>(i) + 1, fields.end(),
                                    [&](const OptionField& later) { return later.name == fields[i].name; });
    const auto& [section, name] = std::tie(fields[i].section, fields[i].name);
    names.push_back(dashed(section.empty() ? name : name == "spec" ? section : shared ? section + "-" + name : name));
  }
  return names;
}

}  // namespace mien
