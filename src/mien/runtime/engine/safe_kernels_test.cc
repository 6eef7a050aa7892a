// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/safe_kernels.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace mien::runtime::engine {
namespace {

using graph::Dims;
using memory = dnnl::memory;

Window window(std::int64_t stride, std::int64_t dilation = 1, std::int64_t pad = 0) {
  return {{stride, stride}, {dilation, dilation}, {pad, pad}, {pad, pad}};
}

TEST(SafeKernels, WindowsLeaveGapsWhereTheStrideExceedsTheDilatedKernel) {
  EXPECT_FALSE(leaves_gaps(window(1), {1, 1}));
  EXPECT_TRUE(leaves_gaps(window(2), {1, 1}));
  EXPECT_FALSE(leaves_gaps(window(3), {3, 3}));
  EXPECT_TRUE(leaves_gaps(window(4), {3, 3}));
  EXPECT_FALSE(leaves_gaps(window(5, 2), {3, 3}));
  EXPECT_TRUE(leaves_gaps(window(6, 2), {3, 3}));
  EXPECT_TRUE(leaves_gaps({{1, 4}, {1, 1}, {0, 0}, {0, 0}}, {3, 3}));
  EXPECT_TRUE(leaves_gaps({{4, 1}, {1, 1}, {0, 0}, {0, 0}}, {3, 7}));
}

/// oneDNN 2.6's names of its implementations.
TEST(SafeKernels, KernelsForAmxAreLeftOutUnderGapsAlone) {
  for (const char* name : {"jit:avx512_core_amx_bf16", "brgconv:avx512_core_amx_bf16", "jit:avx512_core_amx_int8",
                           "brgconv:avx512_core_amx_int8", "jit_deconvolution:avx512_core_amx_bf16"}) {
    EXPECT_TRUE(oversteps(name, window(8), {3, 3})) << name;
    EXPECT_FALSE(oversteps(name, window(3), {3, 3})) << name;
  }
  for (const char* name : {"jit_1x1:avx512_core_amx_bf16", "brgconv_1x1:avx512_core_amx_int8", "brgconv:avx512_core_bf16",
                           "jit_bf16:avx512_core_bf16", "jit_int8:avx512_core_vnni", "gemm:jit", "ref:any"})
    EXPECT_FALSE(oversteps(name, window(8), {1, 1})) << name;
}

TEST(SafeKernels, BatchedProductsAreLeftOutWherePaddingsCancelOut) {
  const Window cancelling{{12, 12}, {1, 1}, {3, 3}, {-3, -3}}, one_axis{{4, 12}, {1, 1}, {1, 3}, {1, -3}},
      usual{{2, 2}, {1, 1}, {1, 1}, {0, 0}};
  EXPECT_TRUE(cancels_paddings(cancelling));
  EXPECT_TRUE(cancels_paddings(one_axis));
  EXPECT_FALSE(cancels_paddings(usual));
  EXPECT_FALSE(cancels_paddings(window(2)));
  for (const char* name : {"brgconv:avx512_core_bf16", "brgconv:avx512_core_vnni", "brgconv:avx512_core"}) {
    EXPECT_TRUE(oversteps(name, cancelling, {7, 7})) << name;
    EXPECT_FALSE(oversteps(name, usual, {7, 7})) << name;
  }
  EXPECT_FALSE(oversteps("jit_bf16:avx512_core_bf16", cancelling, {7, 7}));
  EXPECT_FALSE(oversteps("brgconv_1x1:avx512_core_bf16", cancelling, {1, 1}));
}

/// Stands for a primitive's description with a list of implementations.
struct Implementations {
  std::vector<std::string> names;
  std::size_t at = 0;
  const char* impl_info_str() const { return names[at].c_str(); }
  bool next_impl() { return ++at < names.size(); }
};

TEST(SafeKernels, TheFirstSafeImplementationIsTaken) {
  const Implementations all{{"jit:avx512_core_amx_bf16", "brgconv:avx512_core_amx_bf16", "jit_bf16:avx512_core_bf16", "ref:any"}};
  EXPECT_STREQ(without_oversteps(all, window(8), {3, 3}).impl_info_str(), "jit_bf16:avx512_core_bf16");
  EXPECT_STREQ(without_oversteps(all, window(2), {3, 3}).impl_info_str(), "jit:avx512_core_amx_bf16");
  EXPECT_THROW(without_oversteps(Implementations{{"jit:avx512_core_amx_int8"}}, window(8), {3, 3}), dnnl::error);
}

/// Memory between pages that must not be touched; its end is the end of a page, up to the alignment.
class Fenced {
 public:
  explicit Fenced(const memory::desc& desc) : bytes_((std::max<std::size_t>(desc.get_size(), 1) + 63) / 64 * 64) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    whole_ = (bytes_ + page - 1) / page * page + 2 * page;
    base_ = static_cast<std::byte*>(::mmap(nullptr, whole_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    ::mprotect(base_, page, PROT_NONE);
    ::mprotect(base_ + whole_ - page, page, PROT_NONE);
    at_ = base_ + whole_ - page - bytes_;
    std::memset(at_, 0x5a, bytes_);
    memory_ = memory(desc, cpu(), at_);
    used_ = desc.get_size();
  }
  Fenced(const Fenced&) = delete;
  ~Fenced() { ::munmap(base_, whole_); }
  memory& get() { return memory_; }
  bool rest_is_untouched() const {
    for (auto i = used_; i < bytes_; ++i)
      if (at_[i] != std::byte{0x5a}) return false;
    return true;
  }

 private:
  std::size_t bytes_, whole_ = 0, used_ = 0;
  std::byte *base_ = nullptr, *at_ = nullptr;
  memory memory_;
};

struct Case {
  std::int64_t groups, in, out, kernel, stride, dilation, pad, size;
  std::int64_t result() const { return (size + 2 * pad - ((kernel - 1) * dilation + 1)) / stride + 1; }
  std::string text() const {
    return "kernel " + std::to_string(kernel) + ", stride " + std::to_string(stride) + ", dilation " + std::to_string(dilation) +
           ", pad " + std::to_string(pad) + ", " + std::to_string(in) + " to " + std::to_string(out) + " in " +
           std::to_string(groups);
  }
};

/// Small whole numbers: sums are exact in every type.
std::vector<float> whole_numbers(std::int64_t count, int levels, int from) {
  std::vector<float> values(static_cast<std::size_t>(count));
  std::uint32_t state = 12345;
  for (auto& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<int>((state >> 16) % static_cast<unsigned>(levels)) + from);
  }
  return values;
}

/// [1,C,H,W] by [O,I/groups,k,k].
std::vector<float> by_definition(const Case& c, const std::vector<float>& x, const std::vector<float>& w) {
  const auto n = c.result(), in = c.in / c.groups, out = c.out / c.groups;
  std::vector<float> y(static_cast<std::size_t>(c.out * n * n));
  for (std::int64_t o = 0; o < c.out; ++o)
    for (std::int64_t i = 0; i < n * n; ++i) {
      float sum = 0;
      for (std::int64_t ch = 0; ch < in; ++ch)
        for (std::int64_t t = 0; t < c.kernel * c.kernel; ++t) {
          const auto row = i / n * c.stride + t / c.kernel * c.dilation - c.pad,
                     column = i % n * c.stride + t % c.kernel * c.dilation - c.pad;
          if (row < 0 || column < 0 || row >= c.size || column >= c.size) continue;
          sum += x[static_cast<std::size_t>(((o / out * in + ch) * c.size + row) * c.size + column)] *
                 w[static_cast<std::size_t>((o * in + ch) * c.kernel * c.kernel + t)];
        }
      y[static_cast<std::size_t>(o * n * n + i)] = sum;
    }
  return y;
}

void convert(memory from, memory to) {
  dnnl::stream stream(cpu());
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
}

memory::desc image(std::int64_t channels, std::int64_t size, memory::data_type type) {
  return {{1, channels, size, size}, type, memory::format_tag::nhwc};
}

struct Numbers {
  std::vector<float> source, weights, expected;
};

/// Runs one implementation between fences; empty when all is well.
std::string misdeed(const Case& c, const dnnl::convolution_forward::primitive_desc& pd, Numbers& numbers,
                    const memory::desc& plain_weights) {
  Fenced source(pd.src_desc()), weights(pd.weights_desc()), result(pd.dst_desc()), scratch(pd.scratchpad_desc());
  const auto n = c.result();
  convert({{{1, c.in, c.size, c.size}, memory::data_type::f32, memory::format_tag::nchw}, cpu(), numbers.source.data()},
          source.get());
  convert({plain_weights, cpu(), numbers.weights.data()}, weights.get());
  dnnl::stream stream(cpu());
  dnnl::convolution_forward(pd).execute(stream, {{DNNL_ARG_SRC, source.get()},
                                                 {DNNL_ARG_WEIGHTS, weights.get()},
                                                 {DNNL_ARG_DST, result.get()},
                                                 {DNNL_ARG_SCRATCHPAD, scratch.get()}});
  stream.wait();
  std::vector<float> found(numbers.expected.size());
  convert(result.get(), {{{1, c.out, n, n}, memory::data_type::f32, memory::format_tag::nchw}, cpu(), found.data()});
  const bool rounded = pd.dst_desc().data_type() == memory::data_type::bf16,
             bytes = pd.dst_desc().data_type() == memory::data_type::u8;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float expected = bytes ? std::clamp(numbers.expected[i], 0.f, 255.f) : numbers.expected[i];
    if (!(std::abs(found[i] - expected) <= (rounded ? std::abs(expected) / 128 : 0.f)))
      return "a result is " + std::to_string(found[i]) + ", not " + std::to_string(expected);
  }
  if (!source.rest_is_untouched() || !weights.rest_is_untouched() || !result.rest_is_untouched() || !scratch.rest_is_untouched())
    return "it wrote past its memory";
  return {};
}

