// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <vector>

#include "mien/runtime/image_pieces.h"
#include "mien/runtime/session_lane.h"

namespace mien::runtime {

/// Runs whatever a session is given. Where a batch has an image for every thread or more, and the network computes image by image,
/// threads take images: none waits for another before the last image. Everything else is one run, whose layers all threads share.
class BatchRunner {
 public:
  explicit BatchRunner(std::shared_ptr<Model::State> model);

  /// The outputs stay valid until the next run.
  const std::vector<TensorView>& run(const std::vector<TensorView>& inputs);
  /// The bound program of the whole batch: for profiles.
  BoundProgram& whole(const std::vector<TensorView>& inputs);
  std::size_t bytes() const;

 private:
  /// A batch that is cut, and the memory where the pieces' answers come together.
  struct Batch {
    Shapes shapes;
    ImagePieces cut;
    std::vector<std::unique_ptr<Arena>> memory;
    std::vector<TensorView> outputs;
  };
  Batch& batch_for(const std::vector<TensorView>& inputs);
  void plan(Batch& batch) const;
  void join(Batch& batch, const ImagePieces::Piece& piece, const std::vector<TensorView>& answers) const;
  const std::vector<TensorView>& run_in_pieces(Batch& batch, const std::vector<TensorView>& inputs);

  std::shared_ptr<Model::State> model_;
  std::vector<SessionLane> lanes_;  ///< one a thread; 0 is the caller's
  std::list<Batch> batches_;        ///< most recently used first
};

}  // namespace mien::runtime
