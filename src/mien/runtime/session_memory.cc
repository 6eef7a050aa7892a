// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/session_memory.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace mien::runtime {

namespace {
constexpr std::align_val_t alignment{4096};
}  // namespace

Shapes shapes_of(const std::vector<TensorView>& inputs) {
  Shapes shapes;
  for (const auto& input : inputs) shapes.push_back(input.shape);
  return shapes;
}

Arena::Arena(std::size_t bytes)
    : bytes_(std::max<std::size_t>(bytes, 64)), memory_(static_cast<std::byte*>(::operator new(bytes_, alignment))) {}
Arena::~Arena() { ::operator delete(memory_, alignment); }

BoundProgram::BoundProgram(Shapes shapes, std::shared_ptr<const engine::Program> program)
    : shapes_(std::move(shapes)),
      program_(std::move(program)),
      arena_(program_->arena_bytes),
      scratch_(program_->scratch_bytes),
      stream_(engine::cpu()) {
  const engine::Binding binding{arena_.data(), &program_->buffers, scratch_.data(), &stream_};
  for (const auto& step : program_->steps) steps_.push_back(step.bind(binding));
  for (const auto& place : program_->inputs) inputs_.push_back(binding.at(place.buffer));
  for (const auto& place : program_->outputs) {
    TensorView view;
    view.shape = place.dims;
    view.type = element_type(place.type);
    view.data = binding.at(place.buffer);
    outputs_.push_back(std::move(view));
  }
}

bool BoundProgram::has_shapes_of(const std::vector<TensorView>& inputs) const {
  return std::equal(shapes_.begin(), shapes_.end(), inputs.begin(), inputs.end(),
                    [](const auto& s, const auto& i) { return s == i.shape; });
}

void BoundProgram::take(const std::vector<TensorView>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(inputs_[i], inputs[i].data, static_cast<std::size_t>(inputs[i].size()) * size_of(inputs[i].type));
}

void BoundProgram::run() const {
  for (const auto& step : steps_) step();
}

}  // namespace mien::runtime
