// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
// analyze_picture PICTURE [MODEL.onnx]: the faces of a picture and what they express. Without a model those that came with the library
// answer.
#include <mien/analysis/analyzer.h>

#include <cstdio>

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) return std::fprintf(stderr, "usage: %s PICTURE [MODEL.onnx]\n", argv[0]), 2;
  mien::AnalyzerOptions options;
  if (argc > 2) options.model = argv[2];
  mien::Analyzer analyzer(options);
  for (const mien::Face& face : analyzer.analyze_file(argv[1]))
    std::printf("%4.0f,%-4.0f %s %.1f %%%s\n", face.x, face.y, face.label.c_str(), 100 * face.confidence, face.uncertain ? " (uncertain)" : "");
  std::printf("faces by %s, landmarks by %s, expressions by %s\n", analyzer.models().detector.c_str(), analyzer.models().landmarks.c_str(),
              analyzer.models().model.c_str());
  return 0;
} catch (const mien::Error& error) {
  return std::fprintf(stderr, "error: %s\n", error.what()), 1;
}
