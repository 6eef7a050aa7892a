// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/shards.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/data/tar.h"
#include "mien/image/encode.h"

namespace mien {
namespace {

using Member = std::pair<std::string, std::string>;

cv::Mat noise(std::uint64_t seed, int type = CV_8UC3, int side = 16) {
  Random random(seed);
  cv::Mat image(side, side, type);
  for (std::size_t i = 0; i < image.total() * image.elemSize(); ++i)
    image.data[i] = static_cast<std::uint8_t>(random.integer(256));
  return image;
}

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

std::string png(std::uint64_t seed) {
  const auto bytes = encode_png(noise(seed));
  return {bytes.begin(), bytes.end()};
}

std::string jpeg(std::uint64_t seed) {
  const auto bytes = encode_jpeg(noise(seed));
  return {bytes.begin(), bytes.end()};
}

/// Remembers the warnings.
struct Warnings : Progress {
  void warn(const std::string& message) override { messages.push_back(message); }
  std::vector<std::string> messages;
};

class Shards : public ::testing::Test {
 protected:
  Shards() {
    dataset_.name = "made up";
    dataset_.labels = LabelSpace("rafdb", {"surprise", "fear", "disgust"}, {1, 2, 3});
    dataset_.source = file_sample_source();
  }

  Record& add(const std::string& id, const std::string& bytes) {
    write_atomically(folder_.path() / id, bytes);
    Record record;
    record.id = id;
    record.source.file = (folder_.path() / id).string();
    dataset_.records.push_back(record);
    return dataset_.records.back();
  }

  std::vector<fs::path> pack(std::int64_t shard_bytes = 1 << 20) {
    return pack_shards(dataset_, out_, "set", shard_bytes, progress_);
  }

  fs::path write_shard(const std::string& name, const std::vector<Member>& members, bool with_end = true) {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    for (const auto& [member, data] : members) append_tar_member(out, member, data.data(), data.size());
    if (with_end) append_tar_end(out);
    return file;
  }

