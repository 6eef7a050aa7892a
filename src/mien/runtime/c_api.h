/* SPDX-FileCopyrightText: 2026 The mien authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * C interface of the runtime. Every function that can fail returns 0 on success and -1 on failure; mien_last_error() then says why
 * (text of the calling thread, valid until its next call). Objects are released by their own function; NULL is allowed there.
 */
#ifndef MIEN_RUNTIME_C_API_H
#define MIEN_RUNTIME_C_API_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_model mien_model;
typedef struct mien_session mien_session;

typedef enum { MIEN_F32, MIEN_I8, MIEN_U8, MIEN_I16, MIEN_U16, MIEN_I32, MIEN_U32, MIEN_I64, MIEN_U64, MIEN_BOOLEAN } mien_type;
typedef enum { MIEN_AUTO, MIEN_FP32, MIEN_BF16, MIEN_INT8 } mien_precision;

/* Row-major values; the data belong to the caller for inputs and to the session for outputs (until its next run). */
typedef struct {
  mien_type type;
  size_t rank;
  const int64_t* shape;
  const void* data;
} mien_tensor;

const char* mien_last_error(void);
const char* mien_version(void);

int mien_model_load(const char* file, mien_precision precision, int threads, mien_model** model);
int mien_model_parse(const void* bytes, size_t size, mien_precision precision, int threads, mien_model** model);
void mien_model_free(mien_model* model);
size_t mien_model_input_count(const mien_model* model);
size_t mien_model_output_count(const mien_model* model);
const char* mien_model_input_name(const mien_model* model, size_t index);   /* NULL when there is none */
const char* mien_model_output_name(const mien_model* model, size_t index);
/* Rank of an input's declared shape, written to `shape` up to `capacity` dims (-1: any size). -1 when there is none. */
int mien_model_input_shape(const mien_model* model, size_t index, int64_t* shape, size_t capacity);
const char* mien_model_metadata(const mien_model* model, const char* key);  /* NULL when absent */
mien_precision mien_model_precision(const mien_model* model);

/* A session keeps its model alive. */
int mien_session_create(const mien_model* model, mien_session** session);
void mien_session_free(mien_session* session);
int mien_session_run(mien_session* session, const mien_tensor* inputs, size_t input_count);
int mien_session_output(const mien_session* session, size_t index, mien_tensor* output);

#ifdef __cplusplus
}
#endif

#endif
