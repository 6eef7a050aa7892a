// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/neighbours/neighbour_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/json_text.h"

namespace mien {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view marker = "# mien neighbours 1 ";

/// What must agree for a graph to be usable.
ordered_json settings_of(const VectorSet& vectors, std::int64_t k, const std::string& search, const NeighbourOptions& options) {
  ordered_json settings{{"vectors", hash_of(vectors)}, {"k", k}, {"search", search}};
  if (search == "hnsw")
    settings.update(
        {{"hnsw_links", options.hnsw_links}, {"hnsw_build", options.hnsw_build}, {"hnsw_search", options.hnsw_search}});
  return settings;
}

std::string header(std::int64_t k) {
  std::string text = "vector";
  for (std::int64_t j = 1; j <= k; ++j) text += fmt::format(",neighbour_{}", j);
  for (std::int64_t j = 1; j <= k; ++j) text += fmt::format(",distance_{}", j);
  return text;
}

/// Lines of a text, numbered from 1.
class Lines {
 public:
  Lines(std::string_view text, std::string file) : rest_(text), file_(std::move(file)) {}
  std::string_view next() {
    ++line_;
    if (rest_.empty()) fail("ends here");
    const auto end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }
  bool done() const { return rest_.empty(); }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}:{}: {}", file_, line_, what), "build the neighbours again");
  }

 private:
  std::string_view rest_;
  std::string file_;
  int line_ = 0;
};

/// Takes the next number and the comma behind it.
template <typename T>
std::optional<T> take(std::string_view& line) {
  T value{};
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!line.empty()) {
    if (line.front() != ',') return std::nullopt;
    line.remove_prefix(1);
  }
  return value;
}

void read_row(Lines& lines, std::int64_t row, NeighbourGraph& graph) {
  std::string_view line = lines.next();
  if (take<std::int64_t>(line) != row) lines.fail(fmt::format("the row of vector {} was expected", row));
  for (std::int64_t j = 0; j < graph.k; ++j) {
    const auto index = take<std::int64_t>(line);
    if (!index || *index < 0 || *index >= graph.count || *index == row)
      lines.fail(fmt::format("neighbour {} is no other of the {} vectors", j + 1, graph.count));
    graph.indices.push_back(*index);
  }
  double before = 0;
  for (std::int64_t j = 0; j < graph.k; ++j) {
    const auto distance = take<double>(line);
    if (!distance || !std::isfinite(*distance) || *distance < before)
      lines.fail(fmt::format("distance {} is no number that is at least the one before", j + 1));
    graph.distances.push_back(before = *distance);
  }
  if (!line.empty()) lines.fail("has more values than the header");
}

ordered_json read_settings(Lines& lines) {
  const auto line = lines.next();
  if (line.substr(0, marker.size()) != marker) lines.fail("is no file of neighbours");
  try {
    return parse_ordered_json(line.substr(marker.size()), "");
  } catch (const Error&) {
    lines.fail("its settings are damaged");
  }
}

/// Throws Error{mismatch} naming the first setting that differs.
void require_same(const ordered_json& found, const ordered_json& wanted, const std::string& file) {
  for (const auto& [key, value] : wanted.items()) {
    const auto other = found.find(key);
    if (other != found.end() && *other == value) continue;
    const std::string what = key == "vectors" ? "belongs to other vectors" : "was built with another " + key;
    throw Error(
        ErrorCode::mismatch,
        fmt::format("{}: {}: {} instead of {}", file, what, other == found.end() ? "nothing" : json_text(*other), json_text(value)),
        "delete the file, or build the neighbours again");
  }
}

}  // namespace

void save_neighbour_graph(const std::filesystem::path& file, const NeighbourGraph& graph, const VectorSet& vectors,
                          const NeighbourOptions& options) {
  write_atomically(file, [&](std::ostream& out) {
    out << marker << json_text(settings_of(vectors, graph.k, graph.search, options)) << '\n' << header(graph.k) << '\n';
    fmt::memory_buffer row;
    for (std::int64_t i = 0; i < graph.count; ++i) {
      row.clear();
      const auto begin = static_cast<std::size_t>(i * graph.k), end = begin + static_cast<std::size_t>(graph.k);
      fmt::format_to(std::back_inserter(row), "{}", i);
      for (auto j = begin; j < end; ++j) fmt::format_to(std::back_inserter(row), ",{}", graph.indices[j]);
      for (auto j = begin; j < end; ++j) fmt::format_to(std::back_inserter(row), ",{}", graph.distances[j]);
      row.push_back('\n');
      out.write(row.data(), static_cast<std::streamsize>(row.size()));
    }
  });
}

NeighbourGraph load_neighbour_graph(const std::filesystem::path& file, const VectorSet& vectors,
                                    const NeighbourOptions& options) {
  const std::string text = read_text(file);
  Lines lines(text, file.string());
  const ordered_json found = read_settings(lines);
  const bool known_search = found.contains("search") && (found["search"] == "exact" || found["search"] == "hnsw");
  if (!known_search) lines.fail("its settings name no search");
  const std::string search = options.search == "auto" ? found["search"].get<std::string>() : options.search;
  require_same(found, settings_of(vectors, options.k, search, options), file.string());
  NeighbourGraph graph{.count = vectors.count(), .k = options.k, .indices = {}, .distances = {}, .search = search};
  if (lines.next() != header(graph.k)) lines.fail("the header should be " + header(graph.k));
  for (std::int64_t row = 0; row < graph.count; ++row) read_row(lines, row, graph);
  if (!lines.done()) lines.fail("is followed by more rows than vectors");
  return graph;
}

}  // namespace mien
