#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Kills `mien analyze` at random moments, lets it go on, and compares with a run that nobody disturbed.

    mien data pack procedural:500 --output shards && mkdir input && tar -xf shards/*.tar -C input
    mien data clip --seconds 20 --width 320 --height 240 --output input/clip.mp4
    scripts/kill_analyze.py --program build/release/bin/mien --input input --output work --rounds 3 --kills 3

A round starts the program, kills it (SIGKILL) at moments drawn over the length of the undisturbed run, goes on with --resume after each, and
lets the last call finish. Compared are results.jsonl and results.csv, byte by byte. Prints a line a kill and a round; exit code 1 when
anything differs."""
import argparse
import collections
import json
import pathlib
import random
import shutil
import subprocess
import sys
import time


def rows(journal):
    """(source, frame) of each row, in order."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [(row["source"], row.get("frame", 0)) for row in map(json.loads, lines)]


def kill_after(command, seconds):
    """Returns whether the program was still running."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    running = child.poll() is None
    child.kill()
    child.wait()
    return running


def disturbed(start, resume, output, draw, whole_s, kills):
    """Seconds of each kill that hit the running program."""
    hits = []
    while len(hits) < kills:
        begun = (output / "analysis.json").exists()
        seconds = draw.uniform(0.05, 0.95) * whole_s / (1 if not hits else 2)
        if kill_after(resume if begun else start, seconds):
            journal = output / "results.jsonl"
            print(f"  killed after {seconds:5.2f} s, {journal.read_bytes().count(10) if journal.exists() else 0} rows in the file", flush=True)
            hits.append(seconds)
        else:
            break  # it had ended before
    subprocess.run(resume if (output / "analysis.json").exists() else start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return hits


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--input", required=True, help="folder of pictures and videos")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder for the runs; replaced")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=3, help="in a round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("arguments", nargs="*", help="after --: more arguments of mien analyze")
    options = parser.parse_args()
    shutil.rmtree(options.output, ignore_errors=True)
    options.output.mkdir(parents=True)

    def start(folder):
        return [options.program, "analyze", options.input, "--formats", "csv", "--quiet", "--output", str(folder)] + options.arguments

    whole = options.output / "whole"
    begun = time.monotonic()
    subprocess.run(start(whole), check=True, stdout=subprocess.DEVNULL)
    whole_s = time.monotonic() - begun
    expected = rows(whole / "results.jsonl")
    print(f"undisturbed: {len(expected)} rows of {len({s for s, _ in expected})} sources, {whole_s:.1f} s", flush=True)
    draw, bad = random.Random(options.seed), 0
    for number in range(options.rounds):
        folder = options.output / f"round{number}"
        hits = disturbed(start(folder), [options.program, "analyze", "--quiet", "--resume", str(folder)], folder, draw, whole_s, options.kills)
        found = rows(folder / "results.jsonl")
        lost, more = collections.Counter(expected) - collections.Counter(found), collections.Counter(found) - collections.Counter(expected)
        same = all((folder / name).read_bytes() == (whole / name).read_bytes() for name in ("results.jsonl", "results.csv"))
        print(f"round {number}: {len(hits)} kills, {sum(lost.values())} rows lost, {sum(more.values())} doubled, "
              f"files {'equal' if same else 'DIFFERENT'}", flush=True)
        bad += not same
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
