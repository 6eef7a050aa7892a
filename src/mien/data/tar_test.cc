// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/tar.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/data/tar_fixtures.h"

namespace mien {
namespace {

class Tar : public ::testing::Test {
 protected:
  fs::path put(const std::string& bytes) {
    std::ofstream(folder_.path() / "shard.tar", std::ios::binary) << bytes;
    return folder_.path() / "shard.tar";
  }

  /// The message of the Error{bad_file} that indexing these bytes throws; "" when it does not.
  std::string refusal(const std::string& bytes) {
    try {
      index_tar(put(bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
      EXPECT_NE(std::string(error.what()).find("shard.tar"), std::string::npos) << error.what();
      return error.what();
    }
    return {};
  }

  TemporaryFolder folder_;
};

std::string written(const std::vector<std::pair<std::string, std::string>>& members) {
  std::ostringstream out;
  for (const auto& [name, data] : members) append_tar_member(out, name, data.data(), data.size());
  append_tar_end(out);
  return out.str();
}

/// Recomputes the checksum of the header at byte `at`.
std::string resealed(std::string tar, std::size_t at = 0) {
  tar.replace(at + 148, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(tar[at + i]);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  tar.replace(at + 148, 7, text, 7);
  return tar;
}

std::string with_size(std::string size_field) {
  size_field.resize(12, '\0');
  std::string tar = written({{"victim.jpg", "0123456789"}});
  tar.replace(124, 12, size_field);
  return resealed(tar);
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void expect_member(const TarMember& member, const std::string& name, std::int64_t offset, std::int64_t size) {
  EXPECT_EQ(member.name, name);
  EXPECT_EQ(member.offset, offset);
  EXPECT_EQ(member.size, size);
}

TEST_F(Tar, ReadsLongNamesOfOtherWriters) {
  const std::string long_name = "folder/" + std::string(110, 'n') + ".jpg";
  const auto gnu = index_tar(put(testing::kGnu.bytes()));
  ASSERT_EQ(gnu.members.size(), 2u);
  EXPECT_TRUE(gnu.has_end_mark);
  expect_member(gnu.members[0], long_name, 1536, 5);
  expect_member(gnu.members[1], "b.cls", 4608, 1);
  const auto pax = index_tar(put(testing::kPax.bytes()));
  ASSERT_EQ(pax.members.size(), 3u);
  expect_member(pax.members[0], long_name, 1536, 5);
  expect_member(pax.members[1], "\xc3\xa9.cls", 3584, 1);
  expect_member(pax.members[2], "z.json", 5120, 2);
  const auto ustar = index_tar(put(testing::kUstar.bytes()));
  ASSERT_EQ(ustar.members.size(), 2u);
  expect_member(ustar.members[0], std::string(90, 'p') + "/" + std::string(60, 'q') + ".png", 512, 4);
  expect_member(ustar.members[1], "empty.txt", 1536, 0);
  EXPECT_EQ(read_part(put(testing::kUstar.bytes()), 512, 4, "x"), (std::vector<std::uint8_t>{'d', 'a', 't', 'a'}));
}

TEST_F(Tar, ReadsWhatItWrites) {
  const std::string block(512, 'b');
  const std::string tar = written({{"a.png", "xyz"}, {std::string(100, 'n'), block}, {"empty", ""}});
  EXPECT_EQ(tar.size(), 512u + 512 + 512 + 512 + 512 + 1024);
  EXPECT_EQ(static_cast<std::size_t>(tar_bytes(3) + tar_bytes(512) + 3 * tar_bytes(0)), tar.size());
  const auto index = index_tar(put(tar));
  ASSERT_EQ(index.members.size(), 3u);
  expect_member(index.members[0], "a.png", 512, 3);
  expect_member(index.members[1], std::string(100, 'n'), 1536, 512);
  expect_member(index.members[2], "empty", 2560, 0);
  std::ostringstream out;
  EXPECT_THROW(append_tar_member(out, std::string(101, 'n'), "", 0), Error);
  EXPECT_THROW(append_tar_member(out, "", "", 0), Error);
}

TEST_F(Tar, RefusesArchivesThatWereCutOff) {
  const std::string tar = written({{"first.jpg", std::string(700, 'x')}, {"second.jpg", std::string(700, 'y')}});
  EXPECT_TRUE(mentions(refusal(tar.substr(0, 1000)), "'first.jpg'"));
  EXPECT_TRUE(mentions(refusal(tar.substr(0, 1536 + 512 + 699)), "'second.jpg'"));
  EXPECT_TRUE(mentions(refusal(tar.substr(0, 1536 + 100)), "header"));
  EXPECT_TRUE(mentions(refusal(""), "empty"));
  const auto without_end = index_tar(put(tar.substr(0, 1536)));
  EXPECT_EQ(without_end.members.size(), 1u);
  EXPECT_FALSE(without_end.has_end_mark);
}

TEST_F(Tar, RefusesHostileSizes) {
  const std::string beyond = "\x80" + std::string(7, '\0') + std::string("\x7f\xff\xff\xff", 4);
  EXPECT_TRUE(mentions(refusal(with_size(beyond)), "expected 2147483647 bytes"));
  EXPECT_TRUE(mentions(refusal(with_size(std::string(12, '\xff'))), "'victim.jpg'"));                              // -1
  EXPECT_TRUE(mentions(refusal(with_size("\x80\x7f" + std::string(10, '\xff'))), "too large"));                    // over 64 bits
  EXPECT_TRUE(mentions(refusal(with_size("\x80" + std::string(3, '\0') + std::string(8, '\xff'))), "too large"));  // 2^64 - 1
  EXPECT_TRUE(
      mentions(refusal(with_size("\x80" + std::string(3, '\0') + "\x7f" + std::string(7, '\xff'))), "victim.jpg"));  // 2^63 - 1
  EXPECT_TRUE(mentions(refusal(with_size("777777777777")), "cut off"));                                              // 64 GiB
  EXPECT_TRUE(mentions(refusal(with_size("-0000000001")), "not a number"));
  EXPECT_TRUE(mentions(refusal(with_size("           ")), "not a number"));
  EXPECT_TRUE(mentions(refusal(with_size("0000000001x")), "not a number"));
  std::string large(12, '\0');  // 10 in base 256 is as good as octal
  large[0] = '\x80';
  large[11] = '\x0a';
  ASSERT_EQ(refusal(with_size(large)), "");
  EXPECT_EQ(index_tar(folder_.path() / "shard.tar").members.at(0).size, 10);
}

TEST_F(Tar, RefusesHostilePaxRecords) {
  const auto pax = [](const std::string& records) {
    std::string tar = written({{"pax", records}, {"victim.jpg", "0123456789"}});
    tar[156] = 'x';
    return resealed(tar);
  };
  EXPECT_EQ(refusal(pax("15 path=new.jpg\n").replace(512, 16, "16 path=new.jpg\n")), "");
  EXPECT_EQ(index_tar(folder_.path() / "shard.tar").members.at(0).name, "new.jpg");
  EXPECT_TRUE(mentions(refusal(pax("10 size=-5\n").replace(512, 11, "11 size=-5\n")), "-5"));
  EXPECT_TRUE(mentions(refusal(pax("31 size=99999999999999999999999\n").replace(512, 3, "32 ")), "too large"));
  EXPECT_TRUE(mentions(refusal(pax("16 size=1000000\n")), "cut off"));
  EXPECT_TRUE(mentions(refusal(pax("99999 path=a\n")), "malformed"));
  EXPECT_TRUE(mentions(refusal(pax("0 path=a\n")), "malformed"));
  EXPECT_TRUE(mentions(refusal(pax("path=a\n")), "malformed"));
  EXPECT_TRUE(mentions(refusal(pax("18446744073709551617 a=b\n")), "malformed"));
}

TEST_F(Tar, RefusesWhatIsNoTar) {
  EXPECT_TRUE(mentions(refusal(std::string(2000, 'z')), "checksum"));
  EXPECT_TRUE(mentions(refusal("\x1f\x8b" + std::string(2000, 'z')), "compressed"));
  std::string damaged = written({{"a.jpg", "x"}});
  damaged[3] = 'J';
  EXPECT_TRUE(mentions(refusal(damaged), "checksum"));
  EXPECT_THROW(index_tar(folder_.path() / "absent.tar"), Error);
  EXPECT_THROW(index_tar(folder_.path()), Error);
}

TEST_F(Tar, AnyByteMayBeWrongWithoutHarm) {
  const std::string tar = testing::kPax.bytes().substr(0, 6144);
  for (std::size_t at = 0; at < tar.size(); at += 29) {
    std::string damaged = tar;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
    try {
      for (const auto& member : index_tar(put(damaged)).members) EXPECT_LE(member.offset + member.size, 6144);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
    }
  }
}

TEST_F(Tar, PartsOutsideTheFileAreRefused) {
  const auto file = put("0123456789");
  EXPECT_EQ(read_part(file, 8, 2, "end"), (std::vector<std::uint8_t>{'8', '9'}));
  EXPECT_TRUE(read_part(file, 10, 0, "nothing").empty());
  for (const auto& [offset, size] : {std::pair{8, 3}, std::pair{11, 0}, std::pair{-1, 2}, std::pair{2, -1}})
    EXPECT_THROW(read_part(file, offset, size, "part"), Error) << offset << " " << size;
}

}  // namespace
}  // namespace mien
