// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/label_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/base/utf8.h"
#include "mien/data/class_names.h"

namespace mien {
namespace {

using Names = std::vector<std::string>;

/// The two-letter codes are those of JAFFE and KDEF, the short compounds those of RAF-CE.
const std::unordered_map<std::string, std::string>& aliases() {
  static const std::unordered_map<std::string, std::string> table = [] {
    const std::vector<std::pair<std::string, Names>> words = {
        {"neutral", {"neutrality", "neu", "ne"}},
        {"happiness", {"happy", "hap", "ha", "joy", "joyful"}},
        {"surprise", {"surprised", "sur", "su"}},
        {"sadness", {"sad", "sa"}},
        {"anger", {"angry", "ang", "an"}},
        {"disgust", {"disgusted", "dis", "di"}},
        {"fear", {"fearful", "fea", "fe", "afraid", "af", "scared"}},
        {"contempt", {"contemptuous", "con", "co"}},
        {"happily_surprised", {"hapsur", "happy_surprised", "happysurprised"}},
        {"happily_disgusted", {"hapdis", "happy_disgusted", "happydisgusted"}},
        {"sadly_fearful", {"sadfear", "sad_fearful", "sadfearful"}},
        {"sadly_angry", {"sadang", "sad_angry", "sadangry"}},
        {"sadly_surprised", {"sadsur", "sad_surprised", "sadsurprised"}},
        {"sadly_disgusted", {"saddis", "sad_disgusted", "saddisgusted"}},
        {"fearfully_angry", {"fearang", "fearful_angry", "fearfulangry"}},
        {"fearfully_surprised", {"fearsur", "fearful_surprised", "fearfulsurprised"}},
        {"angrily_surprised", {"angsur", "angry_surprised", "angrysurprised"}},
        {"angrily_disgusted", {"angdis", "angry_disgusted", "angrydisgusted"}},
        {"disgustedly_surprised", {"dissur", "disgusted_surprised", "disgustedsurprised"}},
    };
    std::unordered_map<std::string, std::string> result;
    for (const auto& [canonical, others] : words)
      for (const auto& other : others) result.emplace(other, canonical);
    return result;
  }();
  return table;
}

/// Lower case; runs of blanks, dashes and underscores become one underscore.
std::string plain_form(const std::string& word) {
  std::string result;
  for (const char c : to_lower(trim(word))) {
    const bool gap = c == ' ' || c == '-' || c == '_' || c == '\t';
    if (!gap)
      result += c;
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  return result;
}

const std::vector<LabelSpace>& known_spaces() {
  static const std::vector<LabelSpace> spaces = [] {
    const Names ferplus = {"neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"};
    const Names affectnet8 = {"neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt"};
    const Names affectnet7(affectnet8.begin(), affectnet8.end() - 1);
    const Names oulu = {"anger", "disgust", "fear", "happiness", "sadness", "surprise"};
    const Names oulu7 = {"anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"};
    const Names compound = {"happily_surprised", "happily_disgusted", "sadly_fearful",        "sadly_angry",
                            "sadly_surprised",   "sadly_disgusted",   "fearfully_angry",      "fearfully_surprised",
                            "angrily_surprised", "angrily_disgusted", "disgustedly_surprised"};
    return std::vector<LabelSpace>{
        {"ferplus", ferplus},
        {"fer2013", {"anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"}},
        {"affectnet8", affectnet8},
        {"affectnet7", affectnet7},
        {"rafdb", {"surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"}, {1, 2, 3, 4, 5, 6, 7}},
        {"rafdb_compound", compound, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
        {"ckplus", {"neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"}},
        {"emotieff8", {"anger", "contempt", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"}},
        {"emotieff7", {"anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"}},
        {"oulu", oulu},
        {"oulu7", oulu7},
        {"efficientface", affectnet7},
        {"feratt", ferplus},
    };
  }();
  return spaces;
}

}  // namespace

LabelSpace::LabelSpace(std::string name, std::vector<std::string> names, std::vector<int> file_ids)
    : name_(std::move(name)), file_ids_(std::move(file_ids)) {
  for (const auto& word : names) {
    const std::string canonical = canonical_expression(word);
    if (canonical.empty()) throw Error(ErrorCode::bad_data, fmt::format("label space '{}': a class without a name", name_));
    if (const std::string problem = class_name_problem(canonical); !problem.empty())
      throw Error(ErrorCode::bad_data,
                  fmt::format("label space '{}': '{}' cannot be the name of a class: {}", name_, shown_text(canonical), problem),
                  "Names of classes become names of folders and columns: rename the class.");
    if (std::find(names_.begin(), names_.end(), canonical) != names_.end())
      throw Error(ErrorCode::bad_data, fmt::format("label space '{}': class '{}' occurs twice", name_, canonical));
    names_.push_back(canonical);
  }
  if (file_ids_.empty())
    for (int i = 0; i < size(); ++i) file_ids_.push_back(i);
  if (file_ids_.size() != names_.size())
    throw Error(ErrorCode::bad_data,
                fmt::format("label space '{}': {} classes but {} file ids", name_, names_.size(), file_ids_.size()));
}

int LabelSpace::index_of(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), canonical_expression(name));
  return found == names_.end() ? -1 : static_cast<int>(found - names_.begin());
}

int LabelSpace::index_of_file_id(int file_id) const {
  const auto found = std::find(file_ids_.begin(), file_ids_.end(), file_id);
  return found == file_ids_.end() ? -1 : static_cast<int>(found - file_ids_.begin());
}

std::string canonical_expression(const std::string& word) {
  const std::string plain = plain_form(word);
  const auto found = aliases().find(plain);
  return found == aliases().end() ? plain : found->second;
}

LabelSpace make_label_space(const std::vector<std::string>& names) {
  const LabelSpace custom("custom", names);
  for (const auto& space : known_spaces()) {
    bool ids_are_indices = true;
    for (int i = 0; i < space.size(); ++i) ids_are_indices = ids_are_indices && space.file_id(i) == i;
    if (ids_are_indices && space == custom) return space;
  }
  return custom;
}

LabelSpace known_label_space(const std::string& name) {
  for (const auto& space : known_spaces())
    if (space.name() == name) return space;
  throw Error(ErrorCode::usage, fmt::format("unknown label space '{}'", name), suggestion(name, known_label_space_names()));
}

std::vector<std::string> known_label_space_names() {
  std::vector<std::string> names;
  for (const auto& space : known_spaces()) names.push_back(space.name());
  return names;
}

std::vector<int> map_labels(const LabelSpace& from, const LabelSpace& to, bool merge_contempt) {
  std::vector<int> mapping;
  for (const auto& name : from.names()) {
    int index = to.index_of(name);
    if (index < 0 && merge_contempt && name == "contempt") index = to.index_of("disgust");
    mapping.push_back(index);
  }
  return mapping;
}

std::optional<std::vector<float>> map_distribution(const std::vector<float>& distribution, const std::vector<int>& mapping,
                                                   int to_size) {
  if (distribution.size() != mapping.size())
    throw Error(ErrorCode::mismatch, fmt::format("a distribution over {} classes cannot be mapped from a label space of {}",
                                                 distribution.size(), mapping.size()));
  std::vector<double> sums(static_cast<std::size_t>(to_size), 0.0);
  double total = 0;
  for (std::size_t i = 0; i < mapping.size(); ++i) {
    if (mapping[i] < 0) continue;
    sums.at(static_cast<std::size_t>(mapping[i])) += distribution[i];
    total += distribution[i];
  }
  if (!(total > 0)) return std::nullopt;
  std::vector<float> result;
  for (const double sum : sums) result.push_back(static_cast<float>(sum / total));
  return result;
}

}  // namespace mien
