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
    """The planner's word for the file's number format: which size most of the numbers in the blocks' matrices have."""
    count = dict.fromkeys(("gguf_q4_k", "gguf_q8_0", "gguf_bf16"), 0)
    for name, shape in header.shapes.items():
        if len(shape) == 2 and "blocks." in name:
            kind = header.dtypes[name]
            small, wide = kind.startswith(("Q2", "Q3", "Q4", "IQ")), kind in ("F32", "F16", "BF16")
            count["gguf_q4_k" if small else "gguf_bf16" if wide else "gguf_q8_0"] += prod(shape)
    return max(count, key=count.__getitem__)
