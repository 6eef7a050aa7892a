// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/folder_settings.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"
#include "mien/base/text.h"
#include "mien/reproduce/configure.h"
#include "mien/reproduce/data_facts.h"

namespace mien {
namespace {

using Texts = std::map<std::string, std::string>;

const std::string also_prefix = "--also ";

fs::path settings_file(const ReproduceRequest& request) { return request.output / "settings.json"; }

/// Everything as flag and text, so that differences can be named.
Texts settings_of(const ReproduceRequest& request) {
  Texts texts{{"--scale", request.scale},
              {"--data", request.data},
              {"--landmark-table", request.landmark_table},
              {"--exclude", join(request.exclude, ",")}};
  for (const auto& [name, value] : settings_that_matter(request)) texts["--set " + name] = value;
  for (const auto& text : request.also) {
    const OtherTest other = parse_other_test(text);
    texts[also_prefix + other.name] = other.spec;
  }
  return texts;
}

/// Data sets to score on may come and go; one that keeps its name must be the same.
bool may_be_absent(const std::string& key) { return key.starts_with(also_prefix); }

Texts stored_settings(const fs::path& file) {
  const auto object = parse_json(read_text(file), file.string(), "Give another folder with --output.");
  if (!object.is_object())
    throw Error(ErrorCode::bad_file, fmt::format("{}: not a JSON object", file.string()), "Give another folder with --output.");
  Texts texts;
  for (const auto& [key, value] : object.items())
    if (value.is_string()) texts[key] = value.get<std::string>();
  return texts;
}

std::string shown(const Texts& texts, const std::string& key) {
  const auto found = texts.find(key);
  return found == texts.end() || found->second.empty() ? "nothing" : "'" + found->second + "'";
}

}  // namespace

void check_folder_settings(const ReproduceRequest& request) {
  const fs::path file = settings_file(request);
  if (!fs::exists(file)) return;
  const Texts before = stored_settings(file), now = settings_of(request);
  Texts all = before;
  all.insert(now.begin(), now.end());
  std::vector<std::string> different;
  for (const auto& [key, value] : all)
    if (shown(before, key) != shown(now, key) && !(may_be_absent(key) && before.count(key) + now.count(key) == 1))
      different.push_back(fmt::format("{} was {} and is now {}", key, shown(before, key), shown(now, key)));
  if (!different.empty())
    throw Error(ErrorCode::mismatch, fmt::format("{}: {}", file.string(), join(different, "; ")),
                "One folder holds runs of one setting. Give another folder with --output.");
}

void write_folder_settings(const ReproduceRequest& request) {
  fs::create_directories(request.output);
  Texts texts = settings_of(request);
  if (const fs::path file = settings_file(request); fs::exists(file))
    for (const auto& [key, value] : stored_settings(file))
      if (may_be_absent(key)) texts.emplace(key, value);
  nlohmann::ordered_json object;
  for (const auto& [key, value] : texts) object[key] = value;
  write_atomically(settings_file(request), json_text(object, 2) + "\n");
}

}  // namespace mien
