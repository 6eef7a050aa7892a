// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/explain/explain_result.h"

namespace mien {

/// Writes results.csv (one row an image and method), results.json, measurements.csv (what the method knows of itself, a row an
/// image), class_shares.csv, class_averages_{true,predicted}.png and
/// the self-contained report.html into `folder`, beside the panels and maps that `explain` has put there. Pictures and page only show
/// the numbers: what cannot be written is left out. Returns a note that says so, with those that `explain` left; "" for none.
std::string write_explanation(const ExplainResult& result, const std::filesystem::path& folder);

/// The object of `--format json`: facts, methods with intervals and curves, images.
std::string explanation_json(const ExplainResult& result, int indent = 2);

/// Mean faces and maps, a row a class, a column a method; empty when no class has images.
cv::Mat averages_figure(const ExplainResult& result, Grouping grouping);

/// The page.
std::string explanation_html(const ExplainResult& result);

}  // namespace mien
