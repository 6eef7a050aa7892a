// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/stored_distributions.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>

#include "mien/base/csv_cells.h"
#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/methods/batch.h"
#include "mien/methods/compute.h"

namespace mien {
namespace {

double probability(const CsvTable& table, std::size_t row, int column) {
  const std::string& text = table.rows[row][static_cast<std::size_t>(column)];
  const double value = parse_real(text, table.where(row));
  if (!(value >= 0 && value <= 1))
    throw Error(ErrorCode::bad_file, fmt::format("{}: {} is {}, expected a probability", table.where(row),
                                                 table.header[static_cast<std::size_t>(column)], text));
  return value;
}

}  // namespace

void describe(StoreDistributions& o, OptionTable& t) {
  const std::string s = "distributions";
  t.add(s, "augmentations", &o.augmentations, "The mean over so many augmented versions of an image; 0 = the plain image")
      .range(0, 10'000);
  t.add(s, "temperature", &o.temperature, "The teacher's logits are divided by it").range(1e-3, 1e3);
  t.add(s, "batch_size", &o.batch_size, "Images a batch").range(1, 1e6);
  t.add(s, "loader_threads", &o.loader_threads, "Threads that prepare images").range(0, 1024);
  t.add(s, "seed", &o.seed, "Of the augmentation").range(0, 9e15);
  t.add(s, "threads", &o.threads, "Computing threads; 0 = all cores").range(0, 1024);
  t.add(s, "device", &o.device, "Where to compute").one_of({"auto", "cpu", "cuda"});
}

DistributionStore::DistributionStore(std::shared_ptr<const Dataset> dataset, const StoreDistributions& options)
    : dataset_(std::move(dataset)),
      options_(options),
      sums_(torch::zeros({dataset_->size(), dataset_->labels.size()}, torch::kFloat64)),
      counts_(torch::zeros({dataset_->size()}, torch::kFloat64)) {}

void DistributionStore::ask(Teacher& teacher, const Preprocessing& preprocessing, Progress& progress) {
  SamplerOptions in_order;
  in_order.kind = "sequential";
  LoaderOptions loading;
  loading.batch_size = options_.batch_size;
  loading.threads = options_.loader_threads;
  loading.seed = static_cast<std::uint64_t>(options_.seed);
  const auto augmentation = options_.augmentations > 0 ? std::optional<AugmentOptions>(options_.augment) : std::nullopt;
  Loader loader(dataset_, preprocessing, augmentation, in_order, loading);
  const std::int64_t passes = std::max<std::int64_t>(options_.augmentations, 1);
  for (std::int64_t pass = 0; pass < passes; ++pass) {
    const std::string title = fmt::format("distributions, pass {}/{}", pass + 1, passes);
    progress.begin(title, dataset_->size());
    add_pass(loader, pass, teacher, progress);
    progress.end(title);
  }
}

void DistributionStore::add_pass(Loader& loader, std::int64_t pass, Teacher& teacher, Progress& progress) {
  const auto device = teacher.module().parameters().front().device();
  loader.start(pass);
  std::int64_t done = 0;
  while (const auto host = loader.next()) {
    if (host->size == 0) continue;
    const Batch batch = to_batch(*host, device, /*channels_last=*/false);
    const auto found = teacher.distributions(batch.images, options_.temperature).to(torch::kCPU, torch::kFloat64);
    const auto rows = batch.indices.to(torch::kCPU);
    sums_.index_add_(0, rows, found);
    counts_.index_add_(0, rows, torch::ones({rows.size(0)}, torch::kFloat64));
    progress.advance(done += host->size, "");
  }
}

std::int64_t DistributionStore::write(const std::filesystem::path& file) const {
  const auto& names = dataset_->labels.names();
  std::vector<std::string> fields = {"id"};
  fields.insert(fields.end(), names.begin(), names.end());
  std::string text = csv_line(fields);
  std::int64_t rows = 0;
  const auto means = (sums_ / counts_.unsqueeze(1)).contiguous();
  const auto mean = means.accessor<double, 2>();
  const auto count = counts_.accessor<double, 1>();
  for (std::int64_t i = 0; i < dataset_->size(); ++i) {
    if (count[i] == 0) continue;
    fields = {dataset_->records[static_cast<std::size_t>(i)].id};
    for (std::int64_t c = 0; c < dataset_->labels.size(); ++c) fields.push_back(fmt::format("{:.7g}", mean[i][c]));
    text += csv_line(fields);
    ++rows;
  }
  write_atomically(file, text);
  return rows;
}

std::int64_t write_distributions(const std::filesystem::path& file, const std::vector<std::string>& teachers,
                                 const std::shared_ptr<const Dataset>& dataset, const StoreDistributions& options,
                                 Progress& progress) {
  if (dataset->size() == 0)
    throw Error(ErrorCode::bad_data, "data set '" + dataset->name + "' has no image to store a distribution of");
  if (const auto folder = file.parent_path(); !folder.empty() && !std::filesystem::is_directory(folder))
    throw Error(ErrorCode::not_found, fmt::format("{}: there is no folder {}", file.string(), folder.string()), "Create it first.");
  ComputePlan plan = plan_compute("fp32", options.device, options.threads);
  apply_plan(plan);
  DistributionStore store(dataset, options);
  for (const auto& teacher : teachers) {
    TaskInfo task;
    task.labels = dataset->labels;
    task.preprocessing = input_of(teacher);
    Teacher network(teacher, task);
    place_module(network.module(), plan);
    if (teachers.size() > 1) progress.info("teacher " + teacher);
    store.ask(network, task.preprocessing, progress);
  }
  const auto rows = store.write(file);
  progress.info(fmt::format("{} distributions in {}", with_commas(rows), file.string()));
  return rows;
}

torch::Tensor read_distributions(const std::filesystem::path& file, const Dataset& dataset) {
  const CsvTable table = read_own_csv(file, true);
  const int id = table.column("id");
  std::vector<int> columns;
  for (const auto& name : dataset.labels.names()) columns.push_back(table.column(name));
  std::unordered_map<std::string, std::size_t> row_of;
  for (std::size_t row = 0; row < table.rows.size(); ++row) row_of.emplace(table.rows[row][static_cast<std::size_t>(id)], row);

  auto out = torch::zeros({dataset.size(), static_cast<std::int64_t>(columns.size())});
  auto values = out.accessor<float, 2>();
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto& sample = dataset.records[static_cast<std::size_t>(i)].id;
    const auto found = row_of.find(sample);
    if (found == row_of.end())
      throw Error(ErrorCode::mismatch, fmt::format("{}: no row for the training sample '{}'", file.string(), sample),
                  "Store the distributions of the same data set again.");
    double sum = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double p = probability(table, found->second, columns[c]);
      sum += p;
      values[i][static_cast<std::int64_t>(c)] = static_cast<float>(p);
    }
    constexpr double rounding = 1e-3;
    if (std::abs(sum - 1) > rounding)
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: the probabilities sum to {:.6g}, expected 1", table.where(found->second), sum));
  }
  return out / out.sum(1, true);
}

}  // namespace mien
