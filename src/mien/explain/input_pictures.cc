// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/input_pictures.h"

namespace mien {

cv::Mat picture_of_input(const float* chw, const Preprocessing& p) {
  const int channels = p.channels();
  cv::Mat picture(p.height, p.width, CV_8UC(channels));
  const std::size_t plane = picture.total();
  for (int c = 0; c < channels; ++c) {
    const auto at = [&](const std::vector<double>& v) { return v.size() == 1 ? v[0] : v.at(static_cast<std::size_t>(c)); };
    const int place = p.color == "bgr" ? channels - 1 - c : c;
    for (std::size_t i = 0; i < plane; ++i)
      picture.data[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(place)] =
          cv::saturate_cast<uchar>((chw[static_cast<std::size_t>(c) * plane + i] * at(p.std) + at(p.mean)) * p.divide_by);
  }
  return picture;
}

cv::Mat picture_of_tensor(const torch::Tensor& picture) {
  const auto bytes = (picture.detach().to(torch::kCPU, torch::kFloat32).clamp(0, 1) * 255)
                         .round()
                         .to(torch::kUInt8)
                         .permute({1, 2, 0})
                         .contiguous();
  return cv::Mat(static_cast<int>(bytes.size(0)), static_cast<int>(bytes.size(1)), CV_8UC(static_cast<int>(bytes.size(2))),
                 bytes.data_ptr<std::uint8_t>())
      .clone();
}

cv::Mat matrix_of(const torch::Tensor& map) {
  const auto values = map.contiguous();
  return cv::Mat(static_cast<int>(values.size(0)), static_cast<int>(values.size(1)), CV_32FC1, values.data_ptr<float>()).clone();
}

}  // namespace mien
