// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "mien/base/files.h"
#include "mien/base/random.h"
#include "mien/graph/onnx_fixtures.h"
#include "mien/testing/golden.h"

namespace mien::graph {
namespace {

using namespace onnx_fixtures;

/// A field of a message in protobuf's encoding: tag (wire type 2), length, content.
std::string field(int number, const std::string& content) {
  std::string bytes(1, static_cast<char>(number << 3 | 2));
  for (std::size_t length = content.size();; length >>= 7) {
    bytes.push_back(static_cast<char>((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
    if (length <= 0x7f) return bytes + content;
  }
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  while (count-- > 0) all += text;
  return all;
}

TEST(OnnxDamage, EveryPrefixIsRefusedOrParsed) {
  const std::string bytes = small_model().SerializeAsString();
  std::size_t parsed = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) parsed += refusal(bytes.substr(0, size)).empty();
  EXPECT_LE(parsed, 4u);  // a cut between the fields that follow the graph leaves a valid model
  EXPECT_EQ(refusal(bytes), "");
}

TEST(OnnxDamage, RandomMutationsAreRefusedOrParsed) {
  const std::string original = small_model().SerializeAsString();
  Random random(1);
  int refused = 0;
  constexpr int rounds = 20'000;
  for (int round = 0; round < rounds; ++round) {
    std::string bytes = original;
    for (auto changes = 1 + random.integer(4); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(bytes.size())));
      const auto value = static_cast<char>(random.integer(256));
      switch (random.integer(4)) {
        case 0: bytes[at] = value; break;
        case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.integer(8))); break;
        case 2: bytes.insert(at, 1, value); break;
        default: bytes.erase(at, 1);
      }
    }
    refused += !refusal(bytes).empty();
  }
  EXPECT_GT(refused, rounds / 4);
  EXPECT_LT(refused, rounds);
}

TEST(OnnxDamage, NamesTheFieldAndTheByte) {
  const std::string bytes = small_model().SerializeAsString();
  EXPECT_TRUE(says(refusal(bytes.substr(0, bytes.size() / 2)), {"not a whole ONNX file", "graph", "byte"}));
  EXPECT_TRUE(says(refusal(field(7, field(5, field(9, "abc") + "\x4a\x7f"))), {"graph.initializer.raw_data", "127 bytes"}));
  EXPECT_TRUE(says(refusal(std::string("\x0b\x0c")), {"group"}));
  EXPECT_TRUE(says(refusal(std::string("\x08")), {"number"}));
  EXPECT_TRUE(says(refusal(std::string("\0", 1)), {"no field"}));
  EXPECT_TRUE(says(refusal(std::string("\x08\x07")), {"no graph"}));
}

TEST(OnnxDamage, RefusesDeepNesting) {
  std::string graph = field(2, "deep");
  for (int depth = 0; depth < 5000; ++depth) graph = field(1, field(5, field(6, graph)));  // graph in attribute in node
  EXPECT_TRUE(says(refusal(field(7, graph)), {"nested"}));
}

TEST(OnnxDamage, RefusesFloodsOfEmptyMessages) {
  const std::size_t count = 1'100'000;  // 2.2 MB that would become 350 MB
  EXPECT_TRUE(says(refusal(field(7, repeated(field(5, ""), count))), {"too many small fields", "graph.initializer"}));
  EXPECT_TRUE(says(refusal(field(7, field(1, repeated(field(5, ""), count)))), {"too many small fields"}));
  EXPECT_TRUE(says(refusal(field(7, field(1, repeated(field(1, ""), 3 * count)))), {"too many small fields"}));
  EXPECT_TRUE(says(refusal(repeated("\x7a" + std::string(1, '\0'), 3 * count)), {"too many small fields"}));  // unknown field
}

TEST(OnnxDamage, ManagesNodesWithHundredsOfThousandsOfInputs) {
  auto model = empty_model();
  auto& node = add_node(model, "Concat", {}, {"y"});
  for (int i = 0; i < 300'000; ++i) node.add_input("x");
  EXPECT_EQ(parse(model).nodes.at(0).inputs.size(), 300'000u);
  node.set_input(299'999, "absent");
  EXPECT_TRUE(says(refusal(model), {"Concat node 'Concat_0'", "'absent'"}));
}

TEST(OnnxDamage, NamesInMessagesArePrintable) {
  auto model = small_model();
  model.mutable_graph()->mutable_node(1)->set_name("line\nbreak\x1b[31m" + std::string(100'000, 'x'));
  model.mutable_graph()->mutable_node(1)->set_input(1, "absent");
  const std::string text = refusal(model);
  EXPECT_TRUE(says(text, {"line?break?[31m"}));
  EXPECT_LT(text.size(), 500u);
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }));
}

TEST(OnnxDamage, TheFuzzersCorpusIsRefusedOrParsed) {
  int files = 0, parsed = 0;
  for (const auto& entry : fs::directory_iterator(testing::source_folder() / "src/mien/graph/fuzz_corpus")) {
    SCOPED_TRACE(entry.path().filename().string());
    const auto bytes = read_bytes(entry.path());
    const bool fine = refusal(std::string(bytes.begin(), bytes.end())).empty();
    EXPECT_TRUE(fine || entry.path().filename().string().rfind("valid_", 0) != 0);
    ++files;
    parsed += fine;
  }
  EXPECT_GE(files, 5);
  EXPECT_GE(parsed, 3);
}

}  // namespace
}  // namespace mien::graph
