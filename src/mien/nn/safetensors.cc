// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/safetensors.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/nn/safetensors_file.h"

namespace mien {

namespace {

struct TypeName {
  const char* name;
  torch::ScalarType type;
};

constexpr std::array<TypeName, 9> type_names = {{{"F64", torch::kFloat64}, {"F32", torch::kFloat32}, {"F16", torch::kFloat16},
                                                 {"BF16", torch::kBFloat16}, {"I64", torch::kInt64}, {"I32", torch::kInt32},
                                                 {"I16", torch::kInt16}, {"I8", torch::kInt8}, {"U8", torch::kUInt8}}};

torch::ScalarType type_of(const RawTensor& raw, const std::string& origin) {
  if (raw.dtype == "BOOL") return torch::kBool;
  for (const auto& entry : type_names)
    if (raw.dtype == entry.name) return entry.type;
  throw Error(ErrorCode::bad_file,
              fmt::format("{}: tensor '{}' has the type {}, which has no counterpart here", origin, raw.name, raw.dtype));
}

std::string name_of(torch::ScalarType type, const std::string& tensor) {
  if (type == torch::kBool) return "BOOL";
  for (const auto& entry : type_names)
    if (type == entry.type) return entry.name;
  throw Error(ErrorCode::bad_data,
              fmt::format("tensor '{}' has the type {}, which safetensors cannot hold", tensor, torch::toString(type)));
}

}  // namespace

Safetensors read_safetensors(const std::filesystem::path& file) {
  return parse_safetensors(read_bytes(file, 64ull << 30), file.string());
}

Safetensors parse_safetensors(std::vector<std::uint8_t> bytes, const std::string& origin) {
  const auto raw_file = SafetensorsFile::parse(std::move(bytes), origin);
  Safetensors result;
  result.metadata = raw_file.metadata();
  for (const auto& raw : raw_file.tensors()) {
    auto tensor = torch::empty(raw.shape, type_of(raw, origin));
    if (raw.bytes > 0) std::memcpy(tensor.data_ptr(), raw.data, raw.bytes);
    result.tensors.emplace_back(raw.name, tensor);
  }
  return result;
}

void write_safetensors(const std::filesystem::path& file, const Safetensors& content) {
  std::vector<torch::Tensor> kept;
  std::vector<RawTensor> raw;
  for (const auto& [name, tensor] : content.tensors) {
    kept.push_back(tensor.detach().to(torch::kCPU).contiguous());
    const auto& t = kept.back();
    raw.push_back({name, name_of(t.scalar_type(), name), t.sizes().vec(), static_cast<const std::uint8_t*>(t.data_ptr()),
                   static_cast<std::uint64_t>(t.nbytes())});
  }
  write_safetensors_file(file, raw, content.metadata);
}

}  // namespace mien
