"""Unpacks the embedded model ahead of time: `python -m agents.embedded.prepare`. Does nothing when that is done."""

from __future__ import annotations

import sys
import time

from agents.embedded.checkpoint import prepared_checkpoint
from shotplan.errors import ModelError


def main() -> int:
    begin = time.perf_counter()
    try:
        folder = prepared_checkpoint()
    except ModelError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"embedded model ready in {folder} ({time.perf_counter() - begin:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
