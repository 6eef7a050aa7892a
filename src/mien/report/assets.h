// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Files of `assets/`, and the chart library, as text: compiled in, so that a page needs nothing beside it.
namespace mien::assets {

extern const std::string_view chart_library;  ///< Chart.js with its licence; empty when the build found none
extern const std::string_view style;          ///< report.css
extern const std::string_view script;         ///< report.js

}  // namespace mien::assets
