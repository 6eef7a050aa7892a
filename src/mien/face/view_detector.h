// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include <memory>
#include <string>
#include <vector>

#include "mien/face/detector.h"

namespace mien {

/// The kernel of a detector: finds faces in one picture as it is, without regard to sizes, tiles and borders.
class ViewScanner {
 public:
  virtual ~ViewScanner() = default;
  virtual std::string name() const = 0;
  virtual double default_threshold() const = 0;
  /// How much to resize an image before it is scanned, so that faces of `min_face_px` are just found.
  virtual double scale_for(cv::Size image, double min_face_px) const = 0;
  /// Candidates with at least `threshold`, in pixels of the view (8-bit RGB or gray), in any order, overlapping or not.
  virtual std::vector<Detection> scan(const cv::Mat& view, double threshold) = 0;
  virtual std::unique_ptr<ViewScanner> clone() const = 0;
};

/// Shows an image to a scanner: shrunk, enlarged, in tiles, with a border; joins what it finds.
///
/// Whole image first, then tiles when asked for. Tiles overlap by at least the smallest face that is found in the whole image
/// (half a tile at most), so that every face lies whole in some view; what touches an inner edge of a tile is left to the tile
/// beside it. Where nothing was found, the image is looked at once more with a black border, for large faces only: crops so tight
/// that the face reaches the edges.
class ViewDetector final : public FaceDetector {
 public:
  ViewDetector(const DetectorOptions& options, std::unique_ptr<ViewScanner> scanner);

  std::string name() const override { return scanner_->name(); }
  std::vector<Detection> detect(const cv::Mat& image) override;
  std::unique_ptr<FaceDetector> clone() const override;

 private:
  std::vector<Detection> look(const cv::Mat& image, const cv::Rect& part, double min_face_px, double border);
  int min_face_for(cv::Size image) const;
  void add_tiles(const cv::Mat& image, std::vector<Detection>& found);
  std::vector<Detection> join(std::vector<Detection> found) const;

  DetectorOptions options_;
  double threshold_;
  std::unique_ptr<ViewScanner> scanner_;
};

/// Left (or top) edges of tiles of length `tile` over [0, size) that overlap by at least `overlap`; the last one ends at `size`.
/// One tile at 0 when the size is not larger than a tile.
std::vector<int> tile_starts(int size, int tile, int overlap);

std::unique_ptr<ViewScanner> make_dlib_scanner();
/// Throws Error{not_found} that names the package, Error{bad_file}.
std::unique_ptr<ViewScanner> make_cascade_scanner(const std::filesystem::path& model);
/// Throws Error{not_found}, Error{bad_file}.
std::unique_ptr<ViewScanner> make_onnx_scanner(const std::filesystem::path& model);

}  // namespace mien
