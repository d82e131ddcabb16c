"""Tensors that are worth keeping between runs, on disk under the digest of everything they depend on.

Knows files. Does not know what the tensors mean. A damaged file is as good as none: it is made again.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import torch
from platformdirs import user_cache_path
from safetensors import SafetensorError
from safetensors.torch import load_file, save

AT_MOST = 4_000_000_000
"""Bytes; the files used longest ago go first."""
FORGOTTEN = 3600.0
"""Seconds after which a half-written file belongs to nobody."""


def default_folder() -> Path:
    return user_cache_path("ekonte") / "wan"


class DiskCache:
    def __init__(self, folder: Path, *, at_most: int = AT_MOST) -> None:
        self.folder, self._at_most = folder, at_most

    def get(self, digest: str) -> torch.Tensor | None:
        """The tensor kept under that digest, or None."""
        path = self._path(digest)
        try:
            tensor = load_file(path)["tensor"]
            os.utime(path)
        except (OSError, SafetensorError, KeyError):
            return None
        return tensor

    def put(self, digest: str, tensor: torch.Tensor) -> None:
        """Keep a tensor. A full or read-only disk is no reason to stop: nothing is kept then."""
        path = self._path(digest)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(save({"tensor": tensor.detach().cpu().contiguous()}))
            os.replace(part, path)
            self._prune()

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.safetensors"

    def _prune(self) -> None:
        for left in self.folder.glob("*.part"):  # by a process that was killed
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > FORGOTTEN:
                    left.unlink()
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self.folder.glob("*.safetensors")), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > self._at_most:
                path.unlink(missing_ok=True)
