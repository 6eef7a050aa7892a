#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Times training steps in PyTorch on the same files as `mien bench train`: torchvision's network, ImageFolder, DataLoader.

A step is what mien's trainer does in an iteration: batch, forward pass and loss, backward pass, gradient clipping, SGD, moving average of
the weights. Prints one JSON object with the median seconds of load, forward (with the loss), backward, update and the whole step.
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
import torchvision
from torchvision import transforms
from torchvision.models.resnet import BasicBlock


class FaceResNet(torch.nn.Module):
    """mien's face_resnet: 3x3 stem without pooling, four stages of two basic blocks."""

    def __init__(self, width, channels, classes, dropout):
        super().__init__()
        widths = [int(round(c * width)) for c in (64, 128, 256, 512)]
        self.conv1 = torch.nn.Conv2d(channels, widths[0], 3, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(widths[0])
        stages, before = [], widths[0]
        for i, out in enumerate(widths):
            stride = 1 if i == 0 else 2
            down = None
            if stride != 1 or before != out:
                down = torch.nn.Sequential(torch.nn.Conv2d(before, out, 1, stride, bias=False), torch.nn.BatchNorm2d(out))
            stages += [BasicBlock(before, out, stride, down), BasicBlock(out, out)]
            before = out
        self.layers = torch.nn.Sequential(*stages)
        self.dropout = torch.nn.Dropout(dropout)
        self.fc = torch.nn.Linear(before, classes)

    def forward(self, x):
        x = self.layers(F.relu(self.bn1(self.conv1(x))))
        return self.fc(self.dropout(x.mean((2, 3))))


def make_network(a, classes):
    if a.arch == "face_resnet":
        return FaceResNet(a.width, 1 if a.color == "gray" else 3, classes, 0.0 if a.dropout < 0 else a.dropout)
    return getattr(torchvision.models, a.arch)(num_classes=classes)


def make_transform(a):
    steps = [transforms.Grayscale()] if a.color == "gray" else []
    if a.rotate_deg or a.translate or a.zoom:
        steps.append(transforms.RandomAffine(a.rotate_deg, (a.translate, a.translate) if a.translate else None,
                                             (1 - a.zoom, 1 + a.zoom) if a.zoom else None,
                                             interpolation=transforms.InterpolationMode.BILINEAR))
    if a.brightness or a.contrast:
        steps.append(transforms.ColorJitter(a.brightness, a.contrast))
    if a.flip:
        steps.append(transforms.RandomHorizontalFlip(a.flip))
    channels = 1 if a.color == "gray" else 3
    steps += [transforms.Resize((a.size, a.size)), transforms.ToTensor(), transforms.Normalize([0.5] * channels, [0.5] * channels)]
    if a.erase:
        steps.append(transforms.RandomErasing(a.erase, value="random"))
    return transforms.Compose(steps)


class MovingAverage:
    """Of parameters and buffers, with mien's warm-up: decay min(decay, (1 + t) / (10 + t))."""

    def __init__(self, net, decay):
        self.decay, self.updates = decay, 0
        state = list(net.state_dict().values())
        self.values = [v for v in state if v.is_floating_point()]  # shares memory with the network
        self.counts = [v for v in state if not v.is_floating_point()]
        self.shadow = [v.clone() for v in self.values]
        self.shadow_counts = [v.clone() for v in self.counts]

    @torch.no_grad()
    def update(self):
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_mul_(self.shadow, decay)
        torch._foreach_add_(self.shadow, self.values, alpha=1 - decay)
        for shadow, value in zip(self.shadow_counts, self.counts):
            shadow.copy_(value)


def batches(loader):
    while True:
        yield from loader


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--folder", required=True)
    p.add_argument("--arch", required=True)
    p.add_argument("--color", default="rgb")
    for name, kind, default in [("size", int, 224), ("batch-size", int, 16), ("steps", int, 8), ("warmup", int, 2), ("workers", int, 2),
                                ("threads", int, 2), ("width", float, 0.5), ("dropout", float, -1.0), ("rotate-deg", float, 0.0),
                                ("translate", float, 0.0), ("zoom", float, 0.0), ("brightness", float, 0.0), ("contrast", float, 0.0),
                                ("flip", float, 0.5), ("erase", float, 0.0), ("lr", float, 0.01), ("ema", float, 0.0),
                                ("clip-norm", float, 0.0)]:
        p.add_argument("--" + name, type=kind, default=default)
    p.add_argument("--bf16", action="store_true", help="bf16 autocast and channels-last, as mien sets them")
    a = p.parse_args()

    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    data = torchvision.datasets.ImageFolder(a.folder, make_transform(a))
    loader = torch.utils.data.DataLoader(data, a.batch_size, shuffle=True, drop_last=True, num_workers=a.workers,
                                         persistent_workers=a.workers > 0)
    net = make_network(a, len(data.classes)).train()
    if a.bf16:
        net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=a.lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
    average = MovingAverage(net, a.ema) if a.ema > 0 else None
    names = ["load", "forward", "backward", "update"]
    times = {n: [] for n in names + ["step"]}
    source = batches(loader)
    for i in range(a.warmup + a.steps):
        marks = [time.perf_counter()]
        x, y = next(source)
        if a.bf16:
            x = x.contiguous(memory_format=torch.channels_last)
        marks.append(time.perf_counter())
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=a.bf16):
            logits = net(x)
        loss = F.cross_entropy(logits.float(), y)
        loss.item()
        marks.append(time.perf_counter())
        loss.backward()
        marks.append(time.perf_counter())
        if a.clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(net.parameters(), a.clip_norm)
        optimizer.step()
        if average:
            average.update()
        marks.append(time.perf_counter())
        if i >= a.warmup:
            for n, t0, t1 in zip(names, marks, marks[1:]):
                times[n].append(t1 - t0)
            times["step"].append(marks[-1] - marks[0])
    out = {n: statistics.median(v) for n, v in times.items()}
    quartiles = statistics.quantiles(times["step"], n=4) if a.steps > 1 else [0, 0, 0]
    out["spread"] = (quartiles[2] - quartiles[0]) / out["step"]
    out["images_per_s"] = a.batch_size / out["step"]
    out["torch"] = torch.__version__
    print(json.dumps(out))


if __name__ == "__main__":
    main()
