"""A clip of a finished film replaced by a retouched one, and the film joined again.

Knows a film's folder and its ledger: the clip stays up to date, since what the shot is made from has not changed; only `ekonte render` with
something else makes it anew. Does not know how a clip is retouched (`video_core.retouch.redraw`).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from shotplan.errors import RenderError
from shotplan.plan import ShotPlan
from video_core.backends.backend import Clip, ControlUse
from video_core.checks import check_clip
from video_core.conditioning import Conditioning
from video_core.encode import frames_of_mp4
from video_core.ledger import Ledger, write_text
from video_core.production.report import note_of
from video_core.production.transitions import Take, joined_from, write_film

BEFORE = "before"
"""Folder beside the clips, for the ones that were replaced."""


def clip_of(home: Path, shot: str, of: str | None = None) -> Path:
    """The shot's clip: of the backend `of`, else the newest that is no animatic. Raises `RenderError` when there is none."""
    found = [path for path in (home / "clips").glob(f"*/{shot}.mp4") if path.parent.name == of or of is None]
    drawn = [path for path in found if path.parent.name != "animatic"] or found
    if not drawn:
        raise RenderError("there is no clip of this shot", where=f"{home}, shot {shot}", todo=f"render it first: ekonte render {home}")
    return max(drawn, key=lambda path: path.stat().st_mtime_ns)


def replace_clip(home: Path, path: Path, clip: Clip, bundle: Conditioning, told: ControlUse) -> Path:
    """Put a retouched clip in the place of `path`; the old one goes to a folder beside it, which is returned.

    `told` says in the shot's report what was done. Raises `RenderError` when the film's folder does not know the clip.
    """
    ledger, name = Ledger(home), path.relative_to(home).as_posix()
    note = note_of(path)
    kept = path.parent / BEFORE / f"{path.stem}.{1 + len(list((path.parent / BEFORE).glob(f'{path.stem}.*.mp4')))}.mp4"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, kept)
    write_film(path, [clip], clip.fps)
    note["controls"] = [vars(told), *note.get("controls", [])]
    if "measures" in note:
        note["measures"] = [vars(measure) for measure in check_clip(clip.frames, bundle, clip.joins)]
    write_text(path.with_suffix(".json"), json.dumps(note, ensure_ascii=False, indent=1))
    ledger.changed(name)
    return kept


def joins_finished(home: Path, plan: ShotPlan, clips: Path) -> bool:
    """Whether the film is joined from clips that are finished further. Those of an earlier film may lie there and not be in this one.

    To be asked before a clip is replaced.
    """
    return (clips / "finished").is_dir() and not Ledger(home).current("film.mp4", _inputs(home, plan, clips))


def join_again(home: Path, plan: ShotPlan, clips: Path) -> Path:
    """`film.mp4` from the clips of one backend's folder, up to date in the film's ledger. Raises `RenderError` when a shot has no clip."""
    takes = []
    for shot in plan.shots:
        path = clip_of(home, shot.id, clips.name)
        takes.append(Take(frames_of_mp4(path), note_of(path)["frames"], shot.transition))
    film = home / "film.mp4"
    write_film(film, takes, plan.brief.fps)
    Ledger(home).record(film.name, _inputs(home, plan, clips))
    return film


def _inputs(home: Path, plan: ShotPlan, clips: Path) -> str:
    ledger, folder = Ledger(home), clips.relative_to(home)
    digests = [ledger.sha256((folder / f"{shot.id}.mp4").as_posix()) for shot in plan.shots]
    return joined_from(plan.brief.fps, [shot.transition for shot in plan.shots], digests)


def with_prompt(bundle: Conditioning, prompt: str | None, seed: int | None) -> Conditioning:
    """The bundle with other words or another seed, where given."""
    said = {name: value for name, value in (("prompt", prompt), ("seed", seed)) if value is not None}
    return replace(bundle, scene=bundle.scene.model_copy(update=said)) if said else bundle
