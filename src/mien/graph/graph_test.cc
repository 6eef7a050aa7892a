// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/graph/graph.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/graph/names.h"

namespace mien::graph {
namespace {

/// A graph from lines: inputs, outputs, and nodes {name, inputs, outputs}. Values come to be when they are named.
class Builder {
 public:
  ValueId value(const std::string& name) {
    if (name.empty()) return no_value;
    const auto [place, is_new] = ids_.try_emplace(name, no_value);
    if (is_new) place->second = graph.add_value(name);
    return place->second;
  }
  Builder& input(const std::string& name) {
    graph.inputs.push_back({value(name), DataType::f32, {1}, {}, true});
    return *this;
  }
  Builder& output(const std::string& name) {
    graph.outputs.push_back({value(name), DataType::f32, {1}, {}, true});
    return *this;
  }
  Builder& node(const std::string& name, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
    Node made;
    made.op = "Op";
    made.name = name;
    for (const auto& input : inputs) made.inputs.push_back(value(input));
    for (const auto& output : outputs) made.outputs.push_back(value(output));
    graph.nodes.push_back(made);
    return *this;
  }
  std::string order() const {
    std::string text;
    for (const auto& made : graph.nodes) text += made.name;
    return text;
  }

  Graph graph;

 private:
  std::map<std::string, ValueId> ids_;
};

std::string refusal(Graph graph) {
  try {
    sort_nodes(graph);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    return error.what();
  }
  return "";
}

TEST(Node, GivesAttributesOfTheRightType) {
  Node node;
  node.op = "Conv";
  node.name = "stem/Conv";
  node.attributes = {{"group", std::int64_t{2}}, {"pads", std::vector<std::int64_t>{1, 1}}, {"alpha", 0.5f},
                     {"scales", std::vector<float>{2}}, {"mode", std::string("nearest")}, {"value", Tensor::scalar(3)}};
  EXPECT_EQ(node.integer("group", 1), 2);
  EXPECT_EQ(node.integer("axis", -1), -1);
  EXPECT_EQ(node.integers("pads"), (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(node.integers("strides", {1, 1}), (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(node.real("alpha", 0), 0.5f);
  EXPECT_EQ(node.reals("scales"), std::vector<float>{2});
  EXPECT_EQ(node.text("mode", ""), "nearest");
  EXPECT_EQ(node.tensor("value")->floats(), std::vector<float>{3});
  EXPECT_EQ(node.tensor("other"), nullptr);
  EXPECT_TRUE(node.has("mode"));
  EXPECT_EQ(node.label(), "Conv node 'stem/Conv'");
  try {
    node.real("group", 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "Conv node 'stem/Conv': attribute 'group': expected a float, found an integer");
  }
  node.domain = "com.microsoft";
  EXPECT_EQ(node.label(), "Conv node 'stem/Conv' of domain 'com.microsoft'");
}

TEST(QuoteName, IsFitForAMessage) {
  EXPECT_EQ(quote_name("a/b:0"), "'a/b:0'");
  EXPECT_EQ(quote_name("a\nb\xff"), "'a?b?'");
  EXPECT_LT(quote_name(std::string(100000, 'x')).size(), 150u);
}

TEST(UsesOf, ListsEveryReading) {
  Builder b;
  b.input("x").node("a", {"x", "x"}, {"u"}).node("b", {"u", ""}, {"v"}).output("v");
  b.graph.nodes[1].post.push_back({PostOp::Kind::add, 0, 0, b.value("x")});
  const Uses uses = uses_of(b.graph);
  EXPECT_EQ(uses.readers[b.value("x")], (std::vector<std::int32_t>{0, 0, 1}));
  EXPECT_EQ(uses.producer, (std::vector<std::int32_t>{-1, 0, 1}));
  EXPECT_EQ(uses.is_output, (std::vector<bool>{false, false, true}));
}

TEST(SortNodes, SortsKeepsASortedOrderAndDropsWhatLeadsNowhere) {
  Builder sorted;
  sorted.input("x").node("b", {"x"}, {"v"}).node("a", {"x"}, {"u"}).node("c", {"u", "v"}, {"y"}).output("y");
  sort_nodes(sorted.graph);
  EXPECT_EQ(sorted.order(), "bac");
  Builder mixed;
  mixed.input("x").node("d", {"c"}, {"y"}).node("z", {"a"}, {"unused"}).node("c", {"a", "b"}, {"c"}).node("b", {"a"}, {"b"});
  mixed.node("a", {"x"}, {"a"}).output("y");
  sort_nodes(mixed.graph);
  EXPECT_EQ(mixed.order(), "abcd");
}

TEST(SortNodes, CountsPostOperandsAsReadings) {
  Builder b;
  b.input("x").node("b", {"x"}, {"y"}).node("a", {"x"}, {"u"}).output("y");
  b.graph.nodes[0].post.push_back({PostOp::Kind::add, 0, 0, b.value("u")});
  sort_nodes(b.graph);
  EXPECT_EQ(b.order(), "ab");
}

TEST(SortNodes, NamesANodeOfACycle) {
  Builder b;
  b.input("x").node("down", {"v"}, {"y"}).node("first", {"x", "w"}, {"u"}).node("second", {"u"}, {"v"});
  b.node("third", {"v"}, {"w"}).output("y");
  const std::string text = refusal(b.graph);
  EXPECT_NE(text.find("depends on its own result"), std::string::npos) << text;
  EXPECT_EQ(text.find("down"), std::string::npos) << text;  // stands behind the cycle, not on it
  Builder own;
  own.input("x").node("loop", {"x", "y"}, {"y"}).output("y");
  EXPECT_NE(refusal(own.graph).find("'loop'"), std::string::npos);
}

TEST(SortNodes, NamesValuesMadeTwiceOrNotAtAll) {
  Builder twice;
  twice.input("x").node("a", {"x"}, {"y"}).node("b", {"x"}, {"y"}).output("y");
  EXPECT_EQ(refusal(twice.graph), "Op node 'b': makes the value 'y', which Op node 'a' makes already");
  Builder input;
  input.input("x").node("a", {"x"}, {"x"}).output("x");
  EXPECT_EQ(refusal(input.graph), "Op node 'a': makes the value 'x', which is an input of the graph already");
  Builder constant;
  constant.input("x").node("a", {"x"}, {"y"}).output("y");
  constant.graph.values[constant.value("y")].constant = Tensor::scalar(1);
  EXPECT_EQ(refusal(constant.graph), "Op node 'a': makes the value 'y', which is a constant already");
  Builder missing;
  missing.input("x").node("a", {"x", "w"}, {"y"}).output("y");
  EXPECT_NE(refusal(missing.graph).find("Op node 'a': reads the value 'w'"), std::string::npos);
  Builder output;
  output.input("x").node("a", {"x"}, {"y"}).output("z");
  EXPECT_EQ(refusal(output.graph), "no node makes the graph's output 'z'");
}

TEST(SortNodes, ManagesLongChainsAndManyInputs) {
  constexpr int length = 200'000;
  Builder chain;
  chain.input("v0");
  for (int i = length; i > 0; --i) chain.node("", {"v" + std::to_string(i - 1)}, {"v" + std::to_string(i)});
  chain.output("v" + std::to_string(length));
  sort_nodes(chain.graph);
  ASSERT_EQ(chain.graph.nodes.size(), std::size_t{length});
  EXPECT_EQ(chain.graph.nodes.front().inputs[0], chain.value("v0"));
  chain.node("", {"v" + std::to_string(length)}, {"v0"});
  chain.graph.inputs.clear();
  EXPECT_NE(refusal(chain.graph).find("depends on its own result"), std::string::npos);
  Builder wide;
  wide.input("x").node("a", std::vector<std::string>(length, "x"), {"u"}).node("b", std::vector<std::string>(length, "u"), {"y"});
  wide.output("y");
  sort_nodes(wide.graph);
  EXPECT_EQ(wide.order(), "ab");
}

}  // namespace
}  // namespace mien::graph
