/* SPDX-FileCopyrightText: 2026 The mien authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A C11 program that runs a network with the installed runtime, and checks the numbers and an error. */
#include <mien/runtime/c_api.h>

#include <stdio.h>
#include <string.h>

#include "small_network.h"

static int fail(const char* what) {
  printf("%s: %s\n", what, mien_last_error());
  return 1;
}

int main(int argc, char** argv) {
  mien_model* model = NULL;
  mien_session* session = NULL;
  float pixels[small_network_pixels];
  mien_tensor input = {MIEN_F32, 4, small_network_shape, pixels};
  mien_tensor output;
  if (argc != 2) return 2;
  small_network_fill(pixels);

  if (mien_model_load("no such file.onnx", MIEN_FP32, 1, &model) == 0 || model != NULL) return fail("a missing file was loaded");
  if (strstr(mien_last_error(), "no such file.onnx") == NULL) return fail("the error does not name the file");

  if (mien_model_load(argv[1], MIEN_FP32, 1, &model) != 0) return fail("load");
  if (mien_session_create(model, &session) != 0) return fail("session");
  mien_model_free(model); /* the session keeps it alive */
  if (mien_session_run(session, &input, 1) != 0) return fail("run");
  if (mien_session_output(session, 0, &output) != 0) return fail("output");
  if (output.type != MIEN_F32 || output.rank != 2 || output.shape[0] != 2 || output.shape[1] != 3) return fail("shape");
  for (int i = 0; i < small_network_logits; ++i) {
    const float difference = ((const float*)output.data)[i] - small_network_expected[i];
    if (!(difference < 1e-5f && difference > -1e-5f)) return fail("numbers");
  }
  mien_session_free(session);
  printf("mien %s\n", mien_version());
  return 0;
}
