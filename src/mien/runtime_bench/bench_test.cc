// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime_bench/bench.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/graph/onnx_file.h"
#include "mien/runtime/runtime.h"
#include "mien/runtime_bench/busy_loops.h"
#include "mien/testing/golden.h"

namespace mien::runtime_bench {
namespace {

/// Keeps the warnings.
struct Recorder : Progress {
  std::vector<std::string> warnings;
  void warn(const std::string& message) override { warnings.push_back(message); }
};

/// image [batch,1,8,8] -> Conv 3x3 1->4 ... -> logits [batch,3]: see runtime/install_test/small_network.py.
fs::path network_file() { return testing::source_folder() / "src/mien/runtime/install_test/small_network.onnx"; }

BenchOptions quick() {
  BenchOptions options;
  options.worker = {MIEN_WORKER};
  options.precisions = {"int8", "fp32"};
  options.batches = {1, 2};
  options.threads = 1;
  options.rounds = 3;
  options.burst_seconds = 0;
  options.examples = 4;
  options.profile_rounds = 1;
  return options;
}

std::string failure(const std::function<void()>& work, ErrorCode code) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(Bench, MeasuresEverySideAtEveryBatch) {
  Recorder progress;
  const auto rows = bench_model({"small", network_file()}, quick(), {{"fp32", 1000.0}}, progress, StopFlag{});
  ASSERT_EQ(rows.size(), progress.warnings.empty() ? 4u : 2u) << (progress.warnings.empty() ? "" : progress.warnings[0]);
  // Multiplications and additions: Conv 8*8*4*9*2, Gemm 4*3*2.
  const double flop = 8 * 8 * 4 * 9 * 2 + 4 * 3 * 2;
  for (const auto& row : rows) {
    EXPECT_EQ(row.model, "small");
    EXPECT_EQ(row.program, "mien");
    EXPECT_EQ(row.threads, 1);
    EXPECT_GT(row.ms_per_image, 0);
    EXPECT_GE(row.spread, 0);
    EXPECT_GT(row.mean_ms_per_image, 0);
    EXPECT_FALSE(row.ratio.has_value());
    EXPECT_NEAR(row.gflops, flop / 1e6 / row.ms_per_image, 1e-3 * row.gflops);
    EXPECT_GT(row.activations_mb, 0);
    EXPECT_NEAR(row.file_mb, 784e-6, 1e-9);
    EXPECT_EQ(row.peak_share.has_value(), row.precision == "fp32");
    EXPECT_LT(row.max_difference, row.precision == "fp32" ? 1e-6 : 0.2);
  }
  EXPECT_EQ(rows[0].precision, "fp32");  // the reference comes first
  EXPECT_EQ(rows[0].max_difference, 0);
  EXPECT_EQ(rows[0].top1, 1);
  EXPECT_NEAR(*rows[0].peak_share, rows[0].gflops / 1000, 1e-12);
}

TEST(Bench, MeasuresBesideBusyLoopsAndTheFloor) {
  Recorder progress;
  auto options = quick();
  options.precisions = {"fp32"};
  options.batches = {2};
  options.busy = {0, 2, 1};
  options.floor_rounds = 1;
  const auto rows = bench_model({"small", network_file()}, options, {}, progress, StopFlag{});
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].busy, options.busy[i]);
    EXPECT_GT(rows[i].ms_per_image, 0);
    ASSERT_TRUE(rows[i].floor_ms_per_image.has_value());
    EXPECT_GT(*rows[i].floor_ms_per_image, 0);
    EXPECT_EQ(*rows[i].floor_ms_per_image, *rows[0].floor_ms_per_image);
  }
}

TEST(BusyLoops, RunUntilTheyAreEnded) {
  BusyLoops loops(2);
  while (loops.turns() < 100) std::this_thread::yield();
  EXPECT_EQ(BusyLoops(0).turns(), 0);
}

TEST(Bench, ProfilesEveryLayer) {
  Recorder progress;
  auto options = quick();
  options.precisions = {"fp32"};
  options.batches = {2};
  const auto layers = profile_model({"small", network_file()}, options, progress, StopFlag{});
  double gflop = 0;
  bool convolution = false;
  for (const auto& layer : layers) {
    gflop += layer.gflop;
    convolution = convolution || layer.layer.find("conv") != std::string::npos;
    EXPECT_EQ(layer.batch, 2);
    EXPECT_GE(layer.ms, 0);
    EXPECT_FALSE(layer.operation.empty());
  }
  EXPECT_TRUE(convolution);
  EXPECT_NEAR(gflop, 2e-9 * (8 * 8 * 4 * 9 * 2 + 4 * 3 * 2), 1e-12);
}

