#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Scores weights on FER+'s Valid fold (official, without exact duplicates, without near duplicates) and on a second data
set given as a CSV list, all images and each source; appends the rows to a CSV file.

    scripts/score_ferplus.py --mien build/release/bin/mien --weights RUN --ferplus FERPLUS [--mux MUX] --output docs/results/ferplus.csv
"""
import argparse
import csv
import json
import pathlib
import re
import subprocess
import tempfile

COLUMNS = ["weights", "test set", "n", "accuracy", "accuracy_low", "accuracy_high", "balanced_accuracy", "macro_f1", "ece", "nll",
           "parameters", "commit", "options"]


def score(a, spec, split, exclude, options):
    command = [a.mien, "eval", "--weights", a.weights, "--data", spec, "--split", split, "--format", "json", "-q", "--output", a.reports]
    for file in exclude:
        command += ["--exclude", str(file)]
    return json.loads(subprocess.run(command + options, check=True, capture_output=True, text=True).stdout)


def interval(result, name):
    found = result.get("intervals", {}).get(name) or [None, None]
    return found if isinstance(found, list) else [found["low"], found["high"]]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mien", default="build/release/bin/mien")
    p.add_argument("--weights", required=True)
    p.add_argument("--name", required=True, help="what the row is called")
    p.add_argument("--ferplus", required=True)
    p.add_argument("--mux")
    p.add_argument("--output", required=True)
    p.add_argument("--flip-average", action="store_true")
    a = p.parse_args()
    options = ["--flip-average"] if a.flip_average else []
    root = pathlib.Path(a.ferplus)
    exact, near = root / "duplicates.csv", root / "near_duplicates.csv"
    cases = [("FER2013Valid, official", f"ferplus:{root}", "valid", []),
             ("FER2013Valid, without exact duplicates", f"ferplus:{root}", "valid", [exact]),
             ("FER2013Valid, without near duplicates", f"ferplus:{root}", "valid", [exact, near])]
    with tempfile.TemporaryDirectory() as folder:
        a.reports = str(pathlib.Path(folder) / "report")
        if a.mux:
            names = [row["image"] for row in csv.DictReader(open(pathlib.Path(a.mux) / "labels.csv"))]
            photographs = [n for n in names if re.search(r"_\d{4}\.\w+$", n)]
            others = [n for n in names if n not in set(photographs)]
            lists = {}
            for key, members in (("photographs", photographs), ("others", others)):
                lists[key] = pathlib.Path(folder) / f"{key}.txt"
                lists[key].write_text("\n".join(members) + "\n")
            cases += [("mux, all", f"csv:{a.mux}", "all", []), ("mux, LFW photographs", f"csv:{a.mux}", "all", [lists["others"]]),
                      ("mux, film stills and others", f"csv:{a.mux}", "all", [lists["photographs"]])]
        version = subprocess.run([a.mien, "--version"], check=True, capture_output=True, text=True).stdout
        commit = re.search(r"commit ([^,)]+)", version).group(1)
        weights = pathlib.Path(a.weights)
        best = weights / "weights" / "best.safetensors"
        file = best if best.exists() else weights.with_suffix(".safetensors")  # an exported file stands beside what it came from
        info = json.loads(subprocess.run([a.mien, "models", "info", str(file), "--format", "json"], check=True, capture_output=True, text=True).stdout)
        output = pathlib.Path(a.output)
        fresh = not output.exists()
        with output.open("a", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            if fresh:
                rows.writerow(COLUMNS)
            for name, spec, split, exclude in cases:
                r = score(a, spec, split, exclude, options)
                low, high = interval(r, "accuracy")
                numbers = [f"{v:.4f}" for v in (r["accuracy"], low, high, r["balanced_accuracy"], r["macro_f1"], r["ece"], r["nll"])]
                rows.writerow([a.name, name, r["n"], *numbers, info.get("network", {}).get("parameters", ""), commit, " ".join(options)])
                print(f"{name}: n {r['n']}, accuracy {numbers[0]} [{numbers[1]}, {numbers[2]}], balanced {numbers[3]}", flush=True)


if __name__ == "__main__":
    main()
