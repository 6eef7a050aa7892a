// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/cached_source.h"

#include <mutex>
#include <unordered_map>

namespace mien {
namespace {

std::int64_t bytes_of(const cv::Mat& image) { return static_cast<std::int64_t>(image.total() * image.elemSize()); }

/// The caller may change what it gets.
Sample own_copy(const Sample& sample) {
  Sample copy = sample;
  copy.image = sample.image.clone();
  copy.mask = sample.mask.clone();
  copy.heat_map = sample.heat_map.clone();
  return copy;
}

class CachedSource : public SampleSource {
 public:
  CachedSource(std::shared_ptr<const SampleSource> inner, std::int64_t max_bytes) : inner_(std::move(inner)), left_(max_bytes) {}

  Sample load(const Record& record) const override {
    {
      std::lock_guard lock(mutex_);
      const auto found = samples_.find(record.id);
      if (found != samples_.end()) return own_copy(found->second);
    }
    Sample sample = inner_->load(record);
    const std::int64_t size = bytes_of(sample.image) + bytes_of(sample.mask) + bytes_of(sample.heat_map) + 512;
    std::lock_guard lock(mutex_);
    if (size <= left_ && samples_.emplace(record.id, own_copy(sample)).second) left_ -= size;
    return sample;
  }

 private:
  std::shared_ptr<const SampleSource> inner_;
  mutable std::mutex mutex_;
  mutable std::int64_t left_;
  mutable std::unordered_map<std::string, Sample> samples_;
};

}  // namespace

Dataset with_cache(const Dataset& dataset, std::int64_t max_bytes) {
  Dataset cached = dataset;
  if (max_bytes > 0) cached.source = std::make_shared<CachedSource>(dataset.source, max_bytes);
  return cached;
}

}  // namespace mien
