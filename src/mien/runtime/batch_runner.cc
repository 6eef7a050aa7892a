// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/batch_runner.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "mien/runtime/openmp_scope.h"
#include "mien/runtime/rewrite/image_wise.h"

namespace mien::runtime {

namespace {

/// Dim 0 of all inputs where they have the same and the file leaves it open; 1 where there is nothing to cut.
std::int64_t images_in(const Model::State& model, const Shapes& shapes) {
  for (std::size_t i = 0; i < shapes.size(); ++i)
    if (i >= model.inputs.size() || shapes[i].empty() || shapes[i][0] != shapes[0][0] || model.inputs[i].shape.empty() ||
        model.inputs[i].shape[0] >= 0)
      return 1;
  return shapes.empty() ? 1 : shapes[0][0];
}

Shapes with_images(Shapes shapes, std::int64_t images) {
  for (auto& shape : shapes) shape[0] = images;
  return shapes;
}

std::size_t row_bytes(const TensorView& view) {
  return static_cast<std::size_t>(view.size() / view.shape[0]) * size_of(view.type);
}

std::vector<TensorView> rows_of(const std::vector<TensorView>& inputs, const ImagePieces::Piece& piece) {
  std::vector<TensorView> part = inputs;
  for (auto& view : part) {
    view.data = static_cast<const std::byte*>(view.data) + static_cast<std::size_t>(piece.first) * row_bytes(view);
    view.shape[0] = piece.count;
  }
  return part;
}

}  // namespace

BatchRunner::BatchRunner(std::shared_ptr<Model::State> model)
    : model_(std::move(model)), lanes_(static_cast<std::size_t>(std::max(1, model_->threads))) {}

/// Decides whether the batch is cut, and makes room for the answers.
void BatchRunner::plan(Batch& batch) const {
  const std::int64_t images = images_in(*model_, batch.shapes);
  auto cut = cut_in_pieces(images, model_->threads);
  if (cut.pieces.empty() || cut.sizes().size() > model_->options.cached_shapes) return;
  const auto whole = specialised(*model_, batch.shapes);
  for (const auto size : cut.sizes())
    if (!works_image_by_image(model_->graph, whole, specialised(*model_, with_images(batch.shapes, size)))) return;
  for (const auto& port : whole.graph.outputs) {
    const auto& type = whole.types[static_cast<std::size_t>(port.value)];
    TensorView view;
    view.shape = type.dims;
    view.type = element_type(type.type);
    batch.memory.push_back(std::make_unique<Arena>(static_cast<std::size_t>(view.size()) * size_of(view.type)));
    view.data = batch.memory.back()->data();
    batch.outputs.push_back(std::move(view));
  }
  batch.cut = std::move(cut);
}

BatchRunner::Batch& BatchRunner::batch_for(const std::vector<TensorView>& inputs) {
  auto shapes = shapes_of(inputs);
  const auto found = std::find_if(batches_.begin(), batches_.end(), [&](const Batch& b) { return b.shapes == shapes; });
  if (found != batches_.end()) {
    batches_.splice(batches_.begin(), batches_, found);
    return batches_.front();
  }
  Batch batch{std::move(shapes), {}, {}, {}};
  plan(batch);
  batches_.push_front(std::move(batch));
  while (batches_.size() > std::max<std::size_t>(1, model_->options.cached_shapes)) batches_.pop_back();
  return batches_.front();
}

void BatchRunner::join(Batch& batch, const ImagePieces::Piece& piece, const std::vector<TensorView>& answers) const {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::size_t bytes = row_bytes(batch.outputs[i]);
    std::memcpy(batch.memory[i]->data() + static_cast<std::size_t>(piece.first) * bytes, answers[i].data,
                static_cast<std::size_t>(piece.count) * bytes);
  }
}

const std::vector<TensorView>& BatchRunner::run_in_pieces(Batch& batch, const std::vector<TensorView>& inputs) {
  const auto& pieces = batch.cut.pieces;
  for (const auto size : batch.cut.sizes()) lanes_[0].prepare(*model_, with_images(batch.shapes, size));
  std::atomic<std::size_t> next{0};
  model_->helpers.share(static_cast<int>(std::min(lanes_.size(), pieces.size())), [&](int lane) {
    for (std::size_t i; (i = next++) < pieces.size();)
      join(batch, pieces[i],
           lanes_[static_cast<std::size_t>(lane)].run_alone(*model_, rows_of(inputs, pieces[i])).outputs());
  });
  const auto& left = batch.cut.left;
  if (left.count > 0) join(batch, left, lanes_[0].run_spread(*model_, rows_of(inputs, left)).outputs());
  return batch.outputs;
}

const std::vector<TensorView>& BatchRunner::run(const std::vector<TensorView>& inputs) {
  // Inside a parallel region of the caller the cores have their work.
  const bool enough = model_->threads > 1 && images_in(*model_, shapes_of(inputs)) >= model_->threads;
  if (enough && !inside_parallel_region()) {
    Batch& batch = batch_for(inputs);
    if (!batch.cut.pieces.empty()) return run_in_pieces(batch, inputs);
  }
  return lanes_[0].run_spread(*model_, inputs).outputs();
}

BoundProgram& BatchRunner::whole(const std::vector<TensorView>& inputs) {
  return *lanes_[0].prepare(*model_, shapes_of(inputs)).bound;
}

std::size_t BatchRunner::bytes() const {
  std::size_t total = 0;
  for (const auto& lane : lanes_) total += lane.bytes();
  for (const auto& batch : batches_)
    for (const auto& memory : batch.memory) total += memory->bytes();
  return total;
}

}  // namespace mien::runtime
