// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// analyze_picture MODEL.onnx PICTURE: the faces of a picture and what they express.
#include <mien/analysis/analyzer.h>

#include <cstdio>

int main(int argc, char** argv) try {
  if (argc != 3) return std::fprintf(stderr, "usage: %s MODEL.onnx PICTURE\n", argv[0]), 2;
  mien::AnalyzerOptions options;
  options.model = argv[1];
  mien::Analyzer analyzer(options);
  for (const mien::Face& face : analyzer.analyze_file(argv[2]))
    std::printf("%4.0f,%-4.0f %s %.0f %%%s\n", face.x, face.y, face.label.c_str(), 100 * face.confidence, face.uncertain ? " (uncertain)" : "");
  return 0;
} catch (const mien::Error& error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
