// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/face/detector.h"

#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/candidates.h"
#include "mien/graph/onnx_file.h"
#include "mien/image/color.h"
#include "mien/procedural/face.h"

namespace mien {
namespace {

using ::testing::HasSubstr;

/// A picture of 640 x 400 with two drawn faces on gray.
struct TwoFaces {
  cv::Mat image{400, 640, CV_8UC3, cv::Scalar(128, 128, 128)};
  std::vector<cv::Rect2f> boxes;

  TwoFaces() {
    ProceduralOptions options;
    options.noise = 0;
    const std::vector<std::pair<cv::Point, int>> places = {{{30, 120}, 160}, {{300, 40}, 300}};
    for (std::size_t i = 0; i < places.size(); ++i) {
      options.size_px = places[i].second;
      const auto face = draw_expression(3, static_cast<std::int64_t>(i), 0, options);
      const cv::Point at = places[i].first;
      face.image.copyTo(image(cv::Rect(at, face.image.size())));
      auto box = bounding_box(face.landmarks);
      box.x += static_cast<float>(at.x);
      box.y += static_cast<float>(at.y);
      boxes.push_back(box);
    }
  }
};

void expect_equal(const std::vector<Detection>& a, const std::vector<Detection>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].score, b[i].score);
    EXPECT_EQ(a[i].box, b[i].box);
    EXPECT_EQ(a[i].points, b[i].points);
  }
}

class PackagedDetector : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<FaceDetector> make() const {
    DetectorOptions options;
    options.kind = GetParam();
    return make_face_detector(options);
  }
};

TEST_P(PackagedDetector, FindsDrawnFacesWhereTheyAre) {
  const TwoFaces picture;
  const auto found = make()->detect(picture.image);
  for (const auto& face : picture.boxes) {
    int hits = 0;
    for (const auto& d : found) hits += box_overlap(d.box, face) > 0.5;
    EXPECT_EQ(hits, 1) << face;
  }
  EXPECT_EQ(found.size(), 2u);
}

TEST_P(PackagedDetector, AnswersDependOnThePictureAlone) {
  const TwoFaces picture;
  const auto detector = make();
  const auto first = detector->detect(picture.image);
  const auto copy = detector->clone();
  EXPECT_EQ(copy->name(), detector->name());
  detector->detect(picture.image(cv::Rect(0, 0, 300, 399)));
  expect_equal(first, detector->detect(picture.image));
  expect_equal(first, copy->detect(picture.image));
  expect_equal(first, copy->clone()->detect(picture.image));
}

TEST_P(PackagedDetector, GrayIsItsReplicatedChannels) {
  const TwoFaces picture;
  const cv::Mat gray = to_gray(picture.image);
  const auto detector = make();
  const auto found = detector->detect(gray);
  EXPECT_FALSE(found.empty());
  expect_equal(found, detector->detect(to_rgb(gray)));
}

TEST_P(PackagedDetector, PartOfAnImageIsAnImage) {
  const TwoFaces picture;
  const cv::Rect part(300, 40, 300, 300);
  const auto detector = make();
  expect_equal(detector->detect(picture.image(part)), detector->detect(picture.image(part).clone()));
}

TEST_P(PackagedDetector, SurvivesOddSizes) {
  const auto detector = make();
  for (const auto& size : std::vector<cv::Size>{{0, 0}, {1, 1}, {7, 9}, {3000, 2}, {2, 3000}, {40, 900}, {17, 16}})
    EXPECT_TRUE(detector->detect(cv::Mat(size, CV_8UC3, cv::Scalar(90, 120, 30))).empty()) << size;
  cv::Mat noise(120, 90, CV_8UC1);
  cv::setRNGSeed(3);
  cv::randu(noise, 0, 255);
  EXPECT_NO_THROW(detector->detect(noise));
}

TEST_P(PackagedDetector, MoreIsFoundWithALowerThreshold) {
  const TwoFaces picture;
  DetectorOptions options;
  options.kind = GetParam();
  options.border = 0;
  options.threshold = 1e6;
  EXPECT_TRUE(make_face_detector(options)->detect(picture.image).empty());
}

TEST(DlibDetector, MinFaceDecidesWhatIsSeen) {
  const TwoFaces picture;
  DetectorOptions options;
  options.min_face_px = 200;  // the left face is about 110 pixels wide
  const auto found = make_face_detector(options)->detect(picture.image);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_GT(found[0].box.x, 250);
}

TEST_P(PackagedDetector, FindsTheFaceOfATightCrop) {
  ProceduralOptions drawing;
  drawing.size_px = 200;
  drawing.noise = 0;
  DetectorOptions options;
  options.kind = GetParam();
  const auto with_border = make_face_detector(options);
  options.border = 0;
  const auto without = make_face_detector(options);
  int found = 0, found_without = 0;
  for (int i = 0; i < 20; ++i) {
    const auto face = draw_expression(5, i, 0, drawing);
    cv::Rect2f tight = bounding_box(face.landmarks);  // brows to chin, and 4 % less on each side
    tight = {tight.x + 0.04F * tight.width, tight.y + 0.04F * tight.height, 0.92F * tight.width, 0.92F * tight.height};
    const cv::Mat crop = face.image(cv::Rect(tight) & cv::Rect(0, 0, 200, 200));
    found += !with_border->detect(crop).empty();
    found_without += !without->detect(crop).empty();
  }
  EXPECT_GE(found, 16);
  EXPECT_LT(found_without, found);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PackagedDetector, ::testing::Values("dlib", "cascade"),
                         [](const auto& info) { return info.param; });

