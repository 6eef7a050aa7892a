// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/video/libav.h"

#include <mutex>
#include <new>

#include "mien/base/text.h"

namespace mien::libav {

namespace {

thread_local std::string last_complaint;

void keep_complaint(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  char line[512];
  int prefix = 0;
  av_log_format_line2(source, level, format, arguments, line, sizeof line, &prefix);
  // FFmpeg begins lines with "[component @ address] ", which helps nobody.
  std::string text = line;
  if (text.starts_with('[')) {
    const auto end = text.find("] ");
    if (end != std::string::npos) text.erase(0, end + 2);
  }
  last_complaint = trim(text);
}

template <typename Handle>
Handle allocated(Handle handle) {
  if (!handle) throw std::bad_alloc();
  return handle;
}

}  // namespace

Frame make_frame() { return allocated(Frame(av_frame_alloc())); }
Packet make_packet() { return allocated(Packet(av_packet_alloc())); }

void silence() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(keep_complaint); });
}

void forget_complaint() { last_complaint.clear(); }

std::string reason(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return last_complaint.empty() ? text : std::string(text) + " (" + last_complaint + ")";
}

int default_matrix(int width, int height) { return width > 1024 || height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601; }

}  // namespace mien::libav
