// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/report/event_file.h"

#include <bit>
#include <cstring>
#include <optional>

#include "mien/base/files.h"
#include "mien/report/crc32c.h"

namespace mien {
namespace {

static_assert(std::endian::native == std::endian::little, "TFRecord and protocol buffers are little-endian");

enum Wire : std::uint64_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

template <typename T>
void put(std::string& out, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  out.append(raw, sizeof(T));
}

template <typename T>
T get(std::string_view data) {
  T value;
  std::memcpy(&value, data.data(), sizeof(T));
  return value;
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_key(std::string& out, int field, Wire wire) { put_varint(out, static_cast<std::uint64_t>(field) << 3 | wire); }

void put_bytes(std::string& out, int field, std::string_view data) {
  put_key(out, field, bytes);
  put_varint(out, data.size());
  out += data;
}

std::optional<std::uint64_t> take_varint(std::string_view& data) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !data.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(data.front());
    data.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

struct Field {
  int number;
  std::uint64_t integer;
  std::string_view data;
};

/// The next field of a message; nullopt at its end or where it is malformed.
std::optional<Field> take_field(std::string_view& message) {
  const auto key = take_varint(message);
  if (!key) return std::nullopt;
  Field field{static_cast<int>(*key >> 3), 0, {}};
  std::uint64_t size = 0;
  switch (*key & 7) {
    case varint: {
      const auto value = take_varint(message);
      if (!value) return std::nullopt;
      field.integer = *value;
      return field;
    }
    case fixed64: size = 8; break;
    case fixed32: size = 4; break;
    case bytes: {
      const auto length = take_varint(message);
      if (!length) return std::nullopt;
      size = *length;
      break;
    }
    default: return std::nullopt;
  }
  if (size > message.size()) return std::nullopt;
  field.data = message.substr(0, size);
  message.remove_prefix(size);
  return field;
}

void decode_value(std::string_view message, ScalarEvent& event) {
  while (const auto field = take_field(message)) {
    if (field->number == 1) event.tag = field->data;
    if (field->number == 2 && field->data.size() == 4) event.value = get<float>(field->data);
  }
}

ScalarEvent decode_event(std::string_view message) {
  ScalarEvent event;
  while (const auto field = take_field(message)) {
    if (field->number == 1 && field->data.size() == 8) event.wall_time_s = get<double>(field->data);
    if (field->number == 2) event.step = static_cast<std::int64_t>(field->integer);
    if (field->number == 3) event.file_version = field->data;
    if (field->number != 5) continue;
    std::string_view summary = field->data;
    while (const auto value = take_field(summary))
      if (value->number == 1) decode_value(value->data, event);
  }
  return event;
}

}  // namespace

std::string encode_event(const ScalarEvent& event) {
  std::string message;
  put_key(message, 1, fixed64);
  put(message, event.wall_time_s);
  if (event.step != 0) {
    put_key(message, 2, varint);
    put_varint(message, static_cast<std::uint64_t>(event.step));
  }
  if (!event.file_version.empty()) put_bytes(message, 3, event.file_version);
  if (!event.tag.empty()) {
    std::string value, summary;
    put_bytes(value, 1, event.tag);
    put_key(value, 2, fixed32);
    put(value, event.value);
    put_bytes(summary, 1, value);
    put_bytes(message, 5, summary);
  }
  return message;
}

std::string frame_record(std::string_view data) {
  std::string record;
  put(record, static_cast<std::uint64_t>(data.size()));
  put(record, masked_crc32c(record));
  record += data;
  put(record, masked_crc32c(data));
  return record;
}

EventFile read_event_file(const std::filesystem::path& file) {
  const auto content = read_bytes(file);
  const std::string_view all(reinterpret_cast<const char*>(content.data()), content.size());
  EventFile result;
  while (all.size() - result.valid_bytes >= 16) {
    const std::string_view rest = all.substr(result.valid_bytes);
    const auto size = get<std::uint64_t>(rest);
    if (get<std::uint32_t>(rest.substr(8)) != masked_crc32c(rest.substr(0, 8)) || size > rest.size() - 16) break;
    const std::string_view data = rest.substr(12, size);
    if (get<std::uint32_t>(rest.substr(12 + size)) != masked_crc32c(data)) break;
    result.events.push_back(decode_event(data));
    result.valid_bytes += 16 + size;
  }
  return result;
}

}  // namespace mien
