// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// Every architecture's exported file in the runtime, with batches of several sizes after and beside each other.
#include "mien/exporting/export_fixture.h"
#include "mien/runtime/shapes_for_tests.h"

namespace mien::exporting {
namespace {

class ExportedShapes : public ::testing::TestWithParam<std::string> {};

TEST_P(ExportedShapes, FollowEachOtherInAnyOrder) {
  torch::manual_seed(5);
  const ArchInfo& arch = architecture(GetParam());
  const auto size = std::max<std::int64_t>(arch.min_size, 32);
  const auto network = create_network(
      {.arch = GetParam(), .num_classes = 5, .in_channels = 3, .width = arch.scales ? 0.25 : 0, .input_size = size});
  testing::randomise(*network);
  const auto info = testing::info_for(network->network_options(), static_cast<int>(size));
  const auto bytes = graph::serialize_onnx(export_graph(*network, info, {.outputs = {"logits", "features"}}));
  for (const auto precision : {runtime::Precision::fp32, runtime::Precision::bf16}) {
    if (!runtime::processor_has(precision)) continue;
    SCOPED_TRACE(runtime::name_of(precision));
    const runtime::BatchTrial runner(bytes, {precision, 1, 2}, {3, size, size});
    EXPECT_EQ(runtime::expect_same_as_alone(runner, {33, 1, 32, 2, 31, 33}, 2), 5u);
  }
}

/// vgg16 has 134 million values, its layers are those of the others. resnet50_vggface2 is resnet50 with other strides.
std::vector<std::string> small_architectures() {
  auto names = architecture_names();
  std::erase_if(names, [](const auto& name) { return name == "vgg16" || name == "resnet50_vggface2"; });
  return names;
}
INSTANTIATE_TEST_SUITE_P(Architectures, ExportedShapes, ::testing::ValuesIn(small_architectures()),
                         [](const auto& p) { return p.param; });

}  // namespace
}  // namespace mien::exporting
