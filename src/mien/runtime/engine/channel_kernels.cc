// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/channel_kernels.h"

#include <cstring>

#include "mien/runtime/engine/float_storage.h"

namespace mien::runtime::engine {

namespace {

template <typename F>
void with_any(Storage storage, F f) {
  if (storage == Storage::u8) return f(static_cast<std::uint8_t*>(nullptr));
  if (storage == Storage::s8) return f(static_cast<std::int8_t*>(nullptr));
  with_float(storage, f);
}

template <typename From, typename To>
void mean_of(const ChannelMean& m, const From* source, To* result) {
#pragma omp parallel for collapse(2) if (m.images * m.pixels * m.channels > 1 << 15)
  for (std::int64_t n = 0; n < m.images; ++n)
    for (std::int64_t first = 0; first < m.channels; first += 64) {
      const std::int64_t count = std::min<std::int64_t>(64, m.channels - first);
      float sum[64] = {};
      const From* row = source + n * m.pixels * m.channels + first;
      for (std::int64_t p = 0; p < m.pixels; ++p, row += m.channels)
        for (std::int64_t c = 0; c < count; ++c) sum[c] += to_float(row[c]);
      const float factor = m.scale / static_cast<float>(m.pixels);
      for (std::int64_t c = 0; c < count; ++c) store(sum[c] * factor, result[n * m.channels + first + c]);
    }
}

template <typename T>
void copy_channels(const T* __restrict from, T* __restrict to, std::int64_t count, std::int64_t step) {
  if (step == 1)
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
  else
    for (std::int64_t i = 0; i < count; ++i) to[i * step] = from[i];
}

/// a0 b0 a1 b1 ...: what a channel shuffle of two halves is. One loop, because compilers make vector instructions of it.
template <typename T>
void interleave(const T* __restrict a, const T* __restrict b, T* __restrict to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    to[2 * i] = a[i];
    to[2 * i + 1] = b[i];
  }
}

}  // namespace

void run(const ChannelMean& mean, const std::byte* source, std::byte* result) {
  with_any(mean.from, [&](auto* from) {
    with_float(mean.to, [&](auto* to) {
      mean_of(mean, reinterpret_cast<decltype(from)>(const_cast<std::byte*>(source)), reinterpret_cast<decltype(to)>(result));
    });
  });
}

ChannelGather::ChannelGather(std::vector<std::int64_t> source_channels, const std::vector<std::int64_t>& input,
                             const std::vector<std::int64_t>& channel, std::size_t element_bytes)
    : source_channels_(std::move(source_channels)),
      channels_(static_cast<std::int64_t>(input.size())),
      element_bytes_(element_bytes) {
  std::vector<bool> done(input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (done[i]) continue;
    // The longest run of consecutive source channels that begins here, at a constant distance in the result.
    Piece best{static_cast<std::size_t>(input[i]), channel[i], static_cast<std::int64_t>(i), 1, 1};
    for (std::size_t step = 1; step <= 4 && step + i < input.size(); ++step) {
      std::int64_t count = 1;
      for (std::size_t j = i + step; j < input.size() && !done[j] && input[j] == input[i] && channel[j] == channel[i] + count;
           j += step)
        ++count;
      if (count > best.count) best.count = count, best.step = static_cast<std::int64_t>(step);
    }
    for (std::int64_t k = 0; k < best.count; ++k) done[i + static_cast<std::size_t>(k * best.step)] = true;
    if (!pieces_.empty()) {
      auto& last = pieces_.back();
      const bool has_partner = pieces_.size() > 1 && pieces_[pieces_.size() - 2].with_next;
      last.with_next = !has_partner && last.step == 2 && best.step == 2 && last.count == best.count && best.to == last.to + 1;
    }
    pieces_.push_back(best);
  }
}

void ChannelGather::run(const std::vector<std::byte*>& sources, std::byte* result, std::int64_t pixels) const {
  const auto from = [&]<typename T>(T*, const Piece& piece, std::int64_t pixel) {
    return reinterpret_cast<const T*>(sources[piece.source]) + pixel * source_channels_[piece.source] + piece.channel;
  };
  const auto go = [&]<typename T>(T*) {
#pragma omp parallel for if (pixels * channels_ > 1 << 13)
    for (std::int64_t p = 0; p < pixels; ++p) {
      T* to = reinterpret_cast<T*>(result) + p * channels_;
      for (std::size_t i = 0; i < pieces_.size(); ++i) {
        const auto& piece = pieces_[i];
        const T* first = from(static_cast<T*>(nullptr), piece, p);
        if (piece.with_next)
          interleave(first, from(static_cast<T*>(nullptr), pieces_[++i], p), to + piece.to, piece.count);
        else
          copy_channels(first, to + piece.to, piece.count, piece.step);
      }
    }
  };
  if (element_bytes_ == 1)
    go(static_cast<std::uint8_t*>(nullptr));
  else if (element_bytes_ == 2)
    go(static_cast<std::uint16_t*>(nullptr));
  else if (element_bytes_ == 4)
    go(static_cast<std::uint32_t*>(nullptr));
  else
    go(static_cast<std::uint64_t*>(nullptr));
}

