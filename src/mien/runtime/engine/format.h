// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <optional>

#include "mien/graph/graph.h"

namespace mien::runtime::engine {

using graph::DataType;
using graph::Dims;
using graph::ValueId;

/// How the elements of a value are stored while the network runs. `native` is the type that the graph says (integers, bool);
/// s8 and u8 hold value / scale, rounded.
enum class Storage : std::uint8_t { native, f32, bf16, s8, u8 };

/// Where the elements lie: row-major, or for images [N,C,H,W] with the channels innermost, which is what oneDNN's
/// convolutions on AVX-512 take without reordering.
struct Format {
  Storage storage = Storage::f32;
  bool channels_last = false;
  float scale = 1;  ///< of s8 and u8
  bool operator==(const Format&) const = default;
};

inline bool is_quantised(const Format& format) { return format.storage == Storage::s8 || format.storage == Storage::u8; }

/// True when the two orders differ for these dims: rank 4, more than one channel and more than one pixel.
bool has_orders(const Dims& dims);
/// `format` with channels_last only where it makes a difference.
Format canonical(Format format, const Dims& dims);

std::size_t bytes_per_element(Storage storage, DataType type);
dnnl::memory::data_type dnnl_type(Storage storage, DataType type);

/// Logical dims in the order and type of the format. A scalar is one element.
dnnl::memory::desc describe(const Dims& dims, const Format& format, DataType type = DataType::f32);
/// An image [N,C,H,W] with the strides of channels innermost also where the orders are the same (one channel or one pixel):
/// oneDNN looks at the strides to choose a kernel.
dnnl::memory::desc describe_image(const Dims& dims, Storage storage, DataType type = DataType::f32);
/// A row-major description in f32 with strides of its own.
dnnl::memory::desc describe_strided(const Dims& dims, const Dims& strides,
                                    dnnl::memory::data_type type = dnnl::memory::data_type::f32);
Dims row_major_strides(const Dims& dims);
Dims strides_of(const Dims& dims, const Format& format);
/// The strides walk through the elements alike; those of dims of size one do not matter.
bool same_order(const Dims& dims, const Dims& a, const Dims& b);
/// The strides of the same elements under other dims of the same product; nullopt when no strides show them. Nothing is empty.
std::optional<Dims> reshaped_strides(const Dims& dims, const Dims& strides, const Dims& wanted);
/// Ones in front, so that the dims broadcast to a value of this rank.
Dims with_rank(const Dims& dims, std::size_t rank);

/// Attributes of a primitive that computes in the session's scratch memory, with these post operations.
dnnl::primitive_attr with_user_scratchpad(const dnnl::post_ops& post = {});

/// oneDNN may use AVX-512.
bool has_wide_vectors();

/// The process's CPU engine.
const dnnl::engine& cpu();

}  // namespace mien::runtime::engine
