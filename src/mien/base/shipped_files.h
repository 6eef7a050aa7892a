// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mien {

/// Where the models that come with mien are looked for beside the program; the same rule holds for the program and the library,
/// and the present folder has no part in it (docs/faces.md, "Where models are looked for").
struct ModelPlaces {
  std::filesystem::path folder;   ///< named by the user; looked in first. "" = none
  std::filesystem::path weights;  ///< a weights file that was named; looked for beside it. "" = none
};

/// Folders with files of a kind ("models", "recipes", "scripts") that belong to this build of mien: beside the shared library
/// that holds this code, else beside the program; below ../share/mien and ../../share/mien (an installation); in the sources of a
/// build tree. Only folders that exist, in this order.
std::vector<std::filesystem::path> shipped_folders(const std::string& kind);

/// Every folder that may hold a model, in the order in which it is looked for. Throws Error{not_found} when `places.folder` is
/// named and is no folder.
std::vector<std::filesystem::path> model_folders(const ModelPlaces& places);
/// The first file `name` ("mien-ferplus.onnx") in those folders; nullopt when there is none.
std::optional<std::filesystem::path> find_shipped_model(const std::string& name, const ModelPlaces& places);
/// The same; throws Error{not_found} that names the folders and says what else to do.
std::filesystem::path require_shipped_model(const std::string& name, const ModelPlaces& places);

/// For tests: as `shipped_folders` for code that lies in `object_folder`.
std::vector<std::filesystem::path> shipped_folders_beside(const std::filesystem::path& object_folder, const std::string& kind);

}  // namespace mien
