// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/architectures.h"

#include <fmt/format.h>

#include "mien/base/error.h"
#include "mien/base/text.h"

namespace mien {

void describe(NetworkOptions& options, OptionTable& table) {
  table.add("network", "arch", &options.arch, "Network architecture").one_of(architecture_names());
  table.add("network", "num_classes", &options.num_classes, "Length of the logits").range(1, 1'000'000);
  table.add("network", "in_channels", &options.in_channels, "Image channels: 1 (grey) or 3").range(1, 3);
  table.add("network", "width", &options.width, "Multiplies the channel counts; 0 = the architecture's default").range(0, 8);
  table.add("network", "dropout", &options.dropout, "Probability before the classifier; -1 = the architecture's default")
      .range(-1, 0.99);
  table.add("network", "input_size", &options.input_size,
            "Height and width in pixels, for networks whose weights depend on it; 0 = the architecture's default").range(0, 4096);
}

const std::vector<ArchInfo>& architectures() {
  static const std::vector<ArchInfo> table = {
      {.name = "efficientface",
       .summary = "ShuffleNet V2 with local features of four patches and attention over channels and places",
       .source = "Zhao et al. 2021; names of zengqunzhao/EfficientFace", .params = 1'276'318, .min_size = 32,
       .default_size = 224},
      {.name = "face_resnet", .summary = "Small ResNet for face crops of 40 to 112 pixels: 3x3 stem without pooling, half width",
       .source = "ours, after He et al. 2016; torchvision's names", .params = 2'797'096, .min_size = 8, .default_size = 48,
       .default_width = 0.5, .scales = true},
      {.name = "mobilefacenet", .summary = "Depthwise network for face recognition, 128-d embedding before the classifier",
       .source = "Chen et al. 2018; names of foamliu/MobileFaceNet", .params = 1'000'968, .min_size = 32, .default_size = 112,
       .fixed_size = true},
      {.name = "mobilenet_v2", .summary = "Inverted residuals with ReLU6", .source = "Sandler et al. 2018; torchvision",
       .params = 2'234'120, .min_size = 32, .default_size = 224, .default_dropout = 0.2, .scales = true},
      {.name = "preact_resnet18", .summary = "Pre-activation ResNet with a 3x3 stem, for images of 32 to 64 pixels",
       .source = "He et al. 2016b; names of kuangliu/pytorch-cifar", .params = 11'170'120, .min_size = 8, .default_size = 32,
       .scales = true},
      {.name = "resnet18", .summary = "Residual network of 18 layers", .source = "He et al. 2016; torchvision",
       .params = 11'180'616, .min_size = 32, .default_size = 224, .scales = true},
      {.name = "resnet34", .summary = "Residual network of 34 layers", .source = "He et al. 2016; torchvision",
       .params = 21'288'776, .min_size = 32, .default_size = 224, .scales = true},
      {.name = "resnet50", .summary = "Bottleneck residual network of 50 layers, stride on the 3x3 convolution (v1.5)",
       .source = "He et al. 2016; torchvision", .params = 23'524'424, .min_size = 32, .default_size = 224, .scales = true},
      {.name = "resnet50_vggface2",
       .summary = "ResNet-50 as trained on VGGFace2: stride on the first 1x1 convolution, max pooling without padding",
       .source = "Cao et al. 2018; torchvision's names", .params = 23'524'424, .min_size = 32, .default_size = 224},
      {.name = "shufflenet_v2_x1_0", .summary = "Channel split and shuffle, the backbone of EfficientFace",
       .source = "Ma et al. 2018; torchvision", .params = 1'261'804, .min_size = 32, .default_size = 224},
      {.name = "vgg16", .summary = "13 convolutions and 3 linear layers, the network of VGG-Face",
       .source = "Simonyan and Zisserman 2015; torchvision", .params = 134'293'320, .min_size = 32, .default_size = 224,
       .default_dropout = 0.5},
  };
  return table;
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const auto& info : architectures()) names.push_back(info.name);
  return names;
}

const ArchInfo& architecture(const std::string& name) {
  for (const auto& info : architectures())
    if (info.name == name) return info;
  throw Error(ErrorCode::usage, fmt::format("unknown network architecture '{}'", name), suggestion(name, architecture_names()));
}

NetworkOptions resolved(NetworkOptions options) {
  const ArchInfo& info = architecture(options.arch);
  if (options.width <= 0) options.width = info.default_width;
  if (options.dropout < 0) options.dropout = info.default_dropout;
  if (options.input_size <= 0) options.input_size = info.default_size;
  if (options.width != info.default_width && !info.scales)
    throw Error(ErrorCode::usage, fmt::format("{} has a fixed width, but width {} was asked for", info.name, options.width),
                "leave network.width at 0");
  if (options.dropout >= 1) throw Error(ErrorCode::usage, fmt::format("dropout {} is not below 1", options.dropout));
  if (options.num_classes < 1)
    throw Error(ErrorCode::usage, fmt::format("a network needs at least one class, but num_classes is {}", options.num_classes));
  if (options.in_channels != 1 && options.in_channels != 3)
    throw Error(ErrorCode::usage, fmt::format("a network takes 1 or 3 channels, but in_channels is {}", options.in_channels));
  if (options.input_size < info.min_size)
    throw Error(ErrorCode::usage, fmt::format("{} needs images of at least {} x {} pixels, but input_size is {}", info.name,
                                              info.min_size, info.min_size, options.input_size));
  return options;
}

}  // namespace mien
