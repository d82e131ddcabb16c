"""The conditioning bundle: one neutral set of tensors per shot, on disk as safetensors plus a manifest.

Knows shapes, units, digests and the file format. Does not know how the tensors are drawn (`video_core.rasterise`) or what a
video backend does with them (`video_core.backends`).
F frames, N actors, M props, (H, W) image size. Axes and units as in `shotplan.staging.staged`.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from shotplan.characters.known import Adapter
from shotplan.errors import ConditioningError
from shotplan.plan import Ground

FORMAT = "ekonte.conditioning/2"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActorCard(Frozen):
    """What a renderer must know about an actor besides its joints."""

    id: str
    name: str
    kind: str
    body: str
    height: float
    palette: tuple[str, str, str, str]
    references: tuple[str, ...] = ()
    """Pictures, absolute paths."""
    references_digest: str = ""
    """Over the pictures' contents: an exchanged picture is another bundle."""
    adapters: tuple[Adapter, ...] = ()
    """What was trained to draw this actor, per family of video models."""


class PropCard(Frozen):
    id: str
    kind: str
    shape: str
    size: tuple[float, float, float]
    palette: tuple[str, str]


class LineCard(Frozen):
    speaker: str
    text: str
    t0: float
    t1: float


class SceneCard(Frozen):
    """The shot in words and small numbers: what the tensors cannot say."""

    shot: str
    style: str
    place: str
    indoor: bool
    time: str
    weather: str
    ground: Ground
    stage_width: float
    stage_depth: float
    fps: int
    actors: tuple[ActorCard, ...]
    props: tuple[PropCard, ...]
    scenery: tuple[str, ...] = ()
    lines: tuple[LineCard, ...] = ()
    prompt: str = ""
    negative_prompt: str = ""
    motion_score: float = 2.5
    """AniSora's scale: 2.0 little .. 4.0 much."""
    seed: int = 0
    control_strength: float = 1.0
    """How many times as strongly as the backend is set its controls act; a re-take may raise it."""
    transition: str = "cut"


@dataclass(frozen=True)
class Conditioning:
    """All that any backend may be conditioned on, for one shot."""

    scene: SceneCard
    camera_to_world: NDArray[np.float32]
    """(F,4,4) OpenCV axes."""
    intrinsics: NDArray[np.float32]
    """(F,3,3) pixels of (H, W)."""
    joints_2d: NDArray[np.float32]
    """(F,N,18,3): pixel x, pixel y, visibility 0..1 (0 outside the frame or behind the camera)."""
    joints_3d: NDArray[np.float32]
    """(F,N,18,3) metres."""
    instance_ids: NDArray[np.uint8]
    """(F,H,W): 0 background, 1..N actors, N+1..N+M props."""
    inverse_depth: NDArray[np.float16]
    """(F,H,W) 0..1, near is 1; one range for the whole shot."""
    boxes: NDArray[np.float32]
    """(F,N,4) x0, y0, x1, y1 in pixels, clipped to the image; zeros when unseen."""
    tracks: NDArray[np.float32]
    """(F,P,3): pixel x, pixel y, visibility of P points fixed to actors, props and ground."""
    expressions: NDArray[np.float32]
    """(F,N,4) in the order of `shotplan.staging.staged.EXPRESSION`."""
    root: NDArray[np.float32]
    """(F,N,3) metres."""
    heading: NDArray[np.float32]
    """(F,N) radians about +Y, 0 faces +Z."""
    prop_position: NDArray[np.float32]
    """(F,M,3) base centre, metres."""
    prop_yaw: NDArray[np.float32]
    """(F,M) radians."""
    prop_state: NDArray[np.float32]
    """(F,M,2): visible 0/1, openness 0..1."""
    keep_mask: NDArray[np.uint8]
    """(F,H,W) 255 where given pixels must be kept, 0 where the backend draws."""
    key_frames: NDArray[np.uint8]
    """(K,H,W,3) RGB."""
    key_frame_numbers: NDArray[np.int32]
    """(K,) frame index of each key frame."""

    @property
    def frames(self) -> int:
        return len(self.instance_ids)

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) in pixels."""
        return self.instance_ids.shape[1], self.instance_ids.shape[2]

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "scene"}

    def digest(self) -> str:
        """SHA-256 over the scene and every tensor; equal exactly when the bundles are equal."""
        h = hashlib.sha256(self.scene.model_dump_json().encode())
        for name, array in sorted(self.arrays().items()):
            h.update(f"{name}{array.dtype}{array.shape}".encode())
            h.update(np.ascontiguousarray(array).tobytes())
        return h.hexdigest()

    def save(self, path: Path) -> None:
        """Write `path` (.safetensors) and its manifest (.json beside it), each under a temporary name and then renamed."""
        digest = self.digest()
        arrays = {k: np.ascontiguousarray(v) for k, v in self.arrays().items()}
        meta = {"ekonte": json.dumps({"format": FORMAT, "digest": digest})}  # one key: the order of several is random
        manifest = {
            "format": FORMAT,
            "digest": digest,
            "tensors": {k: {"shape": list(v.shape), "dtype": str(v.dtype)} for k, v in arrays.items()},
            "scene": self.scene.model_dump(mode="json"),
        }
        _write(path, save(arrays, metadata=meta))
        _write(path.with_suffix(".json"), json.dumps(manifest, ensure_ascii=False, indent=2).encode())

    @classmethod
    def load(cls, path: Path) -> Conditioning:
        """Read a saved bundle. Raises `ConditioningError` when a file is missing, corrupt or changed."""
        again = "run `ekonte render` again to make it anew"
        try:
            arrays = load_file(path)
            manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            bundle = cls(scene=SceneCard.model_validate(manifest["scene"]), **arrays)
        except FileNotFoundError as e:
            raise ConditioningError("there is no conditioning file", where=str(e.filename or path), todo=again) from e
        except (SafetensorError, ValueError, KeyError, TypeError, OSError) as e:
            raise ConditioningError(f"the conditioning file cannot be read: {e}", where=str(path), todo=again) from e
        if bundle.digest() != manifest.get("digest"):
            raise ConditioningError("the conditioning file does not match its digest", where=str(path), todo=again)
        return bundle


def _write(path: Path, payload: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        raise ConditioningError(f"cannot write: {e.strerror or e}", where=str(path), todo="check the folder and the free space") from e