struct Types {
  memory::data_type source, weights, result;
};

/// Every implementation that oneDNN offers for a case and the rule lets through.
void expect_all_inside(const Case& c, const Types& types, int& checked) {
  const Dims kernel = {c.kernel, c.kernel};
  const bool grouped = c.groups > 1;
  const memory::dims weight_dims = grouped ? memory::dims{c.groups, c.out / c.groups, c.in / c.groups, c.kernel, c.kernel}
                                           : memory::dims{c.out, c.in, c.kernel, c.kernel};
  const memory::desc wanted(weight_dims, types.weights, memory::format_tag::any);
  const memory::desc plain(weight_dims, memory::data_type::f32, grouped ? memory::format_tag::goihw : memory::format_tag::oihw);
  const auto n = c.result();
  const auto high = (n - 1) * c.stride + (c.kernel - 1) * c.dilation + 1 - c.size - c.pad;
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, image(c.in, c.size, types.source), wanted,
      image(c.out, n, types.result), {c.stride, c.stride}, {c.dilation - 1, c.dilation - 1}, {c.pad, c.pad}, {high, high});
  const Window slid{{c.stride, c.stride}, {c.dilation, c.dilation}, {c.pad, c.pad}, {high, high}};
  Numbers numbers{
      whole_numbers(c.in * c.size * c.size, 4, 0), whole_numbers(c.out * c.in / c.groups * c.kernel * c.kernel, 3, -1), {}};
  numbers.expected = by_definition(c, numbers.source, numbers.weights);
  dnnl::convolution_forward::primitive_desc pd(desc, with_user_scratchpad(), cpu(), /*allow_empty=*/true);
  for (bool more = static_cast<bool>(pd); more; more = pd.next_impl()) {
    const std::string name = pd.impl_info_str();
    if (name.rfind("ref", 0) == 0 || oversteps(name, slid, kernel)) continue;
    EXPECT_EQ(misdeed(c, pd, numbers, plain), "") << name << ": " << c.text();
    ++checked;
  }
}

