// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "mien/exporting/export_options.h"
#include "mien/model_info/weights_info.h"

namespace mien::exporting {

/// The description of a network as metadata of an ONNX file (metadata_props). Everything that `to_metadata` of a weights file
/// has (JSON under "mien.*": from_metadata reads it back), and the same as plain text, for people and other programs:
///
///   architecture        "resnet18"
///   input               what the input "input" must hold, in one sentence
///   class_names         "neutral,happiness,..."              in the order of the logits; "" when unknown
///   label_space         "ferplus"                            "" when unknown
///   color_order         "rgb", "bgr" or "gray"               of the input's channels
///   input_width, input_height   pixels
///   resize              "bilinear" or "bicubic"              both antialiased, as Pillow does
///   divide_by           "255"                                pixel / divide_by comes first,
///   mean, std           "0.485,0.456,0.406"                  then (x - mean) / std, a channel each or one value for all
///   crop_margin         "0.1"                                share of the face box added on each side before the crop
///   alignment           name of the alignment template, "none" when faces were not aligned
///   temperature         "1.7"                                logits are divided by it before the softmax
///   licence, training_data, commit                           "" when unknown
///   accuracy            "test accuracy 0.8601"               every stored score, comma separated; "" when unknown
std::map<std::string, std::string> onnx_metadata(const WeightsInfo& info);

/// The sentence of entry "input": "float32 [N,3,48,48], channels rgb, (pixel / 255 - mean 0.5) / std 0.5".
std::string input_text(const WeightsInfo& info);

}  // namespace mien::exporting
