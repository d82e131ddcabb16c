"""Seconds and megabytes from a sentence to a film, as a user starts it: `python -m evals.bench.film [--backend embedded]`.

Prints the time to the first drawn frame and to the finished film, each also as a ratio to the film's own length, the share
of each phase, and the peak memory of the whole process. Knows only the command line and the event log.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", help="default: the built-in example")
    parser.add_argument("--backend", default="embedded")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "film"
        command = [
            sys.executable,
            "-m",
            "studio.cli",
            "make",
            options.script or "--example",
            "--llm",
            "embedded",
            "--json",
        ]
        began = time.time()
        child = subprocess.Popen([*command, "--backend", options.backend, "--out", str(out)], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            sys.exit(f"ekonte make failed with status {os.waitstatus_to_exitcode(status)}")
        events = [json.loads(line) for line in (out / "events.jsonl").read_text(encoding="utf-8").splitlines()]
        shots = json.loads((out / "plan.json").read_text(encoding="utf-8"))["shots"]
    report(events, sum(shot["duration"] for shot in shots), began, usage)


def report(events: list[dict[str, Any]], length: float, began: float, usage: Any) -> None:
    """Print the figures of one run. `length`: seconds of film; `began`: seconds since 1970; `usage`: `os.wait4`'s."""
    drawn = next(e["at"] for e in events if e["type"] == "phase_progressed" and e["phase"] == "animatic") - began
    agreed = next(e["at"] for e in events if e["type"] == "agreement_reached") - began
    done = max(e["at"] for e in events) - began
    print(f"film of {length:.1f} s")
    for what, seconds in (("agreed plan", agreed), ("first drawn frames", drawn), ("finished film", done)):
        print(f"  {what:<20} after {seconds:6.1f} s   {seconds / length:5.1f} x the film's length")
    for event in events:
        if event["type"] == "phase_finished":
            print(f"  {event['phase']:<20} {event['seconds']:12.1f} s   {event['seconds'] / done:5.1%} of the whole")
    print(f"  peak memory          {usage.ru_maxrss / 1e6:12.2f} GB")
    print(f"  processor time       {usage.ru_utime + usage.ru_stime:12.1f} s")


if __name__ == "__main__":
    main()
