"""`ekonte turntable`: a character's one picture becomes views from all sides, which later films take as references.

Knows the character's folder. Does not know the recipe (`video_core.turn`) or how a clip is drawn.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shotplan.characters.member import FILE, PICTURES, read_member, write_member
from shotplan.errors import CharacterError
from studio.commands.app import app
from studio.commands.options import AsJson, Seed, frame_size
from studio.commands.video_options import Checkpoint, Settings, Steps, VideoModel, video_request


@app.command()
def turntable(
    character: Annotated[Path, typer.Argument(help="A character's folder, or a picture of it (whole, from the front).")],
    checkpoint: Checkpoint = None,
    video_model: VideoModel = None,
    steps: Steps = None,
    set_: Settings = None,
    views: Annotated[int, typer.Option("--views", min=2, max=24, help="Sides of a full turn, the given one among them.")] = 4,
    look: Annotated[str | None, typer.Option("--look", help="The character in words; default what its folder says.")] = None,
    frames: Annotated[int, typer.Option("--frames", min=5, max=2000, help="Frames of the turn; AniSora's recipe has 81.")] = 81,
    size: Annotated[str, typer.Option("--size", help="Frame size, height x width.")] = "832x480",
    fps: Annotated[int, typer.Option("--fps", help="Frames per second.")] = 16,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Turn a character once around with AniSora, and keep its views as reference pictures."""

    from video_core.backends import ready_backend
    from video_core.encode import read_mp4, write_png
    from video_core.key_frames.art import Art, read_art
    from video_core.line_clips import draw_lines
    from video_core.turn import turn_bundle, views_of

    member = read_member(character) if character.is_dir() else None
    if member is None and not character.is_file():
        raise CharacterError("there is no such character", where=str(character), todo=f"give a folder with {FILE}, or a picture")
    known = member.resolved(character).references if member else (str(character),)
    given = [path for path in known if not Path(path).stem.startswith("turn_")]
    if not given:
        raise CharacterError(
            "the character has no picture to turn", where=str(character), todo=f"put one ({', '.join(PICTURES)}) into its references/"
        )
    shape = frame_size(size)
    looks = look if look is not None else member.look if member else ""
    name = member.id if member else character.stem
    bundle, turn = turn_bundle(read_art(Art(Path(given[0]), "")), looks, size=shape, frames=frames, fps=fps, seed=seed, name=name)
    settings = video_request(checkpoint, video_model, steps, set_, None, None, None).settings
    drawing = ready_backend("wan", settings, shape, fps)
    home = character / "turntable" if member else character.with_name(f"{character.stem}_turntable")
    ((_, clip, fresh),) = draw_lines(drawing, {"turn": bundle}, home, lambda name: lambda done, total: None)
    folder = character / "references" if member else home
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for degrees, picture in views_of(read_mp4(clip)[0], views).items():
        written.append(folder / f"turn_{degrees:03d}.png")
        write_png(written[-1], picture)
    if member and member.references is not None:
        kept = tuple(path for path in member.references if not Path(path).stem.startswith("turn_"))
        write_member(character, member.model_copy(update={"references": (*kept, *(f"references/{path.name}" for path in written))}))
    if as_json:
        said = {"clip": str(clip), "drawn": fresh, "views": [str(path) for path in written], "controls": [vars(use) for use in turn.report]}
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return
    print(f"{clip}: {'drawn' if fresh else 'up to date'}, from {given[0]}")
    print(f"{len(written)} views in {folder}: look at them and delete what is wrong; the model turns at its own pace")
