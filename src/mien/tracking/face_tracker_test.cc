// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/face_tracker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "mien/base/error.h"
#include "mien/tracking/face_patch.h"
#include "mien/tracking/follow_check.h"
#include "mien/tracking/moving_scene.h"

namespace mien {
namespace {

const cv::Size kSize{640, 360};

/// One frame of a film: who is visible, from back to front, and what the detector says.
struct Shot {
  cv::Mat image;
  std::vector<Card> visible;
  bool detector_blind = false;
};

Shot shot(const std::vector<Card>& cards, std::uint64_t scenery = 1) {
  Shot s{background(kSize, scenery), cards, false};
  for (const auto& card : cards) paste(card, s.image);
  return s;
}

/// What the tracker said about each frame, and where it asked.
struct Record {
  std::vector<std::vector<TrackedFace>> frames;
  std::vector<int> asked;

  std::set<std::int64_t> tracks(std::size_t frame) const {
    std::set<std::int64_t> all;
    for (const auto& face : frames[frame]) all.insert(face.track);
    return all;
  }
};

Record play(int frames, const std::function<Shot(int)>& film, const TrackerOptions& options = {}, double jitter_px = 0) {
  const auto truth = std::make_shared<Truth>();
  FaceTracker tracker(std::make_unique<KnowingModel>(truth, jitter_px), "test", options);
  Record record;
  for (int t = 0; t < frames; ++t) {
    const Shot now = film(t);
    truth->faces.clear();
    std::vector<Detection> detections;
    for (const auto& card : now.visible) {
      truth->faces.push_back(card.points());
      detections.push_back({card.box(), 1, {}});
    }
    if (now.detector_blind) detections.clear();
    const bool wanted = tracker.wants_detection(t);
    if (wanted) record.asked.push_back(t);
    record.frames.push_back(tracker.update(now.image, wanted ? &detections : nullptr));
  }
  return record;
}

Card moved(Card card, int x, int y) {
  card.at = {x, y};
  return card;
}

using Numbers = std::set<std::int64_t>;

TEST(FaceTracker, FollowsAFaceBetweenDetections) {
  const Card person = card_of(1);
  const auto place = [&](int t) { return moved(person, 100 + 4 * t, 80 + 2 * t); };
  const Record record = play(30, [&](int t) { return shot({place(t)}); });
  EXPECT_EQ(record.asked, (std::vector<int>{0, 10, 20}));
  for (int t = 0; t < 30; ++t) {
    ASSERT_EQ(record.tracks(t), Numbers{0}) << t;
    const TrackedFace& face = record.frames[t][0];
    EXPECT_EQ(face.followed, t % 10 != 0) << t;
    EXPECT_GT(overlap(face.detection.box, place(t).box()), 0.98) << t;
    EXPECT_EQ(face.landmarks.points, place(t).points()) << t;
    EXPECT_TRUE(face.raw_points.empty());
  }
}

TEST(FaceTracker, FollowsAFaceThatMovesTooFarForOverlap) {
  // From one detection frame to the next frame nothing overlaps; the landmark model still finds the face from its last place.
  const Card person = card_of(1);
  const Record record =
      play(11, [&](int t) { return shot({moved(person, t < 10 ? 50 : 85, 80)}); }, {.detect_every = 10, .match_overlap = 0.9});
  EXPECT_EQ(record.tracks(10), Numbers{0});
  EXPECT_FALSE(record.frames[10][0].followed);
}

TEST(FaceTracker, SmileIsNoLoss) {
  const Card calm = card_of(3, 0), happy = card_of(3, 1);
  const Record record = play(20, [&](int t) { return shot({moved(t < 5 ? calm : happy, 100, 80)}); });
  for (int t = 0; t < 20; ++t) EXPECT_EQ(record.tracks(t), Numbers{0}) << t;
}

TEST(FaceTracker, CoveredFaceEndsAndComesBackAsANewTrack) {
  const Card person = moved(card_of(2), 200, 100);
  const Record record = play(40, [&](int t) {
    Shot s = shot({person});
    if (t >= 13 && t < 24) {  // a hand of one colour with a few stripes
      s.visible.clear();
      cv::Mat hand = s.image(cv::Rect(person.at, cv::Size(120, 120)));
      hand = cv::Scalar(200, 150, 120);
      for (int x = 15; x < 120; x += 30) hand(cv::Rect(x, 0, 4, 120)) = cv::Scalar(150, 110, 90);
    }
    return s;
  });
  EXPECT_EQ(record.asked, (std::vector<int>{0, 10, 14, 20, 30}));  // 14: at once after the loss, and only once
  for (int t = 0; t < 13; ++t) EXPECT_EQ(record.tracks(t), Numbers{0}) << t;
  for (int t = 13; t < 30; ++t) EXPECT_EQ(record.tracks(t), Numbers{}) << t;
  for (int t = 30; t < 40; ++t) EXPECT_EQ(record.tracks(t), Numbers{1}) << t;
}

TEST(FaceTracker, FaceThatLeavesThePictureEnds) {
  const Card person = card_of(2);
  const auto left = [](int t) { return 300 + 20 * t; };
  const Record record = play(20, [&](int t) {
    Shot s = shot({moved(person, left(t), 80)});
    if (left(t) > kSize.width - 60) s.visible.clear();  // less than half of the face
    return s;
  });
  EXPECT_EQ(record.tracks(12), Numbers{0});
  EXPECT_EQ(record.tracks(19), Numbers{});
}

TEST(FaceTracker, CutToAnotherPersonAtTheSamePlace) {
  const Card before = moved(card_of(4), 200, 100), after = moved(card_of(9), 200, 100);
  for (const int cut : {15, 20}) {  // between detections, and in a frame with one
    const Record record = play(30, [&](int t) { return t < cut ? shot({before}, 1) : shot({after}, 2); });
    for (int t = 0; t < cut; ++t) EXPECT_EQ(record.tracks(t), Numbers{0}) << t;
    for (int t = 16; t < 30; ++t) EXPECT_EQ(record.tracks(t), t < cut ? Numbers{0} : Numbers{1}) << t << " cut " << cut;
    if (cut == 15) {
      EXPECT_EQ(record.tracks(15), Numbers{});
      EXPECT_EQ(record.asked, (std::vector<int>{0, 10, 16, 20}));
    }
  }
}

TEST(FaceTracker, CutFromAnEmptySceneAsksAtOnce) {
  const Card person = moved(card_of(4), 200, 100);
  const Record record = play(10, [&](int t) { return t < 4 ? shot({}, 1) : shot({person}, 2); });
  EXPECT_EQ(record.asked, (std::vector<int>{0, 5}));
  EXPECT_EQ(record.tracks(5), Numbers{0});
}

TEST(FaceTracker, FlashIsNoCut) {
  const Card person = moved(card_of(5), 200, 100);
  const Record record = play(20, [&](int t) {
    Shot s = shot({person});
    if (t == 14) s.image.convertTo(s.image, -1, 0.7, 75);
    return s;
  });
  EXPECT_EQ(record.asked, (std::vector<int>{0, 10}));
  for (int t = 0; t < 20; ++t) EXPECT_EQ(record.tracks(t), Numbers{0}) << t;
}

TEST(FaceTracker, WhoPassesInFrontKeepsHisNumberAndTheHiddenOneEnds) {
  const Card front = card_of(6), back = moved(card_of(11), 260, 100);
  const auto x = [](int t) { return 60 + 8 * t; };
  const Record record = play(60, [&](int t) {
    const Card walker = moved(front, x(t), 104);
    Shot s = shot({back, walker});
    if ((back.box() & walker.box()).area() > 0.3 * back.box().area()) s.visible = {walker};
    return s;
  });
  const auto who = [&](int t, const Card& card) -> std::int64_t {
    for (const auto& face : record.frames[t])
      if (overlap(face.detection.box, card.box()) > 0.8) return face.track;
    return -1;
  };
  for (int t = 0; t < 60; ++t) {
    EXPECT_EQ(who(t, moved(front, x(t), 104)), 1) << t;
    EXPECT_NE(who(t, back), 1) << t;
    EXPECT_LE(record.frames[t].size(), 2U) << t;
  }
  EXPECT_EQ(who(0, back), 0);
  EXPECT_EQ(record.frames[25].size(), 1U);
  EXPECT_GE(who(59, back), 2);
}

TEST(FaceTracker, TwoFollowersNeverShareAFace) {
  // Of two people who look the same one is left, between their places: both followers slide to him, and he looks right to both.
  const Card person = card_of(4);
  const Record record = play(2, [&](int t) {
    return t == 0 ? shot({moved(person, 205, 100), moved(person, 295, 100)}) : shot({moved(person, 250, 100)});
  });
  EXPECT_EQ(record.frames[0].size(), 2U);
  EXPECT_EQ(record.frames[1].size(), 1U);
}

TEST(FaceTracker, DetectorMayMissAFaceOnce) {
  const Card person = moved(card_of(7), 200, 100);
  const auto film = [&](std::set<int> blind) {
    return play(40, [&, blind](int t) {
      Shot s = shot({person});
      s.detector_blind = blind.contains(t);
      return s;
    });
  };
  const Record once = film({10});
  for (int t = 0; t < 40; ++t) EXPECT_EQ(once.tracks(t), Numbers{0}) << t;
  EXPECT_TRUE(once.frames[10][0].followed);
  const Record twice = film({10, 20});
  for (int t = 0; t < 20; ++t) EXPECT_EQ(twice.tracks(t), Numbers{0}) << t;
  for (int t = 20; t < 30; ++t) EXPECT_EQ(twice.tracks(t), Numbers{}) << t;
  for (int t = 30; t < 40; ++t) EXPECT_EQ(twice.tracks(t), Numbers{1}) << t;
}

TEST(FaceTracker, ManyFacesAndDeterminism) {
  std::vector<Card> people;
  for (int i = 0; i < 8; ++i) people.push_back(card_of(20 + i));
  const auto film = [&](int t) {
    std::vector<Card> cards;
    for (int i = 0; i < 8; ++i)
      cards.push_back(
          moved(people[i], 10 + 155 * (i % 4) + static_cast<int>(12 * std::sin(0.3 * t + i)), 20 + 170 * (i / 4) + (t % 7)));
    return shot(cards);
  };
  const Record a = play(40, film, {}, 0.3), b = play(40, film, {}, 0.3);
  for (int t = 0; t < 40; ++t) {
    ASSERT_EQ(a.frames[t].size(), 8U) << t;
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_EQ(a.frames[t][i].track, static_cast<std::int64_t>(i)) << t;
      EXPECT_EQ(a.frames[t][i].landmarks.points, b.frames[t][i].landmarks.points);
      EXPECT_EQ(a.frames[t][i].detection.box, b.frames[t][i].detection.box);
    }
  }
}

TEST(FaceTracker, StabilisedPointsJitterLess) {
  const Card person = moved(card_of(8), 200, 100);
  const auto film = [&](int) { return shot({person}); };
  const auto jitter = [&](const Record& record, bool raw) {
    double sum = 0;
    for (std::size_t t = 10; t + 1 < record.frames.size(); ++t) {
      const auto &a = record.frames[t][0], &b = record.frames[t + 1][0];
      sum += raw ? mean_distance(a.raw_points, b.raw_points) : mean_distance(a.landmarks.points, b.landmarks.points);
    }
    return sum;
  };
  const Record record = play(60, film, {.stabilise = true}, 0.2), plain = play(60, film, {}, 0.2);
  EXPECT_LT(jitter(record, false), 0.6 * jitter(record, true));
  // What is followed is what the model said: the filter changes the answers alone.
  EXPECT_EQ(record.frames[59][0].raw_points, plain.frames[59][0].landmarks.points);
}

/// Gives other points from the second frame on.
class LyingModel final : public LandmarkModel {
 public:
  LyingModel(Points first, FaceLandmarks then) : first_(std::move(first)), then_(std::move(then)) {}
  std::string name() const override { return "lying"; }
  FaceLandmarks find(const cv::Mat&, const Detection&, const std::string&) override { return {first_, {}, 1}; }
  FaceLandmarks follow(const cv::Mat&, const Points&) override { return then_; }
  std::unique_ptr<LandmarkModel> clone() const override { return std::make_unique<LyingModel>(first_, then_); }

