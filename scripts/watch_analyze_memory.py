#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Memory of `mien analyze` over a long video: resident memory once a second beside the time in the video.

    mien data clip --seconds 1800 --width 320 --height 240 --output long.mp4
    nice -n 19 scripts/watch_analyze_memory.py --csv memory.csv -- build/release/bin/mien analyze long.mp4 --every 2 --threads 1

The time in the video comes from the rows that the program prints while it runs (--format csv), so it is exact."""
import argparse
import csv
import subprocess
import sys
import threading
import time


def status_kb(pid, key):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise OSError("ended")


class LastRow(threading.Thread):
    """Reads the rows and remembers the time of the last one."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.time_s, self.rows = stream, 0.0, 0

    def run(self):
        rows = csv.reader(self.stream)
        column = next(rows).index("time_s")
        for row in rows:
            self.time_s = float(row[column])
            self.rows += 1


def sample(command, interval_s):
    begun = time.monotonic()
    child = subprocess.Popen(command + ["--format", "csv", "--quiet"], stdout=subprocess.PIPE, text=True)
    reader = LastRow(child.stdout)
    reader.start()
    samples, peak = [], 0
    while child.poll() is None:
        try:
            samples.append((time.monotonic() - begun, reader.time_s, status_kb(child.pid, "VmRSS") / 1024))
            peak = max(peak, status_kb(child.pid, "VmHWM") / 1024)
        except OSError:
            break
        time.sleep(interval_s)
    child.wait()
    reader.join()
    return samples, peak, reader, child.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv", required=True, help="file for the samples")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between samples")
    parser.add_argument("command", nargs="+", help="after --: the program and its arguments")
    options = parser.parse_args()
    samples, peak, reader, code = sample(options.command, options.interval)
    with open(options.csv, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["wall_s", "video_s", "rss_mb"])
        writer.writerows((f"{wall:.1f}", f"{video:.2f}", f"{rss:.1f}") for wall, video, rss in samples)
    print(f"{reader.rows} rows, {reader.time_s / 60:.1f} minutes of video, {samples[-1][0]:.0f} s")
    for minute in (1, 5, 10, 15, 20, 25, 30):
        at = [rss for _, video, rss in samples if video >= 60 * minute - 1]
        if at:
            print(f"minute {minute:2d}  {at[0]:7.1f} MB")
    print(f"largest    {peak:7.1f} MB")
    return code


if __name__ == "__main__":
    sys.exit(main())
