// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/video/video_reader.h"

namespace mien {
namespace {

Error error_of(const std::string& name) {
  try {
    open_camera(name);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << name << " was opened";
  return Error(ErrorCode::usage, "");
}

TEST(Camera, ThatIsNotThereIsNamedWithThosePresent) {
  const Error error = error_of("camera:987");
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_NE(std::string(error.what()).find("/dev/video987"), std::string::npos);
  EXPECT_TRUE(error.hint().find("No camera is connected") != std::string::npos ||
              error.hint().find("/dev/video") != std::string::npos);
}

TEST(Camera, ThatIsAnotherDeviceIsRefused) {
  EXPECT_EQ(error_of("camera:/dev/null").code(), ErrorCode::not_found);
  EXPECT_EQ(error_of("camera:/etc/hostname").code(), ErrorCode::not_found);
}

TEST(Camera, NamesOfAnotherFormAreRefused) {
  for (const char* name : {"camera:", "camera:abc", "camera:-1", "camera:12345", "webcam", "0", ""})
    EXPECT_EQ(error_of(name).code(), ErrorCode::usage) << name;
}

}  // namespace
}  // namespace mien
