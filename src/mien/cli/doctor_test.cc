// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/doctor.h"

#include <gtest/gtest.h>

#include <set>

namespace mien::cli {

TEST(Doctor, ReadsInstructionSets) {
  const std::string cpuinfo =
      "processor\t: 0\nmodel name\t: Example 9000\nflags\t\t: fpu sse2 avx2 fma avx512f amx_bf16 amx_tile amx_int8\nbogomips\t: "
      "1\n\n"
      "processor\t: 1\nflags\t\t: fpu\n";
  EXPECT_EQ(vector_instructions(cpuinfo), (std::vector<std::string>{"avx2", "fma", "avx512f", "amx_bf16", "amx_int8"}));
  EXPECT_TRUE(vector_instructions("flags : avx\n").empty());
  EXPECT_TRUE(vector_instructions("").empty());
}

TEST(Doctor, TellsTheBlasByItsFile) {
  EXPECT_EQ(blas_kind("/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3"), "OpenBLAS");
  EXPECT_EQ(blas_kind("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0"), "reference");
  EXPECT_EQ(blas_kind("/opt/intel/mkl/lib/libmkl_rt.so.2"), "MKL");
  EXPECT_EQ(blas_kind("/usr/lib/x86_64-linux-gnu/atlas/libblas.so.3"), "ATLAS");
  EXPECT_EQ(blas_kind("/opt/x/libtorch_cpu.so"), "unknown");
}

TEST(Doctor, ExaminesEverythingOnce) {
  std::set<std::string> names;
  for (const auto& finding : examine()) {
    EXPECT_TRUE(names.insert(finding.name).second) << finding.name;
    EXPECT_FALSE(finding.value.empty()) << finding.name;
    const bool warning = finding.status == Finding::Status::warning;
    EXPECT_FALSE(warning && finding.advice.empty()) << finding.name << " says what is wrong but not what to do";
  }
  for (const char* name : {"processor", "cores", "memory", "blas", "libtorch", "gpu", "models", "gnuplot"})
    EXPECT_EQ(names.count(name), 1u) << name;
}

}  // namespace mien::cli
