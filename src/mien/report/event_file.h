// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mien {

/// The part of TensorBoard's Event message that scalars need: wall_time = 1 (double), step = 2 (int64),
/// file_version = 3 (string), summary = 5 { value = 1 { tag = 1 (string), simple_value = 2 (float) } }.
struct ScalarEvent {
  double wall_time_s = 0;
  std::int64_t step = 0;
  std::string file_version;  ///< first event of a file only
  std::string tag;           ///< empty when the event has no scalar
  float value = 0;
};

/// The protocol buffer bytes of an event.
std::string encode_event(const ScalarEvent& event);
/// A TFRecord: length, masked CRC of the length, data, masked CRC of the data.
std::string frame_record(std::string_view data);

struct EventFile {
  std::vector<ScalarEvent> events;
  std::uint64_t valid_bytes = 0;  ///< where the first damaged or incomplete record begins
};
/// Reads records up to the first damaged one. Throws Error{not_found} or Error{io}.
EventFile read_event_file(const std::filesystem::path& file);

}  // namespace mien
