// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "mien/neighbours/neighbour_graph.h"

namespace mien {

/// Writes a graph as CSV: a first line with the settings and the identity of the vectors, a header, then a row a vector with the
/// indices of its neighbours and their distances (which read back bit for bit).
void save_neighbour_graph(const std::filesystem::path& file, const NeighbourGraph& graph, const VectorSet& vectors,
                          const NeighbourOptions& options);

/// Reads such a file. Throws Error{mismatch} when it belongs to other vectors or was built with other settings than `options`
/// (whose "auto" takes either search; weights are no part of the file), Error{bad_file} that names the line when it is damaged.
NeighbourGraph load_neighbour_graph(const std::filesystem::path& file, const VectorSet& vectors, const NeighbourOptions& options);

}  // namespace mien
