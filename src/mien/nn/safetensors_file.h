// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mien {

/// One tensor of a safetensors file, as raw little-endian bytes in row-major order.
struct RawTensor {
  std::string name;
  std::string dtype{};              ///< "F32", "F16", "BF16", "F64", "I64", "I32", "U8", "BOOL", ...
  std::vector<std::int64_t> shape{};  ///< empty = a scalar
  const std::uint8_t* data = nullptr;
  std::uint64_t bytes = 0;
};

/// A safetensors file in memory (a length, a JSON header and raw data; Hugging Face's format description). Free of libtorch.
/// The raw tensors point into it.
class SafetensorsFile {
 public:
  /// Throws Error{not_found}, or Error{bad_file} for a header that is truncated, larger than 100 MB, nested too deeply or not
  /// of the form, and for offsets that overlap, leave gaps, run past the end or do not match shape and type.
  static SafetensorsFile read(const std::filesystem::path& file);
  /// The same from bytes; `origin` is named in errors.
  static SafetensorsFile parse(std::vector<std::uint8_t> bytes, const std::string& origin);

  const std::vector<RawTensor>& tensors() const { return tensors_; }  ///< in the order of their data
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// nullptr when absent.
  const RawTensor* find(const std::string& name) const;

  SafetensorsFile(SafetensorsFile&&) = default;
  SafetensorsFile& operator=(SafetensorsFile&&) = default;

 private:
  SafetensorsFile() = default;
  std::vector<std::uint8_t> bytes_;
  std::vector<RawTensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// Whether the first bytes look like a safetensors file: a plausible length, then an opening brace.
bool looks_like_safetensors(const std::uint8_t* data, std::size_t size);

/// Bytes of one element, 0 for an unknown type name.
std::uint64_t safetensors_element_size(const std::string& dtype);

/// Writes the file atomically. Wider types come first, so that every tensor is aligned to its element size. Throws
/// Error{bad_data} for two tensors of one name or a size that does not match, Error{io} when the system refuses.
void write_safetensors_file(const std::filesystem::path& file, const std::vector<RawTensor>& tensors,
                            const std::map<std::string, std::string>& metadata);

}  // namespace mien
