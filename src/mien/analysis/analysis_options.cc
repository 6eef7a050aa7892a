// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/analysis/analysis_options.h"

namespace mien {

void describe(AnalysisOptions& options, OptionTable& table) {
  FaceOptions& f = options.faces;
  table.add("models", "weights", &f.model, "Expression model: an ONNX file or a run folder that holds one; none = no expressions; default: the one that comes with mien");
  table.add("models", "precision", &f.precision, "Arithmetic of the expression model").one_of({"auto", "fp32", "bf16", "int8"});
  table.add("models", "model_budget", &f.model_budget, "Factor on what the expression model may cost in nodes, memory and arithmetic; 0 = no limit").range(0, 1e9);
  table.add("models", "detector", &f.detector, "Face detector: dlib needs no file, onnx needs --detector-model").one_of({"dlib", "cascade", "onnx"});
  table.add("models", "detector_model", &f.detector_model, "File of the detector: YuNet, UltraFace or RetinaFace (.onnx), a cascade (.xml)");
  table.add("models", "landmarks", &f.landmarks, "Landmark model: a network (.onnx), a dlib predictor (.dat), or dlib = the one of libdlib-data, the default");
  table.add("models", "embedding", &f.embedding, "What tells people apart: none, or an ONNX file; default: built in, weak");
  table.add("faces", "detector_threshold", &f.detector_threshold, "Smallest score of a face; below 0 = the detector's default");
  table.add("faces", "min_face_px", &f.min_face_px, "Smallest width of a face; 0 = a sixteenth of the longer side, at least 40").range(0, 100000);
  table.add("faces", "tile_px", &f.tile_px, "Look at overlapping tiles of this side too, for crowds; 0 = no").range(0, 100000);
  table.add("faces", "uncertain_below", &f.uncertain_below, "Faces whose largest probability is smaller are marked uncertain").range(0, 1);
  table.add("faces", "action_units", &f.action_units, "Estimate Action Units from the landmarks");
  table.add("faces", "baseline", &f.baseline,
            "Picture or clip of the person's face at rest, which Action Units are measured against; default: learned from each video");
  StreamOptions& s = options.stream;
  table.add("video", "from_s", &s.from_s, "First time of videos, seconds").range(0, 1e9);
  table.add("video", "to_s", &s.to_s, "End of videos, seconds; below 0 = their end");
  table.add("video", "every", &s.every, "Analyse only frames whose number is a multiple of this").range(1, 1e9);
  table.add("video", "detect_every", &s.detect_every, "The detector looks at one of so many analysed frames; faces are followed in between").range(1, 10000);
  table.add("video", "identities", &s.identities, "Number the people of a video");
  table.add("video", "smooth_s", &s.smooth_s, "Smooth probabilities over time with this time constant, seconds; 0 = no").range(0, 3600);
  table.add("run", "threads", &options.threads, "Threads; 0 = all cores; the answers do not depend on it").range(0, 1024);
}

}  // namespace mien
