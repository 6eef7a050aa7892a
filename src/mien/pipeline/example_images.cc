// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/example_images.h"

#include <algorithm>
#include <memory>

#include "mien/base/random.h"
#include "mien/data/splits.h"
#include "mien/image/picture.h"
#include "mien/loading/loader.h"
#include "mien/pipeline/face_classifier.h"

namespace mien {
namespace {

using Use = std::function<void(const HostBatch&)>;

/// Every k-th element, so that at most `most` are left.
template <typename T>
void thin_out(std::vector<T>& all, std::int64_t most) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(most, 1));
  if (all.size() <= wanted) return;
  std::vector<T> kept;
  for (std::size_t i = 0; i < wanted; ++i) kept.push_back(std::move(all[i * all.size() / wanted]));
  all = std::move(kept);
}

void from_dataset(const ExampleImages& images, const Preprocessing& preprocessing, const Use& use) {
  Dataset data = open_dataset(images.data);
  if (images.split != "all") data = select_split(data, images.split);
  thin_out(data.records, images.most);
  if (data.size() == 0) return;
  LoaderOptions options;
  options.batch_size = images.batch_size;
  options.drop_last = images.whole_batches;
  SamplerOptions in_order;
  in_order.kind = "sequential";
  Loader loader(std::make_shared<Dataset>(std::move(data)), preprocessing, std::nullopt, in_order, options);
  loader.start(0);
  while (const auto batch = loader.next())
    if (batch->size > 0 && (!images.whole_batches || batch->size == images.batch_size)) use(*batch);
}

void from_files(const ExampleImages& images, const Preprocessing& preprocessing, const Use& use) {
  std::vector<std::string> files = images.files;
  thin_out(files, images.most);
  const auto step = static_cast<std::size_t>(images.batch_size);
  for (std::size_t first = 0; first < files.size(); first += step) {
    const std::size_t last = std::min(first + step, files.size());
    if (images.whole_batches && last - first < step) return;
    std::vector<cv::Mat> crops;
    for (std::size_t i = first; i < last; ++i) crops.push_back(read_picture(files[i]).pixels);
    use(batch_of(crops, preprocessing));
  }
}

/// Normal noise, as wide as normalised pixels are.
void from_noise(const ExampleImages& images, const Preprocessing& preprocessing, const Use& use) {
  Random random(7);
  HostBatch batch;
  batch.channels = preprocessing.channels();
  batch.height = preprocessing.height;
  batch.width = preprocessing.width;
  for (std::int64_t left = images.random; left > 0; left -= images.batch_size) {
    batch.size = static_cast<int>(images.whole_batches ? images.batch_size : std::min(left, images.batch_size));
    batch.images.resize(static_cast<std::size_t>(batch.size) *
                        static_cast<std::size_t>(batch.channels * batch.height * batch.width));
    for (float& value : batch.images) value = static_cast<float>(random.normal());
    use(batch);
  }
}

}  // namespace

void for_each_batch(const ExampleImages& images, const Preprocessing& preprocessing, const Use& use) {
  if (!images.data.spec.empty())
    from_dataset(images, preprocessing, use);
  else if (!images.files.empty())
    from_files(images, preprocessing, use);
  else
    from_noise(images, preprocessing, use);
}

}  // namespace mien
