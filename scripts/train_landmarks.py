#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Trains mien's 68-point landmark network on pictures with known points and writes it as an ONNX file.

DATA is a folder with landmarks.csv (image,identity,x_0..x_67,y_0..y_67) and images/, as `mien landmarks score` reads. Identities
are split into thirds by a hash of their name (`third_of`, the same as in mien); only those named by --thirds are trained on, and
the error on the validation third is printed. The file's metadata entry "mien.landmarks68" says how the network wants its input.

The network sees a gray square, the frame: where the least squares similarity of the 68 points to a mean shape puts it. While
training the frame is turned, scaled and shifted at random, widely for half of the samples (a first look, from a detector's box)
and slightly for the others (a second look, from the points of the first). A second output says whether a face fills the frame.
"""
import argparse
import csv
import json
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

FLIP = (list(range(16, -1, -1)) + list(range(26, 16, -1)) + [27, 28, 29, 30, 35, 34, 33, 32, 31] + [45, 44, 43, 42, 47, 46] +
        [39, 38, 37, 36, 41, 40] + [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55] + [64, 63, 62, 61, 60, 67, 66, 65])
SHAPE_SHARE = 0.66  # of the frame's side that the mean shape's larger side takes


def third_of(identity):
    """0 = train, 1 = validation, 2 = held-out test: FNV-1a of the name modulo 3."""
    value = 0xCBF29CE484222325
    for byte in identity.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value % 3


def read_faces(folder):
    """Gray pictures, edge pixels repeated up to a common square; points; thirds."""
    with open(folder / "landmarks.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    points = np.array([[[float(r[f"x_{k}"]), float(r[f"y_{k}"])] for k in range(68)] for r in rows], np.float32)
    grays = [np.array(Image.open(folder / "images" / row["image"]).convert("L")) for row in rows]
    canvas = max(max(gray.shape) for gray in grays)
    images = np.zeros((len(rows), canvas, canvas), np.uint8)
    for i, gray in enumerate(grays):
        images[i] = np.pad(gray, ((0, canvas - gray.shape[0]), (0, canvas - gray.shape[1])), mode="edge")
    return images, points, np.array([third_of(r["identity"]) for r in rows])


def similarity(source, target):
    """[N,2,3] least squares similarity of each source [N,68,2] to target [68,2] or [N,68,2] (rotation, scale, shift)."""
    target = np.broadcast_to(target, source.shape)
    ms, mt = source.mean(1, keepdims=True), target.mean(1, keepdims=True)
    s, t = source - ms, target - mt
    norm = (s * s).sum((1, 2))
    a = (s * t).sum((1, 2)) / norm
    b = (s[..., 0] * t[..., 1] - s[..., 1] * t[..., 0]).sum(1) / norm
    linear = np.stack([np.stack([a, -b], 1), np.stack([b, a], 1)], 1)
    shift = mt[:, 0] - np.einsum("nij,nj->ni", linear, ms[:, 0])
    return np.concatenate([linear, shift[..., None]], 2)


def moved(affine, points):
    return np.einsum("nij,nkj->nki", affine[:, :, :2], points) + affine[:, None, :, 2]


def inverse(affine):
    linear = np.linalg.inv(affine[:, :, :2])
    return np.concatenate([linear, -np.einsum("nij,nj->ni", linear, affine[:, :, 2])[..., None]], 2)


def composed(outer, inner):
    linear = outer[:, :, :2] @ inner[:, :, :2]
    return np.concatenate([linear, np.einsum("nij,nj->ni", outer[:, :, :2], inner[:, :, 2])[..., None] + outer[:, :, 2:]], 2)


def mean_shape(points):
    """Symmetric mean of the shapes after similarity alignment, in shares of the frame's side, its box in the middle."""
    mean = points[0]
    for _ in range(5):
        mean = moved(similarity(points, mean), points).mean(0)
        mirrored = (mean * [-1, 1])[FLIP]
        mean = (mean + moved(similarity(mirrored[None], mean), mirrored[None])[0]) / 2
        mean -= mean.mean(0)
        angle = math.atan2(*(mean[45] - mean[36])[::-1])
        mean = mean @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        low, high = mean.min(0), mean.max(0)
        mean = (mean - (low + high) / 2) * (SHAPE_SHARE / (high - low).max()) + 0.5
    return mean.astype(np.float32)


def random_frames(rng, count, turn_deg, scale, shift):
    """[N,2,3] maps of the unit square that turn, scale and shift about its middle."""
    angle = np.radians(np.clip(rng.normal(0, turn_deg, count), -2.5 * turn_deg, 2.5 * turn_deg))
    factor = np.exp(np.clip(rng.normal(0, scale, count), -2.5 * scale, 2.5 * scale))
    a, b = factor * np.cos(angle), factor * np.sin(angle)
    linear = np.stack([np.stack([a, -b], 1), np.stack([b, a], 1)], 1)
    centre = 0.5 + np.clip(rng.normal(0, shift, (count, 2)), -2.5 * shift, 2.5 * shift)
    return np.concatenate([linear, (centre - 0.5 * linear.sum(2))[..., None]], 2)


class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.one = nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
        self.two = nn.Sequential(nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        x = self.one(x)
        return F.relu(x + self.two(x))


class LandmarkNet(nn.Module):
    """[N,1,S,S] standardised gray frames -> points [N,136] (x0,y0,x1,..., shares of the frame's side), face [N,1] (a logit)."""

    def __init__(self, template, size, width=1.0, dropout=0.1):
        super().__init__()
        w = [max(8, int(round(c * width / 8)) * 8) for c in (16, 32, 64, 128)]
        self.body = nn.Sequential(
            nn.Conv2d(1, w[0], 3, 2, 1, bias=False), nn.BatchNorm2d(w[0]), nn.ReLU(),
            Block(w[0], w[1], 2), Block(w[1], w[2], 2), Block(w[2], w[2], 1), Block(w[2], w[3], 2),
            nn.Conv2d(w[3], 64, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Flatten())
        side = math.ceil(size / 16)
        self.drop = nn.Dropout(dropout)
        self.points = nn.Linear(64 * side * side, 136)
        self.face = nn.Linear(64 * side * side, 1)
        nn.init.normal_(self.points.weight, 0, 0.001)
        with torch.no_grad():
            self.points.bias.copy_(torch.from_numpy(template.reshape(-1)))

    def forward(self, x):
        x = self.drop(self.body(x))
        return self.points(x), self.face(x)


def look(images, chosen, frame_to_image, size):
    """[N,1,S,S] float pictures of the frames ([N,2,3], unit square -> pixels), 0..255; edge pixels go on outside."""
    canvas = images.shape[-1]
    steps = (torch.arange(size, dtype=torch.float32) + 0.5) / size
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    square = torch.stack([x, y, torch.ones_like(x)], -1).reshape(1, -1, 3)
    pixels = square @ torch.from_numpy(frame_to_image.astype(np.float32)).transpose(1, 2)
    grid = ((pixels + 0.5) * (2 / canvas) - 1).reshape(-1, size, size, 2)
    return F.grid_sample(images[chosen].float()[:, None], grid, mode="bilinear", padding_mode="border", align_corners=False)


def standardised(pictures):
    mean = pictures.mean((1, 2, 3), keepdim=True)
    return (pictures - mean) / (pictures.std((1, 2, 3), unbiased=False, keepdim=True) + 4)


def relit(pictures, generator):
    """Light, blur, noise and covered patches."""
    n, _, size, _ = pictures.shape

    def uniform(low, high, *shape):
        return low + (high - low) * torch.rand(n, *(shape or (1, 1, 1)), generator=generator)

    x = (pictures / 255).clamp(1e-3, 1) ** torch.exp(uniform(-0.5, 0.5))
    side = torch.linspace(-1, 1, size)
    x = x * (1 + uniform(-0.5, 0.5) * side.view(1, 1, 1, -1) + uniform(-0.3, 0.3) * side.view(1, 1, -1, 1)).clamp(0.2, 2)
    soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    softer = F.avg_pool2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), 5, 1)
    kind = torch.rand(n, 1, 1, 1, generator=generator)
    x = torch.where(kind < 0.25, soft, torch.where(kind < 0.35, softer, torch.where(kind < 0.5, 1.6 * x - 0.6 * soft, x)))
    x = x + uniform(0, 0.06) * torch.randn(x.shape, generator=generator)
    covered = torch.rand(n, generator=generator) < 0.3
    for i in torch.nonzero(covered).flatten().tolist():
        w, h = (torch.rand(2, generator=generator) * 0.3 * size + 0.08 * size).int().tolist()
        left, top = (torch.rand(2, generator=generator) * torch.tensor([size - w, size - h])).int().tolist()
        x[i, :, top:top + h, left:left + w] = torch.rand(1, generator=generator)
    return 255 * x.clamp(0, 1)


def without_face(images, chosen, face_to_image, size, rng):
    """Frames that no face fills: far off, far too large or small, upside down, shuffled tiles, noise."""
    count = len(chosen)
    frames = random_frames(rng, count, 20, 0.15, 0.03)
    kind = rng.integers(0, 5, count)
    for i in range(count):
        direction, zoom = rng.uniform(0, 2 * math.pi), rng.uniform(0.18, 0.4) if rng.random() < 0.6 else rng.uniform(2.2, 3.5)
        if kind[i] == 0:
            frames[i, :, 2] += rng.uniform(0.5, 0.9) * np.array([math.cos(direction), math.sin(direction)])
        elif kind[i] == 1:
            middle = rng.uniform(0.1, 0.9, 2)
            frames[i] = [[zoom, 0, middle[0] - zoom / 2], [0, zoom, middle[1] - zoom / 2]]
        elif kind[i] == 2:
            turned = random_frames(rng, 1, 1, 0.15, 0.05)
            angle = rng.uniform(100, 260) * math.pi / 180
            turn = np.array([[[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]])
            frames[i] = np.concatenate([turn @ turned[:, :, :2], (0.5 - (turn @ turned[:, :, :2]).sum(2) / 2)[..., None]], 2)[0]
    pictures = look(images, chosen, composed(face_to_image, frames), size)
    for i in np.nonzero(kind == 3)[0]:
        tiles = int(rng.integers(2, 6))
        cell = size // tiles
        places = [divmod(place, tiles) for place in range(tiles * tiles)]
        parts = [pictures[i, :, a * cell:(a + 1) * cell, b * cell:(b + 1) * cell].clone() for a, b in places]
        for place, part in enumerate(rng.permutation(len(parts))):
            a, b = divmod(place, tiles)
            pictures[i, :, a * cell:(a + 1) * cell, b * cell:(b + 1) * cell] = parts[part]
    for i in np.nonzero(kind == 4)[0]:
        grain = int(rng.integers(2, 17))
        noise = torch.from_numpy(rng.normal(128, 60, (1, 1, grain, grain)).astype(np.float32))
        pictures[i] = F.interpolate(noise, (size, size), mode="bilinear", align_corners=False)[0].clamp(0, 255)
    return pictures


class Faces:
    def __init__(self, images, points, template):
        self.images, self.points = torch.from_numpy(images), points
        self.face_to_image = inverse(similarity(points, template))

    def sample(self, rng, count, wide_share):
        """Chosen pictures, the frames (unit square -> pixels) and the points in shares of the frame."""
        chosen = rng.integers(0, len(self.points), count)
        wide = rng.random(count) < wide_share
        frames = np.where(wide[:, None, None], random_frames(rng, count, 14, 0.12, 0.06), random_frames(rng, count, 4, 0.04, 0.02))
        mirrored = rng.random(count) < 0.5
        frames[mirrored] = composed(frames, np.array([[-1.0, 0, 1], [0, 1, 0]])[None].repeat(count, 0))[mirrored]
        to_image = composed(self.face_to_image[chosen], frames)
        points = moved(inverse(to_image), self.points[chosen])
        points[mirrored] = points[mirrored][:, FLIP]
        return chosen, to_image, points.astype(np.float32)


def predict(net, faces, chosen, to_image, size):
    with torch.no_grad():
        found, face = net(standardised(look(faces.images, chosen, to_image, size)))
    return moved(to_image, found.numpy().reshape(-1, 68, 2).astype(np.float64)), face[:, 0].numpy()


def errors(net, faces, template, size, seed=7):
    """Normalised mean error of the first look (frames off as a detector's are, not turned) and of the second, in %."""
    net.eval()
    rng, count = np.random.default_rng(seed), len(faces.points)
    result = [[], []]
    for begin in range(0, count, 256):
        chosen = np.arange(begin, min(begin + 256, count))
        face = faces.face_to_image[chosen]
        scale = np.sqrt(np.abs(np.linalg.det(face[:, :, :2])))[:, None, None] * np.eye(2)
        middle = (face[:, :, :2].sum(2) / 2 + face[:, :, 2])
        upright = np.concatenate([scale, (middle - scale.sum(2) / 2)[..., None]], 2)
        frames = composed(upright, random_frames(rng, len(chosen), 0.01, 0.06, 0.03))
        eyes = np.linalg.norm(faces.points[chosen, 36] - faces.points[chosen, 45], axis=1)
        for step in range(2):
            found, _ = predict(net, faces, chosen, frames, size)
            result[step] += list(np.linalg.norm(found - faces.points[chosen], axis=2).mean(1) / eyes)
            frames = inverse(similarity(found, template))
    net.train()
    return [100 * float(np.mean(r)) for r in result]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--output", required=True, help="ONNX file to write")
    parser.add_argument("--thirds", default="0", help="thirds to train on: 0, or 0,1 for the final network")
    parser.add_argument("--offset", type=float, nargs=2, default=(0, 0),
                        help="constant offset of the reference points, right and down, in %% of the eye distance; taken off first")
    parser.add_argument("--also", type=pathlib.Path, help="another such folder, all of whose faces are mixed in")
    parser.add_argument("--also-share", type=float, default=0.2, help="of the batches that come from there")
    parser.add_argument("--size", type=int, default=64, help="side of the network's input, pixels")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    rng, generator = np.random.default_rng(args.seed), torch.Generator().manual_seed(args.seed)

    images, points, thirds = read_faces(args.data)
    eyes = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)
    points = (points - eyes[:, None, None] * np.array(args.offset) / 100).astype(np.float32)
    train = np.isin(thirds, [int(t) for t in args.thirds.split(",")])
    template = mean_shape(points[thirds == 0])
    faces = Faces(images[train], points[train], template)
    valid = Faces(images[thirds == 1], points[thirds == 1], template)
    also = Faces(*read_faces(args.also)[:2], template) if args.also else None
    net = LandmarkNet(template, args.size, args.width)
    print(f"{len(faces.points)} pictures, {sum(p.numel() for p in net.parameters())} parameters", flush=True)
    average = LandmarkNet(template, args.size, args.width)
    average.load_state_dict(net.state_dict())
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, total_steps=args.steps, pct_start=0.1)
    eye_share = float(np.linalg.norm(template[36] - template[45]))
    off_count = args.batch // 6
    cpu = time.process_time()
    for step in range(args.steps):
        source = also if also is not None and rng.random() < args.also_share else faces
        chosen, to_image, target = source.sample(rng, args.batch, 0.5)
        pictures = look(source.images, chosen, to_image, args.size)
        other = rng.integers(0, len(source.points), off_count)
        off = without_face(source.images, other, source.face_to_image[other], args.size, rng)
        found, face = net(standardised(relit(torch.cat([pictures, off]), generator)))
        miss = (found[:args.batch].view(-1, 68, 2) - torch.from_numpy(target)) / eye_share
        loss = F.smooth_l1_loss(miss, torch.zeros_like(miss), beta=0.02)
        is_face = torch.cat([torch.ones(args.batch, 1), torch.zeros(off_count, 1)])
        certain = F.binary_cross_entropy_with_logits(face, is_face)
        optimizer.zero_grad()
        (10 * loss + 0.05 * certain).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        keep = min(0.998, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, value in zip(average.state_dict().values(), net.state_dict().values()):
                mean.lerp_(value, 1 - keep) if mean.is_floating_point() else mean.copy_(value)
        if (step + 1) % 250 == 0 or step + 1 == args.steps:
            first, second = errors(average, valid, template, args.size)
            fit = errors(average, faces, template, args.size) if step + 1 == args.steps else ["", ""]
            print(f"step {step + 1}: loss {loss.item():.4f} face {certain.item():.3f}, validation {first:.3f} % -> {second:.3f} %"
                  f" (trained on: {fit[1]}), {time.process_time() - cpu:.0f} s of one core", flush=True)
    export(average.eval(), template, args)


def varint(value):
    text = b""
    while value > 127:
        text, value = text + bytes([value & 127 | 128]), value >> 7
    return text + bytes([value])


def field(number, payload):
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def export(net, template, args):
    """Writes the network; a message ends with whatever fields are appended, so metadata_props (field 14) needs no ONNX library."""
    torch.onnx.export(net, torch.zeros(1, 1, args.size, args.size), args.output, input_names=["frame"],
                      output_names=["points", "face"], opset_version=13, dynamic_axes={"frame": {0: "n"}})
    shape = [[round(float(v), 6) for v in p] for p in template]
    frame = {"size": args.size, "color": "gray", "looks": 2, "template": shape, "boxes": {}}
    training = (f"{args.data.name}, thirds {args.thirds}, reference points moved by {-args.offset[0]:g} and {-args.offset[1]:g} % of "
                f"the eye distance; {args.steps} steps of {args.batch}, seed {args.seed}")
    if args.also:
        training += f", {args.also_share:g} of the batches from {args.also.name}"
    with open(args.output, "ab") as file:
        for key, value in (("mien.landmarks68", json.dumps(frame)), ("training_data", training)):
            file.write(field(14, field(1, key.encode()) + field(2, value.encode())))


if __name__ == "__main__":
    main()
