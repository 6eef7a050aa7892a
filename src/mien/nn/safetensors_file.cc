// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/safetensors_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien {

static_assert(std::endian::native == std::endian::little, "the file's numbers are little-endian and are used in place");

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t max_header_bytes = 100'000'000;  // the format's own limit
constexpr int max_depth = 4;

[[noreturn]] void damaged(const std::string& origin, const std::string& what) {
  throw Error(ErrorCode::bad_file, fmt::format("{}: not a valid safetensors file: {}", origin, what));
}

/// Refuses deep nesting and repeated keys while parsing: both are legal JSON that no writer produces.
class HeaderGuard {
 public:
  explicit HeaderGuard(const std::string& origin) : origin_(origin), keys_(max_depth + 1) {}

  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (depth > max_depth) damaged(origin_, "the header is nested too deeply");
    if (event == Event::object_start && depth < max_depth) keys_[static_cast<std::size_t>(depth) + 1].clear();
    if (event == Event::key && !keys_[static_cast<std::size_t>(depth)].insert(value.get<std::string>()).second)
      damaged(origin_, fmt::format("'{}' appears twice in the header", value.get<std::string>()));
    return true;
  }

 private:
  const std::string& origin_;
  std::vector<std::set<std::string>> keys_;
};

Json parse_header(const std::uint8_t* text, std::uint64_t size, const std::string& origin) {
  try {
    Json header = Json::parse(text, text + size, HeaderGuard(origin));
    if (!header.is_object()) damaged(origin, "the header is not a JSON object");
    return header;
  } catch (const Json::exception& error) {
    damaged(origin, fmt::format("the header is not JSON ({})", error.what()));
  }
}

std::uint64_t whole_number(const Json& value, const std::string& origin, const std::string& what) {
  if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
    damaged(origin, fmt::format("{} is {}, not a whole number of zero or more", what, json_text(value)));
  return value.get<std::uint64_t>();
}

/// Bytes of the shape, or nothing when the product overflows.
std::uint64_t shape_bytes(const RawTensor& tensor, const std::string& origin) {
  std::uint64_t bytes = safetensors_element_size(tensor.dtype);
  if (bytes == 0) damaged(origin, fmt::format("tensor '{}' has the unknown type '{}'", tensor.name, tensor.dtype));
  for (const auto size : tensor.shape) {
    const auto n = static_cast<std::uint64_t>(size);
    if (n != 0 && bytes > UINT64_MAX / n) damaged(origin, fmt::format("the shape of tensor '{}' overflows", tensor.name));
    bytes *= n;
  }
  return bytes;
}

RawTensor parse_tensor(const std::string& name, const Json& entry, const std::uint8_t* data, std::uint64_t data_bytes,
                       const std::string& origin) {
  RawTensor tensor{.name = name};
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets") ||
      !entry["dtype"].is_string() || !entry["shape"].is_array() || !entry["data_offsets"].is_array() ||
      entry["data_offsets"].size() != 2)
    damaged(origin, fmt::format("tensor '{}' lacks a dtype, a shape or two data_offsets", name));
  tensor.dtype = entry["dtype"].get<std::string>();
  for (const auto& size : entry["shape"]) {
    const auto n = whole_number(size, origin, fmt::format("a dimension of tensor '{}'", name));
    if (n > INT64_MAX) damaged(origin, fmt::format("the shape of tensor '{}' overflows", name));
    tensor.shape.push_back(static_cast<std::int64_t>(n));
  }
  const auto begin = whole_number(entry["data_offsets"][0], origin, fmt::format("the begin of tensor '{}'", name));
  const auto end = whole_number(entry["data_offsets"][1], origin, fmt::format("the end of tensor '{}'", name));
  if (begin > end || end > data_bytes)
    damaged(origin, fmt::format("tensor '{}' lies at bytes {} to {} of the data, which has {}", name, begin, end, data_bytes));
  tensor.data = data + begin;
  tensor.bytes = end - begin;
  if (const auto expected = shape_bytes(tensor, origin); expected != tensor.bytes)
    damaged(origin, fmt::format("tensor '{}' needs {} bytes for its shape and type, but has {}", name, expected, tensor.bytes));
  return tensor;
}

