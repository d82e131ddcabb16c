"""What the log of a vLLM server says: how far it is, and why it died.

Knows the wording of vLLM 0.32 and 0.33. A wording that is not known is passed over: the log itself stays there to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PHASES: tuple[tuple[str, str], ...] = (
    (r"Fetching \d+ files|Downloading|Waiting for the download", "downloading the model"),
    (r"non-default args|vLLM (?:API server )?version", "reading the settings"),
    (r"Resolved architecture|Initializing a V1 LLM engine", "starting the engine"),
    (r"Starting to load model|Loading weights|Loading safetensors checkpoint shards", "loading the weights"),
    (r"KV cache size|Maximum concurrency", "making room for the prefix cache"),
    (r"Warming up model|Dynamo bytecode|Compiling a graph", "warming up"),
    (r"Capturing (?:CUDA graph|graph)|Graph capturing", "recording CUDA graphs"),
    (r"Starting vLLM (?:API )?server|Started server process", "opening the port"),
    (r"Application startup complete", "ready"),
)
"""(what the log says, what people read), in the order of a start."""
SHARE = re.compile(r"(\d{1,3})% (?:Completed|\|)|:\s+(\d{1,3})%")
PREFIX = re.compile(r"^(?:\([\w ]+pid=\d+\) ?)+")
STAMP = re.compile(r"^(?:INFO|WARNING|ERROR|DEBUG) \d\d-\d\d \d\d:\d\d:\d\d \[[\w./]+:\d+\] ?")
FAULT = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Interrupt|Refused))\b: ?(.*)")
USAGE = re.compile(r"error: (.*)")
NOT_THE_CAUSE = re.compile(r"Engine core initialization failed|EngineCore encountered an issue|died unexpectedly|See root cause")
ADVICE: tuple[tuple[str, str], ...] = (
    (r"[Aa]ddress already in use", "Give another --port, or stop what listens there"),
    (r"unrecognized arguments|invalid choice|expected one argument|error: argument", "Correct the flags after --"),
    (r"No space left", "Make room on the disk"),
    (
        r"out of memory|OutOfMemory|Cannot allocate memory|bad_alloc|No available memory|less than desired",
        "Serve a smaller model, or free memory",
    ),
    (r"max.?model.?len|max_position_embeddings|max seq len", "Give a smaller context: -- --max-model-len 4096"),
    (r"[Gg]ated|401 Client|403 Client", "Log in with `hf auth login`, or choose an open model"),
    (
        r"LocalEntryNotFound|offline|ConnectionError|Name or service not known|couldn't connect|MaxRetryError|resolve host|ConnectError",
        "The model has to be downloaded and there is no network: give a folder, or connect once",
    ),
    (r"RepositoryNotFound|is not a valid model identifier|404 Client", "Check the model's name"),
    (r"not supported|no module or parameter named|ModuleNotFoundError", "Choose another model, or prepare vLLM again with `make vllm`"),
    (r"CUDA|driver", "Check `nvidia-smi` and the driver's version"),
)
"""(what the fault says, what to do); the first that fits."""


@dataclass(frozen=True)
class Progress:
    """How far a start is. `share`: 0 to 1 of this phase, where the log says it."""

    phase: str
    step: int
    """Position in `PHASES`; a log mentions earlier phases again."""
    share: float | None = None


def progress(line: str) -> Progress | None:
    """The phase that a line of the log opens, None for a line that says nothing of it."""
    text = stripped(line)
    for step, (pattern, phase) in enumerate(PHASES):
        if re.search(pattern, text):
            share = SHARE.search(text)
            percent = next((int(part) for part in share.groups() if part), None) if share else None
            return Progress(phase, step, None if percent is None else min(percent, 100) / 100)
    return None


def last_fault(lines: Iterable[str]) -> str:
    """The line that says best why the server ended: the last real error, else the last line; empty for an empty log."""
    fault, last = "", ""
    for line in lines:
        text = stripped(line).strip()
        if not text:
            continue
        last = text
        found = FAULT.match(text) or USAGE.search(text)
        if found and not NOT_THE_CAUSE.search(text):
            fault = text
    return (fault or last)[:400]


def advice(fault: str) -> str:
    """What to do about a fault; empty where nothing special is known."""
    return next((todo for pattern, todo in ADVICE if re.search(pattern, fault)), "")


def stripped(line: str) -> str:
    """The line without process and time."""
    return STAMP.sub("", PREFIX.sub("", line.rstrip()))
