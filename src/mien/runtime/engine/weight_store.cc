// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/engine/weight_store.h"

#include "mien/base/error.h"

namespace mien::runtime::engine {

namespace {

void reorder(const dnnl::memory& from, const dnnl::memory& to, const std::vector<float>& scales, int mask) {
  dnnl::primitive_attr attributes;
  if (!scales.empty()) {
    std::vector<float> factors(scales.size());
    for (std::size_t i = 0; i < scales.size(); ++i) factors[i] = 1 / scales[i];
    attributes.set_output_scales(mask, factors);
  }
  dnnl::stream stream(cpu());
  dnnl::reorder(from, to, attributes).execute(stream, const_cast<dnnl::memory&>(from), const_cast<dnnl::memory&>(to));
  stream.wait();
}

}  // namespace

dnnl::memory WeightStore::get(const std::string& name, const graph::Tensor& source, const dnnl::memory::desc& source_layout,
                              const dnnl::memory::desc& wanted, const std::vector<float>& scales, int scale_mask) {
  const std::lock_guard lock(mutex_);
  auto& held = held_[name];
  for (const auto& memory : held)
    if (memory.get_desc() == wanted) return memory;
  dnnl::memory made(wanted, cpu());
  if (source.has_data()) {
    const dnnl::memory raw(source_layout, cpu(), const_cast<std::byte*>(source.raw()));
    reorder(raw, made, scales, scale_mask);
  } else {
    if (held.empty() || !scales.empty())
      throw Error(ErrorCode::bad_file, "the weights '" + name + "' are no longer held as numbers");
    reorder(held.front(), made, {}, 0);
  }
  held.push_back(made);
  return made;
}

std::size_t WeightStore::bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const auto& [name, held] : held_)
    for (const auto& memory : held) total += memory.get_desc().get_size();
  return total;
}

}  // namespace mien::runtime::engine