  /// The message of the Error that reading throws.
  static std::string refusal(const fs::path& path, ErrorCode code) {
    try {
      read_shards(path, nullptr);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "was read";
    return {};
  }

  TemporaryFolder folder_;
  const fs::path out_ = folder_.path() / "packed";
  Dataset dataset_;
  Warnings progress_;
};

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(Shards, EveryFieldComesBackBitEqual) {
  Record& first = add("full.jpg", jpeg(1));
  first.split = "train";
  first.group = "sequence \xc3\xa9 7";
  Annotations& a = first.annotations;
  a.label = 2;
  a.distribution = {0.1f, 1.0f / 3, 1 - 0.1f - 1.0f / 3};
  a.valence_arousal = ValenceArousal{-0.3f, std::nextafter(0.7f, 1.0f)};
  Random random(5);
  for (int i = 0; i < 18; ++i) a.action_units.push_back(static_cast<float>(random.uniform()));
  for (int i = 0; i < 68; ++i)
    a.landmarks.emplace_back(static_cast<float>(random.uniform(-3, 20)), static_cast<float>(random.uniform(-3, 20)));
  a.identity = "\"Zoe\"\n";
  add("bare.png", png(2));
  const Annotations expected = dataset_.records[0].annotations;
  pack();
  ReadReport report;
  const Dataset read = read_shards(out_, &report);
  EXPECT_EQ(report.problems(), 0);
  EXPECT_EQ(read.name, "made up");
  EXPECT_EQ(read.labels.name(), "rafdb");
  EXPECT_EQ(read.labels.names(), dataset_.labels.names());
  EXPECT_EQ(read.labels.file_id(2), 3);
  ASSERT_EQ(read.size(), 2);
  const Record& r = read.records[0];
  EXPECT_EQ(r.id, "full.jpg");
  EXPECT_EQ(r.split, "train");
  EXPECT_EQ(r.group, "sequence \xc3\xa9 7");
  EXPECT_EQ(r.annotations.label, 2);
  EXPECT_EQ(r.annotations.distribution, expected.distribution);
  ASSERT_TRUE(r.annotations.valence_arousal.has_value());
  EXPECT_EQ(r.annotations.valence_arousal->valence, expected.valence_arousal->valence);
  EXPECT_EQ(r.annotations.valence_arousal->arousal, expected.valence_arousal->arousal);
  EXPECT_EQ(r.annotations.action_units, expected.action_units);
  EXPECT_EQ(r.annotations.landmarks, expected.landmarks);
  EXPECT_EQ(r.annotations.identity, expected.identity);
  const Record& bare = read.records[1];
  EXPECT_EQ(bare.annotations.label, -1);
  EXPECT_TRUE(bare.split.empty() && bare.group.empty() && bare.annotations.identity.empty());
  EXPECT_TRUE(bare.annotations.distribution.empty() && bare.annotations.action_units.empty() &&
              bare.annotations.landmarks.empty());
  EXPECT_FALSE(bare.annotations.valence_arousal.has_value());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(equal(read.load(i).image, dataset_.load(i).image));
}

TEST_F(Shards, OriginalBytesAreKept) {
  const std::string bytes = jpeg(3);
  add("photo.jpeg", bytes);
  const auto files = pack();
  const auto index = index_tar(files.at(0));
  ASSERT_EQ(index.members.size(), 2u);
  EXPECT_EQ(index.members[0].name, "00000000.jpg");
  EXPECT_EQ(index.members[1].name, "00000000.json");
  const auto stored = read_part(files[0], index.members[0].offset, index.members[0].size, "image");
  EXPECT_EQ(std::string(stored.begin(), stored.end()), bytes);
  // Packing what was read from shards gives the same shards.
  const Dataset read = read_shards(out_, nullptr);
  const auto again = pack_shards(read, folder_.path() / "again", "set", 1 << 20, progress_);
  EXPECT_EQ(read_bytes(again.at(0)), read_bytes(files[0]));
}

TEST_F(Shards, CropsAndMemoryBecomePng) {
  Record& crop = add("group.png", png(4));
  crop.source.crop = cv::Rect(4, 2, 8, 8);
  crop.annotations.landmarks = {{5, 6}};
  Record gray;
  gray.id = "row 7";
  gray.source.gray = std::make_shared<std::vector<std::uint8_t>>(std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
  gray.source.gray_width = 3;
  dataset_.records.push_back(gray);
  pack();
  const Dataset read = read_shards(out_ / "set.json", nullptr);
  EXPECT_TRUE(equal(read.load(0).image, noise(4)(cv::Rect(4, 2, 8, 8))));
  EXPECT_EQ(read.load(0).annotations.landmarks.at(0), cv::Point2f(1, 4));
  EXPECT_TRUE(equal(read.load(1).image, (cv::Mat_<std::uint8_t>(2, 3) << 1, 2, 3, 4, 5, 6)));
}

TEST_F(Shards, ShardsAreCutBySizeAndIndexed) {
  for (int i = 0; i < 7; ++i) {
    Record& record = add(std::to_string(i) + ".png", png(static_cast<std::uint64_t>(i)));
    record.annotations.label = i % 2;
    record.split = i < 5 ? "train" : "test";
  }
  const std::int64_t one = tar_bytes(png(0).size()) + tar_bytes(100);
  const auto files = pack(3 * one + 1024);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[2].filename(), "set-000002.tar");
  for (const auto& file : files) EXPECT_LE(fs::file_size(file), static_cast<std::uintmax_t>(3 * one + 1024));
  const auto index = nlohmann::json::parse(read_text(out_ / "set.json"));
  EXPECT_EQ(index["samples"], 7);
  EXPECT_EQ(index["shards"][0]["samples"], 3);
  EXPECT_EQ(index["shards"][2]["bytes"], fs::file_size(files[2]));
  EXPECT_EQ(index["counts"]["train"]["surprise"], 3);
  EXPECT_EQ(index["counts"]["test"]["fear"], 1);
  // A single shard takes the label space from the index beside it.
  const Dataset last = read_shards(files[1], nullptr);
  ASSERT_EQ(last.size(), 3);
  EXPECT_EQ(last.records[0].id, "3.png");
  EXPECT_EQ(last.records[0].annotations.label, 1);
  EXPECT_EQ(last.labels.size(), 3);
  EXPECT_EQ(pack_shards(dataset_, out_, "tiny", 1, progress_).size(), 7u);  // one sample a shard at least
  EXPECT_TRUE(mentions(refusal(out_, ErrorCode::usage), "2 data sets"));
}

TEST_F(Shards, UnreadableImagesAreLeftOutAndListed) {
  add("good.png", png(1));
  add("text.png", "no image");
  add("gone.png", png(1));
  fs::remove(folder_.path() / "gone.png");
  pack();
  EXPECT_EQ(progress_.messages.size(), 2u);
  EXPECT_EQ(read_shards(out_, nullptr).size(), 1);
  const auto index = nlohmann::json::parse(read_text(out_ / "set.json"));
  ASSERT_EQ(index["left_out"].size(), 2u);
  EXPECT_TRUE(mentions(index["left_out"][0], "text.png"));
  dataset_.records.erase(dataset_.records.begin());
  EXPECT_THROW(pack_shards(dataset_, folder_.path() / "none", "set", 1000, progress_), Error);
}

TEST_F(Shards, NeverOverwritesAnOlderSet) {
  add("a.png", png(1));
  pack();
  EXPECT_THROW(pack(), Error);
  EXPECT_THROW(pack_shards(dataset_, out_, "../set", 1000, progress_), Error);
  EXPECT_THROW(pack_shards(dataset_, out_, "", 1000, progress_), Error);
  EXPECT_THROW(pack_shards(dataset_, out_, "other", 0, progress_), Error);
}

TEST_F(Shards, ForeignShardsWithClassNumbers) {
  write_shard("foreign/train-0000.tar",
              {{"x/0001.jpg", jpeg(1)}, {"x/0001.cls", "2\n"}, {"x/0002.png", png(2)}, {"x/0002.cls", "0"}});
  write_shard("foreign/val-0000.tar", {{"x/0001.cls", "1"}, {"x/0001.JPEG", jpeg(3)}, {"x/0001.seg.png", png(9)}});
  ReadReport report;
  const Dataset read = read_shards(folder_.path() / "foreign", &report);
  EXPECT_EQ(report.problems(), 0);
  ASSERT_EQ(read.size(), 3);
  EXPECT_EQ(read.name, "foreign");
  EXPECT_EQ(read.labels.names(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(read.records[0].annotations.label, 2);
  EXPECT_EQ(read.records[1].annotations.label, 0);
  EXPECT_EQ(read.records[2].annotations.label, 1);
  EXPECT_EQ(read.records[0].split, "train");
  EXPECT_EQ(read.records[2].split, "valid");
  EXPECT_EQ(read.records[0].id, "train-0000.tar/x/0001");
  EXPECT_EQ(read.records[2].id, "val-0000.tar/x/0001");
  EXPECT_TRUE(equal(read.load(1).image, noise(2)));
  EXPECT_EQ(read.load(2).image.rows, 16);
}

TEST_F(Shards, ForeignShardsWithNames) {
  const auto file = write_shard("faces.tar", {{"a.photo.v2.png", png(1)},
                                              {"a.json", R"({"emotion":"Happy","extra":[1,{"x":null}],"valence":0.5})"},
                                              {"b.png", png(2)},
                                              {"b.json", R"({"expression":"anger","split":"test"})"},
                                              {"b.txt", "a caption"}});
  const Dataset read = read_shards(file, nullptr);
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read.labels.names(), (std::vector<std::string>{"anger", "happiness"}));
  EXPECT_EQ(read.records[0].annotations.label, 1);
  EXPECT_EQ(read.records[1].annotations.label, 0);
  EXPECT_EQ(read.records[1].split, "test");
  EXPECT_FALSE(read.records[0].annotations.valence_arousal.has_value());  // arousal is missing
  EXPECT_TRUE(equal(read.load(0).image, noise(1)));
}

TEST_F(Shards, LabelsThatTableProgramsWrote) {
  const auto file = write_shard("table.tar", {{"a.png", png(1)},
                                              {"a.cls", "1.0"},
                                              {"b.png", png(2)},
                                              {"b.cls", "nan"},
                                              {"c.png", png(3)},
                                              {"c.json", R"({"label":"0.0"})"}});
  const Dataset read = read_shards(file, nullptr);
  EXPECT_EQ(read.labels.names(), (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(read.records[0].annotations.label, 1);
  EXPECT_EQ(read.records[1].annotations.label, -1);
  EXPECT_EQ(read.records[2].annotations.label, 0);
  refusal(write_shard("half.tar", {{"a.png", png(1)}, {"a.cls", "0.5"}}), ErrorCode::bad_file);
  refusal(write_shard("many.tar", {{"a.png", png(1)}, {"a.cls", "10000.0"}}), ErrorCode::bad_file);
}

TEST_F(Shards, NamesThatAreNoTextComeBack) {
  dataset_.labels = LabelSpace("caf\xE9", {"sad\xE9", "happy\xE8", "c"});
  add("a\xE9.png", png(1)).annotations.label = 0;
  add("a\xE8.png", png(2)).annotations.label = 1;
  dataset_.records[0].annotations.identity = "Zo\xE9";
  pack();
  const Dataset read = read_shards(out_, nullptr);
  EXPECT_EQ(read.labels.names(), dataset_.labels.names());
  EXPECT_EQ(read.labels.name(), "caf\xE9");
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read.records[0].id, "a\xE9.png");
  EXPECT_EQ(read.records[1].id, "a\xE8.png");
  EXPECT_EQ(read.records[0].annotations.identity, "Zo\xE9");
  EXPECT_EQ(read.records[1].annotations.label, 1);
}

TEST_F(Shards, ReportsWhatIsSkipped) {
  const auto file = write_shard("odd.tar", {{"a.cls", "1"}, {"b.png", png(1)}, {"b.png", png(2)}, {"c.png", png(3)}}, false);
  ReadReport report;
  const Dataset read = read_shards(file, &report);
  EXPECT_EQ(read.size(), 2);
  EXPECT_EQ(report.problems(), 3);  // no image, a repeated member, no end mark
  EXPECT_TRUE(equal(read.load(0).image, noise(1)));
}

TEST_F(Shards, DamagedMembersAreNamed) {
  const auto bad = [&](const std::string& member, const std::string& content) {
    const std::string message = refusal(write_shard("bad.tar", {{"k.png", png(1)}, {member, content}}), ErrorCode::bad_file);
    EXPECT_TRUE(mentions(message, "bad.tar") && mentions(message, "k")) << message;
    return message;
  };
  EXPECT_TRUE(mentions(bad("k.json", "{\"label\":"), "JSON"));
  EXPECT_TRUE(mentions(bad("k.json", "[1]"), "object"));
  bad("k.json", R"({"label":[1]})");
  bad("k.json", R"({"label":1e9})");
  bad("k.json", R"({"label":123456789})");
  bad("k.json", R"({"landmarks":[[1,2],[3]]})");
  bad("k.json", R"({"landmarks":"none"})");
  bad("k.json", R"({"action_units":[1,2]})");
  bad("k.json", R"({"valence":"high","arousal":0})");
  bad("k.json", R"({"distribution":[1e300,0]})");
  bad("k.json", R"({"distribution":[0.5,0.5],"label":5})");
  bad("k.json", std::string(200000, '['));
  bad("k.cls", "");
  bad("k.cls", "99999999999999999999");
  bad("k.cls", std::string(5000, '1'));
}

TEST_F(Shards, ShardsThatDoNotFitTheirIndexAreRefused) {
  add("a.png", png(1));
  add("b.png", png(2));
  const auto files = pack(1);
  ASSERT_EQ(files.size(), 2u);
  const std::string whole = read_text(files[1]), index = read_text(out_ / "set.json");
  write_atomically(files[1], whole.substr(0, whole.size() - 512));
  EXPECT_TRUE(mentions(refusal(out_, ErrorCode::bad_file), "set-000001.tar"));
  auto changed = nlohmann::json::parse(index);
  changed["shards"][1]["samples"] = 9;
  write_atomically(files[1], whole);
  write_atomically(out_ / "set.json", changed.dump());
  EXPECT_TRUE(mentions(refusal(out_, ErrorCode::bad_file), "expected 9 samples, found 1"));
  changed["shards"][1]["file"] = "../set-000001.tar";
  write_atomically(out_ / "set.json", changed.dump());
  refusal(out_, ErrorCode::bad_file);
  changed["shards"] = "x";
  write_atomically(out_ / "set.json", changed.dump());
  refusal(out_, ErrorCode::bad_file);
  write_atomically(out_ / "set.json", index);
  fs::remove(files[0]);
  refusal(out_, ErrorCode::not_found);
  refusal(folder_.path() / "nowhere", ErrorCode::not_found);
}

}  // namespace
}  // namespace mien
