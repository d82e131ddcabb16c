"""A checkpoint folder with a LoRA adapter merged in, kept in the cache.

Knows safetensors folders. A request to a LoRA costs a CPU server about four times the plain model, merged weights cost nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path

from agents.cache_folder import cache_root
from shotplan.errors import ModelError

WHOLE = "MERGED"
"""Written last; a folder without it was never finished."""
COPIED = ("*.json", "*.txt", "*.jinja", "*.model")


def merged_checkpoint(base: Path, adapter: Path) -> Path:
    """The folder of `base` with the adapter added to its weights, made on first use; named by the content of both.

    Raises `ModelError` when the adapter does not fit or the cache cannot be written.
    """
    from agents.embedded.lora import adapter_digest

    digest = hashlib.sha256(f"{adapter_digest(adapter)} {_digest(base)}".encode()).hexdigest()[:12]
    folder = cache_root() / "merged" / f"{base.name}-{digest}"
    if (folder / WHOLE).is_file():
        return folder
    try:
        _write(folder, base, adapter)
    except OSError as error:
        raise ModelError(
            f"The merged model could not be written: {error}",
            where=str(folder),
            todo="Make room there, or set EKONTE_CACHE to a folder that can be written",
        ) from error
    return folder


def _write(folder: Path, base: Path, adapter: Path) -> None:
    from safetensors.torch import load_file, save_file

    from agents.embedded.lora import merge_lora

    tensors = {}
    for path in sorted(base.glob("*.safetensors")):
        tensors.update(load_file(path))
    if not tensors:
        raise ModelError("The model has no safetensors weights", where=str(base), todo="Give another --model")
    merged = merge_lora(tensors, adapter)
    merged = {name: weight.to(tensors[name].dtype).contiguous() for name, weight in merged.items()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".merging-", dir=folder.parent))
    try:
        for pattern in COPIED:
            for path in base.glob(pattern):
                if path.name not in ("READY.json", "model.safetensors.index.json"):
                    shutil.copy(path, work)
        save_file(merged, str(work / "model.safetensors"), metadata={"format": "pt"})
        (work / WHOLE).write_text(f"{base}\n{adapter}\n", encoding="utf-8")
        work.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        with contextlib.suppress(FileExistsError):  # another process was faster
            work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _digest(folder: Path) -> str:
    """The content of a checkpoint folder, by its configuration and the size and date of its weights."""
    digest = hashlib.sha256()
    for path in sorted([folder / "config.json", *folder.glob("*.safetensors")]):
        seen = path.stat()
        digest.update(f"{path.name} {seen.st_size} {seen.st_mtime_ns} ".encode())
    return digest.hexdigest()
