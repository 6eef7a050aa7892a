// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/tracking/smoothing.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/json_text.h"

namespace mien {

namespace {

constexpr double kLongestGap = 3;  // time constants

}  // namespace

TimeSmoother::TimeSmoother(double time_constant_s) : time_constant_s_(time_constant_s) {
  if (!(time_constant_s >= 0) || !std::isfinite(time_constant_s))
    throw Error(ErrorCode::usage, "smoothing: the time constant must be 0 or more seconds");
}

std::vector<float> TimeSmoother::add(double time_s, const std::vector<float>& values) {
  if (values.size() != state_.size() || time_s < last_s_) state_.assign(values.size(), {});
  last_s_ = time_s;
  std::vector<float> out = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    Value& value = state_[i];
    const double passed = time_s - value.seen_s;
    if (!value.known || time_constant_s_ == 0 || passed > kLongestGap * time_constant_s_)
      value.smoothed = values[i];
    else
      value.smoothed += -std::expm1(-passed / time_constant_s_) * (values[i] - value.smoothed);
    value.seen_s = time_s;
    value.known = true;
    out[i] = static_cast<float>(value.smoothed);
  }
  return out;
}

std::string TimeSmoother::save() const {
  nlohmann::json state{{"last_s", last_s_}, {"values", nlohmann::json::array()}};
  for (const auto& value : state_)
    state["values"].push_back({{"smoothed", value.smoothed}, {"seen_s", value.seen_s}, {"known", value.known}});
  return json_text(state);
}

void TimeSmoother::restore(const std::string& text) {
  try {
    const auto state = parse_json(text, "stored smoothing");
    std::vector<Value> values;
    for (const auto& entry : state.at("values"))
      values.push_back({entry.at("smoothed").get<double>(), entry.at("seen_s").get<double>(), entry.at("known").get<bool>()});
    last_s_ = state.at("last_s").get<double>();
    state_ = std::move(values);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::bad_file, std::string("stored smoothing: ") + error.what());
  }
}

}  // namespace mien
