// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/runtime/c_api.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "mien/runtime/runtime.h"

using mien::Error;
using mien::ErrorCode;
namespace runtime = mien::runtime;

struct mien_model {
  runtime::Model model;
};

struct mien_session {
  runtime::Session session;
  std::vector<runtime::TensorInfo> inputs;   ///< as the network declares them
  std::vector<runtime::TensorView> outputs;  ///< of the last run; empty before it and after one that failed
};

namespace {

static_assert(MIEN_F32 == static_cast<int>(runtime::ElementType::f32) &&
              MIEN_BOOLEAN == static_cast<int>(runtime::ElementType::boolean));
static_assert(MIEN_AUTO == static_cast<int>(runtime::Precision::automatic) &&
              MIEN_INT8 == static_cast<int>(runtime::Precision::int8));

/// The text of the calling thread. Without memory for it the text is empty, but the call still returns -1.
std::string& last_error() {
  thread_local std::string text;
  return text;
}

void remember(const char* what, const std::string& hint = {}) noexcept {
  try {
    last_error() = hint.empty() ? what : what + (" (" + hint + ")");
  } catch (...) {
    last_error().clear();
  }
}

/// Runs `work`; nothing that it throws gets past here.
template <typename Work>
int guarded(Work&& work) noexcept {
  try {
    last_error().clear();
    work();
    return 0;
  } catch (const Error& error) {
    remember(error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    remember("out of memory");
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("unknown error");
  }
  return -1;
}

void require(bool condition, const char* what) {
  if (!condition) throw Error(ErrorCode::usage, what);
}

runtime::ModelOptions options_of(mien_precision precision, int threads) {
  require(precision >= MIEN_AUTO && precision <= MIEN_INT8, "mien_model: the precision is none of mien_precision");
  require(threads >= 0, "mien_model: the number of threads is negative");
  runtime::ModelOptions options;
  options.precision = static_cast<runtime::Precision>(precision);
  options.threads = threads;
  return options;
}

constexpr std::size_t most_dims = 64;  ///< a tensor with more was never filled in, and its shape may not be read

/// A view of what the caller owns; its shape is copied.
runtime::TensorView view_of(const mien_tensor& tensor, const runtime::TensorInfo& declared, std::size_t index) {
  const auto check = [&](bool condition, const std::string& what) {
    if (!condition) throw Error(ErrorCode::usage, "mien_session_run: input " + std::to_string(index) + ": " + what);
  };
  check(tensor.type >= MIEN_F32 && tensor.type <= MIEN_BOOLEAN, "the type is none of mien_type");
  const auto ranks = declared.shape.size();
  check(tensor.rank <= most_dims && (ranks == 0 || tensor.rank == ranks),
        "the rank is " + std::to_string(tensor.rank) + (ranks == 0 ? "" : ", the network takes " + std::to_string(ranks)));
  check(tensor.rank == 0 || tensor.shape != nullptr, "the shape is NULL");
  runtime::TensorView view;
  view.type = static_cast<runtime::ElementType>(tensor.type);
  if (tensor.rank > 0) view.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  view.data = tensor.data;
  const bool empty = std::find(view.shape.begin(), view.shape.end(), 0) != view.shape.end();
  check(view.data != nullptr || empty, "the data are NULL");
  return view;
}

/// Views of all inputs. Their number is checked before anything of them is read.
std::vector<runtime::TensorView> views_of(const mien_session& session, const mien_tensor* inputs, std::size_t count) {
  if (count != session.inputs.size())
    throw Error(ErrorCode::usage, "mien_session_run: " + std::to_string(count) + " inputs given, the network has " +
                                      std::to_string(session.inputs.size()));
  require(inputs != nullptr || count == 0, "mien_session_run: inputs is NULL");
  std::vector<runtime::TensorView> views;
  for (std::size_t i = 0; i < count; ++i) views.push_back(view_of(inputs[i], session.inputs[i], i));
  return views;
}

const char* name_at(const std::vector<runtime::TensorInfo>& infos, std::size_t index) {
  return index < infos.size() ? infos[index].name.c_str() : nullptr;
}

}  // namespace

extern "C" {

const char* mien_last_error(void) { return last_error().c_str(); }

const char* mien_version(void) { return MIEN_VERSION; }

int mien_model_load(const char* file, mien_precision precision, int threads, mien_model** model) {
  return guarded([&] {
    require(model != nullptr, "mien_model_load: model is NULL");
    *model = nullptr;
    require(file != nullptr, "mien_model_load: file is NULL");
    *model = new mien_model{runtime::Model::load(file, options_of(precision, threads))};
  });
}

int mien_model_parse(const void* bytes, size_t size, mien_precision precision, int threads, mien_model** model) {
  return guarded([&] {
    require(model != nullptr, "mien_model_parse: model is NULL");
    *model = nullptr;
    require(bytes != nullptr, "mien_model_parse: bytes is NULL");
    *model = new mien_model{runtime::Model::parse(bytes, size, "model", options_of(precision, threads))};
  });
}

void mien_model_free(mien_model* model) { delete model; }

size_t mien_model_input_count(const mien_model* model) { return model ? model->model.inputs().size() : 0; }
size_t mien_model_output_count(const mien_model* model) { return model ? model->model.outputs().size() : 0; }

const char* mien_model_input_name(const mien_model* model, size_t index) {
  return model ? name_at(model->model.inputs(), index) : nullptr;
}

const char* mien_model_output_name(const mien_model* model, size_t index) {
  return model ? name_at(model->model.outputs(), index) : nullptr;
}

int mien_model_input_shape(const mien_model* model, size_t index, int64_t* shape, size_t capacity) {
  int rank = -1;
  const int status = guarded([&] {
    require(model != nullptr, "mien_model_input_shape: model is NULL");
    const auto& inputs = model->model.inputs();
    if (index >= inputs.size())
      throw Error(ErrorCode::usage, "mien_model_input_shape: there is no input " + std::to_string(index) + ", the model has " +
                                        std::to_string(inputs.size()));
    const auto& dims = inputs[index].shape;
    require(shape != nullptr || capacity == 0, "mien_model_input_shape: shape is NULL");
    std::copy_n(dims.begin(), std::min(capacity, dims.size()), shape);
    rank = static_cast<int>(dims.size());
  });
  return status == 0 ? rank : -1;
}

const char* mien_model_metadata(const mien_model* model, const char* key) {
  const char* value = nullptr;
  guarded([&] {
    if (model == nullptr || key == nullptr) return;
    const auto& metadata = model->model.metadata();
    const auto found = metadata.find(key);
    if (found != metadata.end()) value = found->second.c_str();
  });
  return value;
}

mien_precision mien_model_precision(const mien_model* model) {
  return model ? static_cast<mien_precision>(model->model.precision()) : MIEN_AUTO;
}

int mien_session_create(const mien_model* model, mien_session** session) {
  return guarded([&] {
    require(session != nullptr, "mien_session_create: session is NULL");
    *session = nullptr;
    require(model != nullptr, "mien_session_create: model is NULL");
    *session = new mien_session{runtime::Session(model->model), model->model.inputs(), {}};
  });
}

void mien_session_free(mien_session* session) { delete session; }

int mien_session_run(mien_session* session, const mien_tensor* inputs, size_t input_count) {
  return guarded([&] {
    require(session != nullptr, "mien_session_run: session is NULL");
    session->outputs.clear();
    session->outputs = session->session.run(views_of(*session, inputs, input_count));
  });
}

int mien_session_output(const mien_session* session, size_t index, mien_tensor* output) {
  return guarded([&] {
    require(session != nullptr, "mien_session_output: session is NULL");
    require(output != nullptr, "mien_session_output: output is NULL");
    require(!session->outputs.empty(), "mien_session_output: the session has not run yet, or its last run failed");
    if (index >= session->outputs.size())
      throw Error(ErrorCode::usage, "mien_session_output: there is no output " + std::to_string(index) + ", the model has " +
                                        std::to_string(session->outputs.size()));
    const auto& view = session->outputs[index];
    *output = {static_cast<mien_type>(view.type), view.shape.size(), view.shape.data(), view.data};
  });
}

}  // extern "C"
