// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/landmark_choice.h"

#include "mien/base/error.h"

namespace mien {

std::string find_landmark_model(const std::string& given, const ModelPlaces& places) {
  if (!given.empty()) return given;
  const std::string name = default_landmark_model;
  if (name == "dlib") return name;
  try {
    return require_shipped_model(name, places).string();
  } catch (const Error& error) {
    throw Error(error.code(), std::string("landmarks: ") + error.what(),
                error.hint() + " dlib's points answer when they are named: --landmarks dlib.");
  }
}

}  // namespace mien
