// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/identities.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mien/base/error.h"
#include "mien/base/random.h"

namespace mien {
namespace {

/// A look whose likeness to the axis of its person is `alike`; the rest points elsewhere, differently for every `variant`.
std::vector<float> look(int person, double alike = 1, int variant = 0) {
  std::vector<float> v(16);
  v[static_cast<std::size_t>(person)] = static_cast<float>(alike);
  v[static_cast<std::size_t>(10 + variant)] = static_cast<float>(std::sqrt(1 - alike * alike));
  return v;
}
Identities::Observation seen(std::int64_t track, std::vector<float> embedding, double quality = 1) {
  Identities::Observation face;
  face.track = track;
  face.quality = quality;
  face.embedding = std::move(embedding);
  return face;
}
Identities::Observation placed(std::int64_t track, cv::Rect2f box, double time_s, std::vector<float> embedding = {},
                               double quality = 1) {
  return {track, quality, std::move(embedding), box, time_s};
}
using Numbers = std::vector<int>;
const cv::Rect2f kLeft{100, 100, 50, 60}, kRight{300, 100, 50, 60};

TEST(Identities, ReentryAfterAnOcclusionKeepsTheNumber) {
  Identities identities;
  EXPECT_EQ(identities.assign({seen(0, look(0)), seen(1, look(1))}), (Numbers{0, 1}));
  EXPECT_EQ(identities.assign({seen(1, {})}), Numbers{1});  // no embedding between detections
  EXPECT_EQ(identities.assign({}), Numbers{});
  EXPECT_EQ(identities.assign({seen(5, look(1, 0.7)), seen(6, look(2)), seen(7, look(0, 0.8))}), (Numbers{1, 2, 0}));
  EXPECT_EQ(identities.people(), 3);
}

TEST(Identities, FacesOfAFrameNeverShareANumber) {
  Identities identities;
  EXPECT_EQ(identities.assign({seen(0, look(0))}), Numbers{0});
  // A poster of the same person beside him; and two new faces that look alike.
  EXPECT_EQ(identities.assign({seen(0, look(0)), seen(1, look(0))}), (Numbers{0, 1}));
  EXPECT_EQ(identities.assign({seen(2, look(5)), seen(3, look(5))}), (Numbers{2, 3}));
}

TEST(Identities, WhoReturnsTogetherIsPairedBest) {
  Identities identities;
  std::vector<float> a(16), b(16), between(16), most_a(16);
  a[0] = 1;
  b[0] = 0.6F, b[1] = 0.8F;
  identities.assign({seen(0, a), seen(1, b)});
  // `most_a` is only like a; `between` is more like a than like b, yet both stand here now.
  most_a[0] = 0.75F, most_a[12] = std::sqrt(1 - 0.75F * 0.75F);
  between[0] = 0.9F, between[1] = std::sqrt(1 - 0.81F);
  EXPECT_EQ(identities.assign({seen(2, between), seen(3, most_a)}), (Numbers{1, 0}));
}

TEST(Identities, WeakLikenessIsAnotherPerson) {
  Identities identities({.same_person_likeness = 0.5});
  identities.assign({seen(0, look(0))});
  EXPECT_EQ(identities.assign({seen(1, look(0, 0.49))}), Numbers{1});
  EXPECT_EQ(identities.assign({seen(2, look(0, 0.51, 3))}), Numbers{0});
}

TEST(Identities, PlaceAndTimeForgiveAWeakLikeness) {
  const auto returns = [](double gap_s, cv::Rect2f where, double alike) {
    Identities identities({.same_person_likeness = 0.5, .reappear_s = 1});
    identities.assign({placed(0, kLeft, 10, look(0))});
    return identities.assign({placed(1, where, 10 + gap_s, look(0, alike))})[0] == 0;
  };
  EXPECT_TRUE(returns(0.1, kLeft, 0.3));  // needs 0.5 - 0.5 * 0.5 * 0.9 = 0.275
  EXPECT_FALSE(returns(0.1, kLeft, 0.25));
  EXPECT_FALSE(returns(0.1, kRight, 0.3));
  EXPECT_FALSE(returns(0.9, kLeft, 0.3));
  EXPECT_FALSE(returns(5, kLeft, 0.3));
  EXPECT_TRUE(returns(5, kRight, 0.6));
}

TEST(Identities, WithoutEmbeddingsThePlaceDecidesForAMoment) {
  Identities identities;
  EXPECT_EQ(identities.assign({placed(0, kLeft, 0), placed(1, kRight, 0)}), (Numbers{0, 1}));
  EXPECT_EQ(identities.assign({placed(2, kRight, 0.5), placed(3, kLeft, 0.5)}), (Numbers{1, 0}));
  EXPECT_EQ(identities.assign({placed(4, kRight, 2)}), Numbers{2});  // too long ago
  EXPECT_EQ(identities.assign({seen(5, {})}), Numbers{3});           // nothing known at all
}

TEST(Identities, PoorFacesWaitForAGoodOneAndTeachNothing) {
  Identities identities({.min_quality = 0.3, .patience = 3});
  EXPECT_EQ(identities.assign({seen(0, look(0))}), Numbers{0});
  EXPECT_EQ(identities.assign({seen(1, look(9), 0.1)}), Numbers{-1});  // blurred beyond recognition
  EXPECT_EQ(identities.assign({seen(1, {}, 0.1)}), Numbers{-1});
  EXPECT_EQ(identities.assign({seen(1, look(0, 0.9))}), Numbers{0});
  EXPECT_EQ(identities.people(), 1);
  for (int t = 0; t < 3; ++t) EXPECT_EQ(identities.assign({seen(2, look(8), 0.1)}), Numbers{-1}) << t;
  EXPECT_EQ(identities.assign({seen(2, look(8), 0.1)}), Numbers{1});  // patience is over
  EXPECT_EQ(identities.assign({seen(2, look(8), 0.1), seen(3, look(0))}), (Numbers{1, 0}));
  // A poor look stands in until there is a good one.
  EXPECT_EQ(identities.assign({seen(4, look(8))}), Numbers{1});
}

TEST(Identities, PoorFaceAtTheOldPlaceIsKnownAtOnce) {
  Identities identities;
  identities.assign({placed(0, kLeft, 0, look(0))});
  EXPECT_EQ(identities.assign({placed(1, kLeft, 0.1, look(0, 0.6), 0.1)}), Numbers{0});
}

TEST(Identities, LearnsHowAPersonLooksFromTheSide) {
  Identities identities({.same_person_likeness = 0.5});
  identities.assign({seen(0, look(0))});
  identities.assign({seen(0, look(0, 0.6, 1))});  // the same track turns
  std::vector<float> profile = look(0, 0.2, 1);   // 0.2 to the first look, 0.9 to the second
  EXPECT_EQ(identities.assign({seen(1, profile)}), Numbers{0});
  // A track that slid to another face does not teach it.
  identities.assign({seen(1, look(7))});
  EXPECT_EQ(identities.assign({seen(2, look(7))}), Numbers{1});
}

TEST(Identities, GalleryIsBounded) {
  Identities identities({.same_person_likeness = 0.1, .max_looks = 3, .max_people = 2});
  Random random(1);
  for (int t = 0; t < 200; ++t) {
    std::vector<float> v(16, 0.3F);
    double squares = 0;
    for (auto& x : v) x += static_cast<float>(0.2 * random.normal()), squares += x * x;
    for (auto& x : v) x /= static_cast<float>(std::sqrt(squares));
    identities.assign({seen(0, v)});
  }
  EXPECT_LT(identities.save().size(), 3U * 16 * 30 + 500);
  // The third person displaces the one not seen for longest; numbers are not used again.
  Identities few({.max_people = 2});
  EXPECT_EQ(few.assign({seen(0, look(0))}), Numbers{0});
  EXPECT_EQ(few.assign({seen(1, look(1))}), Numbers{1});
  EXPECT_EQ(few.assign({seen(2, look(2))}), Numbers{2});
  EXPECT_EQ(few.assign({seen(3, look(0))}), Numbers{3});
  EXPECT_EQ(few.assign({seen(4, look(2))}), Numbers{2});
}

TEST(Identities, TracksOfAnotherSourceAreOtherTracks) {
  Identities identities;
  EXPECT_EQ(identities.assign({placed(0, kLeft, 0.1, look(0))}), Numbers{0});
  identities.new_source();
  EXPECT_EQ(identities.assign({placed(0, kLeft, 0.1, look(1, 0.9))}), Numbers{1});
  EXPECT_EQ(identities.assign({placed(1, kLeft, 0.1, look(0, 0.9))}), Numbers{0});
}

TEST(Identities, TrackThatComesBackAfterItsPersonWasGivenAwayIsJudgedAnew) {
  Identities identities;
  identities.assign({seen(0, look(0))});
  EXPECT_EQ(identities.assign({seen(1, look(0))}), Numbers{0});
  EXPECT_EQ(identities.assign({seen(0, look(3)), seen(1, look(0))}), (Numbers{1, 0}));
}

TEST(Identities, StoredStateGoesOnTheSame) {
  const auto frame = [](int t) {
    Random random(9, static_cast<std::uint64_t>(t));
    std::vector<Identities::Observation> faces;
    for (int i = 0; i < 3; ++i) {
      if (random.chance(0.4)) continue;
      const int person = (i + t / 7) % 3;
      faces.push_back(placed(10 * (t / 7) + i, {100.0F * i + t, 50, 40, 50}, 0.1 * t,
                             random.chance(0.5) ? look(person, random.uniform(0.4, 1), t % 5) : std::vector<float>(),
                             random.uniform()));
    }
    return faces;
  };
  Identities whole;
  std::vector<Numbers> expected;
  for (int t = 0; t < 60; ++t) expected.push_back(whole.assign(frame(t)));
  for (const int stop : {1, 20, 41}) {
    Identities first, second;
    for (int t = 0; t < stop; ++t) first.assign(frame(t));
    second.restore(first.save());
    for (int t = stop; t < 60; ++t) EXPECT_EQ(second.assign(frame(t)), expected[static_cast<std::size_t>(t)]) << t;
    EXPECT_EQ(second.save(), whole.save());
  }
}

TEST(Identities, SaysWhatIsWrong) {
  Identities identities;
  identities.assign({seen(0, look(0))});
  EXPECT_THROW(identities.assign({seen(1, {1, 0})}), Error);
  EXPECT_THROW(identities.assign({seen(1, look(0)), seen(1, look(1))}), Error);
  EXPECT_THROW(Identities({.same_person_likeness = 0}), Error);
  const std::string good = identities.save();
  for (std::size_t cut = 0; cut < good.size(); cut += 7) EXPECT_THROW(identities.restore(good.substr(0, cut)), Error) << cut;
  for (
      const char* damaged :
      {"[]", R"({"version":2})",
       R"({"version":1,"next_person":0,"frame":0,"embedding_size":2,"people":[{"number":0}],"tracks":[]})",
       R"({"version":1,"next_person":1,"frame":0,"embedding_size":2,"people":[],"tracks":[{"number":0,"person":4,"waited":0,"seen":0}]})"}) {
    EXPECT_THROW(identities.restore(damaged), Error) << damaged;
  }
  EXPECT_EQ(identities.save(), good);
}

}  // namespace
}  // namespace mien