/// A kernel that leaves its memory ends the test by a signal.
TEST(SafeKernels, EveryImplementationStaysInItsMemory) {
  using dt = memory::data_type;
  const std::vector<Types> types = {
      {dt::f32, dt::f32, dt::f32}, {dt::bf16, dt::bf16, dt::bf16}, {dt::u8, dt::s8, dt::f32}, {dt::u8, dt::s8, dt::u8}};
  int checked = 0;
  for (const std::int64_t kernel : {1, 3, 5, 7})
    for (const std::int64_t dilation : {1, 2})
      for (std::int64_t stride = 1; stride <= 12; ++stride) {
        if (kernel == 1 && dilation > 1) continue;
        const std::int64_t reach = (kernel - 1) * dilation + 1, pad = stride % 2 ? 0 : kernel / 2,
                           size = reach + stride + stride % 3;
        for (const auto& type : types) {
          expect_all_inside({1, 32, 48, kernel, stride, dilation, pad, size}, type, checked);
          expect_all_inside({1, 3, 16, kernel, stride, dilation, pad, size}, type, checked);
          expect_all_inside({16, 16, 16, kernel, stride, dilation, pad, size}, type, checked);
        }
      }
  // Paddings that cancel out, found at random.
  for (const auto& type : types) {
    expect_all_inside({1, 32, 64, 6, 11, 1, 4, 28}, type, checked);
    expect_all_inside({1, 64, 24, 3, 8, 2, 3, 13}, type, checked);
    expect_all_inside({1, 64, 64, 6, 7, 2, 3, 18}, type, checked);
    expect_all_inside({1, 32, 32, 8, 14, 2, 5, 57}, type, checked);
  }
  EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace mien::runtime::engine
