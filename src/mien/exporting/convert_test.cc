// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Each operator of the table: a small function is traced, exported and run with the reference operators, at the oldest and newest
// opset and at batch sizes that were not traced.
#include <algorithm>

#include "mien/base/error.h"
#include "mien/exporting/conversion.h"
#include "mien/exporting/convert_cases.h"
#include "mien/exporting/export_fixture.h"

namespace mien::exporting {
namespace {

using testing::Probe;
using torch::Tensor;

class Convert : public ::testing::TestWithParam<testing::Case> {};

TEST_P(Convert, AnswersAsLibtorch) {
  torch::manual_seed(2);
  const auto probe = std::make_shared<Probe>();
  for (const int opset : {oldest_opset, newest_opset}) {
    const auto graph = testing::through_a_file(
        export_graph(testing::exportable(probe, GetParam().call), testing::probe_info(), {.opset = opset}));
    for (const std::int64_t batch : {1, 5}) {
      torch::NoGradGuard no_grad;
      const auto x = torch::randn({batch, 3, 8, 8});
      testing::expect_same(testing::run(graph, x)[0], GetParam().call(*probe, x), GetParam().name, 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, Convert, ::testing::ValuesIn(testing::cases()), [](const auto& p) { return p.param.name; });

std::string message_of(const std::function<Tensor(Probe&, const Tensor&)>& call, const ExportOptions& options = {}) {
  try {
    export_graph(testing::exportable(std::make_shared<Probe>(), call), testing::probe_info(), options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    return error.what();
  }
  return "";
}

TEST(ConvertErrors, AnUnmappedOperatorIsNamedWithItsModule) {
  EXPECT_EQ(message_of([](Probe& p, const Tensor& x) { return torch::lgamma(p.conv(x)); }),
            "probe: operator aten::lgamma in or after module 'conv' has no ONNX form here");
}

TEST(ConvertErrors, TrainingModeIsRefused) {
  EXPECT_NE(message_of([](Probe&, const Tensor& x) { return torch::dropout(x, 0.5, true); }).find("aten::dropout"),
            std::string::npos);
}

TEST(ConvertErrors, AChoiceThatDependsOnValuesIsRefused) {
  EXPECT_NE(message_of([](Probe&, const Tensor& x) { return x.sum().item<float>() > 0 ? x : x * 2; }).find("recorded faithfully"),
            std::string::npos);
}

TEST(ConvertErrors, AWriteThroughAViewIsRefused) {
  const auto message = message_of([](Probe&, const Tensor& x) {
    auto y = x * 1;
    y.select(1, 0).relu_();
    return y;
  });
  EXPECT_NE(message.find("recorded faithfully"), std::string::npos) << message;
}

TEST(ConvertErrors, ABatchSizeThatIsNoFactorNeedsAFixedBatch) {
  const auto call = [](Probe&, const Tensor& x) { return torch::zeros({x.size(0) + 1, 1, 1, 1}).sum() + x; };
  EXPECT_NE(message_of(call).find("no multiple of the batch size"), std::string::npos);
  EXPECT_EQ(message_of(call, {.static_batch = 2}), "");
}

TEST(Converters, TheTableIsSortedAndFindsEachOperator) {
  for (const auto& converter : converters()) EXPECT_EQ(find_converter(converter.op), &converter);
  EXPECT_EQ(find_converter("aten::nothing"), nullptr);
  EXPECT_EQ(
      std::adjacent_find(converters().begin(), converters().end(), [](const auto& a, const auto& b) { return a.op == b.op; }),
      converters().end());
}

}  // namespace
}  // namespace mien::exporting
