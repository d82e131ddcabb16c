"""What is installed, which model and backend would be used, what is missing and how to get it.

Knows how to look. Changes nothing.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shotplan.errors import EkonteError, ModelError

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report."""

    name: str
    state: State
    found: str
    todo: str = ""


def examine(llm: str = "auto") -> list[Check]:
    """Every check, in the order a person would want to read them. `llm` is the same word that `ekonte make --llm` takes."""
    checks = [_python(), _machine()]
    checks += [
        _package(name) for name in ("torch", "diffusers", "langgraph", "transformers", "opencv-python-headless", "av")
    ]
    checks += [_try("embedded crew", _embedded_crew), _vllm(), *_servers()]
    checks += [_try("chosen model", lambda: _chosen_model(llm))]
    checks += [_try("video backends", _backends), _try("embedded video model", _video_weights), _fonts(), _disk()]
    return checks


def _python() -> Check:
    version = platform.python_version()
    good = sys.version_info >= (3, 11)
    return Check("python", "ok" if good else "missing", version, "" if good else "install Python 3.11 or newer")


def _machine() -> Check:
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    return Check("machine", "ok", f"{cores} CPU cores ({torch.backends.cpu.get_cpu_capability()}), {gpu}")


def _package(name: str) -> Check:
    try:
        return Check(name, "ok", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, "missing", "not installed", "run `make setup`")


def _try(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except EkonteError as e:
        return Check(name, "missing", e.what, e.todo or "run `make setup`")


def _embedded_crew() -> Check:
    from agents.embedded.checkpoint import describe

    return Check("embedded crew", "ok", describe())


def _vllm() -> Check:
    from agents.serving.environment import find_environment

    try:
        return Check("vLLM", "ok", f"{find_environment()}; start it with `ekonte serve`")
    except ModelError as e:
        return Check("vLLM", "note", e.what, "run `make vllm` for a larger model; not needed for the embedded crew")


def _servers() -> list[Check]:
    """One line for every server of `ekonte serve` that was not stopped on purpose, with its log."""
    from agents.serving.running import known_servers, running_servers

    up = running_servers()
    checks = [Check("model server", "ok", f"{server}, vLLM {server.vllm}, log {server.log}") for server in up]
    for server in known_servers():
        if server not in up:
            ended = server.fault or "`ekonte serve` was killed"
            checks.append(Check("model server", "note", f"port {server.port}: {ended}", f"its log is {server.log}"))
    return checks


def _chosen_model(llm: str) -> Check:
    from agents.choose_model import choose_model

    model = choose_model(llm)
    try:
        return Check("chosen model", "ok", f"--llm {llm} is {getattr(model, 'description', model.name)}")
    finally:
        model.close()


def _backends() -> Check:
    from video_core.backends import load_backends

    return Check("video backends", "ok", ", ".join(sorted(load_backends())))


def _video_weights() -> Check:
    from video_core.backends.embedded import describe_weights

    return Check("embedded video model", "ok", describe_weights())


def _fonts() -> Check:
    from video_core.animatic.lettering import undrawable

    missing = undrawable("Aé狐狸跳过きつねキツネ")
    if missing:
        return Check(
            "caption letters", "note", f"no shapes for {missing}", "reinstall opencv-python-headless 5 from PyPI"
        )
    return Check("caption letters", "ok", "Latin, Chinese, Japanese")


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    enough = free > 1
    return Check(
        "disk",
        "ok" if enough else "note",
        f"{free:.1f} GB free here",
        "" if enough else "a film needs up to 1 GB while it is made",
    )
