#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Scores an ONNX file in every precision on a split and counts how often each answers as fp32 does.

    scripts/precision_agreement.py --mien build/release/bin/mien --weights models/mien-ferplus.onnx --data ferplus:PATH --split valid
"""
import argparse
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile


def answers(a, precision, folder):
    command = [a.mien, "eval", "--weights", a.weights, "--runtime", "onnx", "--precision", precision, "--data", a.data, "--split", a.split,
               "--format", "json", "-q", "--output", str(folder / precision)]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with open(folder / precision / "predictions.csv", newline="") as file:
        return report, {row["image"]: row["predicted"] for row in csv.DictReader(file)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mien", default="build/release/bin/mien")
    p.add_argument("--weights", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--split", required=True)
    a = p.parse_args()
    version = subprocess.run([a.mien, "--version"], check=True, capture_output=True, text=True).stdout
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["precision", "n", "accuracy", "balanced_accuracy", "answers_as_fp32", "agreement", "commit"])
    with tempfile.TemporaryDirectory() as folder:
        reference = None
        for precision in ("fp32", "bf16", "int8"):
            report, found = answers(a, precision, pathlib.Path(folder))
            reference = reference or found
            same = sum(found[image] == label for image, label in reference.items())
            rows.writerow([precision, report["n"], f"{report['accuracy']:.4f}", f"{report['balanced_accuracy']:.4f}", same, f"{same / len(reference):.4f}",
                           re.search(r"commit ([^,)]+)", version).group(1)])


if __name__ == "__main__":
    main()