/// The data must be one gapless sequence of tensors: anything else hides bytes or shares them.
void check_layout(std::vector<RawTensor>& tensors, const std::uint8_t* data, std::uint64_t data_bytes,
                  const std::string& origin) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const RawTensor& a, const RawTensor& b) {
    return a.data != b.data ? a.data < b.data : a.bytes < b.bytes;
  });
  const std::uint8_t* next = data;
  for (const auto& tensor : tensors) {
    if (tensor.data < next) damaged(origin, fmt::format("tensor '{}' overlaps the tensor before it", tensor.name));
    if (tensor.data > next)
      damaged(origin, fmt::format("there is a gap of {} bytes before tensor '{}'", tensor.data - next, tensor.name));
    next = tensor.data + tensor.bytes;
  }
  if (next != data + data_bytes) damaged(origin, fmt::format("{} bytes follow the last tensor", data + data_bytes - next));
}

}  // namespace

bool looks_like_safetensors(const std::uint8_t* data, std::size_t size) {
  if (size < 9) return false;
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, data, 8);
  return header_bytes >= 2 && header_bytes <= max_header_bytes && data[8] == '{';
}

std::uint64_t safetensors_element_size(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "I8" || dtype == "U8" || dtype == "BOOL" || dtype == "F8_E4M3" || dtype == "F8_E5M2") return 1;
  return 0;
}

const RawTensor* SafetensorsFile::find(const std::string& name) const {
  for (const auto& tensor : tensors_)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

SafetensorsFile SafetensorsFile::read(const std::filesystem::path& file) {
  return parse(read_bytes(file, 64ull << 30), file.string());
}

SafetensorsFile SafetensorsFile::parse(std::vector<std::uint8_t> bytes, const std::string& origin) {
  SafetensorsFile result;
  result.bytes_ = std::move(bytes);
  const auto size = static_cast<std::uint64_t>(result.bytes_.size());
  if (size < 8) damaged(origin, fmt::format("it has {} bytes, fewer than the length of the header", size));
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, result.bytes_.data(), 8);
  if (header_bytes > max_header_bytes) damaged(origin, fmt::format("its header would be {} bytes long", header_bytes));
  if (header_bytes > size - 8)
    damaged(origin, fmt::format("the header needs {} bytes, but only {} follow: the file is cut off", header_bytes, size - 8));
  const std::uint8_t* text = result.bytes_.data() + 8;
  if (header_bytes == 0 || text[0] != '{') damaged(origin, "the header does not begin with '{'");
  const Json header = parse_header(text, header_bytes, origin);
  const std::uint8_t* data = text + header_bytes;
  const std::uint64_t data_bytes = size - 8 - header_bytes;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      result.tensors_.push_back(parse_tensor(name, entry, data, data_bytes, origin));
      continue;
    }
    if (!entry.is_object()) damaged(origin, "__metadata__ is not an object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) damaged(origin, fmt::format("the metadata entry '{}' is not a text", key));
      result.metadata_[key] = value.get<std::string>();
    }
  }
  check_layout(result.tensors_, data, data_bytes, origin);
  return result;
}

void write_safetensors_file(const std::filesystem::path& file, const std::vector<RawTensor>& tensors,
                            const std::map<std::string, std::string>& metadata) {
  std::vector<RawTensor> sorted = tensors;
  std::stable_sort(sorted.begin(), sorted.end(), [](const RawTensor& a, const RawTensor& b) {
    return safetensors_element_size(a.dtype) > safetensors_element_size(b.dtype);
  });
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& tensor : sorted) {
    if (header.contains(tensor.name) || tensor.name == "__metadata__")
      throw Error(ErrorCode::bad_data, fmt::format("{}: two tensors are called '{}'", file.string(), tensor.name));
    if (shape_bytes(tensor, file.string()) != tensor.bytes)
      throw Error(ErrorCode::bad_data,
                  fmt::format("{}: the bytes of tensor '{}' do not match its shape", file.string(), tensor.name));
    header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + tensor.bytes}}};
    offset += tensor.bytes;
  }
  std::string text = shown_json_text(header);
  text.append((8 - text.size() % 8) % 8, ' ');  // so that the data begin aligned
  write_atomically(file, [&](std::ostream& out) {
    const std::uint64_t length = text.size();
    out.write(reinterpret_cast<const char*>(&length), 8);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (const auto& tensor : sorted)
      out.write(reinterpret_cast<const char*>(tensor.data), static_cast<std::streamsize>(tensor.bytes));
  });
}

}  // namespace mien
