// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mien/graph/onnx_external.h"
#include "mien/graph/tensor.h"
#include "onnx/onnx_pb.h"

namespace mien::graph {

inline constexpr int most_dims = 64;  ///< of a shape in a file; real networks have at most 8

/// The element type that stands for a TensorProto::DataType in a graph; f16, bf16 and f64 become f32. Throws Error{bad_file} for
/// texts, complex numbers and types that ONNX 1.13 does not know.
DataType data_type_of(int onnx_type);
/// The TensorProto::DataType of an element type.
int onnx_type_of(DataType type);

/// Empties the message and returns its values; the memory of raw data moves over when the type stays. f64 values beyond the
/// range of f32 become its largest. Memory is allocated only after the message (or the external file) has been seen to hold as
/// many values as the dims say. Throws Error{bad_file} that does not name the tensor.
Tensor take_tensor(::onnx::TensorProto& message, ExternalData& external);

/// The message without a name, data as raw_data. Throws Error{usage} when the data were released.
::onnx::TensorProto tensor_message(const Tensor& tensor);

}  // namespace mien::graph
