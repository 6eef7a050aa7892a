// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
//
// Nodes that make no sense: each is an Error{bad_file} that names the node and the reason, before anything is allocated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mien/operators/test_nodes.h"

namespace mien::operators {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();

std::string failure(const std::string& op, std::vector<Dims> inputs, Attributes attributes = {}, int opset = 13) {
  return message_of([&] { infer_one(node_of(op, inputs.size(), std::move(attributes)), inputs, opset); });
}

TEST(ShapeErrors, NameTheNode) { EXPECT_THAT(failure("Conv", {{1, 3, 8, 8}, {4, 2, 3, 3}}), HasSubstr("Conv node 'n': ")); }

TEST(ShapeErrors, Convolution) {
  const Dims x{1, 4, 8, 8}, w{6, 4, 3, 3};
  EXPECT_THAT(failure("Conv", {x}), HasSubstr("input 1 is required"));
  EXPECT_THAT(failure("Conv", {x, w, {5}}), HasSubstr("the bias (input 2) is 5, expected 6"));
  EXPECT_THAT(failure("Conv", {x, w, {6}, {6}}), HasSubstr("has 4 inputs, expected at most 3"));
  EXPECT_THAT(failure("Conv", {{4, 8}, {6, 4}}), HasSubstr("1 to 3 spatial dims"));
  EXPECT_THAT(failure("Conv", {x, {6, 4, 3}}), HasSubstr("expected 4 dims"));
  EXPECT_THAT(failure("Conv", {x, {6, 3, 3, 3}}), HasSubstr("the input has 4 channels"));
  EXPECT_THAT(failure("Conv", {x, {5, 2, 3, 3}}, {{"group", std::int64_t{2}}}),
              HasSubstr("does not divide the 5 output channels"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"group", std::int64_t{0}}}), HasSubstr("group is 0"));
  EXPECT_THAT(failure("Conv", {x, {6, huge, 3, 3}}, {{"group", std::int64_t{3}}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Conv", {x, {6, 4, 9, 3}}), HasSubstr("the padded input has 8"));
  EXPECT_THAT(failure("Conv", {x, {6, 4, 0, 3}}), HasSubstr("size 0"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"kernel_shape", Integers{3, 4}}}),
              HasSubstr("'kernel_shape' is 3x4, the weights have 3x3"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"strides", Integers{0, 1}}}), HasSubstr("'strides' holds 0, expected at least 1"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"dilations", Integers{1, -1}}}), HasSubstr("'dilations' holds -1"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"dilations", Integers{huge, 1}}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"pads", Integers{0, -1, 0, 0}}}), HasSubstr("'pads' holds -1"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"pads", Integers{1, 1}}}), HasSubstr("'pads' has 2 values, expected 4"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"pads", Integers{huge, 0, 1, 0}}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("Conv", {x, w}, {{"auto_pad", std::string("SAME")}}), HasSubstr("'auto_pad' is 'SAME'"));
}

TEST(ShapeErrors, OutputsBeyondTheLimit) {
  EXPECT_THAT(failure("Conv", {{1, 1, 1, 1}, {1, 1, 1, 1}}, {{"pads", Integers{1 << 20, 1 << 20, 0, 0}}}),
              HasSubstr("the limit is 2^34"));
  EXPECT_THAT(failure("Conv", {{1, 1, 1, 1}, {1, 1, 1, 1}}, {{"pads", Integers{huge - 9, huge - 9, 0, 0}}}),
              HasSubstr("output 0"));
  EXPECT_THAT(failure("MatMul", {{1 << 18, 1}, {1, 1 << 18}}), HasSubstr("the limit is 2^34"));
}

TEST(ShapeErrors, TransposedConvolution) {
  const Dims x{1, 4, 8, 8}, w{4, 3, 3, 3};
  EXPECT_THAT(failure("ConvTranspose", {x, {3, 4, 3, 3}}), HasSubstr("the input has 4 channels"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"group", std::int64_t{3}}}), HasSubstr("does not divide the 4 input channels"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"pads", Integers{9, 0, 9, 0}}}), HasSubstr("the pads leave nothing"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"output_shape", Integers{0, 4}}}), HasSubstr("'output_shape' holds 0"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"output_padding", Integers{-1, 0}}}), HasSubstr("'output_padding' holds -1"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"strides", Integers{huge, 1}}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("ConvTranspose", {x, w}, {{"pads", Integers{huge, 0, huge, 0}}}), HasSubstr("overflow"));
  EXPECT_THAT(failure("ConvTranspose", {x, w, {4}}), HasSubstr("the bias (input 2) is 4, expected 3"));
}

