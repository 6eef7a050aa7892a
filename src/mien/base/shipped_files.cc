// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/shipped_files.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <fstream>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

/// The folder of the shared library that this code is in, else of the program. "" when the system does not say.
fs::path own_folder() {
  Dl_info info{};
  link_map* object = nullptr;
  const auto here = reinterpret_cast<const void*>(&own_folder);
  const bool found = dladdr1(here, &info, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) != 0;
  // The program itself has no name in this list.
  const bool library = found && object != nullptr && object->l_name != nullptr && *object->l_name != '\0';
  std::error_code error;
  const fs::path file = fs::canonical(library ? fs::path(object->l_name) : fs::path("/proc/self/exe"), error);
  return error ? fs::path() : file.parent_path();
}

/// The sources of the build tree of mien that `folder` lies in; "" when it lies in none.
fs::path sources_of_build(fs::path folder) {
  constexpr std::string_view home = "CMAKE_HOME_DIRECTORY:INTERNAL=";
  for (int level = 0; level < 8 && !folder.empty(); ++level, folder = folder.parent_path()) {
    std::ifstream cache(folder / "CMakeCache.txt");
    if (!cache) continue;
    fs::path sources;
    bool ours = false;
    for (std::string line; std::getline(cache, line);) {
      if (line.starts_with(home)) sources = line.substr(home.size());
      ours = ours || line == "CMAKE_PROJECT_NAME:STATIC=mien";
    }
    return ours ? sources : fs::path();
  }
  return {};
}

void add_folder(std::vector<fs::path>& folders, const fs::path& folder) {
  std::error_code error;
  const fs::path found = fs::canonical(folder, error);
  if (!error && fs::is_directory(found, error) && std::find(folders.begin(), folders.end(), found) == folders.end())
    folders.push_back(found);
}

}  // namespace

std::vector<fs::path> shipped_folders_beside(const fs::path& object_folder, const std::string& kind) {
  std::vector<fs::path> folders;
  if (object_folder.empty()) return folders;
  add_folder(folders, object_folder / kind);
  add_folder(folders, object_folder / ".." / "share" / "mien" / kind);
  add_folder(folders, object_folder / ".." / ".." / "share" / "mien" / kind);  // lib/x86_64-linux-gnu
  if (const fs::path sources = sources_of_build(object_folder); !sources.empty()) add_folder(folders, sources / kind);
  return folders;
}

std::vector<fs::path> shipped_folders(const std::string& kind) {
  static const fs::path folder = own_folder();  // once: a relative name would mean something else in another present folder
  return shipped_folders_beside(folder, kind);
}

std::vector<fs::path> model_folders(const ModelPlaces& places) {
  std::vector<fs::path> folders;
  std::error_code error;
  if (!places.folder.empty()) {
    if (!fs::is_directory(places.folder, error))
      throw Error(ErrorCode::not_found, places.folder.string() + ": no such folder",
                  "It was named as the folder with the models.");
    add_folder(folders, places.folder);
  }
  if (!places.weights.empty()) {
    const fs::path absolute = fs::absolute(places.weights, error);
    if (!error) add_folder(folders, absolute.parent_path());
  }
  for (const auto& folder : shipped_folders("models")) add_folder(folders, folder);
  return folders;
}

std::optional<fs::path> find_shipped_model(const std::string& name, const ModelPlaces& places) {
  std::error_code error;
  for (const auto& folder : model_folders(places))
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  return std::nullopt;
}

fs::path require_shipped_model(const std::string& name, const ModelPlaces& places) {
  if (auto file = find_shipped_model(name, places)) return *file;
  std::vector<std::string> looked;
  for (const auto& folder : model_folders(places)) looked.push_back(folder.string());
  throw Error(
      ErrorCode::not_found,
      fmt::format("{}: not found {}", name, looked.empty() ? "beside the weights or the program" : "in " + join(looked, ", ")),
      "It comes with mien: name the folder that holds it (--models FOLDER, or MIEN_MODELS; AnalyzerOptions::models in the "
      "library).");
}

}  // namespace mien
