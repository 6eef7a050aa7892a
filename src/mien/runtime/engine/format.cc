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
  const std::int64_t c = dims.at(1), h = dims.at(2), w = dims.at(3);
  return {dims, dnnl_type(storage, type), dnnl::memory::dims{h * w * c, 1, w * c, c}};
}

dnnl::primitive_attr with_user_scratchpad(const dnnl::post_ops& post) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(post);
  return attributes;
}

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

}  // namespace mien::runtime::engine
