// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/reproduce/request.h"

namespace mien {

/// Compares the request with <output>/settings.json: scale, data, landmark table, left out images, --set less what cannot change a
/// result, and the other data sets that both name. Throws Error{mismatch} that names each difference; without that file all is well.
void check_folder_settings(const ReproduceRequest& request);
/// Creates the folder and its settings.json.
void write_folder_settings(const ReproduceRequest& request);

}  // namespace mien
