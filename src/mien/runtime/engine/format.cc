// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/format.h"

namespace mien::runtime::engine {

bool has_orders(const Dims& dims) { return dims.size() == 4 && dims[1] > 1 && dims[2] * dims[3] > 1; }

Format canonical(Format format, const Dims& dims) {
  format.channels_last = format.channels_last && has_orders(dims);
  return format;
}

std::size_t bytes_per_element(Storage storage, DataType type) {
  switch (storage) {
    case Storage::native: return graph::element_size(type);
    case Storage::f32: return 4;
    case Storage::bf16: return 2;
    default: return 1;
  }
}

dnnl::memory::data_type dnnl_type(Storage storage, DataType type) {
  using dt = dnnl::memory::data_type;
  switch (storage) {
    case Storage::f32: return dt::f32;
    case Storage::bf16: return dt::bf16;
    case Storage::s8: return dt::s8;
    case Storage::u8: return dt::u8;
    case Storage::native: break;
  }
  switch (type) {
    case DataType::f32: return dt::f32;
    case DataType::i8: return dt::s8;
    case DataType::u8: return dt::u8;
    case DataType::i32: return dt::s32;
    default: return dt::undef;
  }
}

Dims row_major_strides(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

Dims strides_of(const Dims& dims, const Format& format) {
  if (!format.channels_last) return row_major_strides(dims);
  const std::int64_t c = dims.at(1), w = dims.at(3);
  return {dims.at(2) * w * c, 1, w * c, c};
}

bool same_order(const Dims& dims, const Dims& a, const Dims& b) {
  for (std::size_t d = 0; d < dims.size(); ++d)
    if (dims[d] > 1 && a[d] != b[d]) return false;
  return true;
}

std::optional<Dims> reshaped_strides(const Dims& dims, const Dims& strides, const Dims& wanted) {
  Dims result(wanted.size(), 1);
  std::size_t left = wanted.size();  // dims of the result without a stride yet
  std::int64_t run = 1;              // elements that lie at one distance from each other, from dim d inwards
  std::int64_t step = 1;             // that distance
  for (std::size_t d = dims.size(); d-- > 0;) {
    if (run == 1) step = strides[d];
    run *= dims[d];
    std::size_t outer = d;  // the next dim outwards that has a stride to speak of
    while (outer > 0 && dims[outer - 1] == 1) --outer;
    if (outer > 0 && strides[outer - 1] == run * step) continue;
    std::int64_t covered = 1;
    while (left > 0 && (covered < run || wanted[left - 1] == 1)) {
      result[--left] = covered * step;
      covered *= wanted[left];
    }
    if (covered != run) return std::nullopt;
    run = 1;
  }
  while (left > 0 && wanted[left - 1] == 1) --left;
  return left == 0 ? std::optional(std::move(result)) : std::nullopt;
}

Dims with_rank(const Dims& dims, std::size_t rank) {
  Dims out(rank - dims.size(), 1);
  out.insert(out.end(), dims.begin(), dims.end());
  return out;
}

dnnl::memory::desc describe_strided(const Dims& dims, const Dims& strides, dnnl::memory::data_type type) {
  return {dims, type, strides};
}

dnnl::memory::desc describe(const Dims& dims, const Format& format, DataType type) {
  const auto element = dnnl_type(format.storage, type);
  if (dims.empty()) return {{1}, element, dnnl::memory::dims{1}};
  if (canonical(format, dims).channels_last) return describe_image(dims, format.storage, type);
  return {dims, element, row_major_strides(dims)};
}

dnnl::memory::desc describe_image(const Dims& dims, Storage storage, DataType type) {
  return {dims, dnnl_type(storage, type), strides_of(dims, {storage, true})};
}

dnnl::primitive_attr with_user_scratchpad(const dnnl::post_ops& post) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(post);
  return attributes;
}

bool has_wide_vectors() {
  return static_cast<int>(dnnl::get_effective_cpu_isa()) >= static_cast<int>(dnnl::cpu_isa::avx512_core);
}

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

}  // namespace mien::runtime::engine
