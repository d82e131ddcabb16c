"""Characters' reference pictures for a painter: an IP-Adapter, in which each actor's pictures act where that actor is.

Knows the adapter's files, and the masks from the shot's instance ids. Does not know how a pipeline paints.
Source: IP-Adapter, Ye et al. 2023; diffusers `load_ip_adapter` and `IPAdapterMaskProcessor`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from shotplan.errors import RenderError
from video_core.adapters.vace_references import load_references
from video_core.backends.backend import ControlUse
from video_core.checkpoints.header import Files, fingerprint, read_headers, weight_files
from video_core.checkpoints.locate import local_path
from video_core.conditioning import Conditioning

NAME = "references in painted key frames"
AROUND = 0.03
"""How far around an actor its pictures act, in picture heights."""


class IPAdapter:
    """One adapter file (`ip-adapter_sd15.safetensors`), or a folder with one, and the folder `image_encoder` beside it."""

    def __init__(self, word: str, strength: float) -> None:
        self.word, self.strength = word, strength

    def check(self, pipeline: Any) -> None:
        """Raises `RenderError` when the file is none, has no image encoder, or the pipeline's class takes no IP-Adapter."""
        from diffusers.loaders import IPAdapterMixin

        if pipeline is None or not issubclass(pipeline, IPAdapterMixin):
            name = getattr(pipeline, "__name__", "the painter's pipeline")
            raise RenderError(f"{name} takes no IP-Adapter", where="--set painter.ip_adapter", todo="leave it out, or use SD 1.5 or SDXL")
        names = read_headers(Files((self._path,))).shapes
        if not any(key.startswith("ip_adapter.") for key in names) or not any(key.startswith("image_proj.") for key in names):
            raise RenderError("this is no IP-Adapter", where=str(self._path), todo="give one such as ip-adapter_sd15.safetensors")
        if not (self._path.parent / "image_encoder" / "config.json").is_file():
            raise RenderError(
                "the IP-Adapter has no image encoder", where=str(self._path.parent), todo="put its folder image_encoder beside the file"
            )

    def version(self) -> str:
        """Changes with the weights."""
        encoder = weight_files(self._path.parent / "image_encoder", "image encoder").paths
        return fingerprint((self._path, *encoder))

    def load(self, pipeline: Any) -> None:
        """Put the adapter into a loaded pipeline. Raises `RenderError` when it does not fit."""
        try:
            pipeline.load_ip_adapter(
                str(self._path.parent), subfolder="", weight_name=self._path.name, image_encoder_folder="image_encoder",
                local_files_only=True,
            )  # fmt: skip
        except (ValueError, OSError, KeyError, RuntimeError, TypeError) as e:
            told = f"the IP-Adapter does not fit the painter: {str(e).splitlines()[0]}"
            raise RenderError(told, where=str(self._path), todo="give the one that was made for this model") from e

    def arguments(self, pipeline: Any, still: Conditioning, size: tuple[int, int]) -> tuple[dict[str, Any], tuple[ControlUse, ...]]:
        """What the pipeline is called with besides, for one frame painted at `size` (H, W), and what became of the pictures.

        Raises `ConditioningError` when a reference is missing or no picture.
        """
        from diffusers.image_processor import IPAdapterMaskProcessor

        references, _ = load_references(still)
        cards = {card.id: (number, card.name) for number, card in enumerate(still.scene.actors, start=1)}
        seen = {actor: pictures for actor, pictures in references.items() if (still.instance_ids[0] == cards[actor][0]).any()}
        pictures = [Image.fromarray(picture) for each in seen.values() for picture in each]
        if not pictures:
            pipeline.set_ip_adapter_scale(0.0)  # the network asks for a picture once an adapter is in it
            return {"ip_adapter_image": Image.new("RGB", (64, 64), "white")}, ()
        masks = [_area(still.instance_ids[0] == cards[actor][0], size) for actor, each in seen.items() for _ in each]
        prepared = IPAdapterMaskProcessor().preprocess([Image.fromarray(mask) for mask in masks], height=size[0], width=size[1])
        joined: torch.Tensor = prepared.reshape(1, len(masks), *prepared.shape[2:])
        pipeline.set_ip_adapter_scale([[self.strength / len(each) for each in seen.values() for _ in each]])
        told = ", ".join(f"{cards[actor][1]} ({len(each)})" for actor, each in seen.items())
        use = ControlUse(NAME, "honoured", f"IP-Adapter, each where the actor is: {told}")
        return {"ip_adapter_image": [pictures], "cross_attention_kwargs": {"ip_adapter_masks": [joined]}}, (use,)

    @cached_property
    def _path(self) -> Path:
        path = local_path(self.word)
        return weight_files(path, "IP-Adapter").paths[0] if path.is_dir() else path


def not_taken(conditioning: Conditioning) -> tuple[ControlUse, ...]:
    """What is said of reference pictures by a painter without an adapter."""
    if not any(card.references for card in conditioning.scene.actors):
        return ()
    return (ControlUse(NAME, "ignored", "the painter is given words alone; --set painter.ip_adapter=FILE shows it the pictures"),)


def _area(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.uint8]:
    reach = max(1, round(AROUND * mask.shape[0]))
    grown = cv2.dilate(mask.astype(np.uint8) * 255, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.pad(grown, ((0, size[0] - mask.shape[0]), (0, size[1] - mask.shape[1])), mode="edge")
