#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes ONNX files of torchvision's transformers and of a detector like RetinaFace, with random weights: what
docs/results/bench_runtime.md compares the runtime and ONNX Runtime on.

    python3 scripts/export_torchvision.py FOLDER [vit_b_16 swin_t retinaface_640 ...]

FOLDER gets NAME.onnx, and for 1 and 7 images NAME.1.in, NAME.1.0.out, ...: float32 inputs and PyTorch's own outputs.
Needs torch 1.13 or newer and torchvision. Run by hand; nothing of the build uses it.
"""
import pathlib
import sys

import torch
import torch.nn.functional as functional
import torchvision
from torch import nn
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer


def convolution(inputs, outputs, size=3, active=True):
    layers = [nn.Conv2d(inputs, outputs, size, 1, size // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.LeakyReLU(0.1)] if active else []))


class Context(nn.Module):
    """Three fields of view side by side."""

    def __init__(self, channels):
        super().__init__()
        half, quarter = channels // 2, channels // 4
        self.near = convolution(channels, half, active=False)
        self.start = convolution(channels, quarter)
        self.middle = convolution(quarter, quarter, active=False)
        self.far = nn.Sequential(convolution(quarter, quarter), convolution(quarter, quarter, active=False))

    def forward(self, x):
        start = self.start(x)
        return functional.relu(torch.cat([self.near(x), self.middle(start), self.far(start)], 1))


class Detector(nn.Module):
    """MobileNetV2 at half width, a feature pyramid, and boxes, scores and landmarks of two anchors a place."""

    def __init__(self, channels=64):
        super().__init__()
        features = torchvision.models.mobilenet_v2(width_mult=0.5).features
        self.stages = nn.ModuleList([features[:7], features[7:14], features[14:18]])
        self.lateral = nn.ModuleList([convolution(inputs, channels, 1) for inputs in (16, 48, 160)])
        self.merge = nn.ModuleList([convolution(channels, channels) for _ in range(2)])
        self.context = nn.ModuleList([Context(channels) for _ in range(3)])
        self.heads = nn.ModuleList([nn.ModuleList([nn.Conv2d(channels, 2 * size, 1) for _ in range(3)]) for size in (4, 2, 10)])

    def forward(self, x):
        levels = []
        for stage, lateral in zip(self.stages, self.lateral):
            x = stage(x)
            levels.append(lateral(x))
        for i in (1, 0):
            above = functional.interpolate(levels[i + 1], size=[levels[i].size(2), levels[i].size(3)], mode='nearest')
            levels[i] = self.merge[i](levels[i] + above)
        levels = [context(level) for context, level in zip(self.context, levels)]

        def joined(heads):
            parts = [head(level).permute(0, 2, 3, 1) for head, level in zip(heads, levels)]
            return torch.cat([part.reshape(part.shape[0], -1, head.out_channels // 2) for part, head in zip(parts, heads)], 1)

        boxes, scores, landmarks = (joined(heads) for heads in self.heads)
        return boxes, functional.softmax(scores, -1), landmarks


NETWORKS = {
    'vit_b_16': (torchvision.models.vit_b_16, 224, ['logits']),
    'vit_small': (lambda: VisionTransformer(64, 16, 2, 4, 64, 128, num_classes=10), 64, ['logits']),
    'swin_t': (torchvision.models.swin_t, 224, ['logits']),
    'swin_small': (lambda: SwinTransformer([4, 4], 32, [2, 2], [2, 4], [4, 4], num_classes=10), 64, ['logits']),
    'retinaface_320': (Detector, 320, ['boxes', 'scores', 'landmarks']),
    'retinaface_640': (Detector, 640, ['boxes', 'scores', 'landmarks']),
}


def randomise(network):
    """Fresh numbers everywhere: torchvision leaves biases and the last layer zero, which hides mistakes."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, p in network.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if 'token' in name or 'pos_emb' in name or 'relative_position_bias' in name:
                p.copy_(0.3 * noise)
            elif p.dim() >= 2:
                p.copy_(noise / p[0].numel() ** 0.5)
            else:
                p.copy_(1 + 0.2 * noise if name.endswith('weight') else 0.1 * noise)
        for name, b in network.named_buffers():
            if name.endswith('running_mean'):
                b.copy_(0.1 * torch.randn(b.shape, generator=generator))
            if name.endswith('running_var'):
                b.copy_(1 + 0.3 * torch.rand(b.shape, generator=generator))


def export(folder, name):
    make, size, outputs = NETWORKS[name]
    network = make().eval()
    randomise(network)  # parameters keep their gradients: without, PyTorch takes a fused path that cannot be exported
    images = torch.randn(7, 3, size, size, generator=torch.Generator().manual_seed(3))
    torch.onnx.export(network, images[:2], str(folder / f'{name}.onnx'), opset_version=17, input_names=['images'],
                      output_names=outputs, dynamic_axes={key: {0: 'N'} for key in ['images', *outputs]})
    for count in (1, 7):
        with torch.no_grad():
            results = network(images[:count])
        images[:count].numpy().tofile(folder / f'{name}.{count}.in')
        for i, result in enumerate(results if isinstance(results, tuple) else [results]):
            result.contiguous().numpy().tofile(folder / f'{name}.{count}.{i}.out')


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NETWORKS:
        export(folder, name)
        print(folder / f'{name}.onnx')


if __name__ == '__main__':
    main()