void ChannelGather::run_blocks(const std::vector<std::byte*>& sources, std::byte* result, std::int64_t images,
                               std::size_t block) const {
  const auto at = [block](std::int64_t i) { return static_cast<std::size_t>(i) * block; };
  for (std::int64_t n = 0; n < images; ++n)
    for (const auto& piece : pieces_) {
      const std::byte* from = sources[piece.source] + at(n * source_channels_[piece.source] + piece.channel);
      std::byte* to = result + at(n * channels_ + piece.to);
      if (piece.step == 1)
        std::memcpy(to, from, at(piece.count));
      else
        for (std::int64_t i = 0; i < piece.count; ++i) std::memcpy(to + at(i * piece.step), from + at(i), block);
    }
}

void run(const ChannelScale& s, const std::byte* source, const std::byte* factor, std::byte* result) {
  with_float(s.storage, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    const auto* x = reinterpret_cast<const T*>(source);
    const auto* f = reinterpret_cast<const T*>(factor);
    auto* y = reinterpret_cast<T*>(result);
#pragma omp parallel for collapse(2) if (s.images * s.pixels * s.channels > 1 << 15)
    for (std::int64_t n = 0; n < s.images; ++n)
      for (std::int64_t p = 0; p < s.pixels; ++p) {
        const auto at = (n * s.pixels + p) * s.channels;
        for (std::int64_t c = 0; c < s.channels; ++c) store(to_float(x[at + c]) * to_float(f[n * s.channels + c]), y[at + c]);
      }
  });
}

void run(const ChannelAffine& a, const std::byte* source, std::byte* result) {
  with_float(a.storage, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    const auto* x = reinterpret_cast<const T*>(source);
    auto* y = reinterpret_cast<T*>(result);
#pragma omp parallel for if (a.pixels * a.channels > 1 << 15)
    for (std::int64_t p = 0; p < a.pixels; ++p)
      for (std::int64_t c = 0; c < a.channels; ++c)
        store(to_float(x[p * a.channels + c]) * a.scale[static_cast<std::size_t>(c)] + a.shift[static_cast<std::size_t>(c)],
              y[p * a.channels + c]);
  });
}

void run(const ChannelSlopes& s, const std::byte* source, std::byte* result) {
  with_float(s.storage, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
#pragma omp parallel for if (s.pixels * s.channels > 1 << 15)
    for (std::int64_t p = 0; p < s.pixels; ++p) {
      const T* x = reinterpret_cast<const T*>(source) + p * s.channels;
      T* y = reinterpret_cast<T*>(result) + p * s.channels;
      const float* slope = s.slopes.data();
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const float value = to_float(x[c]);
        store(value < 0 ? value * slope[c] : value, y[c]);
      }
    }
  });
}

void run(const RepeatPixels& r, const std::byte* source, std::byte* result) {
#pragma omp parallel for collapse(2) if (r.images * r.height * r.width > 1 << 10)
  for (std::int64_t n = 0; n < r.images; ++n)
    for (std::int64_t y = 0; y < r.height; ++y) {
      const auto row_bytes = static_cast<std::size_t>(r.width * r.up_x) * r.pixel_bytes;
      const std::byte* from = source + static_cast<std::size_t>((n * r.height + y) * r.width) * r.pixel_bytes;
      std::byte* row = result + static_cast<std::size_t>((n * r.height + y) * r.up_y) * row_bytes;
      std::byte* to = row;
      for (std::int64_t x = 0; x < r.width; ++x, from += r.pixel_bytes)
        for (std::int64_t k = 0; k < r.up_x; ++k, to += r.pixel_bytes) std::memcpy(to, from, r.pixel_bytes);
      for (std::int64_t k = 1; k < r.up_y; ++k) std::memcpy(row + static_cast<std::size_t>(k) * row_bytes, row, row_bytes);
    }
}

}  // namespace mien::runtime::engine
