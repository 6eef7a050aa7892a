#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Scores an expression model on a labelled set of another origin than its training data, by class and by source, with intervals
over people.

    scripts/score_expressions.py --data MUX --source 'photographs=_[0-9]{4}\\.jpg$' --source 'films=.' --output away.csv
    scripts/score_expressions.py --data LONDON --path analyze --pair neutral,happiness --output away.csv

The set is a folder with labels.csv (image,label,identity) and the images beside it or in images/. `--path eval` takes the pictures for face
crops, as `mien eval` does; `--path analyze` looks for the face and cuts it out, as `mien analyze` does: a picture without a face has a
wrong answer, of several faces the largest counts. A source is a name and a regular expression for image names; an image belongs to the
first that fits. Rows are appended to the CSV file: recall of each class, their mean over the classes with at least --least images,
accuracy; for a pair of classes A,B the share of right answers to "which of one person's two pictures is the B", by the probability of B,
the area under the ROC curve of B against A by that probability, and the recall of B. Intervals are 95 % bootstrap intervals over people.
Needs numpy (Debian: python3-numpy).
"""
import argparse
import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

COLUMNS = ["data", "source", "path", "options", "measure", "n", "people", "value", "low", "high", "commit"]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):  # 1: an image could not be read, which the tables say
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def with_eval(a, folder):
    """Probabilities of the classes by image name."""
    run([a.mien, "eval", "--weights", a.weights, "--data", f"csv:{a.data}", "--split", "all", "--bootstrap", "0", "--hardest", "0", "-q",
         "--output", folder, *a.options])
    with open(os.path.join(folder, "predictions.csv"), newline="") as file:
        return {row["image"]: {k[2:]: float(v) for k, v in row.items() if k.startswith("p_")} for row in csv.DictReader(file)}


def with_analyze(a, folder):
    images = pathlib.Path(a.data) / "images"
    run([a.mien, "analyze", str(images if images.is_dir() else a.data), "--weights", a.weights, "--formats", "csv", "--embedding", "none", "-q",
         "--output", folder, *a.options])
    answers, sizes = {}, {}
    with open(os.path.join(folder, "results.csv"), newline="") as file:
        for row in csv.DictReader(file):
            if not row["face"] or not row["label"]:
                continue
            name, size = pathlib.Path(row["source"]).name, float(row["width"]) * float(row["height"])
            if size > sizes.get(name, 0):
                sizes[name] = size
                answers[name] = {k[2:]: float(v) for k, v in row.items() if k.startswith("p_")}
    return answers


class People:
    """Resamples of people: how often each is drawn."""

    def __init__(self, identities, resamples, seed):
        position = {name: i for i, name in enumerate(sorted(set(identities)))}
        self.count = len(position)
        self.of = np.array([position[i] for i in identities])
        random = np.random.default_rng(seed)
        self.draws = np.stack([np.bincount(random.integers(0, self.count, self.count), minlength=self.count) for _ in range(resamples)]).astype(float)

    def sums(self, values):
        """[people] of [images]."""
        return np.bincount(self.of, weights=values, minlength=self.count)


def interval(values):
    values = values[np.isfinite(values)]
    return (np.quantile(values, 0.025), np.quantile(values, 0.975)) if len(values) else (np.nan, np.nan)


def ratio(people, numerator, denominator):
    """Sum over sum with its resamples: (value, [resamples])."""
    top, bottom = people.sums(numerator), people.sums(denominator)
    with np.errstate(invalid="ignore", divide="ignore"):
        return top.sum() / bottom.sum(), (people.draws @ top) / (people.draws @ bottom)


def class_rows(rows, a):
    people = People([r["identity"] for r in rows], a.resamples, a.seed)
    labels = np.array([r["label"] for r in rows])
    right = np.array([float(r["predicted"] == r["label"]) for r in rows])
    found = np.array([float(r["predicted"] is not None) for r in rows])
    out, means, all_draws = [], [], []
    for name in sorted(set(labels), key=lambda c: -(labels == c).sum()):
        of_class = (labels == name).astype(float)
        value, draws = ratio(people, right * of_class, of_class)
        out.append((f"recall of {name}", int(of_class.sum()), len(set(people.of[of_class > 0])), value, *interval(draws)))
        if of_class.sum() >= a.least:
            means.append(value)
            all_draws.append(draws)
    if len(means) > 1:
        counted = int(sum((labels == c).sum() for c in set(labels) if (labels == c).sum() >= a.least))
        out.append((f"mean recall of the {len(means)} classes with {a.least} images or more", counted, people.count, float(np.mean(means)),
                    *interval(np.mean(all_draws, axis=0))))
    value, draws = ratio(people, right, np.ones(len(rows)))
    out.append(("accuracy", len(rows), people.count, value, *interval(draws)))
    if found.min() == 0:
        value, draws = ratio(people, found, np.ones(len(rows)))
        out.append(("pictures with a face", len(rows), people.count, value, *interval(draws)))
    return out


def wins(first, second):
    """1 where `first` is larger, 0.5 for equals, [first, second]."""
    difference = first[:, None] - second[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def pair_rows(rows, pair, a):
    before, after = pair
    rows = [r for r in rows if r["label"] in pair and r["p"] is not None]
    people = People([r["identity"] for r in rows], a.resamples, a.seed)
    score = np.array([r["p"].get(after, 0) for r in rows])
    of_after = np.array([r["label"] == after for r in rows])
    won = wins(score[of_after], score[~of_after])
    who_after, who_before = people.of[of_after], people.of[~of_after]
    own = who_after[:, None] == who_before[None, :]
    out = []
    if own.any():
        shares = np.zeros(people.count), np.zeros(people.count)
        np.add.at(shares[0], who_after, (won * own).sum(1))
        np.add.at(shares[1], who_after, own.sum(1))
        with np.errstate(invalid="ignore", divide="ignore"):
            draws = (people.draws @ shares[0]) / (people.draws @ shares[1])
        out.append((f"pairs of one person, {after} above {before}", int(own.sum()), people.count, shares[0].sum() / shares[1].sum(), *interval(draws)))
    onehot_after = np.eye(people.count)[who_after]
    onehot_before = np.eye(people.count)[who_before]
    matrix = onehot_after.T @ won @ onehot_before
    counts = onehot_after.sum(0)[:, None] * onehot_before.sum(0)[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = np.einsum("ri,ij,rj->r", people.draws, matrix, people.draws) / np.einsum("ri,ij,rj->r", people.draws, counts, people.draws)
    out.append((f"area under the curve, {after} against {before}", len(rows), people.count, won.mean(), *interval(draws)))
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mien", default="build/release/bin/mien")
    p.add_argument("--weights", default="models/mien-ferplus.onnx")
    p.add_argument("--data", required=True)
    p.add_argument("--name", help="what the set is called in the table; default: its folder's name")
    p.add_argument("--path", choices=["eval", "analyze"], default="eval")
    p.add_argument("--source", action="append", default=[], metavar="NAME=REGEX")
    p.add_argument("--pair", metavar="A,B")
    p.add_argument("--least", type=int, default=20, help="images that a class needs to count in the mean recall")
    p.add_argument("--resamples", type=int, default=2000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--output", required=True)
    p.add_argument("options", nargs="*", help="after --: further options of mien eval or mien analyze")
    a = p.parse_args()
    name = a.name or pathlib.Path(a.data).resolve().name
    with tempfile.TemporaryDirectory() as folder:
        answers = (with_eval if a.path == "eval" else with_analyze)(a, os.path.join(folder, "out"))
    with open(pathlib.Path(a.data) / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    sources = [s.split("=", 1) for s in a.source]
    for row in rows:
        row["p"] = answers.get(row["image"])
        row["predicted"] = max(row["p"], key=row["p"].get) if row["p"] else None
        row["source"] = next((n for n, pattern in sources if re.search(pattern, row["image"])), None)
    version = subprocess.run([a.mien, "--version"], check=True, capture_output=True, text=True).stdout
    commit = (re.search(r"commit ([^,)]+)", version) or [None, ""])[1]
    output = pathlib.Path(a.output)
    fresh = not output.exists()
    with output.open("a", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        if fresh:
            table.writerow(COLUMNS)
        for source in [None, *[n for n, _ in sources]]:
            part = [r for r in rows if source in (None, r["source"])]
            if not part:
                continue
            lines = class_rows(part, a) + (pair_rows(part, a.pair.split(","), a) if a.pair else [])
            for measure, n, people, value, low, high in lines:
                table.writerow([name, source or "all", a.path, " ".join(a.options), measure, n, people, f"{value:.4f}", f"{low:.4f}", f"{high:.4f}", commit])
                print(f"{name}, {source or 'all'}, {a.path}: {measure}: {100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}] (n {n}, {people} people)")


if __name__ == "__main__":
    main()
