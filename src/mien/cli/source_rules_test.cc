// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Rules that every source keeps: JSON is written and read in one place, because nlohmann's own dump and parse throw on text that
// is no UTF-8, and names of files and classes are bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "mien/base/files.h"
#include "mien/testing/golden.h"

namespace mien::cli {
namespace {

/// A call that only the named files may hold.
struct Rule {
  std::string word;  ///< files without it need no closer look
  std::string instead;
  std::regex call;
  std::vector<std::string> allowed;
};

std::vector<Rule> all_rules() {
  return {{"dump", "json_text of mien/base/json_text.h", std::regex(R"((\.|->)\s*dump\s*\()"), {"base/json_text.cc"}},
          {"parse",
           "parse_json of mien/base/json_text.h",
           std::regex(R"(json(_text)?\s*::\s*parse\s*\()", std::regex::icase),
           // The header of a safetensors file is refused by a guard while it is parsed; golden values are the tests' own.
           {"base/json_text.cc", "nn/safetensors_file.cc", "testing/golden.cc"}}};
}

/// "train/x.cc:12: use ..." for every call below `root` (src/mien) in the sources of the program; tests may do what they like.
std::vector<std::string> violations(const fs::path& root) {
  const auto rules = all_rules();
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path file = fs::relative(entry.path(), root);
    const bool source = file.extension() == ".cc" || file.extension() == ".h",
               test = file.stem().string().find("_test") != std::string::npos;
    if (!source || test) continue;
    const std::string text = read_text(entry.path());
    for (const auto& rule : rules)
      if (text.find(rule.word) != std::string::npos &&
          std::find(rule.allowed.begin(), rule.allowed.end(), file.string()) == rule.allowed.end())
        for (std::sregex_iterator it(text.begin(), text.end(), rule.call), end; it != end; ++it)
          found.push_back(file.string() + ":" +
                          std::to_string(1 + std::count(text.begin(), text.begin() + it->position(), '\n')) + ": use " +
                          rule.instead);
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(SourceRules, JsonIsWrittenAndReadInOnePlace) {
  const auto found = violations(testing::source_folder() / "src" / "mien");
  EXPECT_TRUE(found.empty());
  for (const auto& violation : found) ADD_FAILURE() << violation;
}

TEST(SourceRules, AViolationIsFound) {
  const TemporaryFolder folder;
  const auto write = [&](const fs::path& file, const std::string& content) {
    fs::create_directories((folder.path() / file).parent_path());
    write_atomically(folder.path() / file, content);
  };
  write("base/json_text.cc", "value.dump(2); Json::parse(x);\n");
  write("train/good.cc", "json_text(j); dumped(x); parse_json(t, f); toml::parse(x);\n");
  write("train/good_test.cc", "nlohmann::json::parse(x).dump();\n");
  EXPECT_TRUE(violations(folder.path()).empty());
  write("train/bad.cc", "int x;\nout << j\n    .dump(2);\n");
  write("train/bad.h", "auto j = nlohmann::ordered_json::parse(t);\nother->dump();\n");
  EXPECT_EQ(violations(folder.path()), (std::vector<std::string>{"train/bad.cc:3: use json_text of mien/base/json_text.h",
                                                                 "train/bad.h:1: use parse_json of mien/base/json_text.h",
                                                                 "train/bad.h:2: use json_text of mien/base/json_text.h"}));
}

}  // namespace
}  // namespace mien::cli
