// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mien/data/readers/reading.h"

namespace mien {

/// Appends the rows of training.csv and validation.csv (columns subDirectory_filePath, face_x, face_y, face_width, face_height,
/// facial_landmarks, expression, valence, arousal; the header line may be absent). Rows with an expression outside the label
/// space (contempt with 7 classes; none, uncertain, non-face) and rows without a usable face box are left out and counted.
void add_affectnet_csv(Dataset& dataset, const fs::path& root, const std::string& layout, ReadReport& report);

/// Appends train_set and val_set: images/ID.jpg with annotations/ID_exp.npy and, where present, ID_val.npy, ID_aro.npy and
/// ID_lnd.npy (68 points, x y x y ...).
void add_affectnet_2021(Dataset& dataset, const fs::path& root, ReadReport& report);

/// Valence and arousal, unless one of them is outside [-1,1] (the owners write -2 for "none").
std::optional<ValenceArousal> affectnet_valence_arousal(double valence, double arousal);

}  // namespace mien
