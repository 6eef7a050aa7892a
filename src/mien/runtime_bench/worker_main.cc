// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// The process that the tests measure: the program has it as a hidden sub-command.
#include <iostream>

#include "mien/runtime_bench/worker.h"

int main() { mien::runtime_bench::serve(std::cin, std::cout); }
