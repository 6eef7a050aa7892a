// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/shipped_files.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using Folders = std::vector<fs::path>;

class ShippedFiles : public ::testing::Test {
 protected:
  /// A file with its folders; returns its folder.
  fs::path put(const fs::path& file, const std::string& content = "x") {
    fs::create_directories((root() / file).parent_path());
    write_atomically(root() / file, content);
    return (root() / file).parent_path();
  }
  fs::path root() const { return fs::canonical(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

TEST_F(ShippedFiles, AnInstallationHasThemBelowShare) {
  put("bin/mien");
  put("lib/libmien_analysis.so");
  put("lib/x86_64-linux-gnu/libmien_analysis.so");
  const fs::path models = put("share/mien/models/a.onnx");
  for (const char* object : {"bin", "lib", "lib/x86_64-linux-gnu"})
    EXPECT_EQ(shipped_folders_beside(root() / object, "models"), Folders{models}) << object;
  EXPECT_TRUE(shipped_folders_beside(root() / "bin", "recipes").empty());
  EXPECT_TRUE(shipped_folders_beside("", "models").empty());
}

TEST_F(ShippedFiles, ABuildTreeHasThemInItsSources) {
  const fs::path models = put("checkout/models/a.onnx");
  const std::string home = "CMAKE_HOME_DIRECTORY:INTERNAL=" + (root() / "checkout").string() + "\n";
  put("elsewhere/build/CMakeCache.txt", "# a comment\n" + home + "CMAKE_PROJECT_NAME:STATIC=mien\n");
  put("elsewhere/build/bin/mien");
  put("elsewhere/build/src/mien/cli/mien_program_test");
  for (const char* object : {"elsewhere/build", "elsewhere/build/bin", "elsewhere/build/src/mien/cli"})
    EXPECT_EQ(shipped_folders_beside(root() / object, "models"), Folders{models}) << object;
  // A build of some other project is none of ours.
  put("other/build/CMakeCache.txt", home + "CMAKE_PROJECT_NAME:STATIC=player\n");
  EXPECT_TRUE(shipped_folders_beside(root() / "other" / "build", "models").empty());
}

TEST_F(ShippedFiles, BesideTheProgramComesFirst) {
  put("bin/mien");
  const fs::path near = put("bin/models/a.onnx"), installed = put("share/mien/models/a.onnx");
  EXPECT_EQ(shipped_folders_beside(root() / "bin", "models"), (Folders{near, installed}));
}

TEST_F(ShippedFiles, TheNamedFolderComesBeforeTheWeightsOwn) {
  const fs::path named = put("named/a.onnx"), beside = put("run/weights/best.onnx");
  put("run/weights/a.onnx");
  put("run/weights/b.onnx");
  const ModelPlaces places{named, beside / "best.onnx"};
  EXPECT_EQ(find_shipped_model("a.onnx", places), named / "a.onnx");
  EXPECT_EQ(find_shipped_model("b.onnx", places), beside / "b.onnx");
  EXPECT_EQ(find_shipped_model("c.onnx", places), std::nullopt);
  try {
    require_shipped_model("c.onnx", places);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string(error.what()).find(named.string() + ", " + beside.string()), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("--models"), std::string::npos);
  }
  EXPECT_THROW(find_shipped_model("a.onnx", {root() / "absent", {}}), Error);
}

TEST_F(ShippedFiles, ThePresentFolderHasNoPart) {
  put("here/models/only-here.onnx");
  const fs::path before = fs::current_path();
  fs::current_path(root() / "here");
  const auto found = find_shipped_model("only-here.onnx", {});
  fs::current_path(before);
  EXPECT_EQ(found, std::nullopt);
}

TEST_F(ShippedFiles, ThisBuildFindsItsOwn) {
  const fs::path models = testing::source_folder() / "models";
  if (!fs::exists(models / "mien-landmarks68.onnx")) GTEST_SKIP() << "no models beside the sources";
  const fs::path before = fs::current_path();
  fs::current_path(root());
  EXPECT_EQ(require_shipped_model("mien-landmarks68.onnx", {}), fs::canonical(models) / "mien-landmarks68.onnx");
  fs::current_path(before);
}

}  // namespace
}  // namespace mien
