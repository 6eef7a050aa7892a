// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/bench_data.h"

#include <algorithm>
#include <cstring>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/random.h"

namespace mien::runtime_bench {
namespace {

using Json = nlohmann::json;

/// Values ~ N(0,1), as normalised pixels are.
void write_random(const fs::path& file, std::int64_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = static_cast<float>(random.normal());
  write_atomically(file, std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
}

/// The shape of the only input. Throws Error{usage} for networks that are not measured here.
std::vector<std::int64_t> image_shape(const BenchModel& model, const Json& inputs) {
  const std::string expected = ": one float input of shape [N,C,H,W] is expected, but the network has ";
  if (inputs.size() != 1)
    throw Error(ErrorCode::usage, model.file.string() + expected + std::to_string(inputs.size()) + " inputs");
  const auto shape = inputs[0].at("shape").get<std::vector<std::int64_t>>();
  if (inputs[0].at("type") != "f32" || shape.size() != 4)
    throw Error(ErrorCode::usage,
                model.file.string() + expected + inputs[0].at("type").get<std::string>() + " " + json_text(inputs[0].at("shape")));
  return shape;
}

}  // namespace

BenchData::BenchData(const BenchModel& model, const BenchOptions& options, const StopFlag& stop) : model_(model) {
  Side side = make_side(options.worker, "fp32");
  const Json load = {{"do", "load"}, {"file", model.file.string()}, {"precision", "fp32"}, {"threads", options.threads}};
  shape_ = image_shape(model, side.child->request(load, stop).at("inputs"));
  fixed_batch_ = shape_[0] > 0 ? shape_[0] : -1;
  if (shape_[1] < 0) shape_[1] = 3;
  for (std::size_t d : {2u, 3u})
    if (shape_[d] < 0) shape_[d] = options.input_size;
  const std::int64_t largest =
      fixed_batch_ > 0 ? fixed_batch_ : *std::max_element(options.batches.begin(), options.batches.end());
  shape_[0] = (std::max(options.examples, largest) + largest - 1) / largest * largest;
  inputs_ = folder_.path() / "inputs.raw";
  write_random(inputs_, shape_[0] * shape_[1] * shape_[2] * shape_[3], options.seed);
  if (std::find(options.precisions.begin(), options.precisions.end(), "int8") == options.precisions.end()) return;
  calibrated_ = folder_.path() / "calibrated.onnx";
  side.child->request({{"do", "inputs"}, {"file", inputs_.string()}, {"shape", shape_}}, stop);
  side.child->request(
      {{"do", "calibrate"}, {"file", calibrated_.string()}, {"batch", fixed_batch_ > 0 ? fixed_batch_ : options.batches.front()}},
      stop);
}

std::string BenchData::prepare(Side& side, const BenchOptions& options, const StopFlag& stop) const {
  const bool int8 = side.precision == "int8";
  side.child->request({{"do", "inputs"}, {"file", inputs_.string()}, {"shape", shape_}}, stop);
  const auto loaded = side.child->request({{"do", "load"},
                                           {"file", int8 ? calibrated_.string() : fs::absolute(model_.file).string()},
                                           {"precision", side.precision},
                                           {"threads", options.threads}},
                                          stop);
  return loaded.at("precision") == side.precision ? "" : loaded.at("reason").get<std::string>();
}

std::vector<float> BenchData::answers(Side& side, std::int64_t batch, const StopFlag& stop, std::int64_t& columns) const {
  const fs::path file = folder_.path() / "answers.raw";
  columns = side.child->request({{"do", "answer"}, {"batch", batch}, {"file", file.string()}}, stop).at("columns");
  const auto bytes = read_bytes(file);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace mien::runtime_bench
