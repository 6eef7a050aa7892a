// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mien/results/results_for_tests.h"
#include "mien/data/label_space.h"

namespace mien {
namespace {

using testing::failed_frame;
using testing::frame_of;
using testing::full_face;
using testing::three_classes;
using testing::written;

TEST(DeepFaceWriter, ExactText) {
  FaceResult face = full_face();
  // Six points of an eye: 42..47 at x = 44.5, y = 2 * 44.5 + 0.5; 36..41 at 38.5 and 77.5, whole pixels away from zero.
  EXPECT_EQ(written("deepface", {frame_of("a.jpg", {face})}, three_classes()),
            "[{\"emotion\": {\"angry\": 0, \"disgust\": 0, \"fear\": 0, \"happy\": 72.2222, \"sad\": 0, \"surprise\": 0, "
            "\"neutral\": 27.7778}, "
            "\"dominant_emotion\": \"happy\", \"region\": {\"x\": 10, \"y\": 21, \"w\": 30, \"h\": 40, \"left_eye\": [45, 90], "
            "\"right_eye\": [39, 78]}, "
            "\"face_confidence\": 0.99}]\n");
}

TEST(DeepFaceWriter, OneListForEachOfSeveral) {
  FaceResult bare;
  bare.box = {-5, 470, 20, 20};
  bare.score = 1.7F;
  EXPECT_EQ(
      written("deepface", {frame_of("a.jpg"), failed_frame("b.jpg", "broken"), frame_of("c.jpg", {bare, bare})}, three_classes()),
      "[\n[],\n[],\n[{\"region\": {\"x\": 0, \"y\": 470, \"w\": 15, \"h\": 10, \"left_eye\": null, \"right_eye\": null}, "
      "\"face_confidence\": 1}, "
      "{\"region\": {\"x\": 0, \"y\": 470, \"w\": 15, \"h\": 10, \"left_eye\": null, \"right_eye\": null}, \"face_confidence\": "
      "1}]\n]\n");
  EXPECT_EQ(written("deepface", {}, three_classes()), "[]\n");
  EXPECT_EQ(written("deepface", {frame_of("a.jpg")}, three_classes()), "[]\n");
}

TEST(DeepFaceWriter, EveryLabelSpaceByName) {
  for (const char* space : {"ferplus", "affectnet8", "emotieff8", "rafdb", "fer2013"}) {
    AnalysisInfo info;
    info.class_names = known_label_space(space).names();
    FaceResult face;
    face.box = {0, 0, 10, 10};
    for (std::size_t i = 0; i < info.class_names.size(); ++i)
      face.probabilities.push_back(info.class_names[i] == "anger" ? 0.6F : info.class_names[i] == "sadness" ? 0.4F : 0);
    face.label =
        static_cast<int>(std::find(info.class_names.begin(), info.class_names.end(), "anger") - info.class_names.begin());
    const auto json = nlohmann::ordered_json::parse(written("deepface", {frame_of("a", {face})}, info));
    EXPECT_EQ(json[0]["dominant_emotion"], "angry") << space;
    EXPECT_EQ(json[0]["emotion"]["angry"], 60) << space;
    EXPECT_EQ(json[0]["emotion"]["sad"], 40) << space;
    EXPECT_EQ(json[0]["emotion"].size(), 7u);
  }
}

TEST(DeepFaceWriter, NothingLeftAfterContempt) {
  FaceResult face = full_face();
  face.probabilities = {0, 0, 1};
  face.label = 2;
  EXPECT_FALSE(nlohmann::json::parse(written("deepface", {frame_of("a", {face})}, three_classes()))[0].contains("emotion"));
}

}  // namespace
}  // namespace mien
