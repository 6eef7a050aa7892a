// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <ostream>

namespace mien::runtime_bench {

/// The side of a measurement that runs a network, in a process of its own: answers requests, one line of JSON each, until the
/// input ends. scripts/bench_onnxruntime.mjs answers the same requests (but profile, floor and calibrate) with ONNX Runtime.
///
///   {"do":"inputs","file":F,"shape":[N,C,H,W]}            raw float32 values to run on
///   {"do":"load","file":F,"precision":P,"threads":T}      -> {"precision","reason","inputs":[{"name","type","shape"}]}
///   {"do":"burst","batch":B,"seconds":S,"runs":R}         runs for S seconds, R times at least -> {"ms":[...]} a run
///   {"do":"answer","batch":B,"file":F}                    output 0 for all N inputs, as raw float32 -> {"columns":K}
///   {"do":"memory"}                                       -> {"resident","weights","activations"} bytes: what the resident
///                                                         memory grew by at its peak since before "load"; the others 0 if
///                                                         unknown
///   {"do":"profile","batch":B,"rounds":R}                 -> {"layers":[{"name","operation",...}]}
///   {"do":"floor","batch":B,"rounds":R}                   -> {"ms","primitives"}: the sum of its convolutions and products alone
///   {"do":"calibrate","file":F,"batch":B}                 observes the inputs, writes the loaded file with ranges for int8
///
/// A request that fails is answered by {"error":TEXT}.
void serve(std::istream& requests, std::ostream& answers);

}  // namespace mien::runtime_bench