 private:
  Points first_;
  FaceLandmarks then_;
};

std::size_t faces_after(const Card& card, const FaceLandmarks& then) {
  const Shot s = shot({card});
  FaceTracker tracker(std::make_unique<LyingModel>(card.points(), then), "test");
  const std::vector<Detection> detections{{card.box(), 1, {}}};
  EXPECT_EQ(tracker.update(s.image, &detections).size(), 1U);
  return tracker.update(s.image, nullptr).size();
}

TEST(FaceTracker, ImpossibleFacesEndTheTrack) {
  const Card card = moved(card_of(8), 200, 100);
  const Points good = card.points();
  const auto changed = [&](const std::function<void(cv::Point2f&, std::size_t)>& change) {
    Points points = good;
    for (std::size_t i = 0; i < points.size(); ++i) change(points[i], i);
    return FaceLandmarks{points, {}, 1};
  };
  EXPECT_EQ(faces_after(card, {good, {}, 1}), 1U);
  EXPECT_EQ(faces_after(card, {good, {}, 0.2F}), 1U);   // the model is unsure, but it is the same picture
  EXPECT_EQ(faces_after(card, {good, {}, 0.05F}), 0U);  // the model does not believe it
  EXPECT_EQ(faces_after(card, {{}, {}, 1}), 0U);
  EXPECT_EQ(faces_after(card, changed([](cv::Point2f& p, std::size_t i) {
                          if (i == 33) p.x = NAN;
                        })),
            0U);
  EXPECT_EQ(faces_after(card, changed([](cv::Point2f& p, std::size_t) { p = {5, 5}; })), 0U);
  EXPECT_EQ(faces_after(card, changed([](cv::Point2f& p, std::size_t) { p.x += 100; })), 0U);  // leap
  EXPECT_EQ(faces_after(card, changed([&](cv::Point2f& p, std::size_t) { p = good[30] + (p - good[30]) * 0.5F; })),
            0U);                                                                                                         // shrunk
  EXPECT_EQ(faces_after(card, changed([](cv::Point2f& p, std::size_t i) { p.x += i % 2 == 0 ? 25.0F : -25.0F; })), 0U);  // torn
}

TEST(FaceTracker, NoLeapToATwin) {
  const Card card = moved(card_of(8), 100, 100), twin = moved(card_of(8), 260, 100);
  const Shot s = shot({card, twin});
  FaceTracker tracker(std::make_unique<LyingModel>(card.points(), FaceLandmarks{twin.points(), {}, 1}), "test");
  const std::vector<Detection> detections{{card.box(), 1, {}}};
  EXPECT_EQ(tracker.update(s.image, &detections).size(), 1U);
  EXPECT_EQ(tracker.update(s.image, nullptr).size(), 0U);
}

TEST(FaceTracker, AnUnsureModelNeedsMoreLikeness) {
  // A stripe covers as much of the face as leaves a likeness between what a sure and what an unsure model needs.
  const Card card = moved(card_of(8), 200, 100);
  const Shot whole = shot({card});
  const cv::Rect box(card.box());
  cv::Mat covered;
  double alike = 1;
  for (int height = 0; height < box.height && alike > 0.55; ++height) {
    covered = whole.image.clone();
    covered(cv::Rect(box.x, box.y + box.height / 4, box.width, height)) = cv::Scalar(30, 30, 30);
    alike = likeness(face_patch(whole.image, card.points()), face_patch(covered, card.points()));
  }
  ASSERT_GT(alike, 0.4);
  const auto left = [&](float confidence) {
    FaceTracker tracker(std::make_unique<LyingModel>(card.points(), FaceLandmarks{card.points(), {}, confidence}), "test");
    const std::vector<Detection> detections{{card.box(), 1, {}}};
    tracker.update(whole.image, &detections);
    return tracker.update(covered, nullptr).size();
  };
  EXPECT_EQ(left(0.9F), 1U);
  EXPECT_EQ(left(0.3F), 0U);
}

TEST(FaceTracker, SaysWhatIsWrong) {
  const auto truth = std::make_shared<Truth>();
  EXPECT_THROW(FaceTracker(nullptr, "test"), Error);
  EXPECT_THROW(FaceTracker(std::make_unique<KnowingModel>(truth), "test", {.detect_every = 0}), Error);
  EXPECT_THROW(FaceTracker(std::make_unique<KnowingModel>(truth), "test", {.min_likeness = 1.5}), Error);
  FaceTracker tracker(std::make_unique<KnowingModel>(truth), "test");
  const cv::Mat image = background(kSize, 1);
  EXPECT_THROW(tracker.update(image, nullptr), Error);  // the first frame needs detections
  const std::vector<Detection> none;
  EXPECT_THROW(tracker.update(cv::Mat(), &none), Error);
  EXPECT_THROW(tracker.update(cv::Mat(10, 10, CV_32FC1), &none), Error);
  EXPECT_TRUE(tracker.update(image, &none).empty());
}

TEST(FollowCheck, BoxIsCarriedByHand) {
  const Card card = card_of(1);
  Points twice;
  for (const auto& p : card.points()) twice.push_back(p * 2.0F + cv::Point2f(10, 20));
  // A pixel p moves to 2 p + 10: the border at 3 (half a pixel left of pixel 3.5) lies at 2 * 2.5 + 10 + 0.5.
  const cv::Rect2f box = carry_box({3, 7, 40, 50}, card.points(), twice);
  EXPECT_NEAR(box.x, 15.5, 1e-3);
  EXPECT_NEAR(box.y, 33.5, 1e-3);
  EXPECT_NEAR(box.width, 80, 1e-3);
  EXPECT_NEAR(box.height, 100, 1e-3);
}

TEST(FollowCheck, OverlapByHand) {
  EXPECT_DOUBLE_EQ(overlap({0, 0, 2, 2}, {1, 1, 2, 2}), 1.0 / 7);
  EXPECT_DOUBLE_EQ(overlap({0, 0, 2, 2}, {2, 0, 2, 2}), 0);
  EXPECT_DOUBLE_EQ(overlap({}, {}), 0);
}

}  // namespace
}  // namespace mien
