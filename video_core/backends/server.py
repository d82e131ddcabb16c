"""The `server` backend: clips made by any `/v1/videos` server, vLLM-Omni first.

Knows which parts of a conditioning bundle the endpoint has a field for, and says of every other that it was ignored and why. Long shots
are cut into clips that hand over their last frame. Does not know HTTP (`server_client`), the life of a job (`server_job`) or mp4
(`server_frames`).
"""

from __future__ import annotations

import copy
import json
import os
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
import platformdirs
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shotplan.errors import RenderError
from video_core.animatic.caption import draw_caption
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.backend import Clip, ControlUse, Progress, Retakes, register
from video_core.backends.identity import adapters_ignored
from video_core.backends.server_client import Request, ServerBusy, VideoServer
from video_core.backends.server_frames import ANOTHER, apart, decode, fitted, picture_for
from video_core.backends.server_job import Notes, Patience, film_of, request_digest
from video_core.conditioning import Conditioning
from video_core.ledger import digest_of
from video_core.long_shot.draw import Window, draw_long, joins_of, windows
from video_core.production.hands import HandsRunner

KEY = "EKONTE_VIDEO_SERVER_KEY"
"""Environment variable with the server's bearer token; it is never written anywhere."""
NO_FIELD = "/v1/videos has no field for it"
PICTURE_ONLY = "/v1/videos takes one picture, as the first frame"


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


class ServerSettings(BaseModel):
    """What a person can set, each a `--set name=value`. What is None is left to the server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    """Base addresses, with or without /v1. Several servers of one model share the shots; what one of them loses, the next one draws."""
    model: str = ""
    """Served model; default the server's first."""
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=20)
    shift: float | None = Field(default=None, gt=0, le=50)
    """Flow shift of the schedule."""
    picture: Literal["auto", "first", "reference", "none"] = "auto"
    """What is sent as `input_reference`: the key frame of frame 0, or the first reference picture of a character. `auto`: the key frame
    where there is one, and for a model named like an image-to-video one there must be."""
    clip_frames: int = Field(default=81, ge=5, le=1001)
    """Longest clip asked for; longer shots are several clips."""
    multiple: int | None = Field(default=None, ge=1, le=64)
    """Height and width asked for are multiples of this; the film is scaled back. Default 32 for a model named TI2V, else 16."""
    timeout: float = Field(default=3600.0, gt=0)
    """Seconds for one clip, waiting in the server's queue included."""
    silence: float = Field(default=120.0, gt=0)
    """Seconds without any usable answer after which a server counts as gone."""
    jobs: int | None = Field(default=None, ge=1, le=64)
    """Shots asked for at the same time; default one per server. More are for servers that draw several at once."""
    attempts: int = Field(default=3, ge=1, le=20)
    """Jobs created for one clip before giving up."""
    poll: float = Field(default=2.0, gt=0, le=60)
    """Seconds between questions about a job."""
    extra: str = ""
    """JSON object of more form fields, such as {"extra_params": {...}}; they win over the others."""
    cache: str = ""
    """Folder for notes about running jobs; default in the user's cache folder."""


