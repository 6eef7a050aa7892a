// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_data/landmark_pictures.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/temporary_file.h"
#include "mien/face_geometry/parts.h"
#include "mien/image/encode.h"

namespace mien {

namespace {

void write_picture(const cv::Mat& image, const fs::path& folder, const std::string& id) {
  const fs::path file = picture_path(folder, id);
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error)
    throw Error(ErrorCode::io, fmt::format("{}: cannot create the folder: {}", file.parent_path().string(), error.message()));
  const auto png = encode_png(image);
  write_atomically(file, std::string_view(reinterpret_cast<const char*>(png.data()), png.size()));
}

/// `name` + `suffix`, no longer than names can be; what was cut off is told apart by a hash.
std::string fitted(const std::string& name, const std::string& suffix) {
  constexpr std::size_t longest = 255;
  if (name.size() + suffix.size() <= longest) return name + suffix;
  return fitted_name(".", name, "~" + content_hash(name.data(), name.size()).substr(0, 12) + suffix);
}

}  // namespace

fs::path picture_path(const fs::path& folder, const std::string& id) {
  fs::path path = folder;
  for (const auto& part : fs::path(id).relative_path()) {
    if (part.empty() || part == ".") continue;
    path /= part == ".." ? std::string("__") : fitted(part.string(), "");
  }
  if (path == folder) path /= "__";
  // The extension stays: a.jpg and a.png are two pictures.
  path.replace_filename(fitted(path.filename().string(), ".png"));
  return path;
}

void write_landmark_pictures(const cv::Mat& image, const LandmarkRow& row, const fs::path& folder,
                             const FindLandmarksOptions& options) {
  if (options.heat_maps) {
    const cv::Mat map = landmark_heat_map(row.points, image.size(), options.sigma, landmark_subset(options.subset));
    double peak = 0;
    cv::minMaxLoc(map, nullptr, &peak);
    cv::Mat gray;
    map.convertTo(gray, CV_8U, peak > 0 ? 255 / peak : 0);
    write_picture(gray, folder / "heat_maps", row.id);
  }
  if (options.masks) write_picture(face_mask(row.points, image.size()), folder / "masks", row.id);
  if (!options.parts) return;
  for (const auto& part : face_parts(row.points, image.size(), options.enlarge))
    if (!part.box.empty()) write_picture(image(part.box).clone(), folder / "parts" / part.name, row.id);
}

}  // namespace mien
