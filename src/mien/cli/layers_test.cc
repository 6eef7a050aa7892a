// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Layers: an #include of "mien/<module>/..." points to the same module or to one further down in src/mien/CMakeLists.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "mien/base/files.h"
#include "mien/testing/golden.h"

namespace mien::cli {

namespace {

/// Modules in the order of the add_subdirectory lines, bottom first.
std::vector<std::string> module_order(const std::string& cmake) {
  const std::regex line(R"((?:^|\n)\s*add_subdirectory\(([a-z_]+)\))");
  std::vector<std::string> order;
  for (std::sregex_iterator it(cmake.begin(), cmake.end(), line), end; it != end; ++it) order.push_back((*it)[1]);
  return order;
}

std::vector<std::string> included_modules(const std::string& source) {
  const std::regex line(R"((?:^|\n)\s*#\s*include\s+"mien/([a-z_]+)/)");
  std::vector<std::string> modules;
  for (std::sregex_iterator it(source.begin(), source.end(), line), end; it != end; ++it) modules.push_back((*it)[1]);
  return modules;
}

bool is_source(const fs::path& file) { return file.extension() == ".h" || file.extension() == ".cc"; }

/// "train/trainer.cc includes mien/cli" for every include below `root` (src/mien) that points up or out of the list.
std::vector<std::string> layer_violations(const fs::path& root) {
  const auto order = module_order(read_text(root / "CMakeLists.txt"));
  const auto place = [&](const std::string& module) { return std::find(order.begin(), order.end(), module) - order.begin(); };
  std::vector<std::string> violations;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!is_source(entry.path())) continue;
    const fs::path file = fs::relative(entry.path(), root);
    const std::string module = file.begin()->string();
    for (const auto& used : included_modules(read_text(entry.path())))
      if (place(used) > place(module) || place(used) == static_cast<std::ptrdiff_t>(order.size()))
        if (!(used == "testing" && file.stem().string().ends_with("_test")))
          violations.push_back(file.string() + " includes mien/" + used);
  }
  return violations;
}

TEST(Layers, IncludesPointDown) {
  const fs::path root = testing::source_folder() / "src" / "mien";
  ASSERT_GE(module_order(read_text(root / "CMakeLists.txt")).size(), 10u);
  const auto violations = layer_violations(root);
  EXPECT_TRUE(violations.empty());
  for (const auto& violation : violations) ADD_FAILURE() << violation;
}

TEST(Layers, AnIncludeThatPointsUpIsFound) {
  const TemporaryFolder folder;
  const auto write = [&](const fs::path& file, const std::string& content) {
    fs::create_directories((folder.path() / file).parent_path());
    write_atomically(folder.path() / file, content);
  };
  write("CMakeLists.txt", "add_subdirectory(base)\n# add_subdirectory(gone)\nif(X)\n  add_subdirectory(train)\nendif()\n");
  write("base/good.h", "#pragma once\n#include <vector>\n#include \"mien/base/text.h\"\n");
  write("train/good.cc", "#include \"mien/base/good.h\"\n");
  EXPECT_TRUE(layer_violations(folder.path()).empty());
  write("base/readers/bad.cc", "#include \"mien/base/good.h\"\n#  include \"mien/train/good.h\"\n");
  write("train/bad.h", "#include \"mien/gone/x.h\"\n");
  auto violations = layer_violations(folder.path());
  std::sort(violations.begin(), violations.end());
  EXPECT_EQ(violations, (std::vector<std::string>{"base/readers/bad.cc includes mien/train", "train/bad.h includes mien/gone"}));
}

}  // namespace
}  // namespace mien::cli
