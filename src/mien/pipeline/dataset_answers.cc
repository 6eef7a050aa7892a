// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/pipeline/dataset_answers.h"

#include <cmath>

#include "mien/base/error.h"

namespace mien {
namespace {

void append(DatasetAnswers& all, const HostBatch& host, const FaceAnswers& answers, const std::vector<Record>& records) {
  auto& p = all.predictions;
  p.classes = answers.classes;
  p.logits.insert(p.logits.end(), answers.logits.begin(), answers.logits.end());
  for (std::size_t i = 0; i < static_cast<std::size_t>(host.size); ++i) {
    const std::int64_t index = host.indices[i];
    all.indices.push_back(index);
    p.ids.push_back(records[static_cast<std::size_t>(index)].id);
    p.labels.push_back(static_cast<int>(host.labels[i]));
    if (answers.valence_arousal.empty() || host.has_valence_arousal.empty() || !host.has_valence_arousal[i]) continue;
    if (!std::isfinite(answers.valence_arousal[2 * i]) || !std::isfinite(answers.valence_arousal[2 * i + 1]))
      throw Error(ErrorCode::numeric, "image '" + p.ids.back() + "': valence or arousal came out as no finite number",
                  "The network diverged or its input was not a number.");
    all.valence_truth.push_back(host.valence_arousal[2 * i]);
    all.arousal_truth.push_back(host.valence_arousal[2 * i + 1]);
    all.valence_predicted.push_back(answers.valence_arousal[2 * i]);
    all.arousal_predicted.push_back(answers.valence_arousal[2 * i + 1]);
  }
}

}  // namespace

DatasetAnswers answer_dataset(const std::function<FaceAnswers(const HostBatch&)>& answer, Loader& loader,
                              const std::vector<Record>& records, Progress& progress) {
  DatasetAnswers all;
  loader.start(0);
  std::int64_t done = 0;
  while (auto host = loader.next()) {
    if (host->size > 0) append(all, *host, answer(*host), records);
    done += host->size + static_cast<std::int64_t>(host->bad.size());
    progress.advance(done, "");
  }
  all.bad = loader.bad();
  return all;
}

}  // namespace mien
