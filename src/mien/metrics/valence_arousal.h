// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace mien {

/// Regression metrics of one of the two dimensions, population moments. sagr: share with equal sign, sign(0)=0.
/// PCC and CCC are 0 where they are undefined (both constant). Throws Error{bad_data} for no values or unequal numbers of
/// them and Error{numeric} for values that are not finite.
struct RegressionMetrics {
  double rmse = 0, mae = 0, pcc = 0, ccc = 0, sagr = 0;
};
RegressionMetrics regression_metrics(const std::vector<double>& truth, const std::vector<double>& predicted);

}  // namespace mien
