// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mien/operators/operators.h"

namespace mien::operators {

// The operators of each source file; operators.cc joins them into the registry.
std::vector<Operator> convolution_operators();
std::vector<Operator> transposed_convolution_operators();
std::vector<Operator> pooling_operators();
std::vector<Operator> normalization_operators();
std::vector<Operator> softmax_operators();
std::vector<Operator> matrix_operators();
std::vector<Operator> resize_operators();
std::vector<Operator> depth_space_operators();
std::vector<Operator> quantization_operators();
std::vector<Operator> quantized_convolution_operators();
std::vector<Operator> quantized_matrix_operators();
std::vector<Operator> microsoft_operators();
std::vector<Operator> mien_operators();

std::vector<Operator> elementwise_operators();
std::vector<Operator> movement_operators();
std::vector<Operator> indexing_operators();
std::vector<Operator> reduction_operators();
std::vector<Operator> creation_operators();

}  // namespace mien::operators
