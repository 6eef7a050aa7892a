// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/system_folders.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

TEST(SystemFolders, AreKnownByName) {
  for (const char* name : {"__MACOSX", "@eaDir", ".thumbnails", ".ipynb_checkpoints", "$RECYCLE.BIN", "#recycle", "lost+found",
                           "System Volume Information"})
    EXPECT_TRUE(is_system_folder(name)) << name;
  for (const char* name : {"happy", "macosx", "eadir", "anger@home", "", "_", "thumbnails"})
    EXPECT_FALSE(is_system_folder(name)) << name;
}

}  // namespace
}  // namespace mien
