#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Derives the constants of src/mien/face/face_frame.cc: the average face, and how each detector's boxes lie about it.

    mien bench detect --detector dlib --boxes dlib.csv DATA      # one file a detector
    fit_face_frames.py DATA/landmarks.csv dlib=dlib.csv yunet=yunet.csv ...

Two thirds of the people are used (by a hash of the name); the last third is for measuring. The average face is the generalised
Procrustes mean of the reference points, made symmetric, and laid so that the boxes of the detector named first are its frame: with
s = sqrt(width * height) of a box, the frame's middle lies (0, dy) * s from the box's middle and its side is scale * s (medians).
"""
import csv
import sys

import numpy as np

MIRROR = ([*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
          + [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65])


def held_out(identity):
    h = 0xCBF29CE484222325
    for byte in identity.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h % 3 == 2


def read_faces(file):
    faces = {}
    for row in csv.DictReader(open(file, newline="")):
        if not held_out(row["identity"]):
            faces[row["image"]] = np.array([[float(row[f"x_{i}"]), float(row[f"y_{i}"])] for i in range(68)])
    return faces


def similarity(source, target):
    """Least squares a, t with target = a * source + t, points as complex numbers."""
    s, t = source @ [1, 1j], target @ [1, 1j]
    a = np.vdot(s - s.mean(), t - t.mean()) / np.vdot(s - s.mean(), s - s.mean())
    return a, t.mean() - a * s.mean()


def average(faces):
    mean = next(iter(faces.values()))
    for _ in range(10):
        aligned = []
        for face in faces.values():
            a, t = similarity(face, mean)
            z = a * (face @ [1, 1j]) + t
            aligned.append(np.stack([z.real, z.imag], 1))
        mean = np.mean(aligned, 0)
        mirrored = mean[MIRROR] * [-1, 1]
        a, t = similarity(mirrored, mean)
        mean = (mean + np.stack([(a * (mirrored @ [1, 1j]) + t).real, (a * (mirrored @ [1, 1j]) + t).imag], 1)) / 2
        # Upright, about the middle between the eyes, eyes one unit apart.
        z = mean @ [1, 1j]
        left, right = z[36:42].mean(), z[42:48].mean()
        z = (z - (left + right) / 2) / (right - left)
        mean = np.stack([z.real, z.imag], 1)
    return mean


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h) if w > 0 and h > 0 else 0


def read_boxes(file, faces):
    best = {}
    for row in csv.DictReader(open(file, newline="")):
        name = row["image"].rsplit("/", 1)[-1]
        if name not in faces:
            continue
        box = [float(row[k]) for k in ("x", "y", "width", "height")]
        low, high = faces[name].min(0), faces[name].max(0)
        share = overlap(box, [*low, *(high - low)])
        if share > 0.2 and share > best.get(name, (0,))[0]:
            best[name] = (share, box)
    return {name: box for name, (_, box) in best.items()}


def fit(mean, faces, boxes):
    """Medians of the box's middle and size in units of the average face, origin between the eyes."""
    rows = []
    for name, (x, y, w, h) in boxes.items():
        a, t = similarity(mean, faces[name])
        size = np.sqrt(w * h)
        rows.append([(y + h / 2 - 0.5 - t.imag) / abs(a), size / abs(a)])
    return np.median(rows, 0), len(rows)


def main():
    faces = read_faces(sys.argv[1])
    mean = average(faces)
    frames = [argument.split("=", 1) for argument in sys.argv[2:]]
    (frame_y, side), _ = fit(mean, faces, read_boxes(frames[0][1], faces))
    shape = (mean - [0, frame_y]) / side + 0.5
    print(f"average face of {len(faces)} in shares of the frame:")
    print(", ".join(f"{{{x:.4f}F, {y:.4f}F}}" for x, y in shape))
    for name, file in frames:
        (y, size), count = fit(mean, faces, read_boxes(file, faces))
        print(f"{name}: dy {(frame_y - y) / size:.3f} scale {side / size:.3f} (from {count} faces)")


if __name__ == "__main__":
    main()
