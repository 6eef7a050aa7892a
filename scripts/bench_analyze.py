#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""The steps of `mien analyze` on a folder of pictures or on a video, in Python: OpenCV, dlib, PyTorch.

  bench_analyze.py PATH [--limit N] [--threads N] [--detect-every N]

Detects faces with dlib's frontal detector, places its 68 points, crops the face, and runs a MobileFaceNet-sized network (random weights:
only the time counts) in PyTorch. Prints one JSON object. A video: every frame is detected, as dlib's own programs do, or every tenth with
--detect-every 10 and the box kept in between.
"""
import argparse
import json
import pathlib
import time

import cv2
import dlib
import numpy as np
import torch


def network():
    """MobileFaceNet's layers: what matters for the time."""
    def conv(i, o, k, s, p, g=1):
        return [torch.nn.Conv2d(i, o, k, s, p, groups=g, bias=False), torch.nn.BatchNorm2d(o), torch.nn.PReLU(o)]

    layers = conv(1, 64, 3, 2, 1) + conv(64, 64, 3, 1, 1, 64)
    channels = 64
    for expand, out, repeat, stride in [(128, 64, 5, 2), (256, 128, 1, 2), (256, 128, 6, 1), (512, 128, 1, 2), (256, 128, 2, 1)]:
        for i in range(repeat):
            layers += conv(channels, expand, 1, 1, 0) + conv(expand, expand, 3, stride if i == 0 else 1, 1, expand)
            layers += [torch.nn.Conv2d(expand, out, 1, bias=False), torch.nn.BatchNorm2d(out)]
            channels = out
    layers += conv(128, 512, 1, 1, 0) + [torch.nn.Conv2d(512, 512, 7, groups=512), torch.nn.Flatten(), torch.nn.Linear(512, 8)]
    return torch.nn.Sequential(*layers).eval()


class Steps:
    def __init__(self, predictor):
        self.detector = dlib.get_frontal_face_detector()
        self.predictor = dlib.shape_predictor(predictor)
        self.network = network()

    def detect(self, image):
        return self.detector(image, 0)

    def describe(self, image, box):
        points = np.array(self.predictor(image, box), dtype=np.float32)
        eyes, mouth = (points[36:42].mean(0), points[42:48].mean(0)), points[48:68].mean(0)
        target = np.float32([[35, 40], [77, 40], [56, 88]])
        matrix, _ = cv2.estimateAffinePartial2D(np.float32([eyes[0], eyes[1], mouth]), target)
        crop = cv2.cvtColor(cv2.warpAffine(image, matrix, (112, 112)), cv2.COLOR_RGB2GRAY)
        batch = torch.from_numpy(crop)[None, None].float() / 127.5 - 1
        with torch.inference_mode():
            return torch.softmax(self.network(batch), 1)


def pictures(steps, files):
    faces = 0
    for file in files:
        image = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        for box in steps.detect(image):
            steps.describe(image, box)
            faces += 1
    return len(files), faces


def video(steps, file, detect_every, limit):
    capture, frames, faces, boxes = cv2.VideoCapture(str(file)), 0, 0, []
    while frames < limit:
        good, image = capture.read()
        if not good:
            break
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        if frames % detect_every == 0:
            boxes = steps.detect(image)
        for box in boxes:
            steps.describe(image, box)
            faces += 1
        frames += 1
    return frames, faces


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--predictor", default="/usr/share/dlib/shape_predictor_68_face_landmarks.dat")
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--detect-every", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(arguments.threads)
    steps = Steps(arguments.predictor)
    start = time.perf_counter()
    if arguments.path.is_dir():
        files = sorted(p for p in arguments.path.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp"})[: arguments.limit]
        images, faces = pictures(steps, files)
    else:
        images, faces = video(steps, arguments.path, arguments.detect_every, arguments.limit)
    seconds = time.perf_counter() - start
    print(json.dumps({"images": images, "faces": faces, "seconds": round(seconds, 3), "images_per_s": round(images / seconds, 2)}))


if __name__ == "__main__":
    main()
