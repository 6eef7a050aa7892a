// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "mien/base/shipped_files.h"
#include "mien/cli/session.h"

namespace mien::cli {

/// Where this call looks for models: the folder of --models, else of the environment variable MIEN_MODELS; beside `weights`, which the
/// user named or ""; beside the program.
ModelPlaces model_places(const Session& session, const std::string& weights = {});

/// `name` when such a file exists, else `name` or `name` + extension among the files of `kind` ("recipes", "scripts") that come with
/// mien. Throws Error{not_found} that names the nearest file found there.
std::filesystem::path find_installed(const std::string& kind, const std::string& name, const std::string& extension);

}  // namespace mien::cli
