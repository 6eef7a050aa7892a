// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/utf8.h"

namespace mien {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

TEST(JsonText, OrdinaryValuesAreWrittenAsTheyAre) {
  const ordered_json value{{"name", "caf\xC3\xA9 \"x\"\n"}, {"n", 3}, {"x", 0.5}, {"list", {1, nullptr, true}}};
  EXPECT_EQ(json_text(value), "{\"name\":\"caf\xC3\xA9 \\\"x\\\"\\n\",\"n\":3,\"x\":0.5,\"list\":[1,null,true]}");
  EXPECT_EQ(json_text(ordered_json{{"b", 1}, {"a", ordered_json::array()}}, 1), "{\n \"b\": 1,\n \"a\": []\n}");
  EXPECT_EQ(json_text(json{{"x", std::nan("")}}), "{\"x\":null}");
  EXPECT_EQ(json_string("a\tb"), "\"a\\tb\"");
}

TEST(JsonText, BytesThatAreNoTextComeBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string& bytes : {std::string("caf\xE9.jpg"), std::string("\xEE\xBE\x80 \xEF\xBF\xBD"), all}) {
    const json value{{"name", bytes}, {"classes", {bytes, "b"}}, {"counts", {{bytes, 3}}}};
    const std::string text = json_text(value);
    EXPECT_TRUE(is_utf8(text));
    EXPECT_TRUE(json::accept(text)) << text;  // any reader takes it
    EXPECT_EQ(parse_json(text, "x"), value);
    EXPECT_EQ(parse_json(json_string(bytes), "x"), json(bytes));
    EXPECT_EQ(parse_json(json(escape_bytes(bytes)).dump(-1, ' ', /*ensure_ascii=*/true), "x"), json(bytes));
  }
  EXPECT_EQ(json_string("caf\xE9"), "\"caf\xEE\xBF\xA9\"");
}

TEST(JsonText, TwoNamesStayTwo) {  // "\xE9" and "\xE8" would both become U+FFFD
  const json value{{"\xE9", 1}, {"\xE8", 2}, {"\xEF\xBF\xBD", 3}};
  EXPECT_EQ(parse_json(json_text(value), "x"), value);
}

TEST(JsonText, OrderIsKept) {
  const ordered_json value{{"z\xE9", 1}, {"a", {{"y\xE9", 2}, {"b", 3}}}};
  const auto back = parse_ordered_json(json_text(value), "x");
  EXPECT_EQ(back, value);
  EXPECT_EQ(back.begin().key(), "z\xE9");
}

TEST(JsonText, JsonInsideJsonComesBack) {
  const json inner{{"name", "caf\xE9"}};
  const json outer{{"state", json_text(inner)}};
  EXPECT_EQ(parse_json(parse_json(json_text(outer), "x").at("state").get<std::string>(), "x"), inner);
}

TEST(JsonText, ShownTextReplaces) {
  EXPECT_EQ(shown_json_text(json{{"a\xE9", "b\xFF"}}), "{\"a\xEF\xBF\xBD\":\"b\xEF\xBF\xBD\"}");
  EXPECT_EQ(shown_json_text(ordered_json("\xEE\xBE\x80")), "\"\xEE\xBE\x80\"");
}

TEST(JsonText, DamageIsAnErrorThatNamesTheFile) {
  for (const std::string text : {"", "{", "[1,]", "{\"a\":\"\xE9\"}", "nul", "{} x"}) {
    try {
      parse_json(text, "run.json");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_file);
      EXPECT_TRUE(std::string(error.what()).starts_with("run.json: not JSON: ")) << error.what();
      EXPECT_EQ(std::string(error.what()).find("[json.exception"), std::string::npos) << error.what();
      EXPECT_TRUE(is_utf8(error.what()));
    }
    EXPECT_FALSE(try_parse_json(text)) << text;
  }
  EXPECT_EQ(try_parse_json("[1]"), json::array({1}));
}

TEST(JsonText, DeepNestingIsRefused) {
  const auto nested = [](int levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(json_text(parse_json(nested(200), "x")), nested(200));
  EXPECT_THROW(parse_json(nested(201), "x"), Error);
  EXPECT_THROW(parse_json(nested(2'000'000), "x"), Error);
  EXPECT_EQ(parse_json("\"" + std::string(1000, '[') + "\\\"[[\"", "x"), json(std::string(1000, '[') + "\"[["));
}

}  // namespace
}  // namespace mien
