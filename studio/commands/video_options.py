"""Options that say with which video model a film is drawn, and where its key frames come from.

Knows their names, help texts and which setting each becomes. Does not know what a backend does with a setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from shotplan.errors import RenderError
from video_core.backends.settings import settings_from_words
from video_core.cluster.settings import ClusterSettings
from video_core.finishing.settings import FILTERS, FinishSettings, parse_finish
from video_core.key_frames.settings import SOURCES, KeyFrameSettings, PainterSettings
from video_core.planner.options import OptionSet

Checkpoint = Annotated[
    str | None, typer.Option("--checkpoint", help="Backend wan: the model, a folder, a .safetensors or .gguf file, or a Hub id.")
]
VideoModel = Annotated[
    str | None, typer.Option("--video-model", help="Backend wan: what the checkpoint is, such as anisora-v3.2; default: its files tell.")
]
VideoServer = Annotated[
    list[str] | None,
    typer.Option("--video-server", help="Backend server: address of a /v1/videos server, http://localhost:8091; may be given often."),
]
Steps = Annotated[int | None, typer.Option("--steps", help="Denoising steps; default the model's own.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="Another setting of the backend, name=value, or painter.name=value; may be given often.")
]
KeyFrameSources = Annotated[
    str | None,
    typer.Option("--key-frames", help=f"Where pictures come from, in this order: {', '.join(SOURCES)}; default art,animatic."),
]
ArtFolder = Annotated[
    str | None, typer.Option("--art", help="Folder of your key frames: s01.png, s01@0.5.png, s01@last.png; default <out>/key_frames.")
]
PainterFolder = Annotated[
    str | None, typer.Option("--painter", help="A diffusers text-to-image pipeline that paints key frames: a folder or a Hub id.")
]
Finish = Annotated[
    list[str] | None,
    typer.Option(
        "--finish",
        help="What is done to finished clips: match, interpolate=2 (or 60fps), upscale=2 (or 1080p), style=NAME; a list, or given often. "
        f"Styles: {', '.join(FILTERS)}:FILE; two are joined by +.",
    ),
]

Gpus = Annotated[
    int | None,
    typer.Option("--gpus", min=1, max=64, help="Backend wan: GPUs of this machine that share every clip; as many are used as it allows."),
]
Ray = Annotated[
    str | None,
    typer.Option("--ray", help="Render shots on a Ray cluster: auto, host:6379, ray://host:10001, or here for this machine's cores."),
]
RayGpus = Annotated[
    float | None,
    typer.Option("--ray-gpus", min=0, help="GPUs of one worker, which share its clips; default --gpus, or 1 for backend wan, else 0."),
]
RayCpus = Annotated[float, typer.Option("--ray-cpus", min=0, help="Cores of one worker.")]


def cluster_of(address: str | None, gpus: float | None, cpus: float, backend: str, settings: Mapping[str, str]) -> ClusterSettings | None:
    """The options as settings; None without an address. Raises `RenderError` when a worker has fewer GPUs than shall share a clip."""
    if address is None:
        return None
    if backend != "wan":
        return ClusterSettings(address=address, gpus=gpus or 0.0, cpus=cpus)
    words = [word for word in settings.get("option", "").split(",") if word.strip()]
    shared = max(int(settings.get("gpus", 1)), OptionSet.from_words(words).gpus)
    if gpus is not None and gpus < shared and settings.get("device") != "cpu":
        raise RenderError(
            f"a worker has {gpus:g} GPUs and a clip is shared by {shared}", where="--ray-gpus", todo=f"give --ray-gpus {shared}"
        )
    return ClusterSettings(address=address, gpus=float(shared) if gpus is None else gpus, cpus=cpus)


def shared_by(gpus: int | None, ray: str | None, ray_gpus: float | None, words: list[str] | None) -> int | None:
    """How many GPUs share a clip: what is said, or all whole ones of a cluster's worker."""
    said = any(name in word for word in words or () for name in ("ulysses", "ring", "gpus"))
    if gpus is None and not said and ray is not None and ray_gpus is not None and ray_gpus >= 2:
        return int(ray_gpus)
    return gpus


def finish_request(words: list[str] | None) -> FinishSettings | None:
    """The options as settings with absolute paths, so that they can be kept; None without any. Raises `RenderError`."""
    if not words:
        return None
    asked = parse_finish(words)
    if asked.interpolate is not None and asked.interpolate.model:
        model = str(Path(asked.interpolate.model).expanduser().resolve())
        asked = asked.model_copy(update={"interpolate": asked.interpolate.model_copy(update={"model": model})})
    if asked.style is not None:
        filters = tuple(
            one.model_copy(update={"file": str(Path(one.file).expanduser().resolve())}) if one.file else one for one in asked.style.filters
        )
        asked = asked.model_copy(update={"style": asked.style.model_copy(update={"filters": filters})})
    return asked


def check_finish(asked: FinishSettings, size: tuple[int, int], fps: int) -> None:
    """Raises `RenderError` when a film of `size` (H, W) and `fps` cannot be finished as asked, before anybody waits for it."""
    from video_core.finishing.finisher import finished_form
    from video_core.finishing.stage import Form

    finished_form(asked, Form(fps, fps, size))


@dataclass(frozen=True)
class VideoRequest:
    """What the options say; empty where nothing was said."""

    settings: dict[str, str]
    key_frames: KeyFrameSettings | None


def video_request(
    checkpoint: str | None, video_model: str | None, steps: int | None, words: list[str] | None, key_frames: str | None, art: str | None,
    painter: str | None, *, servers: list[str] | None = None, gpus: int | None = None,
) -> VideoRequest:  # fmt: skip
    """The options as settings. Raises `RenderError` for a word that is no setting or an unknown source."""
    said = settings_from_words(words or ())
    own = {name.removeprefix("painter."): value for name, value in said.items() if name.startswith("painter.")}
    settings = {name: value for name, value in said.items() if not name.startswith("painter.")}
    given = (
        ("checkpoint", checkpoint), ("model", video_model), ("steps", steps), ("url", ",".join(servers or ()) or None), ("gpus", gpus),
    )  # fmt: skip
    for name, value in given:
        if value is not None:
            settings[name] = str(value)
    if painter is not None:
        own["checkpoint"] = painter
    sources = key_frames or ("art,painter" if painter else None)
    asked = {name: value for name, value in (("sources", sources), ("art", art)) if value is not None}
    if not asked and not own:
        return VideoRequest(settings, None)
    try:
        return VideoRequest(settings, KeyFrameSettings.model_validate(asked | {"painter": PainterSettings.model_validate(own)}))
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RenderError(f"{first.get('input')!r} cannot be used: {first['msg']}", where=where, todo="see `ekonte render --help`") from e
