// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/base/pipe_input.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <numeric>
#include <thread>

#include "mien/base/error.h"
#include "mien/base/files.h"

namespace mien {
namespace {

class PipeInput : public ::testing::Test {
 protected:
  PipeInput() : pipe_(folder_.path() / "pipe") { EXPECT_EQ(::mkfifo(pipe_.c_str(), 0666), 0); }
  TemporaryFolder folder_;
  fs::path pipe_;
  StopFlag stop_;
};

TEST_F(PipeInput, EverythingThatComesInSeveralPartsByASlowWriter) {
  std::vector<std::uint8_t> sent(300'000);
  std::iota(sent.begin(), sent.end(), std::uint8_t{0});
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));  // longer than a look at the flag
    std::ofstream out(pipe_, std::ios::binary);
    out.write(reinterpret_cast<const char*>(sent.data()), 100'000).flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    out.write(reinterpret_cast<const char*>(sent.data()) + 100'000, 200'000);
  });
  const auto bytes = read_pipe(pipe_, 1 << 20, stop_);
  writer.join();
  EXPECT_EQ(bytes, sent);
}

TEST_F(PipeInput, AWriterThatWritesNothingIsTheEnd) {
  std::thread writer([&] { std::ofstream out(pipe_); });
  EXPECT_TRUE(read_pipe(pipe_, 100, stop_).empty());
  writer.join();
}

TEST_F(PipeInput, AStopEndsTheWaitThoughNobodyWrites) {
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    stop_.request();
  });
  try {
    read_pipe(pipe_, 100, stop_);
    ADD_FAILURE() << "nothing came and it ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  stopper.join();
}

TEST_F(PipeInput, MoreThanAllowedIsRefused) {
  std::thread writer([&] {
    std::ofstream out(pipe_);
    out << std::string(5000, 'x');
  });
  EXPECT_THROW(read_pipe(pipe_, 4999, stop_), Error);
  writer.join();
}

TEST_F(PipeInput, FilesAreReadTooAndKindsAreTold) {
  write_atomically(folder_.path() / "file", "hello");
  const auto bytes = read_pipe(folder_.path() / "file", 100, stop_);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "hello");
  EXPECT_TRUE(is_pipe(pipe_));
  EXPECT_TRUE(is_pipe("/dev/null"));
  EXPECT_FALSE(is_pipe(folder_.path() / "file"));
  EXPECT_FALSE(is_pipe(folder_.path()));
  EXPECT_FALSE(is_pipe(folder_.path() / "missing"));
  EXPECT_THROW(read_pipe(folder_.path() / "missing", 100, stop_), Error);
}

}  // namespace
}  // namespace mien
