"""Names and shapes of the tensors in a GGUF file.

Knows the `gguf` package's reader. Does not load tensors.
"""

from __future__ import annotations

from pathlib import Path

from shotplan.errors import RenderError
from video_core.checkpoints.header import Header


def read_gguf_header(path: Path) -> Header:
    """Names, shapes (as torch has them) and types. Raises `RenderError` when the file cannot be read."""
    import gguf

    try:
        reader = gguf.GGUFReader(str(path))
    except (ValueError, OSError, IndexError, KeyError) as e:
        raise RenderError(f"the GGUF file cannot be read: {e}", where=str(path), todo="download the file again") from e
    return Header(
        {tensor.name: tuple(int(side) for side in reversed(tensor.shape)) for tensor in reader.tensors},
        {tensor.name: tensor.tensor_type.name for tensor in reader.tensors},
    )
