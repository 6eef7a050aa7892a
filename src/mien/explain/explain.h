// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mien/base/options.h"
#include "mien/base/progress.h"
#include "mien/data/catalogue.h"
#include "mien/explain/explain_result.h"

namespace mien {

/// Finds the 68 landmarks of the face in an 8-bit RGB or gray picture, in its pixels; empty when there is no face.
using FindPoints = std::function<Points(const cv::Mat&)>;

struct ExplainConfig {
  std::string weights;              ///< weights file or run folder
  std::string beside;               ///< weights whose inner maps are shown beside, as the explained method computes them
  std::vector<std::string> images;  ///< image files; else `data`
  DatasetOptions data;
  std::string split = "test";  ///< split to explain; "all" = every record
  std::int64_t limit = 200;    ///< images drawn from the split; 0 = all
  std::vector<std::string> methods = {"gradcam", "integrated_gradients", "occlusion"};
  std::string layer;                  ///< of gradcam; "" = the last map
  std::string target = "predicted";   ///< predicted | CLASS | all
  std::int64_t steps = 32;            ///< of integrated gradients
  std::string baseline = "blur";      ///< of integrated gradients and occlusion
  std::int64_t occlusion_patch = 0;   ///< pixels of the input; 0 = a seventh of the shorter side
  std::int64_t occlusion_stride = 0;  ///< 0 = half a patch
  bool faithfulness = false;
  std::int64_t faithfulness_steps = 20;
  std::string replace = "blur";  ///< what removed pixels show
  std::int64_t panels = 48;      ///< images that get a picture and a file of maps
  std::string device = "auto";   ///< auto | cpu | cuda
  std::int64_t threads = 0;      ///< 0 = all cores
  std::int64_t batch_size = 32;
  std::int64_t loader_threads = 2;
  std::int64_t bootstrap = 1000;
  std::int64_t seed = 1;
};
/// All but `images`.
void describe(ExplainConfig& config, OptionTable& table);

/// Explains the answers for images, batch by batch: memory does not grow with the data set but for a few numbers an image.
/// Writes panels/*.png and maps/*.npy into `output` while it runs. `find_points` is asked where the data have no 68 landmarks;
/// it may be empty. Throws Error{usage} (an ONNX file, unknown layer, class or method), Error{bad_data} when no image can be
/// read, and what load_method and open_dataset throw.
ExplainResult explain(const ExplainConfig& config, const std::filesystem::path& output, const FindPoints& find_points,
                      Progress& progress);

}  // namespace mien