TEST(ShapeErrors, Pooling) {
  const Attributes three{{"kernel_shape", Integers{3, 3}}};
  EXPECT_THAT(failure("MaxPool", {{1, 1, 8, 8}}), HasSubstr("'kernel_shape' is missing"));
  EXPECT_THAT(failure("MaxPool", {{1, 1, 8, 8}}, {{"kernel_shape", Integers{3}}}), HasSubstr("has 1 values, expected 2"));
  EXPECT_THAT(failure("MaxPool", {{1, 1, 2, 8}}, three), HasSubstr("the padded input has 2"));
  EXPECT_THAT(failure("MaxPool", {{8, 8}}, three), HasSubstr("expected 3 to 5 dims"));
  EXPECT_THAT(failure("AveragePool", {{1, 1, 8, 8}}, {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{2, 0, 0, 0}}}),
              HasSubstr("a pad of 2 is not smaller than the kernel"));
  Node indices = node_of("MaxPool", 1, three);
  indices.outputs = {1, 2};
  EXPECT_THAT(message_of([&] { infer_one(indices, {{1, 1, 8, 8}}); }), HasSubstr("output 1 is not supported"));
  indices.outputs = {1, graph::no_value};
  EXPECT_EQ(infer_one(indices, {{1, 1, 8, 8}}).dims, (Dims{1, 1, 6, 6}));
  EXPECT_THAT(failure("GlobalAveragePool", {{1, 2, 0, 4}}), HasSubstr("empty spatial dim"));
  EXPECT_THAT(failure("GlobalMaxPool", {{1, 2}}), HasSubstr("expected 3 to 5 dims"));
}

TEST(ShapeErrors, Normalization) {
  const Dims x{2, 3, 4, 4}, c{3};
  EXPECT_THAT(failure("BatchNormalization", {x, c, c, c}), HasSubstr("input 4 is required"));
  EXPECT_THAT(failure("BatchNormalization", {x, c, c, c, {4}}), HasSubstr("is 4, expected 3"));
  EXPECT_THAT(failure("BatchNormalization", {x, c, c, c, c}, {{"training_mode", std::int64_t{1}}}, 14),
              HasSubstr("only inference"));
  EXPECT_THAT(failure("LayerNormalization", {x, {4}}, {{"axis", std::int64_t{2}}}, 17), HasSubstr("is 4, expected 4x4"));
  EXPECT_THAT(failure("LayerNormalization", {x, {4}}, {{"axis", std::int64_t{4}}}, 17), HasSubstr("axis 4 is out of range"));
  EXPECT_THAT(failure("LRN", {x}), HasSubstr("'size' is missing"));
  EXPECT_THAT(failure("Softmax", {x}, {{"axis", std::int64_t{-5}}}), HasSubstr("axis -5 is out of range for 4 dims"));
}

TEST(ShapeErrors, Matrix) {
  EXPECT_THAT(failure("Gemm", {{3, 4}, {5, 6}}), HasSubstr("a product of 3x4 and 5x6 is not possible"));
  EXPECT_THAT(failure("Gemm", {{3, 4}, {4, 6}}, {{"transB", std::int64_t{1}}}), HasSubstr("4x6 (transposed) is not possible"));
  EXPECT_THAT(failure("Gemm", {{3, 4}, {4, 6}, {3}}), HasSubstr("does not broadcast to the product 3x6"));
  EXPECT_THAT(failure("Gemm", {{3, 4}, {4, 6}, {1, 3, 6}}), HasSubstr("does not broadcast"));
  EXPECT_THAT(failure("Gemm", {{3, 4}, {4, 6}}, {}, 9), HasSubstr("input 2 is required"));
  EXPECT_THAT(failure("Gemm", {{3, 4, 1}, {4, 6}}), HasSubstr("expected 2 dims"));
  EXPECT_THAT(failure("MatMul", {{3, 4}, {5}}), HasSubstr("a product of 3x4 and 5"));
  EXPECT_THAT(failure("MatMul", {{}, {5}}), HasSubstr("a product of scalar and 5"));
  EXPECT_THAT(failure("MatMul", {{2, 3, 4}, {3, 4, 5}}), HasSubstr("not possible"));
}

/// Resize with known scales (f32) or sizes (i64) of an input 1x1x4x4.
std::string resize_failure(const Tensor& scales, const Tensor& sizes, Attributes attributes = {}, int opset = 13) {
  const std::vector<std::optional<TensorType>> types{TensorType{DataType::f32, {1, 1, 4, 4}}, std::nullopt,
                                                     TensorType{scales.type(), scales.dims()},
                                                     TensorType{sizes.type(), sizes.dims()}};
  return message_of([&] {
    infer_types(node_of("Resize", 4, std::move(attributes)), opset, types, {nullptr, nullptr, &scales, &sizes});
  });
}

