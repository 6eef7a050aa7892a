// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>

#include "mien/base/error.h"
#include "mien/loading/collate.h"
#include "mien/loading/sample_pipeline.h"

namespace mien {
namespace {

/// A batch under construction. Workers fill different rows at the same time; the one that fills the last row completes it.
struct Slot {
  std::int64_t first = 0, rows = 0;  ///< positions in the epoch
  HostBatch batch;
  std::vector<PreparedSample> samples;
  std::atomic<std::int64_t> rows_left{0};
  bool finished = false;  ///< guarded by the queue's mutex

  std::mutex mutex;  ///< guards what follows, and the allocation
  bool allocated = false;
  std::exception_ptr error;
  std::int64_t error_row = 0;

  void reset(std::int64_t first_position, std::int64_t count) {
    first = first_position;
    rows = count;
    rows_left = count;
    finished = allocated = false;
    error = nullptr;
  }

  void allocate(const SamplePipeline& pipeline) {
    const std::lock_guard lock(mutex);
    if (allocated) return;
    batch = allocate_batch(static_cast<int>(rows), pipeline.dataset().labels.size(), pipeline.preprocessing());
    samples.assign(static_cast<std::size_t>(rows), {});
    allocated = true;
  }

  /// Keeps the exception of the first row, whichever thread was faster.
  void fail(std::int64_t row, std::exception_ptr what) {
    const std::lock_guard lock(mutex);
    if (error && error_row <= row) return;
    error = std::move(what);
    error_row = row;
  }
};

/// Rows [first, first + count) of a slot.
struct Chunk {
  Slot* slot = nullptr;
  std::int64_t first = 0, count = 0;
};

void check(const LoaderOptions& o) {
  const auto fail = [](const std::string& what) { throw Error(ErrorCode::usage, "loader: " + what); };
  if (o.batch_size < 1) fail(fmt::format("batch_size is {}, expected 1 or more", o.batch_size));
  if (o.threads < 0) fail(fmt::format("threads is {}, expected 0 or more", o.threads));
  if (o.batches_ahead < 1) fail(fmt::format("batches_ahead is {}, expected 1 or more", o.batches_ahead));
  if (!(o.max_bad_share >= 0 && o.max_bad_share <= 1)) fail(fmt::format("max_bad_share is {}, expected 0 to 1", o.max_bad_share));
}

}  // namespace

struct Loader::State {
  State(SamplePipeline sample_pipeline, SamplerOptions sampler_options, const LoaderOptions& loader_options)
      : pipeline(std::move(sample_pipeline)),
        sampler(std::move(sampler_options)),
        options(loader_options),
        slots(static_cast<std::size_t>(options.threads == 0 ? 1 : options.batches_ahead)) {}
  ~State() { stop_workers(); }

  void stop_workers() {
    for (auto& worker : workers) worker.request_stop();
    workers.clear();
  }

  std::int64_t samples() const { return static_cast<std::int64_t>(plan.indices.size()); }
  std::int64_t batches() const { return (samples() + options.batch_size - 1) / options.batch_size; }
  Slot& slot_of(std::int64_t batch) { return slots[static_cast<std::size_t>(batch) % slots.size()]; }
  std::int64_t rows_of(std::int64_t batch) const { return std::min(options.batch_size, samples() - batch * options.batch_size); }

  void start(std::int64_t epoch, std::int64_t first_batch);
  std::optional<Chunk> claim(std::stop_token stop);
  void work(const Chunk& chunk, const std::stop_token& stop);
  void run(std::stop_token stop);
  Slot& wait_for_next();
  std::optional<HostBatch> next();
  void note_bad(const HostBatch& batch);

  const SamplePipeline pipeline;
  const SamplerOptions sampler;
  const LoaderOptions options;

  bool started = false;
  EpochPlan plan;
  std::vector<BadSample> bad;
  std::exception_ptr failed;  ///< what ended the epoch

