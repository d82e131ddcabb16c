"""A folder of pictures and clips of one made character, small enough to train on in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from tests.video_core.puppets import talk
from video_core.backends.animatic import AnimaticBackend
from video_core.backends.wan.settings import WanSettings
from video_core.character_lora.job import Request
from video_core.character_lora.settings import TrainSettings
from video_core.character_lora.train import Step
from video_core.encode import write_mp4
from video_core.planner import Machine
from video_core.rasterise import condition

LARGE = Machine(None, ram=64.0)


@dataclass
class Heard:
    """A listener that keeps what it is told, and stops the training at a step when asked to."""

    stop_at: tuple[int, int] | None = None
    """(expert, step) at which the user presses Ctrl-C."""
    notes: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    encoded: int = 0

    def note(self, text: str) -> None:
        self.notes.append(text)

    def encoding(self, done: int, total: int) -> None:
        self.encoded = done

    def stepped(self, step: Step) -> None:
        self.steps.append(step)
        if (step.expert, step.step) == self.stop_at:
            raise KeyboardInterrupt


def pictures_of_a_character(folder: Path, *, pictures: int = 6, clips: int = 0, size: tuple[int, int] = (64, 96)) -> Path:
    """Frames of the animatic of one shot, as PNG files with captions, and as clips of 9 frames."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = AnimaticBackend().render(condition(talk(frames=max(pictures, 1) * 4 + 9), size=size, seed=0)).frames
    for n in range(pictures):
        Image.fromarray(np.ascontiguousarray(drawn[n * 4])).save(folder / f"p{n}.png")
        (folder / f"p{n}.txt").write_text(f"a girl talks, picture {n}", encoding="utf-8")
    for n in range(clips):
        write_mp4(folder / f"c{n}.mp4", drawn[n * 3 : n * 3 + 9], 16)
        (folder / f"c{n}.txt").write_text("小红在说话", encoding="utf-8")
    return folder


def request(tmp: Path, checkpoint: Path, pictures: Path, *, model: str = "auto", **settings: object) -> Request:
    said: dict[str, object] = {"steps": 6, "rank": 4, "size": (64, 96), "frames": 9, "warmup": 0, "save_every": 2, "validate_every": 3}
    return Request(
        name="Hana", id="hana", pictures=pictures, characters=tmp / "characters", trigger="hana_girl",
        checkpoint=WanSettings(checkpoint=str(checkpoint), model=model, device="cpu"),
        settings=TrainSettings.model_validate(said | settings),
    )  # fmt: skip
