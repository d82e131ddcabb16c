"""`ekonte controls`: a plan's control videos as files, for programs that drive a video model themselves.

Knows where the files go and how they are listed. Does not know what is in them (`video_core.adapters.export`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from shotplan.errors import PlanError
from studio.commands.app import app
from studio.commands.options import AsJson, frame_size


@app.command()
def controls(
    source: Annotated[Path, typer.Argument(help="A session folder or a plan.json.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; default controls/ beside the plan.")] = None,
    shot: Annotated[list[str] | None, typer.Option("--shot", help="Only this shot; may be given again. Default all.")] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="best (default), pose, depth, layout, scribble, grey, animate, camera or plucker; any number of them."),
    ] = None,
    size: Annotated[str | None, typer.Option("--size", help="Frame size, height x width; default the plan's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a plan's control videos (pose, depth, layout ...) for ComfyUI and other programs."""
    from safetensors.numpy import save

    from shotplan.staging import stage_all
    from studio.plan_file import read_plan
    from video_core.adapters.export import PLUCKER, control_files
    from video_core.encode import write_mp4
    from video_core.ledger import write_bytes, write_text
    from video_core.rasterise import condition

    plan, home = read_plan(source)
    known = [s.id for s in plan.shots]
    for wanted in shot or ():
        if wanted not in known:
            raise PlanError(f"there is no shot {wanted!r}", where=str(source), todo=f"shots: {', '.join(known)}")
    folder, listed = out or home / "controls", []
    for staged in stage_all(plan):
        if shot and staged.shot.id not in shot:
            continue
        bundle = condition(staged, size=frame_size(size) if size else plan.brief.size, seed=plan.brief.seed + staged.index)
        for file in control_files(bundle, kind or ("best",)):
            path = folder / staged.shot.id / file.name
            if file.video is not None:
                write_mp4(path, file.video, bundle.scene.fps)
            elif file.tensor is not None:
                write_bytes(path, save({"control_camera_video": file.tensor}, metadata={"ekonte": json.dumps(PLUCKER)}))
            else:
                write_text(path, file.text)
            listed.append({"path": str(path.relative_to(folder)), "shot": staged.shot.id, "controls": [vars(use) for use in file.report]})
    _tell(folder, listed, as_json=as_json)


def _tell(folder: Path, listed: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"folder": str(folder), "files": listed}, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{folder}/")
    for file in listed:
        console.print(f"  {file['path']}", markup=False)
        for use in file["controls"]:
            console.print(f"    {use['use']:<13}{use['control']}: {use['reason']}", style="dim", markup=False)
