// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <vector>

namespace mien::testing {

/// A .npy file of format 1.0 as numpy.save writes it.
inline std::string npy_file(const std::string& type, const std::string& shape, const std::string& data) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00v\x00", 10) + header + "\n" + data;
}

inline std::string npy_reals(const std::vector<double>& values, const std::string& shape) {
  std::string data(values.size() * sizeof(double), '\0');
  std::memcpy(data.data(), values.data(), data.size());
  return npy_file("<f8", shape, data);
}

inline std::string npy_digit(char digit) { return npy_file("<U1", "()", std::string{digit, 0, 0, 0}); }

}  // namespace mien::testing
