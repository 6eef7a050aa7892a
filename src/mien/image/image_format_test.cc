// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/image/image_format.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "mien/base/files.h"
#include "mien/image/decode_fixtures.h"
#include "mien/image/gif_blocks.h"

namespace mien {
namespace {

using testing::from_base64;

ImageFormat format_of(const std::string& bytes) { return image_format(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()); }

TEST(ImageFormats, AreToldByTheFirstBytes) {
  const std::map<std::string, ImageFormat> by_name = {{"jpeg", ImageFormat::jpeg}, {"png", ImageFormat::png},  {"webp", ImageFormat::webp},
                                                      {"bmp", ImageFormat::bmp},   {"tiff", ImageFormat::tiff}, {"bigtiff", ImageFormat::tiff},
                                                      {"gif", ImageFormat::gif},   {"heic", ImageFormat::heif}, {"avif", ImageFormat::heif}};
  for (const auto& fixture : testing::all_fixtures()) {
    const std::string name = fixture.name;
    const auto bytes = from_base64(fixture.file);
    EXPECT_EQ(image_format(bytes.data(), bytes.size()), by_name.at(name.substr(0, name.find(' ')))) << name;
    EXPECT_EQ(image_format(bytes.data(), std::min(bytes.size(), image_format_bytes)), by_name.at(name.substr(0, name.find(' ')))) << name;
  }
}

TEST(ImageFormats, OtherFilesHaveNone) {
  for (const std::string& bytes :
       {std::string(), std::string("BM"), std::string("BMW are cars of a maker in Munich"), std::string("II*"), std::string("GIF"),
        std::string("hello world"), std::string("RIFF....AVI LIST"), std::string("\0\0\0\x1c""ftypisom\0\0\2\0isomiso2mp41", 28),
        std::string("\0\0\0\x14""ftypqt  \0\0\0\0qt  ", 20)})
    EXPECT_EQ(format_of(bytes), ImageFormat::none) << bytes;
  // A compatible brand behind the end of its box does not count.
  EXPECT_EQ(format_of(std::string("\0\0\0\x10""ftypisom\0\0\0\0avif", 20)), ImageFormat::none);
  EXPECT_EQ(format_of(std::string("\0\0\0\x14""ftypMiHB\0\0\0\0heic", 20)), ImageFormat::heif);
}

TEST(ImageFormats, NamesAreAHintOnly) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& bytes) { write_atomically(folder.path() / name, bytes); };
  const auto bytes = from_base64(testing::encoded_fixtures().front().file);
  write("photo", {bytes.begin(), bytes.end()});
  write("photo.txt", {bytes.begin(), bytes.end()});
  write("notes.txt", "hello");
  write("broken.jpg", "hello");
  write("empty", "");
  const auto why = [&](const char* name) { return why_no_picture(folder.path() / name); };
  EXPECT_EQ(why("photo"), "");
  EXPECT_EQ(why("photo.txt"), "");
  EXPECT_EQ(why("broken.jpg"), "") << "it is meant to be one; reading it says what is wrong";
  EXPECT_EQ(why("notes.txt"), "no picture");
  EXPECT_EQ(why("empty"), "empty");
  EXPECT_EQ(why("missing"), "cannot be opened: No such file or directory");
  const auto found = find_pictures(folder.path());
  EXPECT_EQ(found.files.size(), 3u);
  EXPECT_EQ(found.left_out.size(), 2u);
}

TEST(GifBlocks, CountsFramesAndSeesTheEnd) {
  for (const auto& fixture : testing::format_fixtures()) {
    if (std::string(fixture.name).rfind("gif", 0) != 0) continue;
    const auto bytes = from_base64(fixture.file);
    const auto blocks = scan_gif(bytes.data(), bytes.size());
    EXPECT_EQ(blocks.frames, std::string(fixture.name) == "gif animated" ? 2 : 1) << fixture.name;
    EXPECT_TRUE(blocks.complete) << fixture.name;
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(scan_gif(bytes.data(), size).complete) << fixture.name << " " << size;
  }
}

}  // namespace
}  // namespace mien
