# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Gemm and MatMul."""
from operator_cases.case import case, real


def gemm(name, a, b, c=None, **more):
    return case(name, "Gemm", [real(*a), real(*b)] + ([] if c is None else [real(*c)]), **more)


def matmul(name, a, b, **more):
    return case(name, "MatMul", [real(*a), real(*b)], **more)


CASES = [
    gemm("gemm_opset9", (3, 4), (4, 5), (5,), opset=9),
    gemm("gemm_no_addend", (3, 4), (4, 5), opset=11),
    gemm("gemm_trans_a", (4, 3), (4, 5), (3, 5), transA=1),
    gemm("gemm_trans_b", (3, 4), (5, 4), (5,), transB=1),
    gemm("gemm_trans_both", (4, 3), (5, 4), (1, 5), transA=1, transB=1),
    gemm("gemm_factors", (3, 4), (4, 5), (3, 1), alpha=0.5, beta=-2.0),
    gemm("gemm_scalar_addend", (3, 4), (4, 5), (), beta=0.25),
    gemm("gemm_one_addend", (3, 4), (4, 5), (1,)),
    gemm("gemm_alpha_only", (2, 6), (6, 2), alpha=3.0),
    matmul("matmul_2d", (3, 4), (4, 5)),
    matmul("matmul_opset9", (2, 3, 4), (2, 4, 5), opset=9),
    matmul("matmul_vector_matrix", (4,), (4, 5)),
    matmul("matmul_matrix_vector", (3, 4), (4,)),
    matmul("matmul_vectors", (6,), (6,)),
    matmul("matmul_stack_matrix", (2, 3, 3, 4), (4, 5)),
    matmul("matmul_matrix_stack", (3, 4), (2, 4, 5)),
    matmul("matmul_broadcast", (2, 1, 3, 4), (3, 4, 2)),
    matmul("matmul_broadcast_both", (3, 1, 2, 4), (1, 2, 4, 3)),
    matmul("matmul_stack_vector", (2, 3, 4), (4,)),
    matmul("matmul_vector_stack", (4,), (2, 3, 4, 5)),
]
