"""Names and shapes of the tensors in a GGUF file.

Knows the `gguf` package's reader. Does not load tensors.
"""

from __future__ import annotations

from math import prod
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


def gguf_weights(header: Header) -> str:
    """The planner's word for the file's number format: which of its two sizes most of the numbers have."""
    small = sum(prod(shape) for name, shape in header.shapes.items() if header.dtypes[name].startswith(("Q2", "Q3", "Q4", "IQ")))
    return "gguf_q4_k" if 2 * small > header.parameters else "gguf_q8_0"
