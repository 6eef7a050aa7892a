// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/random_model.h"

#include "mien/exporting/export_graph.h"
#include "mien/graph/onnx_file.h"
#include "mien/nn/architectures.h"

namespace mien::exporting {

void write_random_model(const std::string& arch, std::uint64_t seed, const std::filesystem::path& file) {
  WeightsInfo info;
  info.network.arch = arch;
  info.network = resolved(info.network);
  info.preprocessing.width = info.preprocessing.height = static_cast<int>(info.network.input_size);
  torch::manual_seed(seed);
  const auto network = create_network(info.network);
  graph::write_onnx(export_graph(*network, info), file);
}

}  // namespace mien::exporting
