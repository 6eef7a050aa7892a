// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "mien/base/csv.h"
#include "mien/data/leaks.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string> kSplitOf = {{"FER2013Train", "train"}, {"FER2013Valid", "valid"}};

void add_folder(Dataset& dataset, const fs::path& root, const std::string& folder) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(root / folder))
    if (entry.path().extension() == ".png") files.insert(entry.path());
  for (const auto& file : files) {
    Record record;
    record.id = folder + "/" + file.filename().string();
    record.split = kSplitOf.at(folder);
    record.source.file = file.string();
    dataset.records.push_back(record);
  }
}

TEST(LeaksOfFerPlus, AreThePublishedList) {
  const auto shared = testing::shared_folder();
  if (!shared || !fs::exists(*shared / "data/ferplus/duplicates.csv"))
    GTEST_SKIP() << "needs the FER+ images and their list of duplicates";
  const fs::path root = *shared / "data/ferplus";
  Dataset dataset;
  dataset.source = file_sample_source();
  add_folder(dataset, root, "FER2013Train");
  add_folder(dataset, root, "FER2013Valid");

  const CsvTable table = read_csv(root / "duplicates.csv", true);
  std::map<std::string, std::set<std::string>> listed;
  std::set<std::string> listed_drops;
  for (const auto& row : table.rows) {
    const std::string id = row[1] + "/" + row[2];
    listed[row[0]].insert(id);
    if (row[3] == "1") listed_drops.insert(id);
  }
  std::set<std::set<std::string>> expected;
  for (const auto& group : listed) expected.insert(group.second);

  Progress progress;
  const LeakReport report = find_leaks(dataset, 2, progress);
  std::set<std::set<std::string>> found;
  std::size_t images = 0;
  for (const auto& group : report.duplicates) {
    std::set<std::string> ids;
    for (const auto i : group.indices) ids.insert(dataset.records[static_cast<std::size_t>(i)].id);
    images += ids.size();
    found.insert(ids);
  }
  EXPECT_EQ(report.duplicates.size(), 1270u);
  EXPECT_EQ(images, 2789u);
  EXPECT_EQ(report.images_across_splits, 279);
  EXPECT_TRUE(report.unreadable.empty());
  EXPECT_TRUE(found == expected);

  std::vector<std::pair<std::string, int>> removed;
  const Dataset kept = drop_duplicates(dataset, report, &removed);
  EXPECT_EQ(removed, (std::vector<std::pair<std::string, int>>{{"train", 1224}, {"valid", 295}}));
  std::set<std::string> dropped;
  for (const auto& record : dataset.records) dropped.insert(record.id);
  for (const auto& record : kept.records) dropped.erase(record.id);
  EXPECT_TRUE(dropped == listed_drops);
}

}  // namespace
}  // namespace mien