@register("server")
class ServerBackend:
    """Sends prompt, size, length, seed and one picture; polls; fetches; checks."""

    name = "server"
    Settings = ServerSettings

    def __init__(self, settings: ServerSettings | None = None) -> None:
        self.settings = settings or ServerSettings()
        self._first = 0
        """Which server is asked first."""
        self._over = threading.Event()

    def runner(self) -> HandsRunner:
        """What keeps every server busy."""
        return HandsRunner(self)

    def hands(self) -> list[ServerBackend]:
        """One for each shot that is asked for at the same time; each begins with another server."""
        count = self.settings.jobs or len(self._servers)
        _ = self._extra, self._model, self._notes  # asked once, by none of the threads
        self._over = threading.Event()
        hands = [copy.copy(self) for _ in range(count)]
        for first, hand in enumerate(hands):
            hand._first = first
        return hands

    def close(self) -> None:
        """Wait for no clip any longer. Jobs go on at their servers, where the next run finds them."""
        self._over.set()

    def check(self) -> None:
        """Asks the servers for their models. Raises `RenderError` when none answers or one that does has not got the model."""
        _ = self._extra, self._model

    def version(self) -> str:
        """Changes with the model and with every setting that changes the request."""
        s = self.settings
        asked = s.model_dump_json(include={"steps", "guidance", "shift", "picture", "clip_frames", "multiple", "extra"})
        return digest_of("server/1", self._model, asked)

    def key_frames_needed(self, frames: int) -> tuple[int, ...]:
        """Frame 0, when the model animates a picture."""
        wants = self.settings.picture == "first" or (self.settings.picture == "auto" and self._animates_pictures)
        return (0,) if wants else ()

    def retakes(self, conditioning: Conditioning) -> Retakes:
        """Another seed: the endpoint has no field for the strength of a control."""
        return Retakes(why=f"control strength: {NO_FIELD}")

    def render(self, conditioning: Conditioning, *, progress: Progress | None = None) -> Clip:
        """Frames at the conditioning's size. Raises `RenderError`."""
        if not conditioning.frames:
            raise RenderError("the bundle has no frames", where=f"shot {conditioning.scene.shot}", todo="stage the shot again")
        started, notes, sent, jobs, apart_by = time.monotonic(), dict[str, None](), list[str](), list[str](), 0.0
        size, hands_over = conditioning.size, self._picture(conditioning, 0)[1] != "none"
        parts = windows(conditioning.frames, self.settings.clip_frames, overlap=int(hands_over))

        def draw(number: int, window: Window, clip: Conditioning) -> NDArray[np.uint8]:
            nonlocal apart_by
            share = _part(progress, number, len(parts))
            request, picture = self._request(clip, number)
            sent.append(picture)
            jobs.append(request_digest(request, self._model))
            turn = self._first % len(self._servers)
            servers = self._servers[turn:] + self._servers[:turn]
            film, trouble = film_of(request, jobs[-1], servers, self._notes, self._patience, readable=decode, told=share, over=self._over)
            frames, changed = fitted(film, window.length, size, fps=conditioning.scene.fps, asked=self._asked_size(size))
            if picture in ("key frame", "hand-over"):
                apart_by = max(apart_by, apart(frames[0], clip.key_frames[clip.key_frame_numbers == 0][0]))
            notes.update(dict.fromkeys([*trouble, *changed]))
            share(1.0)
            return frames

        frames = draw_long(conditioning, parts, draw).copy()
        for job in jobs:  # not before: a shot stopped in its third clip does not pay for the first two again
            self._notes.forget(job)
        for f, frame in enumerate(frames):
            draw_caption(frame, conditioning.scene, f / conditioning.scene.fps)
        report = self._report(conditioning, parts, sent, apart_by, tuple(notes))
        return Clip(frames, conditioning.scene.fps, report, time.monotonic() - started, joins_of(parts, conditioning.frames))

    def _request(self, clip: Conditioning, number: int) -> tuple[Request, str]:
        """The form of one clip, and what its picture is: `key frame`, `hand-over`, `reference` or `none`."""
        scene, s = clip.scene, self.settings
        height, width = self._asked_size(clip.size)
        fields = {
            "prompt": scene.prompt or f"{scene.style} animation, {scene.place}", "model": self._model, "size": f"{width}x{height}",
            "width": str(width), "height": str(height), "num_frames": str(clip.frames), "fps": str(scene.fps),
            "seed": str((scene.seed + number) % 2**31),
        }  # fmt: skip
        optional = {
            "negative_prompt": scene.negative_prompt or None, "num_inference_steps": s.steps, "guidance_scale": s.guidance,
            "flow_shift": s.shift,
        }  # fmt: skip
        fields |= {name: str(value) for name, value in optional.items() if value is not None}
        fields |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in self._extra.items()}
        picture, what = self._picture(clip, number)
        if picture is None:
            if self.key_frames_needed(clip.frames):
                raise RenderError(
                    f"{self._model} animates a picture and the shot has no key frame 0", where=f"shot {scene.shot}",
                    todo="give one (--key-frames art or animatic), or --set picture=none for a text-to-video model",
                )  # fmt: skip
            return Request({k: v for k, v in fields.items() if v}), "none"
        return Request({k: v for k, v in fields.items() if v}, picture_for(picture, (height, width), reference=what == "reference")), what

    def _picture(self, clip: Conditioning, number: int) -> tuple[NDArray[np.uint8] | None, str]:
        if self.settings.picture == "none":
            return None, "none"
        first = np.flatnonzero(clip.key_frame_numbers == 0)
        if len(first) and (number or self.settings.picture != "reference"):
            return clip.key_frames[first[0]], "hand-over" if number else "key frame"
        paths = [path for actor in clip.scene.actors for path in actor.references]
        if self.settings.picture == "reference" and paths:
            found = cv2.imread(paths[0], cv2.IMREAD_COLOR)
            if found is None:
                raise RenderError("the reference picture cannot be read", where=paths[0], todo="give a PNG or JPEG, or --set picture=none")
            return np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), np.uint8), "reference"
        return None, "none"

    def _asked_size(self, size: tuple[int, int]) -> tuple[int, int]:
        m = self.settings.multiple or (32 if "ti2v" in self._model.lower() else 16)
        height, width = (max(m, round(side / m) * m) for side in size)
        return height, width

    def _report(
        self, conditioning: Conditioning, parts: tuple[Window, ...], sent: list[str], apart_by: float, notes: tuple[str, ...]
    ) -> tuple[ControlUse, ...]:
        scene, size, asked = conditioning.scene, conditioning.size, self._asked_size(conditioning.size)
        exact = parts[-1].start + parts[-1].length == conditioning.frames
        rows = [
            ControlUse("prompt", "honoured", f"sent to {self._model or 'the server'} in full"),
            ControlUse("style, time, weather", "approximated", "as words of the prompt"),
            ControlUse("seed", "honoured", f"{scene.seed}; the server's noise, not ours"),
            ControlUse("fps", "honoured", f"{scene.fps} frames per second asked for"),
            ControlUse("length", "honoured", f"{conditioning.frames} frames")
            if exact and len(parts) == 1
            else ControlUse("length", "approximated", _length(conditioning.frames, parts, sent if apart_by <= ANOTHER else [])),
            ControlUse("size", "honoured", f"{size[0]}x{size[1]}")
            if asked == size
            else ControlUse("size", "approximated", f"{asked[0]}x{asked[1]} asked for, scaled to {size[0]}x{size[1]}"),
        ]
        if scene.negative_prompt:
            rows.append(ControlUse("negative_prompt", "honoured", "sent; acts where the server's guidance is above 1"))
        if sent[0] == "key frame" and apart_by > ANOTHER:
            told = f"sent as input_reference, and the film does not begin with it ({apart_by:.0f} of 255 apart)"
            rows.append(ControlUse("key frame 0", "ignored", f"{told}: a text-to-video model takes none"))
        elif sent[0] == "key frame":
            rows.append(ControlUse("key frame 0", "honoured", "sent as input_reference"))
        elif 0 in conditioning.key_frame_numbers:
            rows.append(ControlUse("key frame 0", "ignored", f"--set picture={self.settings.picture}"))
        if later := int((conditioning.key_frame_numbers != 0).sum()):
            rows.append(ControlUse("later key frames", "ignored", f"{PICTURE_ONLY}; {later} more were given"))
        if conditioning.keep_mask.any():
            rows.append(ControlUse("keep_mask", "ignored", "/v1/videos has no mask field for Wan models"))
        if any(actor.references for actor in scene.actors):
            count = sum(len(actor.references) for actor in scene.actors)
            one = ControlUse("references", "approximated", f"the first of {count} is sent as input_reference")
            rows.append(one if sent[0] == "reference" else ControlUse("references", "ignored", PICTURE_ONLY))
        rows += adapters_ignored(scene, "the adapter is a file here, not on the server; use --backend wan")
        rows += [
            ControlUse("camera", "approximated", "by words of the prompt; poses and intrinsics have no field"),
            ControlUse("expressions", "approximated", "by words of the prompt"),
            *(ControlUse(control, "ignored", NO_FIELD) for control in ("joints", "inverse_depth", "instance_ids", "boxes", "tracks")),
            ControlUse("motion_score", "ignored", NO_FIELD),
        ]
        if notes:
            rows.append(ControlUse(f"job of {scene.shot}", "approximated", "; ".join(notes)))
        if scene.lines:
            rows += [use for use in AnimaticBackend().report(conditioning) if use.control == "dialogue"]
        return tuple(rows)

    @cached_property
    def _servers(self) -> tuple[VideoServer, ...]:
        if not self.settings.url:
            raise RenderError(
                "the server backend has no address", where="--video-server", todo="give one, such as --video-server http://localhost:8091"
            )
        return tuple(VideoServer(url, key=os.environ.get(KEY, "")) for url in self.settings.url)

    @cached_property
    def _model(self) -> str:
        """Name of the served model; empty when no server has a list and none was set."""
        answered, trouble, name = False, "", self.settings.model
        for server in self._servers:
            try:
                served = server.models()
            except ServerBusy as e:
                trouble, server.silent = trouble or f"{server.url} {e}", True
                continue
            answered = True
            if name and served and name not in served:
                raise RenderError(f"{name} is not served there", where=server.url, todo=f"it serves: {', '.join(served)[:300]}")
            name = name or (served[0] if served else "")
        if not answered:
            raise RenderError(
                f"no video server answers: {trouble}", where="--video-server",
                todo="start one, for example `vllm serve Wan-AI/Wan2.2-TI2V-5B-Diffusers --omni --port 8091`",
            )  # fmt: skip
        return name

    @property
    def _animates_pictures(self) -> bool:
        name = self._model.lower()
        return any(word in name for word in ("i2v", "flf2v", "anisora", "image-to-video")) and "ti2v" not in name

    @cached_property
    def _extra(self) -> dict[str, object]:
        if not self.settings.extra:
            return {}
        try:
            extra = json.loads(self.settings.extra)
        except ValueError as e:
            raise RenderError(f"extra is not JSON: {e}", where="--set extra", todo='write an object, such as {"extra_params": {}}') from e
        if not isinstance(extra, dict):
            raise RenderError("extra is not a JSON object", where="--set extra", todo='write one, such as {"extra_params": {}}')
        return extra

    @cached_property
    def _notes(self) -> Notes:
        return Notes(Path(self.settings.cache or platformdirs.user_cache_dir("ekonte")) / "server_jobs")

    @property
    def _patience(self) -> Patience:
        s = self.settings
        return Patience(clip=s.timeout, silence=s.silence, poll=s.poll, attempts=s.attempts)


def _length(frames: int, parts: tuple[Window, ...], sent: list[str]) -> str:
    drawn = parts[-1].start + parts[-1].length
    told = f"{frames} frames are cut from {drawn}: models draw 4n+1" if drawn != frames else f"{frames} frames"
    if len(parts) == 1:
        return told
    joins = "each begins with the last frame of the one before" if "hand-over" in sent else "no picture is handed over, they do not join"
    return f"{told}, in {len(parts)} clips; {joins}"


def _part(progress: Progress | None, number: int, count: int) -> Callable[[float], None]:
    def told(share: float) -> None:
        if progress is not None:
            progress(round(1000 * (number + share) / count), 1000)

    return told