TEST(Bench, ABatchThatTheFileDoesNotAllowIsLeftOut) {
  const TemporaryFolder folder;
  auto graph = graph::read_onnx(network_file());
  graph.inputs[0].dims[0] = 2;
  graph.inputs[0].dim_names.clear();
  graph::write_onnx(graph, folder.path() / "two.onnx");
  Recorder progress;
  auto options = quick();
  options.precisions = {"fp32"};
  const auto rows = bench_model({"two", folder.path() / "two.onnx"}, options, {}, progress, StopFlag{});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].batch, 2);
  ASSERT_EQ(progress.warnings.size(), 1u);
  EXPECT_NE(progress.warnings[0].find("batch 1 is left out"), std::string::npos);
}

TEST(Bench, FilesThatAreNoNetworksAreErrorsThatNameThem) {
  const TemporaryFolder folder;
  write_atomically(folder.path() / "x.onnx", "rubbish");
  Recorder progress;
  const auto bench = [&](const fs::path& file) { bench_model({"x", file}, quick(), {}, progress, StopFlag{}); };
  EXPECT_NE(failure([&] { bench(folder.path() / "x.onnx"); }, ErrorCode::bad_data).find("x.onnx"), std::string::npos);
}

TEST(Child, SaysWhyThereIsNoAnswer) {
  const StopFlag never;
  EXPECT_NE(failure(
                [&] {
                  Child("ghost", {"no-such-program-anywhere"}).request({{"do", "x"}}, never);
                },
                ErrorCode::bad_data)
                .find("could not be started"),
            std::string::npos);
  const auto text = failure(
      [&] {
        Child("talker", {"sh", "-c", "read line; echo broken >&2; exit 3"}).request({{"do", "x"}}, never);
      },
      ErrorCode::bad_data);
  EXPECT_NE(text.find("broken"), std::string::npos) << text;
  failure(
      [&] {
        Child("babbler", {"sh", "-c", "read line; echo hello; sleep 9"}).request({{"do", "x"}}, never);
      },
      ErrorCode::bad_data);
  Child worker("worker", {MIEN_WORKER});
  EXPECT_NE(failure([&] { worker.request({{"do", "dance"}}, never); }, ErrorCode::bad_data).find("dance"), std::string::npos);
  EXPECT_NE(failure(
                [&] {
                  worker.request({{"do", "burst"}, {"batch", 1}, {"seconds", 0}, {"runs", 1}}, never);
                },
                ErrorCode::bad_data)
                .size(),
            0u);
}

TEST(Child, StandsStillBetweenRequests) {
  const TemporaryFolder folder;
  const std::string counter = (folder.path() / "ticks").string();
  // Answers once, then counts on in the background: no count may arrive while it is stopped.
  Child child("counter", {"sh", "-c", "read line; echo '{}'; while true; do echo x >> " + counter + "; sleep 0.01; done"});
  child.request({{"do", "x"}}, StopFlag{});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto ticks = [&] { return fs::exists(counter) ? fs::file_size(counter) : 0; };
  const auto before = ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(ticks(), before);
}

TEST(Child, StopsWhenAskedTo) {
  StopFlag stop;
  stop.request();
  Child child("sleeper", {"sh", "-c", "sleep 60"});
  failure([&] { child.request({{"do", "x"}}, stop); }, ErrorCode::interrupted);
}

TEST(FindOnnxRuntime, LooksForThePackage) {
  const TemporaryFolder folder;
  failure([&] { find_onnxruntime(folder.path()); }, ErrorCode::not_found);
  const fs::path package = folder.path() / "node_modules" / "onnxruntime-node";
  fs::create_directories(package);
  write_atomically(package / "package.json", R"({"name":"onnxruntime-node","version":"9.8.7"})");
  for (const auto& named : {folder.path(), package}) {
    const auto found = find_onnxruntime(named);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->version, "9.8.7");
    EXPECT_EQ(found->package, package);
  }
}

}  // namespace
}  // namespace mien::runtime_bench
