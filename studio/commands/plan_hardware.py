"""`ekonte plan-hardware`: what a video model takes on a machine, and how to run it there.

Knows how it is printed. Does not know how anything is predicted (`video_core.planner`).
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shotplan.errors import RenderError
from studio.commands.app import app
from studio.commands.options import AsJson, frame_size

Gpu = Annotated[str | None, typer.Option("--gpu", help='The card, such as "RTX 4090" or H200; default this machine\'s.')]
Gpus = Annotated[int, typer.Option("--gpus", help="How many of them in the server.")]
Memory = Annotated[float | None, typer.Option("--memory", help="GB that may be used of each GPU; default all of the card's.")]
Ram = Annotated[float | None, typer.Option("--ram", help="GB of RAM that may be used; default 64, or what is free here.")]
Model = Annotated[str, typer.Option("--model", help="Checkpoint family, such as anisora-v3 or wan2.2-i2v-a14b.")]
Frames = Annotated[int, typer.Option("--frames", help="Frames of one clip, 4n+1.")]
Steps = Annotated[int, typer.Option("--steps", help="Denoising steps.")]
Guidance = Annotated[float, typer.Option("--guidance", help="Guidance scale; above 1 every step takes two passes.")]
References = Annotated[int, typer.Option("--references", help="Reference images, VACE only.")]
Options = Annotated[list[str] | None, typer.Option("--option", help="name=value of an option set, to judge it; repeatable.")]
Lossy = Annotated[bool, typer.Option("--lossy", help="Also try what changes the picture: 8-bit products, caches, the small decoder.")]


@app.command(name="plan-hardware")
def plan_hardware(
    gpu: Gpu = None,
    gpus: Gpus = 1,
    memory: Memory = None,
    ram: Ram = None,
    model: Model = "wan2.1-i2v-14b",
    size: Annotated[str, typer.Option("--size", help="Frame size, height x width.")] = "480x832",
    frames: Frames = 81,
    steps: Steps = 8,
    guidance: Guidance = 1.0,
    references: References = 0,
    option: Options = None,
    lossy: Lossy = False,
    as_json: AsJson = False,
) -> None:
    """Seconds and gigabytes of a video model on a machine, per option set; picks one and refuses illegal ones."""
    from video_core.planner import ClipSpec, OptionSet, choose, find_model, machine_here, machine_of, predict
    from video_core.planner.compare import compared
    from video_core.planner.predict import as_options

    known = find_model(model)
    clip = ClipSpec(frame_size(size), frames, steps, guidance, references)
    clip.check(known)
    machine = machine_of(gpu, gpus=gpus, ram=ram, memory=memory) if gpu else machine_here()
    asked = OptionSet.from_words(option) if option else None
    judged = predict(known, clip, machine, asked) if asked else None
    best = choose(known, clip, machine, lossy=lossy, fused_lora=bool(asked and asked.lora == "fused"))
    rows = compared(known, clip, machine, lossy=lossy)
    document = _document(best, judged, rows)
    if as_json:
        print(json.dumps(document, indent=2))
    else:
        _print(best, judged, rows)
    if judged is not None and not judged.fits:
        raise RenderError(f"{judged.options.words()} needs {judged.lacks}", todo=f"this fits: {as_options(best.options)}")


def _document(best: Any, judged: Any, rows: Any) -> dict[str, Any]:
    model, clip, machine = best.model, best.clip, best.machine
    work = clip.work(model)
    gpu = machine.gpu
    return {
        "model": {
            "name": model.name, "parameters": model.parameters, "experts": model.experts, "per_expert": model.dit.parameters,
            "bf16_bytes": 2 * model.parameters, "text_encoder": model.text_parameters, "vae": model.vae.parameters,
            "image_encoder": model.clip_parameters, "source": model.source,
        },
        "machine": {
            "name": machine.name, "gpus": machine.gpus, "ram_gb": round(machine.ram, 1),
            "gpu": None if gpu is None else {
                "name": gpu.name, "memory_gb": gpu.memory, "bf16_tflops": gpu.bf16, "fp8_tflops": gpu.fp8, "int8_tops": gpu.int8,
                "bandwidth_gbs": gpu.bandwidth, "link_gbs": gpu.link, "source": gpu.source,
            },
        },
        "clip": {
            "size": list(clip.size), "frames": clip.frames, "steps": clip.steps, "guidance": clip.guidance,
            "tokens": clip.tokens(model), "passes": clip.passes,
        },
        "flops": {
            "linear": work.linear, "self_attention": work.attention, "cross_attention": work.cross, "other": work.other,
            "per_pass": work.total, "total_without_guidance": clip.steps * work.total, "total_with_guidance": 2 * clip.steps * work.total,
            "total": clip.passes * work.total, "vae_decode": model.vae.decode_flops(clip.size, clip.frames),
        },
        "chosen": _row(best), "asked": _row(judged) if judged else None,
        "sets": [_row(row.prediction) if row.prediction else {"options": row.words, "illegal": row.reason} for row in rows],
    }  # fmt: skip


def _row(found: Any) -> dict[str, Any]:
    return {
        "options": found.options.words(), "changed": found.options.changed(), "seconds": round(found.seconds, 2),
        "floor_seconds": round(found.floor, 2), "parts": {k: round(v, 2) for k, v in vars(found.parts).items()},
        "gpu_gb": round(found.gpu_gb, 1), "ram_gb": round(found.ram_gb, 1), "worst": found.memory.worst, "fits": found.fits,
        "lacks": found.lacks, "lossy": list(found.options.lossy), "needs": list(found.options.packages),
    }  # fmt: skip


def _print(best: Any, judged: Any, rows: Any) -> None:
    from video_core.planner.predict import as_options

    model, clip, machine = best.model, best.clip, best.machine
    work, console = clip.work(model), Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 170
    experts = f"{model.experts} experts of {model.dit.parameters / 1e9:.2f} B" if model.experts > 1 else "one transformer"
    size = 2 * model.parameters / 2**30
    console.print(f"[bold]{model.name}[/]: {model.parameters / 1e9:.2f} B parameters ({experts}), {size:.1f} GB in bf16")
    if machine.gpu is not None:
        gpu = machine.gpu
        peaks = f"bf16 {gpu.bf16:g}, fp8 {gpu.fp8:g}, int8 {gpu.int8:g}" if gpu.fp8 else f"bf16 {gpu.bf16:g}, int8 {gpu.int8:g}, no fp8"
        console.print(
            f"[bold]{machine.name}[/]: {gpu.memory:.1f} GB each, {peaks} TFLOP/s dense, {gpu.bandwidth:g} GB/s; {machine.ram:.0f} GB RAM"
        )
        console.print(f"  {gpu.source}")
    else:
        console.print(f"[bold]no GPU[/]: {machine.ram:.0f} GB RAM; seconds are an order of magnitude")
    total = clip.passes * work.total
    console.print(
        f"[bold]{clip.size[0]}x{clip.size[1]}x{clip.frames}[/], {clip.steps} steps, guidance {clip.guidance:g}: "
        f"{clip.tokens(model):,} tokens, {clip.passes} passes"
    )
    console.print(
        f"  one pass {_flop(work.total)} = {_flop(work.linear)} linear + {_flop(work.attention)} self-attention + "
        f"{_flop(work.cross + work.other)} rest"
    )
    console.print(
        f"  the clip {_flop(total)} ({_flop(clip.steps * work.total)} without guidance, {_flop(2 * clip.steps * work.total)} with); "
        f"autoencoder {_flop(model.vae.decode_flops(clip.size, clip.frames))}; floor {best.floor:.1f} s of denoising\n"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("option set", overflow="fold")
    for title in ("seconds", "floor", "GPU GB", "RAM GB"):
        table.add_column(title, justify="right")
    table.add_column("")
    if judged is not None:
        table.add_row(f"asked: {judged.options.words()}", *_cells(judged))
    for row in rows:
        if row.prediction is None:
            table.add_row(row.words, "", "", "", "", f"[red]illegal[/]: {row.reason}")
        else:
            table.add_row(row.words, *_cells(row.prediction))
    console.print(table)
    console.print(f"\ntake: [bold]{as_options(best.options)}[/]")
    parts = ", ".join(f"{name} {value:.1f}" for name, value in vars(best.parts).items() if value >= 0.05)
    console.print(f"  {best.seconds:.1f} s a clip ({parts}), {best.gpu_gb:.1f} GB on each GPU, {best.ram_gb:.1f} GB of RAM")
    if best.options.lossy:
        console.print(f"  changes the picture: {', '.join(best.options.lossy)}")
    if best.options.packages:
        console.print(f"  needs: {', '.join(best.options.packages)}")


def _cells(found: Any) -> tuple[str, str, str, str, str]:
    remark = "[green]fits[/]" if found.fits else "[yellow]too large[/]"
    if found.options.lossy:
        remark += ", changes the picture"
    return f"{found.seconds:.1f}", f"{found.floor:.1f}", f"{found.gpu_gb:.1f}", f"{found.ram_gb:.1f}", remark


def _flop(count: float) -> str:
    return f"{count / 1e15:.2f} PFLOP" if count >= 1e14 else f"{count / 1e12:.2f} TFLOP"
