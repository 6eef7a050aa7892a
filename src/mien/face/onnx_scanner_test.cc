// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/detector.h"
#include "mien/graph/onnx_file.h"

namespace mien {
namespace {

constexpr int side = 64;

/// A detector with UltraFace's outputs: one box over the middle of the picture with a score of 0.9. In bright pictures the exponentials
/// of which it is made overflow, and the score, or else the box, is no number.
fs::path write_detector(const fs::path& file, bool score_overflows) {
  graph::Graph g;
  g.name = "overflowing";
  g.opset = 13;
  const auto node = [&](const char* op, std::vector<graph::ValueId> inputs, const std::string& name) {
    graph::Node n;
    n.op = op;
    n.name = name;
    n.inputs = std::move(inputs);
    n.outputs = {g.add_value(name)};
    g.nodes.push_back(std::move(n));
    return g.nodes.back().outputs[0];
  };
  const auto constant = [&](const std::string& name, const std::vector<float>& values, graph::Dims dims) {
    return g.add_constant(name, graph::Tensor::of(values).reshaped(std::move(dims)));
  };
  const auto image = g.add_value("image");
  g.inputs.push_back({image, graph::DataType::f32, {1, 3, side, side}, {}, true});
  const auto mean = node("Flatten", {node("GlobalAveragePool", {image}, "pool")}, "mean");  // -1 black .. 1 white
  const auto exponential = [&](const std::string& name) {
    return node("Exp", {node("MatMul", {mean, constant(name + ".weights", {60, 60, 60}, {3, 1})}, name + ".sum")}, name);
  };
  const auto overflowing = node("Sub", {exponential("one"), exponential("other")}, "nothing");  // infinity less infinity is no number
  const auto calm = node("MatMul", {mean, constant("zeros", {0, 0, 0}, {3, 1})}, "calm");
  const auto add_output = [&](const std::string& name, graph::ValueId zero, const std::vector<float>& values) {
    const auto count = static_cast<std::int64_t>(values.size());
    const auto sum = node("Add", {zero, constant(name + ".values", values, {1, count})}, name + ".row");
    const auto shape = g.add_constant(name + ".shape", graph::Tensor::of(std::vector<std::int64_t>{1, 1, count}));
    g.outputs.push_back({node("Reshape", {sum, shape}, name), graph::DataType::f32, {1, 1, count}, {}, true});
  };
  add_output("scores", score_overflows ? overflowing : calm, {0.1F, 0.9F});
  add_output("boxes", score_overflows ? calm : overflowing, {0.25F, 0.25F, 0.75F, 0.75F});
  graph::write_onnx(g, file);
  return file;
}

TEST(OnnxDetector, AnAnswerThatIsNoNumberIsAnErrorAndNotAPictureWithoutAFace) {
  const TemporaryFolder folder;
  for (const bool score_overflows : {true, false}) {
    DetectorOptions options;
    options.kind = "onnx";
    options.model = write_detector(folder.path() / "detector.onnx", score_overflows);
    options.min_face_px = 16;
    const auto detector = make_face_detector(options);
    const auto dark = detector->detect(cv::Mat(side, side, CV_8UC3, cv::Scalar::all(10)));
    ASSERT_EQ(dark.size(), 1u);
    EXPECT_NEAR(dark[0].box.width, side / 2, 1);
    try {
      detector->detect(cv::Mat(side, side, CV_8UC3, cv::Scalar::all(250)));
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::numeric) << error.what();
    }
  }
}

}  // namespace
}  // namespace mien
