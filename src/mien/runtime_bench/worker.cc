// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/worker.h"

#include <chrono>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/runtime.h"
#include "mien/runtime_bench/floor.h"

namespace mien::runtime_bench {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using Shape = std::vector<std::int64_t>;

/// A field of /proc/self/status in bytes: "VmRSS" (resident now) or "VmHWM" (at most so far).
std::int64_t memory_field(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return 1024 * std::strtoll(line.c_str() + name.size() + 1, nullptr, 10);
  return 0;
}

/// Lets VmHWM begin anew at what is resident now. Where the kernel refuses, it counts from the start of the process.
void forget_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Worker {
 public:
  Json answer(const Json& request) {
    const std::string what = request.at("do");
    if (what == "inputs") return inputs(request);
    if (what == "load") return load(request);
    if (what == "burst") return burst(request);
    if (what == "answer") return answers(request);
    if (what == "memory") return memory();
    if (what == "profile") return profile(request);
    if (what == "floor") return floor(request);
    if (what == "calibrate") return calibrate(request);
    throw Error(ErrorCode::usage, "unknown request '" + what + "'");
  }

 private:
  Json inputs(const Json& request) {
    const auto bytes = read_bytes(request.at("file").get<std::string>());
    shape_ = request.at("shape").get<Shape>();
    std::int64_t count = 1;
    for (const auto d : shape_) count *= d;
    if (bytes.size() != static_cast<std::size_t>(count) * sizeof(float))
      throw Error(ErrorCode::bad_data, "the inputs are not as long as their shape says");
    values_.resize(static_cast<std::size_t>(count));
    std::memcpy(values_.data(), bytes.data(), bytes.size());
    return Json::object();
  }

  Json load(const Json& request) {
    file_ = request.at("file");
    forget_peak_memory();
    resident_before_ = memory_field("VmRSS");
    runtime::ModelOptions options;
    options.precision = runtime::precision_from(request.at("precision"));
    options.threads = request.at("threads");
    model_ = runtime::Model::load(file_, options);
    session_.emplace(*model_);
    Json ports = Json::array();
    for (const auto& input : model_->inputs())
      ports.push_back({{"name", input.name}, {"type", runtime::name_of(input.type)}, {"shape", input.shape}});
    return {{"precision", runtime::name_of(model_->precision())}, {"reason", model_->precision_reason()}, {"inputs", ports}};
  }

  runtime::Session& session() {
    if (!session_) throw Error(ErrorCode::usage, "no network is loaded");
    return *session_;
  }

  /// Images first .. first+batch-1.
  std::vector<runtime::TensorView> view(std::int64_t first, std::int64_t batch) const {
    if (shape_.empty() || first + batch > shape_[0]) throw Error(ErrorCode::usage, "fewer inputs than the batch asks for");
    Shape shape = shape_;
    shape[0] = batch;
    return {{shape, values_.data() + values_.size() / static_cast<std::size_t>(shape_[0]) * static_cast<std::size_t>(first)}};
  }

  Json burst(const Json& request) {
    const auto input = view(0, request.at("batch"));
    const double seconds = request.at("seconds");
    const std::size_t runs = request.at("runs");
    std::vector<double> ms;
    const auto begin = Clock::now();
    for (auto last = begin; ms.size() < runs || std::chrono::duration<double>(last - begin).count() < seconds;) {
      session().run(input);
      const auto now = Clock::now();
      ms.push_back(std::chrono::duration<double, std::milli>(now - last).count());
      last = now;
    }
    return {{"ms", ms}};
  }

  Json answers(const Json& request) {
    const std::int64_t batch = request.at("batch");
    std::string bytes;
    std::int64_t columns = 0;
    for (std::int64_t first = 0; first + batch <= shape_.at(0); first += batch) {
      const auto& output = session().run(view(first, batch)).at(0);
      columns = output.size() / batch;
      bytes.append(reinterpret_cast<const char*>(output.values<float>()),
                   static_cast<std::size_t>(output.size()) * sizeof(float));
    }
    write_atomically(request.at("file").get<std::string>(), bytes);
    return {{"columns", columns}};
  }

  Json memory() {
    return {{"resident", memory_field("VmHWM") - resident_before_},
            {"weights", model_ ? model_->weight_bytes() : 0},
            {"activations", session().activation_bytes()}};
  }

  Json profile(const Json& request) {
    Json layers = Json::array();
    for (const auto& layer : session().profile(view(0, request.at("batch")), request.at("rounds")))
      layers.push_back({{"name", layer.name},
                        {"operation", layer.operation},
                        {"implementation", layer.implementation},
                        {"output_shape", layer.output_shape},
                        {"gflop", layer.gflop},
                        {"ms", layer.milliseconds}});
    return {{"layers", layers}};
  }

  Json floor(const Json& request) {
    const auto input = view(0, request.at("batch"));
    session();  // a network is loaded
    const auto found =
        floor_of(graph::read_onnx(file_), {input.front().shape}, model_->precision(), model_->threads(), request.at("rounds"));
    return {{"ms", found.milliseconds}, {"primitives", found.primitives}};
  }

  Json calibrate(const Json& request) {
    if (!model_) throw Error(ErrorCode::usage, "no network is loaded");
    runtime::Calibrator calibrator(*model_);
    const std::int64_t batch = request.at("batch");
    for (std::int64_t first = 0; first + batch <= shape_.at(0); first += batch) calibrator.add(view(first, batch));
    graph::Graph graph = graph::read_onnx(file_);
    graph.metadata[runtime::calibration_key] = calibrator.finish();
    graph::write_onnx(graph, request.at("file").get<std::string>());
    return Json::object();
  }

  std::string file_;
  Shape shape_;
  std::vector<float> values_;
  std::optional<runtime::Model> model_;
  std::optional<runtime::Session> session_;
  std::int64_t resident_before_ = 0;
};

}  // namespace

void serve(std::istream& requests, std::ostream& answers) {
  Worker worker;
  for (std::string line; std::getline(requests, line);) {
    Json answer;
    try {
      answer = worker.answer(parse_json(line, "request"));
    } catch (const Error& error) {
      answer = {{"error", error.hint().empty() ? error.what() : std::string(error.what()) + " (" + error.hint() + ")"}};
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    answers << json_text(answer) << std::endl;
  }
}

}  // namespace mien::runtime_bench
