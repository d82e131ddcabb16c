"""A whole film with the wan backend: pictures for image-to-video, the report, and what is stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from tests.shotplan.films import film
from video_core.encode import read_mp4
from video_core.key_frames.settings import KeyFrameSettings
from video_core.production.production import Production

SIZE = (32, 64)


class Silent:
    def started(self, *args: Any) -> None: ...
    def progressed(self, *args: Any) -> None: ...
    def finished(self, *args: Any) -> None: ...
    def checked(self, shot: str, take: int, seed: int, kept: bool, measures: Sequence[Any], changed: str) -> None: ...


def produce(folder: Path, checkpoint: Path, *, shots: int = 1, key_frames: KeyFrameSettings | None = None) -> dict[str, int]:
    """Make the film and return when each clip was written."""
    whole = film()
    short = tuple(shot.model_copy(update={"duration": 0.5}) for shot in whole.shots[:shots])
    plan = whole.model_copy(update={"shots": short, "brief": whole.brief.model_copy(update={"size": SIZE})})
    settings = {"checkpoint": str(checkpoint), "steps": "1", "guidance": "1", "cache": str(folder / "cache")}
    Production(plan, folder, backend="wan", report=Silent(), settings=settings, key_frames=key_frames).run()
    return {path.stem: path.stat().st_mtime_ns for path in sorted((folder / "clips" / "wan").glob("*.mp4"))}


def test_a_film_starts_from_the_users_art_and_only_a_changed_picture_makes_it_stale(
    checkpoints: Callable[..., Path], tmp_path: Path
) -> None:
    folder = checkpoints("i2v", clip=False, experts=2)
    (tmp_path / "key_frames").mkdir()
    Image.new("RGB", SIZE[::-1], (200, 30, 60)).save(tmp_path / "key_frames" / "s01.png")
    first = produce(tmp_path, folder)
    frames, fps = read_mp4(tmp_path / "film.mp4")
    assert frames.shape == (round(0.5 * fps), *SIZE, 3)
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "picture of frame 0: s01.png, as it is" in report
    assert produce(tmp_path, folder) == first
    Image.new("RGB", SIZE[::-1], (20, 30, 60)).save(tmp_path / "key_frames" / "s01.png")
    assert produce(tmp_path, folder) != first


def test_each_shot_can_go_on_from_the_last_frame_of_the_one_before(checkpoints: Callable[..., Path], tmp_path: Path) -> None:
    asked = KeyFrameSettings(sources=("previous", "animatic"))
    produce(tmp_path, checkpoints("i2v", clip=False, experts=2), shots=2, key_frames=asked)
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "the last frame of the shot before" in report