TEST(MakeFaceDetector, SaysWhatIsWrong) {
  const auto message = [](const std::string& kind, const fs::path& model) {
    DetectorOptions options;
    options.kind = kind;
    options.model = model;
    try {
      make_face_detector(options);
    } catch (const Error& e) {
      return std::string(e.what()) + " | " + e.hint();
    }
    return std::string("nothing was thrown");
  };
  const TemporaryFolder folder;
  const auto file = [&](const std::string& name, const std::string& content) {
    write_atomically(folder.path() / name, content);
    return folder.path() / name;
  };
  EXPECT_THAT(message("dlob", ""), HasSubstr("Did you mean 'dlib'?"));
  EXPECT_THAT(message("dlib", "x.dat"), HasSubstr("takes no model file"));
  EXPECT_THAT(message("onnx", ""), HasSubstr("needs a model file"));
  EXPECT_THAT(message("onnx", "/nowhere/yunet.onnx"), HasSubstr("/nowhere/yunet.onnx"));
  EXPECT_THAT(message("onnx", file("text.onnx", "no protobuf")), HasSubstr("text.onnx"));
  EXPECT_THAT(message("cascade", "/nowhere/cascade.xml"), HasSubstr("/nowhere/cascade.xml: no such file"));
  EXPECT_THAT(message("cascade", file("text.xml", "no cascade")), HasSubstr("expected a cascade classifier"));
  EXPECT_THAT(message("cascade", file("empty.xml", "")), HasSubstr("expected a cascade classifier"));
  EXPECT_THAT(message("cascade", file("other.xml", "<?xml version=\"1.0\"?><opencv_storage><a>1</a></opencv_storage>")),
              HasSubstr("expected a cascade classifier"));
}

/// UltraFace's outputs as constants, whatever the input: one box of the middle half with score 0.9 and one of score 0.2.
graph::Graph constant_detector(graph::Dims input, graph::Dims boxes_dims) {
  graph::Graph g;
  g.name = "detector";
  g.opset = 13;
  const auto add = [&](const std::string& name, std::vector<float> values, graph::Dims dims) {
    return g.add_constant(name, graph::Tensor::of(values).reshaped(std::move(dims)));
  };
  const auto x = g.add_value("input");
  const auto zero = add("zero", {0}, {1, 1, 1}), flat = g.add_value("flat"), mean = g.add_value("mean"),
             none = g.add_value("none");
  const auto scores = add("s", {0.1F, 0.9F, 0.8F, 0.2F}, {1, 2, 2}),
             boxes = add("b", {0.25F, 0.25F, 0.75F, 0.75F, 0, 0, 1, 1}, {1, 2, 4});
  const auto out_scores = g.add_value("scores"), out_boxes = g.add_value("boxes");
  const auto node = [&](const char* op, std::vector<graph::ValueId> inputs, graph::ValueId output) {
    graph::Node n;
    n.op = op;
    n.name = op;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    g.nodes.push_back(std::move(n));
    return &g.nodes.back();
  };
  // The input must reach the outputs: its mean times zero is added.
  node("Flatten", {x}, flat);
  auto* reduce = node("ReduceMean", {flat}, mean);
  reduce->attributes["axes"] = std::vector<std::int64_t>{1};
  reduce->attributes["keepdims"] = std::int64_t{1};
  node("Mul", {mean, zero}, none);
  node("Add", {scores, none}, out_scores);
  node("Add", {boxes, none}, out_boxes);
  const auto port = [](graph::ValueId value, graph::Dims dims) {
    graph::Port p;
    p.value = value;
    p.dims = std::move(dims);
    return p;
  };
  g.inputs = {port(x, std::move(input))};
  g.outputs = {port(out_scores, {1, 2, 2}), port(out_boxes, std::move(boxes_dims))};
  return g;
}

TEST(OnnxDetector, FillsAFixedInput) {
  const TemporaryFolder folder;
  graph::write_onnx(constant_detector({1, 3, 24, 32}, {1, 2, 4}), folder.path() / "d.onnx");
  DetectorOptions options;
  options.kind = "onnx";
  options.model = folder.path() / "d.onnx";
  const auto detector = make_face_detector(options);
  EXPECT_EQ(detector->name(), "ultraface");
  // 300 x 300 is shown at 24 x 24 in the left of 32 x 24: the box of the middle half is 8..24 x 6..18.
  const auto found = detector->detect(cv::Mat(300, 300, CV_8UC3, cv::Scalar(1, 2, 3)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FLOAT_EQ(found[0].score, 0.9F);
  EXPECT_NEAR(found[0].box.x, 100, 1e-2);
  EXPECT_NEAR(found[0].box.y, 75, 1e-2);
  EXPECT_NEAR(found[0].box.width, 200, 1e-2);
  EXPECT_NEAR(found[0].box.height, 150, 1e-2);
  options.threshold = 0.1;
  EXPECT_EQ(make_face_detector(options)->detect(cv::Mat(300, 300, CV_8UC1, cv::Scalar(1))).size(), 2u);
}

TEST(OnnxDetector, RefusesOtherNetworks) {
  const TemporaryFolder folder;
  DetectorOptions options;
  options.kind = "onnx";
  options.model = folder.path() / "d.onnx";
  graph::write_onnx(constant_detector({1, 1, 24, 32}, {1, 2, 4}), options.model);
  EXPECT_THROW(make_face_detector(options), Error) << "gray input";
  graph::write_onnx(constant_detector({1, 3, 24, -1}, {1, 2, 4}), options.model);
  EXPECT_THROW(make_face_detector(options), Error) << "half free";
  graph::write_onnx(constant_detector({1, 3, 24, 32}, {1, 2, 4, 1}), options.model);
  EXPECT_THROW(make_face_detector(options), Error) << "outputs of another kind";
}

}  // namespace
}  // namespace mien
