"""Run every benchmark, one after the other: `python -m evals.bench`."""

from __future__ import annotations

import subprocess
import sys

BENCHES = ("film", "talk", "scores", "staging", "rules", "raster", "llm", "embedded_video")
"""`architectures` trains networks and `finishing` remakes films, both for many minutes, and `serving` needs a model server; they are run
by hand."""


def main() -> None:
    failed = []
    for name in BENCHES:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"evals.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
