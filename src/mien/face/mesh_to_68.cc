// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "mien/base/error.h"
#include "mien/face/landmark_model.h"

namespace mien {

namespace {

// clang-format off
/// Vertices of MediaPipe's mesh that stand for each of the 68 points; where two are given, their middle does. Vertex 33 is an
/// outer eye corner on the left side of the picture.
constexpr std::array<std::array<int, 2>, 68> kVertices = {{
    // Jaw.
    {127, 127}, {234, 234}, {93, 93},   {132, 58},  {58, 172},  {136, 136}, {150, 150}, {176, 176}, {152, 152},
    {400, 400}, {379, 379}, {365, 365}, {397, 288}, {288, 361}, {323, 323}, {454, 454}, {356, 356},
    // Brows.
    {70, 70},   {63, 63},   {105, 105}, {66, 66},   {107, 107},
    {336, 336}, {296, 296}, {334, 334}, {293, 293}, {300, 300},
    // Nose.
    {168, 6},   {197, 195}, {5, 5},     {4, 4},
    {75, 75},   {97, 97},   {2, 2},     {326, 326}, {305, 305},
    // Eyes.
    {33, 33},   {160, 160}, {158, 158}, {133, 133}, {153, 153}, {144, 144},
    {362, 362}, {385, 385}, {387, 387}, {263, 263}, {373, 373}, {380, 380},
    // Outer and inner lip.
    {61, 61},   {39, 39},   {37, 37},   {0, 0},     {267, 267}, {269, 269}, {291, 291},
    {321, 321}, {314, 314}, {17, 17},   {84, 84},   {91, 91},
    {78, 78},   {82, 82},   {13, 13},   {312, 312}, {308, 308},
    {317, 317}, {14, 14},   {87, 87},
}};
// clang-format on

}  // namespace

Points mesh_to_68(const std::vector<cv::Point3f>& mesh) {
  if (mesh.size() != 468 && mesh.size() != 478)
    throw Error(ErrorCode::usage, "expected a mesh of 468 or 478 points, found " + std::to_string(mesh.size()));
  Points points(68);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto &a = mesh[static_cast<std::size_t>(kVertices[i][0])], &b = mesh[static_cast<std::size_t>(kVertices[i][1])];
    points[i] = {(a.x + b.x) / 2, (a.y + b.y) / 2};
  }
  return points;
}

}  // namespace mien
