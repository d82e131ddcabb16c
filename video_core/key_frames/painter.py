"""A painter: any diffusers text-to-image pipeline, held to the staged shot by a ControlNet and shown the characters by an IP-Adapter.

Knows how a pipeline is found, shown depth or pose, and asked for one picture. Does not know which frames are wanted.
"""

from __future__ import annotations

import inspect
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from shotplan.errors import RenderError
from video_core.adapters.vace_controls import depth_video, pose_video
from video_core.animatic.draw import Animatic
from video_core.backends.backend import ControlUse
from video_core.checkpoints.header import fingerprint, read_headers, weight_files
from video_core.checkpoints.locate import local_path, read_json
from video_core.conditioning import Conditioning
from video_core.key_frames.ip_adapter import IPAdapter, not_taken
from video_core.key_frames.settings import PainterSettings
from video_core.key_frames.shown_pictures import PIPELINES, shown_pictures
from video_core.ledger import digest_of
from video_core.long_shot.draw import Window, cut

Shown = Literal["depth", "pose"]
LONGEST = 100_000
"""Tokens; a tokenizer without a limit says a number of thirty digits."""
UNIT = 16
"""Sides that every pipeline paints divide by this; what is too much is cut off."""


class Painter:
    """One pipeline, loaded when the first picture is painted."""

    def __init__(self, settings: PainterSettings) -> None:
        self.settings = settings

    def check(self) -> None:
        """Raises `RenderError` when the pipeline or its ControlNet is missing, damaged or paints no pictures from text."""
        index = read_json(self._folder / "model_index.json")
        name = str(index.get("_class_name", ""))
        if "unet" not in index and "transformer" not in index:
            raise RenderError(f"{name or 'this'} is no text-to-image pipeline", where=str(self._folder), todo="give another --painter")
        if "Video" in name or name.startswith("Wan"):
            raise RenderError(f"{name} makes videos, not pictures", where=str(self._folder), todo="give a text-to-image pipeline")
        for part in self._weight_folders():
            read_headers(weight_files(part, part.name))
        if self._adapter is not None:
            import diffusers

            self._adapter.check(getattr(diffusers, name, None))

    def version(self) -> str:
        """Changes with the weights and the settings."""
        weights = [fingerprint(weight_files(part, part.name).paths) for part in self._weight_folders()]
        pictures = self._adapter.version() if self._adapter is not None else ""
        return digest_of(self.settings.model_dump_json(exclude={"checkpoint", "controlnet", "ip_adapter", "dtype"}), *weights, pictures)

    @property
    def shown(self) -> Shown | None:
        """What the ControlNet is shown; None without one."""
        folder = self._controlnet
        if folder is None:
            return None
        if self.settings.control != "auto":
            return self.settings.control
        names = f"{folder} {read_json(folder / 'config.json').get('_name_or_path', '')}".casefold()
        return "pose" if "pose" in names else "depth"

    @torch.no_grad()
    def paint(self, conditioning: Conditioning, frame: int) -> tuple[NDArray[np.uint8], tuple[ControlUse, ...]]:
        """One frame of the shot (H,W,3) at the bundle's size, and how it came to be. Raises `RenderError`, `ConditioningError`."""
        height, width = conditioning.size
        scene, settings = conditioning.scene, self.settings
        wanted: dict[str, Any] = {
            "prompt": scene.prompt, "height": -(-height // UNIT) * UNIT, "width": -(-width // UNIT) * UNIT,
            "num_inference_steps": settings.steps,
            "negative_prompt": settings.negative_prompt, "output_type": "np", "generator": torch.Generator("cpu").manual_seed(scene.seed),
        }  # fmt: skip
        if settings.guidance is not None:
            wanted["guidance_scale"] = settings.guidance
        shown, still = self.shown, cut(conditioning, Window(frame, 1, 0))
        told = not_taken(conditioning)
        if self._looks:
            more, told = shown_pictures(still, Animatic(still).frame(0, captions=False))
            wanted |= more
        elif self._adapter is not None:
            more, told = self._adapter.arguments(self._pipeline, still, (wanted["height"], wanted["width"]))
            wanted |= more
        known = _parameters(self._pipeline)
        if shown is not None:
            drawing = (depth_video(still) if shown == "depth" else pose_video(still))[0]
            takes = "control_image" if "control_image" in known else "image"
            wanted |= {takes: Image.fromarray(drawing), "controlnet_conditioning_scale": settings.strength}
        try:
            made = self._pipeline(**{name: value for name, value in wanted.items() if name in known})
            picture = made.images[0]
        except (ValueError, TypeError, RuntimeError, AttributeError) as e:
            failed = f"the painter failed: {str(e).splitlines()[0]}"
            raise RenderError(failed, where=str(self._folder), todo="try the pipeline alone in diffusers") from e
        if any(getattr(made, "nsfw_content_detected", None) or ()):
            raise RenderError(
                f"the painter's safety checker blacked out the picture of frame {frame}", where=f"shot {scene.shot}",
                todo="take another --seed, or a pipeline folder without safety_checker",
            )  # fmt: skip
        pixels = np.clip(np.round(np.asarray(picture, np.float32) * 255), 0, 255).astype(np.uint8)[:height, :width]
        how = f"its {shown} held to the staged shot" if shown else "after the animatic's drawing" if self._looks else "from words alone"
        if (reads := tokens_read(self._pipeline, wanted["prompt"])) is not None:
            told = (*told, ControlUse("prompt", "approximated", f"{self._folder.name} reads the first {reads} tokens of its words"))
        use = ControlUse(f"picture of frame {frame}", "honoured" if shown else "approximated", f"painted by {self._folder.name}, {how}")
        return np.ascontiguousarray(pixels), (use, *told)

    @cached_property
    def _looks(self) -> bool:
        """Whether the pipeline goes by pictures that it is given."""
        return str(read_json(self._folder / "model_index.json").get("_class_name", "")) in PIPELINES

    @cached_property
    def _adapter(self) -> IPAdapter | None:
        return IPAdapter(self.settings.ip_adapter, self.settings.ip_strength) if self.settings.ip_adapter else None

    @cached_property
    def _folder(self) -> Path:
        return local_path(self.settings.checkpoint)

    @cached_property
    def _controlnet(self) -> Path | None:
        if self.settings.controlnet:
            return local_path(self.settings.controlnet)
        own = self._folder / "controlnet"
        return own if own.is_dir() else None

    def _weight_folders(self) -> list[Path]:
        parts = [self._folder / name for name in ("unet", "transformer", "vae", "text_encoder", "text_encoder_2")]
        found = [part for part in parts if part.is_dir()]
        return found + ([self._controlnet] if self._controlnet else [])

    @cached_property
    def _pipeline(self) -> Any:
        import diffusers
        from diffusers import AutoPipelineForText2Image, ControlNetModel, DiffusionPipeline

        cuda = torch.cuda.is_available()
        wide = self.settings.dtype == "fp32" or (self.settings.dtype == "auto" and not cuda)
        options: dict[str, Any] = {"torch_dtype": torch.float32 if wide else torch.bfloat16, "local_files_only": True}
        try:
            if self._controlnet is not None and self.settings.controlnet:
                named = str(read_json(self._controlnet / "config.json").get("_class_name", ""))
                net = getattr(diffusers, named, ControlNetModel).from_pretrained(str(self._controlnet), **options)
                pipeline = AutoPipelineForText2Image.from_pretrained(str(self._folder), controlnet=net, **options)
            else:
                pipeline = DiffusionPipeline.from_pretrained(str(self._folder), **options)
        except (ValueError, OSError, KeyError, RuntimeError, TypeError) as e:
            raise RenderError(
                f"the painter cannot be loaded: {str(e).splitlines()[0]}", where=str(self._folder), todo="download it again"
            ) from e
        pipeline.set_progress_bar_config(disable=True)
        if self._adapter is not None:
            self._adapter.load(pipeline)
        if cuda:
            pipeline.enable_model_cpu_offload()
        return pipeline


def tokens_read(pipeline: Any, prompt: str) -> int | None:
    """How many tokens of the prompt the pipeline's best reader takes when it has more; None when it is read whole.

    CLIP's 77 for Stable Diffusion 1.5 and XL; T5 and language models of later pipelines read hundreds.
    """
    parts = vars(pipeline).items()
    readers = [part for name, part in parts if name.startswith("tokenizer") and hasattr(part, "model_max_length")]
    lengths = [min(int(reader.model_max_length), LONGEST) for reader in readers]
    if not readers:
        return None
    longest = max(lengths)
    cut = len(readers[lengths.index(longest)](prompt).input_ids) > longest
    return longest if cut else None


def _parameters(pipeline: Any) -> set[str]:
    return set(inspect.signature(type(pipeline).__call__).parameters)
