// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/catalogue.h"

#include <set>

#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::contains;
using testing::text_of;
using testing::Tree;

DatasetOptions with_spec(const std::string& spec) {
  DatasetOptions options;
  options.spec = spec;
  return options;
}

TEST(Catalogue, UnknownFormatsAndBadSpecsAreExplained) {
  EXPECT_MIEN_ERROR(open_dataset(with_spec("ferplus")), ErrorCode::usage, "FORMAT:PATH");
  EXPECT_MIEN_ERROR(open_dataset(with_spec("ferplus:")), ErrorCode::usage, "FORMAT:PATH");
  EXPECT_MIEN_ERROR(open_dataset(with_spec("ferplus:no/such/folder")), ErrorCode::not_found, "no/such/folder");
  try {
    open_dataset(with_spec("affectnt:x"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_TRUE(contains(error.hint(), "affectnet")) << error.hint();
  }
}

TEST(Catalogue, EveryFormatIsDescribedOnce) {
  std::set<std::string> names;
  for (const auto& format : dataset_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.summary.empty());
    EXPECT_FALSE(format.layout.empty());
  }
  for (const char* name : {"ferplus", "fer2013", "rafdb", "rafdb_compound", "affectnet", "ckplus", "ck48", "oulu_casia", "folder",
                           "csv", "shards", "procedural"})
    EXPECT_EQ(names.count(name), 1u) << name;
}

TEST(Catalogue, DropsCopiesAcrossSplits) {
  Tree tree;
  tree.image("train/happy/a.png", 10);
  tree.image("train/sad/b.png", 20);
  tree.image("test/happy/copy_of_a.png", 10);
  tree.image("test/sad/c.png", 30);
  DatasetOptions options;
  EXPECT_EQ(tree.open("folder", options).size(), 4);
  options.drop_leaks = true;
  ReadReport report;
  const Dataset dataset = tree.open("folder", options, &report);
  ASSERT_EQ(dataset.size(), 3);
  for (const auto& record : dataset.records) EXPECT_FALSE(contains(record.id, "copy"));
  EXPECT_TRUE(contains(text_of(report), "test: 1 copies")) << text_of(report);
}

TEST(Catalogue, MapsLabelsByNameAndReportsTheRest) {
  Tree tree;
  tree.image("contempt/a.png");
  tree.image("fear/b.png");
  DatasetOptions options;
  options.labels = "rafdb";
  ReadReport report;
  const Dataset dataset = tree.open("folder", options, &report);
  ASSERT_EQ(dataset.size(), 1);
  EXPECT_EQ(dataset.labels.name(), "rafdb");
  EXPECT_EQ(dataset.records[0].annotations.label, 1);
  EXPECT_TRUE(contains(text_of(report), "left out 1: class contempt does not exist in rafdb")) << text_of(report);
  fs::remove_all(tree.root() / "fear");
  EXPECT_MIEN_ERROR(tree.open("folder", options), ErrorCode::bad_data, "no record has a class");
}

TEST(Catalogue, OptionsAreDescribedAndChecked) {
  DatasetOptions options;
  OptionTable table;
  describe(options, table);
  table.check("defaults");
  table.set("data", "votes", "argmax", "test");
  table.set("data", "classes", "7", "test");
  EXPECT_EQ(options.votes, "argmax");
  EXPECT_EQ(options.classes, 7);
  const auto set_and_check = [&](const char* name, const char* value) {
    table.set("data", name, value, "test");
    table.check("test");
  };
  EXPECT_THROW(set_and_check("votes", "mean"), Error);
  options = {};
  EXPECT_THROW(set_and_check("labels", "nowhere"), Error);
  options = {};
  EXPECT_THROW(set_and_check("last_frames", "0"), Error);
}

TEST(ReadReport, CountsProblems) {
  ReadReport report;
  report.note("fine");
  report.problem("bad");
  EXPECT_EQ(report.problems(), 1);
}

}  // namespace
}  // namespace mien