  std::mutex mutex;  ///< guards what follows
  std::condition_variable_any room, ready;
  std::int64_t position = 0;  ///< the next sample that nobody works on
  std::int64_t taken = 0;     ///< the next batch that `next` delivers
  std::vector<Slot> slots;    ///< batch b lives in slot b mod size, from its first claim until it is taken
  std::vector<std::jthread> workers;
};

void Loader::State::start(std::int64_t epoch, std::int64_t first_batch) {
  stop_workers();
  started = false;
  auto indices = epoch_indices(sampler, pipeline.dataset(), options.seed, epoch);
  if (options.drop_last) indices.resize(indices.size() - indices.size() % static_cast<std::size_t>(options.batch_size));
  plan = make_plan(epoch, std::move(indices), pipeline.dataset().size());
  if (first_batch < 0 || first_batch > batches())
    throw Error(ErrorCode::usage, fmt::format("loader: first batch is {}, the epoch has {}", first_batch, batches()));
  bad.clear();
  failed = nullptr;
  position = std::min(first_batch * options.batch_size, samples());
  taken = first_batch;
  for (auto& slot : slots) slot.reset(0, 0);
  for (std::int64_t i = 0; i < options.threads; ++i) workers.emplace_back([this](std::stop_token stop) { run(stop); });
  started = true;
}

/// The next rows to fill; waits while `batches_ahead` batches are in memory. nullopt at the end.
std::optional<Chunk> Loader::State::claim(std::stop_token stop) {
  std::unique_lock lock(mutex);
  const auto batch = [&] { return position / options.batch_size; };
  const auto ended = [&] { return position >= samples(); };
  room.wait(lock, stop, [&] { return ended() || batch() < taken + static_cast<std::int64_t>(slots.size()); });
  if (stop.stop_requested() || ended()) return std::nullopt;
  Slot& slot = slot_of(batch());
  const std::int64_t rows = rows_of(batch()), first = position % options.batch_size;
  if (first == 0) slot.reset(position, rows);
  const std::int64_t fair = std::clamp<std::int64_t>(rows / (4 * std::max<std::int64_t>(options.threads, 1)), 1, 16);
  const Chunk chunk{&slot, first, std::min(fair, rows - first)};
  position += chunk.count;
  return chunk;
}

void Loader::State::work(const Chunk& chunk, const std::stop_token& stop) {
  Slot& slot = *chunk.slot;
  std::int64_t row = chunk.first;
  try {
    slot.allocate(pipeline);
    const std::size_t pixels = slot.batch.images.size() / static_cast<std::size_t>(slot.rows);
    for (; row < chunk.first + chunk.count; ++row) {
      if (stop.stop_requested()) return;
      const auto i = static_cast<std::size_t>(row);
      pipeline.prepare(plan, slot.first + row, slot.batch.images.data() + i * pixels, slot.samples[i]);
    }
  } catch (...) {
    slot.fail(row, std::current_exception());
  }
  if (slot.rows_left.fetch_sub(chunk.count) != chunk.count) return;
  try {
    if (!slot.error) complete_batch(slot.batch, slot.samples, pipeline.dataset());
  } catch (...) {
    slot.fail(0, std::current_exception());
  }
  slot.samples.clear();
  const std::lock_guard lock(mutex);
  slot.finished = true;
  ready.notify_all();
}

void Loader::State::run(std::stop_token stop) {
  while (const auto chunk = claim(stop)) work(*chunk, stop);
}

Slot& Loader::State::wait_for_next() {
  Slot& slot = slot_of(taken);
  if (options.threads == 0) {
    while (!slot.finished) work(*claim({}), {});
    return slot;
  }
  std::unique_lock lock(mutex);
  ready.wait(lock, [&] { return slot.finished; });
  return slot;
}

std::optional<HostBatch> Loader::State::next() {
  if (!started) throw Error(ErrorCode::usage, "loader: no epoch was started");
  if (failed) std::rethrow_exception(failed);
  if (taken >= batches()) return std::nullopt;
  Slot& slot = wait_for_next();
  HostBatch batch = std::move(slot.batch);
  try {
    if (slot.error) std::rethrow_exception(slot.error);
    note_bad(batch);
  } catch (...) {
    failed = std::current_exception();
    throw;
  }
  const std::lock_guard lock(mutex);
  slot.finished = false;
  ++taken;
  room.notify_all();
  return batch;
}

void Loader::State::note_bad(const HostBatch& batch) {
  bad.insert(bad.end(), batch.bad.begin(), batch.bad.end());
  if (static_cast<double>(bad.size()) <= options.max_bad_share * static_cast<double>(samples())) return;
  std::string first;
  for (std::size_t i = 0; i < std::min<std::size_t>(bad.size(), 3); ++i)
    first += fmt::format("{}'{}': {}", i ? "; " : "", bad[i].id, bad[i].reason);
  throw Error(ErrorCode::bad_data,
              fmt::format("data set '{}': {} of the epoch's {} images cannot be used, more than the allowed {:.4g} %; first: {}",
                          pipeline.dataset().name, bad.size(), samples(), options.max_bad_share * 100, first),
              "Repair or remove these files, or raise max_bad_share.");
}

Loader::Loader(std::shared_ptr<const Dataset> dataset, Preprocessing preprocessing, std::optional<AugmentOptions> augmentation,
               SamplerOptions sampler, LoaderOptions options) {
  check(options);
  state_ =
      std::make_unique<State>(SamplePipeline(std::move(dataset), std::move(preprocessing), std::move(augmentation), options.seed),
                              std::move(sampler), options);
}

Loader::~Loader() = default;

void Loader::start(std::int64_t epoch, std::int64_t first_batch) { state_->start(epoch, first_batch); }
std::optional<HostBatch> Loader::next() { return state_->next(); }
std::int64_t Loader::batches() const { return state_->batches(); }
const std::vector<BadSample>& Loader::bad() const { return state_->bad; }

}  // namespace mien
