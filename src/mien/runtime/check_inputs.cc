// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mien/runtime/model_state.h"

namespace mien::runtime {

namespace {

/// More dims than any operator takes; a shape that long was never filled in.
constexpr std::size_t most_dims = 64;

class InputCheck {
 public:
  InputCheck(const Model::State& state, std::size_t index, const TensorView& given)
      : state_(state), index_(index), info_(state.inputs[index]), given_(given) {}

  void run() const {
    if (given_.type != info_.type) fail(fmt::format("holds {}, the network takes {}", name_of(given_.type), name_of(info_.type)));
    check_dims();
    if (elements() > 0 && !given_.data) fail("has no data");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::usage, fmt::format("{}: input '{}' {}", state_.origin, info_.name, what));
  }

  void check_dims() const {
    const auto& dims = given_.shape;
    if (dims.size() > most_dims) fail(fmt::format("has {} dims", dims.size()));
    const auto text = [](const auto& shape) { return fmt::format("{}", fmt::join(shape, "x")); };
    if (std::any_of(dims.begin(), dims.end(), [](auto dim) { return dim < 0; }))
      fail("has shape " + text(dims) + ": a dim is negative");
    if (!state_.graph.inputs[index_].has_shape) return;
    const auto& declared = info_.shape;
    const bool fits = std::equal(dims.begin(), dims.end(), declared.begin(), declared.end(),
                                 [](auto dim, auto wanted) { return wanted < 0 || dim == wanted; });
    if (!fits) fail(fmt::format("has shape {}, the network takes {} (-1: any)", text(dims), text(declared)));
  }

  std::int64_t elements() const {
    try {
      return graph::element_count(given_.shape);
    } catch (const Error& error) {
      fail(error.what());
    }
  }

  const Model::State& state_;
  std::size_t index_;
  const TensorInfo& info_;
  const TensorView& given_;
};

}  // namespace

void check_inputs(const Model::State& state, const std::vector<TensorView>& inputs) {
  if (inputs.size() != state.inputs.size())
    throw Error(ErrorCode::usage,
                fmt::format("{}: {} inputs given, the network has {}", state.origin, inputs.size(), state.inputs.size()));
  for (std::size_t i = 0; i < inputs.size(); ++i) InputCheck(state, i, inputs[i]).run();
}

}  // namespace mien::runtime
