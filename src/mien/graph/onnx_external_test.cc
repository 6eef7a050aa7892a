// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/onnx_external.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "mien/base/files.h"
#include "mien/graph/onnx_fixtures.h"

namespace mien::graph {
namespace {

using namespace onnx_fixtures;

/// A folder model/ with data of 36 + 4 bytes in weights.bin, and a file beside the folder.
class OnnxExternal : public ::testing::Test {
 protected:
  OnnxExternal() : model_folder(folder_.path() / "model") {
    fs::create_directories(model_folder / "parts");
    std::vector<float> values(10);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
    const std::string_view bytes(reinterpret_cast<const char*>(values.data()), 40);
    write_atomically(model_folder / "weights.bin", bytes);
    write_atomically(model_folder / "parts" / "weights.bin", bytes);
    write_atomically(folder_.path() / "secret.bin", bytes);
  }

  /// The small model with w in an external file.
  static ::onnx::ModelProto model(const std::map<std::string, std::string>& entries) {
    auto model = small_model();
    auto& w = *model.mutable_graph()->mutable_initializer(0);
    w.clear_raw_data();
    w.set_data_location(::onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto& entry = *w.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    return model;
  }
  std::string refused(const std::map<std::string, std::string>& entries) const {
    return refusal(model(entries), {}, model_folder);
  }

  TemporaryFolder folder_;
  fs::path model_folder;
};

TEST_F(OnnxExternal, ReadsDataBesideTheModel) {
  for (const std::string location : {"weights.bin", "parts/weights.bin", "./weights.bin"}) {
    const Graph graph = parse(model({{"location", location}, {"offset", "4"}, {"length", "36"}}), {}, model_folder);
    EXPECT_EQ(constant(graph, "w").floats(), (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
  write_atomically(model_folder / "m.onnx", model({{"location", "weights.bin"}}).SerializeAsString());
  EXPECT_EQ(constant(read_onnx(model_folder / "m.onnx"), "w").floats()[8], 8.0f);
}

TEST_F(OnnxExternal, StaysInTheModelsFolder) {
  const std::string inside = "inside the model's folder";
  EXPECT_TRUE(says(refused({{"location", "../secret.bin"}}), {"initialiser 'w'", inside}));
  EXPECT_TRUE(says(refused({{"location", "parts/../../secret.bin"}}), {inside}));
  EXPECT_TRUE(says(refused({{"location", (folder_.path() / "secret.bin").string()}}), {inside}));
  EXPECT_TRUE(says(refused({{"location", ""}}), {inside}));
  EXPECT_TRUE(says(refused({{"location", std::string("weights.bin\0x", 13)}}), {inside}));
  EXPECT_TRUE(says(refused({}), {inside}));
  fs::create_symlink(folder_.path() / "secret.bin", model_folder / "link.bin");
  fs::create_directory_symlink(folder_.path(), model_folder / "up");
  EXPECT_TRUE(says(refused({{"location", "link.bin"}}), {"outside"}));
  EXPECT_TRUE(says(refused({{"location", "up/secret.bin"}}), {"outside"}));
  fs::create_directory(folder_.path() / "model2");  // begins with the folder's name
  write_atomically(folder_.path() / "model2" / "w.bin", std::string(36, 'x'));
  fs::create_directory_symlink(folder_.path() / "model2", model_folder / "sibling");
  EXPECT_TRUE(says(refused({{"location", "sibling/w.bin"}}), {"outside"}));
  fs::create_symlink("weights.bin", model_folder / "alias.bin");  // a link that stays inside is fine
  EXPECT_EQ(refused({{"location", "alias.bin"}}), "");
}

TEST_F(OnnxExternal, RefusesWhatTheFileDoesNotHave) {
  EXPECT_TRUE(says(refused({{"location", "absent.bin"}}), {"'absent.bin'", "not in the model's folder"}));
  EXPECT_TRUE(says(refused({{"location", "parts"}}), {"no ordinary file"}));
  ASSERT_EQ(::mkfifo((model_folder / "pipe").c_str(), 0600), 0);
  EXPECT_TRUE(says(refused({{"location", "pipe"}}), {"no ordinary file"}));
  EXPECT_TRUE(says(refused({{"location", "weights.bin"}, {"offset", "5"}}), {"36 bytes from byte 5", "40 bytes"}));
  EXPECT_TRUE(says(refused({{"location", "weights.bin"}, {"offset", "18446744073709551615"}}), {"40 bytes"}));
  EXPECT_TRUE(says(refused({{"location", "weights.bin"}, {"offset", "-4"}}), {"'offset'", "'-4'"}));
  EXPECT_TRUE(says(refused({{"location", "weights.bin"}, {"offset", "4x"}}), {"'4x'"}));
  EXPECT_TRUE(says(refused({{"location", "weights.bin"}, {"length", "40"}}), {"36 bytes", "40"}));
  auto huge = model({{"location", "weights.bin"}});
  huge.mutable_graph()->mutable_initializer(0)->set_dims(0, 1ll << 50);
  EXPECT_TRUE(says(refusal(huge, {}, model_folder), {"40 bytes"}));
}

TEST_F(OnnxExternal, LimitsTheTotal) {
  const auto fits = model({{"location", "weights.bin"}});
  EXPECT_EQ(refusal(fits, {.max_external_bytes = 36}, model_folder), "");
  EXPECT_TRUE(says(refusal(fits, {.max_external_bytes = 35}, model_folder), {"35 bytes"}));
  auto again = fits;  // every initialiser reads the same bytes
  for (int i = 0; i < 20; ++i) {
    auto& copy = *again.mutable_graph()->add_initializer();
    copy = fits.graph().initializer(0);
    copy.set_name("copy" + std::to_string(i));
  }
  EXPECT_TRUE(says(refusal(again, {}, model_folder), {"'copy3'", "overlap"}));
}

TEST_F(OnnxExternal, NeedsAFolder) {
  EXPECT_TRUE(says(refusal(model({{"location", "weights.bin"}})), {"'weights.bin'", "folder"}));
}

}  // namespace
}  // namespace mien::graph
