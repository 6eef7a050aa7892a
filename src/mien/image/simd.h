// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function whose loops are worth compiling for AVX2 beside the baseline; the loader picks one at start-up.
/// Sanitizers cannot instrument the pick, so they get the baseline alone.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define MIEN_SIMD_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define MIEN_SIMD_CLONES
#endif
