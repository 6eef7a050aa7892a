// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/report/curves.h"
#include "mien/report/evaluation_report.h"

namespace mien {

/// True when gnuplot was found on the PATH. Every function here can be given another program name or path; those that
/// draw throw Error{not_found} when it does not start.
bool plotting_available(const std::string& gnuplot = "gnuplot");

/// Heat map with the numbers in its cells; rows = true class. `normalized` divides each row by its sum.
void plot_confusion(const std::vector<std::vector<std::int64_t>>& confusion, const std::vector<std::string>& names,
                    bool normalized, const std::filesystem::path& png, const std::string& gnuplot = "gnuplot");
/// Accuracy against confidence by bin, above the number of images in each bin.
void plot_reliability(const std::vector<ClassificationMetrics::Bin>& bins, double ece, const std::filesystem::path& png,
                      const std::string& gnuplot = "gnuplot");
/// One panel for each metric of a training history, see `panels_of`.
void plot_curves(const std::vector<CurvePanel>& panels, const std::filesystem::path& png, const std::string& gnuplot = "gnuplot");

/// The size of a contact sheet of `count` pictures whose captions have up to `caption_lines` lines.
/// Throws Error{usage} when a side is longer than pictures can be (kLargestJpegSide_px).
cv::Size contact_sheet_size(std::int64_t count, int columns, int tile_px, int caption_lines, bool with_title);

/// A grid of captioned pictures, RGB, for the given number of columns; tiles are scaled to `tile_px`. Throws Error{usage} for no
/// pictures and for more than fit on a sheet.
cv::Mat contact_sheet(const std::vector<SheetTile>& tiles, int columns, int tile_px, const std::string& title);

}  // namespace mien
