// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face_geometry/head_model.h"

namespace mien {

namespace {

struct HalfPoint {
  int left, right;  ///< landmark on the left of the picture and its mirror image; equal on the middle line
  double x, y, z;   ///< of the right one
};

// Measured by structure from motion: the 68 points that dlib 19.24 finds in 3479 of 5000 randomly chosen FER+ training pictures
// (enlarged from 48 to 192 pixels), each picture a scaled orthographic view of one rigid symmetric shape plus noise; shape and
// views were fitted in turns (18 rounds of least squares, 85 % of the pictures with the smallest error in each), nose and eyes
// weighted fully, the mouth by 0.15, the jaw by 0.02. Scaled to 90 mm between the outer eye corners, an adult's average; turned
// so that the median pitch of the pictures is 0; origin at the mean of the four eye corners. Remaining spread (root mean square,
// mm): nose and eyes 2, brows 4, lips 4 to 7, jaw 9.
constexpr HalfPoint kHalf[] = {
    {0, 16, 72.0, 1.5, 41.3},     {1, 15, 71.2, 19.8, 38.0},    {2, 14, 68.8, 38.1, 35.5},   {3, 13, 65.0, 55.8, 32.9},
    {4, 12, 58.2, 72.3, 27.1},    {5, 11, 47.4, 86.5, 18.3},    {6, 10, 33.6, 97.6, 7.6},    {7, 9, 17.8, 105.3, -2.5},
    {8, 8, 0.0, 107.2, -5.6},     {17, 26, 59.3, -14.4, 9.0},   {18, 25, 50.1, -22.1, 0.5},  {19, 24, 37.5, -24.5, -7.2},
    {20, 23, 24.5, -22.9, -13.3}, {21, 22, 12.2, -18.1, -17.8}, {27, 27, 0.0, -3.0, -17.5},  {28, 28, 0.0, 9.1, -24.8},
    {29, 29, 0.0, 21.1, -32.7},   {30, 30, 0.0, 33.3, -40.3},   {31, 35, 14.4, 42.0, -22.7}, {32, 34, 7.4, 44.4, -26.2},
    {33, 33, 0.0, 46.4, -28.4},   {36, 45, 45.0, -0.8, 2.8},    {37, 44, 37.0, -5.6, -1.0},  {38, 43, 27.3, -5.4, -2.5},
    {39, 42, 19.0, 0.8, -2.8},    {40, 47, 28.0, 2.6, -2.4},    {41, 46, 37.6, 2.5, -0.9},   {48, 54, 27.9, 65.9, -3.0},
    {49, 53, 18.0, 60.8, -15.1},  {50, 52, 7.5, 58.2, -22.3},   {51, 51, 0.0, 60.0, -23.4},  {59, 55, 18.4, 75.5, -10.7},
    {58, 56, 8.2, 79.6, -16.5},   {57, 57, 0.0, 80.4, -17.5},   {60, 64, 23.8, 66.3, -4.9},  {61, 63, 7.6, 64.4, -20.7},
    {62, 62, 0.0, 65.1, -21.9},   {67, 65, 7.7, 70.3, -16.7},   {66, 66, 0.0, 71.2, -17.8},
};

}  // namespace

const std::array<cv::Point3d, 68>& head_model_mm() {
  static const auto model = [] {
    std::array<cv::Point3d, 68> points;
    for (const auto& h : kHalf) {
      points[static_cast<std::size_t>(h.left)] = {-h.x, h.y, h.z};
      points[static_cast<std::size_t>(h.right)] = {h.x, h.y, h.z};
    }
    return points;
  }();
  return model;
}

const std::array<double, 68>& head_model_weights() {
  static const auto weights = [] {
    std::array<double, 68> w{};
    // About the inverse square of the spread above.
    for (std::size_t i = 17; i <= 26; ++i) w[i] = 0.3;
    for (std::size_t i = 27; i <= 47; ++i) w[i] = 1;
    for (std::size_t i = 48; i <= 67; ++i) w[i] = 0.1;
    for (const std::size_t middle : {50, 51, 52}) w[middle] = 0.3;
    return w;
  }();
  return weights;
}

}  // namespace mien
