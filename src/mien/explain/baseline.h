// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mien/image/preprocessing.h"
#include "mien/nn/torch.h"

namespace mien {

/// "black", "blur", "mean".
const std::vector<std::string>& baseline_names();

/// Pictures [N,C,H,W] without the information of `images`, in the same normalised values: "black" = every pixel 0 in the 8-bit
/// picture; "mean" = the picture's own mean colour everywhere; "blur" = Gaussian blur with a sigma of a tenth of the
/// longer side, edges repeated. Throws Error{usage} for another name.
torch::Tensor baseline_images(const torch::Tensor& images, const std::string& name, const Preprocessing& preprocessing);

}  // namespace mien
