"""Painters that look at pictures themselves (FLUX.2): they are given the characters' references and the drawn draft of the frame.

Knows what such a pipeline is handed and how its prompt names each picture. Does not know how it paints.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_core.adapters.vace_references import load_references
from video_core.backends.backend import ControlUse
from video_core.conditioning import Conditioning
from video_core.key_frames.ip_adapter import NAME

PIPELINES = ("Flux2Pipeline", "Flux2KleinPipeline")
"""Pipelines of diffusers whose `image` is a list of pictures to go by."""


def shown_pictures(still: Conditioning, draft: NDArray[np.uint8]) -> tuple[dict[str, Any], tuple[ControlUse, ...]]:
    """What the pipeline is called with for one frame, whose animatic drawing is `draft` (H,W,3), and what became of the references.

    The pictures of those who are seen come first, the draft last; the prompt says which is which.
    Raises `ConditioningError` when a reference is missing or no picture.
    """
    references, _ = load_references(still)
    pictures: list[Image.Image] = []
    words, told = [], []
    for number, card in enumerate(still.scene.actors, start=1):
        own = references.get(card.id, ())
        if not own or not (still.instance_ids[0] == number).any():
            continue
        named = " and ".join(f"image {len(pictures) + n}" for n in range(1, len(own) + 1))
        pictures += [Image.fromarray(picture) for picture in own]
        words.append(f"{card.name} looks as in {named}.")
        told.append(f"{card.name} ({len(own)})")
    pictures.append(Image.fromarray(draft))
    words.append(f"Image {len(pictures)} is a rough draft: keep its framing, places and poses, not its style.")
    use = (ControlUse(NAME, "honoured", f"given to the painter and named in its prompt: {', '.join(told)}"),) if told else ()
    return {"image": pictures, "prompt": " ".join([still.scene.prompt, *words]).strip()}, use
