// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/progress_bar.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "mien/base/error.h"

namespace mien::cli {

namespace {

TEST(ProgressLine, TellsShareRateAndTimeLeft) {
  EXPECT_EQ(progress_line("epoch 3/14", 1200, 2400, 3, "loss 1.23", 0),
            "epoch 3/14  50 %  1,200/2,400  400/s  3.0 s left  loss 1.23");
  EXPECT_EQ(progress_line("reading", 50, 0, 10, "", 0), "reading  50  5.0/s");
  EXPECT_EQ(progress_line("slow", 1, 3, 20, "", 0), "slow  33 %  1/3  20 s each  40 s left");
  EXPECT_EQ(progress_line("start", 0, 10, 0, "", 0), "start  0 %  0/10");
  EXPECT_EQ(progress_line("end", 10, 10, 1, "", 0), "end  100 %  10/10  10/s");
}

TEST(ProgressLine, FitsTheTerminal) {
  EXPECT_EQ(progress_line("epoch 3/14", 1200, 2400, 3, "loss 1.23", 20).size(), 20u);
  EXPECT_EQ(progress_line("f\xC3\xA9", 0, 0, 0, "", 2), "f");  // not half a letter
}

class ProgressLog : public ::testing::Test {
 protected:
  ProgressLog() {
    before_ = spdlog::default_logger();
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
  }
  ~ProgressLog() override { spdlog::set_default_logger(before_); }
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(ProgressLog, LinesNowAndThenAndAtTheEnd) {
  ProgressBar::Options options;
  options.log_every_s = 0;
  ProgressBar bar(options);
  bar.begin("reading", 4);
  bar.advance(2, "fine");
  bar.end("4 images");
  EXPECT_EQ(text_.str().find("reading  50 %  2/4"), 0u) << text_.str();
  EXPECT_NE(text_.str().find("fine\nreading: 4 images ("), std::string::npos) << text_.str();
}

TEST_F(ProgressLog, RareByDefaultSilentWhenAsked) {
  ProgressBar bar({});
  bar.begin("reading", 1000);
  for (int i = 0; i < 1000; ++i) bar.advance(i, "");
  EXPECT_EQ(text_.str(), "");
  ProgressBar::Options silent;
  silent.silent = true;
  silent.log_every_s = 0;
  ProgressBar quiet(silent);
  quiet.begin("reading", 2);
  quiet.advance(1, "");
  quiet.end("");
  EXPECT_EQ(text_.str(), "");
  quiet.warn("one file is damaged");
  EXPECT_EQ(text_.str(), "warning: one file is damaged\n");
}

TEST_F(ProgressLog, StopsWhenAsked) {
  StopFlag stop;
  ProgressBar::Options options;
  options.stop = &stop;
  ProgressBar bar(options);
  bar.begin("reading", 10);
  bar.advance(1, "");
  stop.request();
  try {
    bar.advance(2, "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

}  // namespace
}  // namespace mien::cli