TEST(ShapeErrors, Resize) {
  const Tensor no_scales(DataType::f32, {0}), no_sizes(DataType::i64, {0}), doubled = Tensor::of(std::vector<float>{1, 1, 2, 2});
  EXPECT_EQ(resize_failure(doubled, no_sizes), "no error");
  EXPECT_THAT(resize_failure(no_scales, no_sizes), HasSubstr("either scales (input 2) or sizes (input 3)"));
  EXPECT_THAT(resize_failure(doubled, Tensor::of(Integers{1, 1, 8, 8})), HasSubstr("either scales"));
  EXPECT_THAT(resize_failure(no_scales, Tensor::of(Integers{1, 1, 0, 8})), HasSubstr("a size is 0"));
  EXPECT_THAT(resize_failure(no_scales, Tensor::of(Integers{1, 1, 8})), HasSubstr("is 3, expected 4"));
  EXPECT_THAT(resize_failure(no_scales, Tensor::of(Integers{1, 1, 1 << 20, 1 << 20})), HasSubstr("the limit is 2^34"));
  for (const float scale : {0.0f, -1.0f, NAN, INFINITY, 1e30f})
    EXPECT_THAT(resize_failure(Tensor::of(std::vector<float>{1, 1, scale, 1}), no_sizes), HasSubstr("a scale")) << scale;
  EXPECT_THAT(resize_failure(doubled, no_sizes, {{"mode", std::string("area")}}),
              HasSubstr("'mode' is 'area', supported are nearest"));
  EXPECT_THAT(resize_failure(doubled, no_sizes, {{"coordinate_transformation_mode", std::string("tf_crop_and_resize")}}),
              HasSubstr("'tf_crop_and_resize', supported are"));
  EXPECT_THAT(resize_failure(doubled, no_sizes, {{"antialias", std::int64_t{1}}}, 18), HasSubstr("antialias is not supported"));
  EXPECT_THAT(resize_failure(doubled, no_sizes, {{"axes", Integers{0, 1, 2, 2}}}, 18), HasSubstr("names an axis twice"));
  const std::vector<std::optional<TensorType>> types{TensorType{DataType::f32, {1, 1, 4, 4}}, TensorType{DataType::f32, {4}}};
  EXPECT_THAT(message_of([&] { infer_types(node_of("Upsample", 2), 9, types, {}); }),
              HasSubstr("must be known before the network runs"));
}

TEST(ShapeErrors, DepthAndSpace) {
  EXPECT_THAT(failure("DepthToSpace", {{1, 6, 2, 2}}, {{"blocksize", std::int64_t{2}}}),
              HasSubstr("6 channels cannot be divided"));
  EXPECT_THAT(failure("DepthToSpace", {{1, 6, 2, 2}}), HasSubstr("'blocksize' is missing"));
  EXPECT_THAT(failure("DepthToSpace", {{1, 6, 2, 2}}, {{"blocksize", huge}}), HasSubstr("'blocksize'"));
  EXPECT_THAT(failure("SpaceToDepth", {{1, 6, 3, 2}}, {{"blocksize", std::int64_t{2}}}),
              HasSubstr("cannot be divided into blocks"));
}

TEST(ShapeErrors, Quantization) {
  const auto attempt = [](const std::string& op, std::vector<std::optional<TensorType>> types, int opset = 13) {
    return message_of([&] { infer_types(node_of(op, types.size()), opset, types, {}); });
  };
  const TensorType x{DataType::f32, {2, 3, 4}}, q{DataType::u8, {2, 3, 4}}, scale{DataType::f32, {}}, zero{DataType::u8, {}};
  const TensorType three{DataType::f32, {3}}, zero_i8{DataType::i8, {}};
  EXPECT_EQ(attempt("QuantizeLinear", {x, three}), "no error");
  EXPECT_THAT(attempt("QuantizeLinear", {x, three}, 10), HasSubstr("the scale (input 1) is 3, expected one value"));
  EXPECT_THAT(attempt("QuantizeLinear", {x, TensorType{DataType::f32, {4}}}), HasSubstr("expected one value or 3"));
  EXPECT_THAT(attempt("QuantizeLinear", {x, three, zero}), HasSubstr("the zero point (input 2) is scalar, expected 3"));
  EXPECT_THAT(attempt("QuantizeLinear", {q, scale, zero}), HasSubstr("input 0 is u8, expected f32"));
  EXPECT_THAT(attempt("DequantizeLinear", {q, scale, zero_i8}), HasSubstr("input 2 is i8, expected u8"));
  EXPECT_THAT(attempt("DequantizeLinear", {x, scale}), HasSubstr("expected u8 or i8 or i32"));
  const TensorType a{DataType::u8, {2, 3}}, b{DataType::u8, {4, 5}};
  EXPECT_THAT(attempt("QLinearMatMul", {a, scale, zero, b, scale, zero, scale, zero}), HasSubstr("a product of 2x3 and 4x5"));
  EXPECT_THAT(attempt("MatMulInteger", {a, x}), HasSubstr("input 1 is f32, expected u8 or i8"));
  const TensorType w{DataType::i8, {4, 3, 1}};
  EXPECT_THAT(attempt("QLinearConv", {q, scale, zero, w, three, zero_i8, scale, zero}), HasSubstr("expected one value or 4"));
  EXPECT_THAT(attempt("QLinearConv", {q, scale, zero, w, scale, zero_i8, scale, zero, TensorType{DataType::f32, {4}}}),
              HasSubstr("input 8 is f32, expected i32"));
}

}  // namespace
}  // namespace mien::operators
