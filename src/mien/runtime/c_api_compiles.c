/* SPDX-FileCopyrightText: 2026 The mien authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The C interface used from C: c_api_test.cc calls these functions. */
#include "mien/runtime/c_api.h"

/* Runs a one-input network from memory. Copies up to `capacity` values of output 0; returns how many it has, -1 on failure. */
int run_in_c(const void* bytes, size_t size, const int64_t* shape, size_t rank, const float* pixels, float* values, size_t capacity) {
  mien_model* model = NULL;
  mien_session* session = NULL;
  mien_tensor input = {MIEN_F32, 0, NULL, NULL};
  mien_tensor output;
  int count = -1;
  input.rank = rank;
  input.shape = shape;
  input.data = pixels;
  if (mien_model_parse(bytes, size, MIEN_FP32, 1, &model) == 0 && mien_session_create(model, &session) == 0 &&
      mien_session_run(session, &input, 1) == 0 && mien_session_output(session, 0, &output) == 0) {
    count = 1;
    for (size_t i = 0; i < output.rank; ++i) count *= (int)output.shape[i];
    for (size_t i = 0; i < capacity && i < (size_t)count; ++i) values[i] = ((const float*)output.data)[i];
  }
  mien_session_free(session);
  mien_model_free(model);
  return count;
}
