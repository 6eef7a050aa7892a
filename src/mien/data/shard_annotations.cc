// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/shard_annotations.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "mien/base/error.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"

namespace mien {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& where, const std::string& field, const std::string& expected, const json& found) {
  throw Error(ErrorCode::bad_file, fmt::format("{}: '{}': expected {}, found {}", where, field, expected, found.type_name()));
}

const json* field_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

float number(const json& value, const std::string& where, const std::string& field) {
  if (!value.is_number()) fail(where, field, "a number", value);
  const auto real = static_cast<float>(value.get<double>());
  if (!std::isfinite(real)) throw Error(ErrorCode::bad_file, fmt::format("{}: '{}': a number is out of range", where, field));
  return real;
}

std::string text(const json& object, const char* name, const std::string& where) {
  const json* value = field_of(object, name);
  if (!value) return {};
  if (!value->is_string()) fail(where, name, "a text", *value);
  return value->get<std::string>();
}

std::vector<float> numbers(const json& object, const char* name, const std::string& where) {
  const json* list = field_of(object, name);
  std::vector<float> values;
  if (!list) return values;
  if (!list->is_array()) fail(where, name, "a list of numbers", *list);
  for (const auto& value : *list) values.push_back(number(value, where, name));
  return values;
}

std::vector<cv::Point2f> points(const json& object, const std::string& where) {
  const json* list = field_of(object, "landmarks");
  std::vector<cv::Point2f> values;
  if (!list) return values;
  if (!list->is_array()) fail(where, "landmarks", "a list of points", *list);
  for (const auto& point : *list) {
    if (!point.is_array() || point.size() != 2) fail(where, "landmarks", "points [x,y]", point);
    values.emplace_back(number(point[0], where, "landmarks"), number(point[1], where, "landmarks"));
  }
  return values;
}

void set_number(std::int64_t value, const std::string& where, ShardSample& sample) {
  if (value >= kMostClasses)
    throw Error(ErrorCode::bad_file, fmt::format("{}: class number {}, expected less than {}", where, value, kMostClasses));
  if (value >= 0) sample.label_number = static_cast<int>(value);
}

void read_label(const json& object, const std::string& where, ShardSample& sample) {
  for (const char* name : {"label", "expression", "emotion", "class", "cls"}) {
    const json* value = field_of(object, name);
    if (!value) continue;
    if (value->is_string())
      sample.label_name = value->get<std::string>();
    else if (value->is_number_integer())
      set_number(value->get<std::int64_t>(), where, sample);
    else
      fail(where, name, "a class name or a whole number", *value);
    return;
  }
}

void read_valence_arousal(const json& object, const std::string& where, Annotations& annotations) {
  const json* valence = field_of(object, "valence");
  const json* arousal = field_of(object, "arousal");
  if (valence && arousal)
    annotations.valence_arousal = ValenceArousal{number(*valence, where, "valence"), number(*arousal, where, "arousal")};
}

}  // namespace

json to_shard_json(const Record& record, const Annotations& annotations, const LabelSpace& labels) {
  json object = {{"id", record.id}};
  if (!record.split.empty()) object["split"] = record.split;
  if (!record.group.empty()) object["group"] = record.group;
  if (annotations.label >= 0) object["label"] = labels.names().at(static_cast<std::size_t>(annotations.label));
  if (!annotations.distribution.empty()) object["distribution"] = annotations.distribution;
  if (annotations.valence_arousal) {
    object["valence"] = annotations.valence_arousal->valence;
    object["arousal"] = annotations.valence_arousal->arousal;
  }
  if (!annotations.action_units.empty()) object["action_units"] = annotations.action_units;
  for (const auto& point : annotations.landmarks) object["landmarks"].push_back({point.x, point.y});
  if (!annotations.identity.empty()) object["identity"] = annotations.identity;
  return object;
}

void read_shard_json(const std::string& content, const std::string& where, ShardSample& sample) {
  const json object = parse_json(content, where);
  if (!object.is_object())
    throw Error(ErrorCode::bad_file, fmt::format("{}: expected a JSON object, found {}", where, object.type_name()));
  sample.id = text(object, "id", where);
  sample.split = text(object, "split", where);
  sample.group = text(object, "group", where);
  read_label(object, where, sample);
  Annotations& annotations = sample.annotations;
  annotations.distribution = numbers(object, "distribution", where);
  annotations.action_units = numbers(object, "action_units", where);
  if (!annotations.action_units.empty() && annotations.action_units.size() != action_unit_names().size())
    throw Error(ErrorCode::bad_file, fmt::format("{}: 'action_units': expected {} numbers, found {}", where,
                                                 action_unit_names().size(), annotations.action_units.size()));
  read_valence_arousal(object, where, annotations);
  annotations.landmarks = points(object, where);
  annotations.identity = text(object, "identity", where);
}

void read_shard_cls(const std::string& content, const std::string& where, ShardSample& sample) {
  const std::string word = trim(content);
  if (word.empty()) throw Error(ErrorCode::bad_file, fmt::format("{}: empty, expected a class number or name", where));
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool is_number = stop == word.data() + word.size() && error != std::errc::invalid_argument;
  if (is_number && error == std::errc::result_out_of_range)
    throw Error(ErrorCode::bad_file, fmt::format("{}: class number '{}' is out of range", where, word));
  if (is_number)
    set_number(value, where, sample);
  else
    sample.label_name = word;
}

}  // namespace mien
