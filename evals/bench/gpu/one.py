"""One case, in a process of its own, so that what it leaves behind spoils nothing: `python -m evals.bench.gpu.one CASE --rows FILE`.

Knows how the wan backend is driven. Does not know the order of cases or the table. Rows are written as they are measured.
"""

from __future__ import annotations

import argparse
import inspect
import json
import statistics
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from evals.bench.gpu.cases import DECODERS, FIRST, TRIED, Case, find, model_of, tiny
from evals.bench.gpu.checkpoint import made_up, write_checkpoint, write_taehv
from evals.bench.gpu.clock import GB, Marks, Peak, Phases
from evals.bench.gpu.footage import shot
from evals.bench.gpu.peaks import measure_peaks
from evals.bench.gpu.row import Row
from shotplan.errors import EkonteError
from video_core.backends.wan.backend import WanBackend
from video_core.backends.wan.conditions import Conditions
from video_core.backends.wan.denoise import Words, denoise
from video_core.backends.wan.experts import release
from video_core.backends.wan.feeds import ControlFeed, Feed, ImageFeed, TextFeed
from video_core.backends.wan.latents import Latents
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.schedule import make_schedule
from video_core.backends.wan.settings import WanSettings
from video_core.planner import Machine, OptionSet, VideoModel, machine_here, machine_of, plan_load, predict
from video_core.planner.seconds import floor_seconds, pass_seconds

BACKEND = "video_core.backends.wan.backend"
Write = Callable[[Row], None]


def run(case: Case, write: Write, *, small: bool = False, ram: float | None = None) -> None:
    """Measures a case and gives its rows to `write`. `small`: tiny models. `ram`: GB that the machine has, where its
    kernel tells of less. What goes wrong is a row too."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    case = tiny(case) if small else case
    row = Row(case.name, case.told, size=case.size, frames=case.frames, steps=case.steps, limit=case.memory, options=case.options or "")
    peak = Peak(device)
    try:
        if case.memory is not None and device.type == "cuda":
            whole = torch.cuda.get_device_properties(0).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, case.memory * GB / whole))
            row.limit = min(case.memory, whole / GB)
        torch.manual_seed(0)
        if case.what == "peaks":
            write(measure_peaks(device, tiny=small))
            return
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            bench = _Bench(case, model_of(case, tiny=small), Path(folder), device, ram)
            with bench.standing_in():
                if case.what == "decode":
                    for words, otherwise in DECODERS:
                        write(bench.decode(row, words, otherwise))
                else:
                    (bench.film if case.what == "film" else bench.denoise)(row)
        if case.what == "decode":
            return
    except Exception as e:  # whatever a case does, the others are measured
        _ended(row, e)
    row.memory = peak.read()
    write(row)


def _ended(row: Row, error: Exception) -> None:
    traceback.print_exception(error)  # for the log
    message = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, torch.cuda.OutOfMemoryError | MemoryError) or "out of memory" in message:
        row.status = "out of memory"
    else:
        row.status = "refused" if isinstance(error, EkonteError) else "failed"
    row.note = message[:300]


class _Bench:
    """One backend on a checkpoint without weights."""

    def __init__(self, case: Case, model: VideoModel, folder: Path, device: torch.device, ram: float | None) -> None:
        self.case, self.model, self.folder, self.device, self.ram = case, model, folder, device, ram
        self.phases = Phases(device)
        self.checkpoint = write_checkpoint(folder / case.model, model)
        self.taehv = write_taehv(folder / "taew2_1.safetensors")
        self.backend = self._backend(case.options)

    @property
    def parts(self) -> Parts:
        return self.backend.parts

    def machine(self) -> Machine:
        """This one; a CPU counts as the card it stands in for, so that it is planned for alike."""
        if self.device.type == "cpu":
            return machine_of("H200", ram=128.0, memory=self.case.memory)
        here = machine_here()
        return replace(here, ram=self.ram) if self.ram else here

    def _backend(self, options: str | None) -> WanBackend:
        words = () if options is None else ("weights=bf16", *options.split())  # no word at all would leave it to the planner
        if "weights" in (options or ""):
            words = words[1:]
        if self.device.type == "cpu":  # the kernels of the card that it stands in for are left out
            words = tuple(word for word in words if word != "attention=_native_cudnn")
        settings = WanSettings(
            checkpoint=str(self.checkpoint), model=self.case.model, steps=self.case.steps, guidance=1.0, option=words, control=("depth",),
            cache=str(self.folder / "cache"), taehv=str(self.taehv) if "vae_decoder=taehv" in words else "",
        )  # fmt: skip
        return WanBackend(settings)

    @contextmanager
    def standing_in(self) -> Iterator[None]:
        """Made-up weights; clocks around the backend's phases; on a CPU, plans for the card it stands in for."""
        phases = self.phases

        def loaded(name: str, make: Callable[[], Any]) -> Any:
            with phases.phase("loading"):
                return make()

        with ExitStack() as stack:
            stack.enter_context(made_up(loaded))
            for owner, name, phase in (
                (Parts, "embeddings", "text"), (Latents, "encode", "encode"), (Conditions, "features", "encode"),
                (Latents, "decode", "decode"),
            ):  # fmt: skip
                stack.enter_context(mock.patch.object(owner, name, phases.around(phase, getattr(owner, name))))
            stack.enter_context(mock.patch("video_core.planner.choose.machine_here", self.machine))
            if self.device.type == "cpu":
                stack.enter_context(mock.patch("video_core.backends.wan.parts.plan_load", self._pretended))
            yield

    def _pretended(self, *given: Any, **more: Any) -> Any:
        """`plan_load` for the card that the CPU stands in for; the kernels of that card are left out of what is chosen."""
        asked = inspect.signature(plan_load).bind(*given, **more)
        asked.arguments["machine"] = self.machine()
        found = plan_load(*asked.args, **asked.kwargs)
        if asked.arguments.get("options") is None:
            found = replace(found, options=found.options.but(attention="native"))
        return found

    def film(self, row: Row) -> None:
        """Two shots from prompt to frames; the second is timed, when everything that stays is there. What it loads again, `loading`, is
        no part of the total: making numbers up takes another time than reading them."""
        self._film(0)
        row.seconds["warm"] = sum(self.phases.seconds.values())
        self.phases.seconds.clear()
        steps = self._film(1)
        spent = self.phases.seconds
        row.seconds |= {**spent, "rest": spent.pop("shot"), "total": 0.0} | _of_steps(steps)
        row.seconds.pop("shot", None)
        row.seconds["total"] = sum(row.seconds.get(name, 0.0) for name in ("text", "encode", "denoise", "decode", "rest"))
        self._told(row)

    def _film(self, take: int) -> list[float]:
        marks = Marks(self.device)

        def marked(*arguments: Any, told: Callable[[int, int], None], **more: Any) -> torch.Tensor:
            def also(done: int, total: int) -> None:
                marks.set()
                told(done, total)

            with self.phases.phase("denoise"):
                marks.set()
                return denoise(*arguments, told=also, **more)

        bundle = shot(self.case.size, self.case.frames, take)
        with mock.patch(f"{BACKEND}.denoise", marked), self.phases.phase("shot"):
            self.backend.render(bundle)
        return marks.seconds()

    def denoise(self, row: Row) -> None:
        """Steps of the transformer alone; first as many as show every expert, then those that are timed."""
        case, parts = self.case, self.parts
        parts.settle(case.size, case.frames, self.backend.sampling)
        start = time.monotonic()
        self._denoise(case.steps if self.model.experts > 1 else 1)
        row.seconds["warm"] = time.monotonic() - start
        steps = self._denoise(case.steps)
        row.seconds |= {"denoise": sum(steps)} | _of_steps(steps)
        self._told(row)

    def _denoise(self, steps: int) -> list[float]:
        parts, sample = self.parts, self.backend.sampling
        frames, h, w = self.case.clip.latent(self.model)
        experts, marks = parts.experts, Marks(parts.device)

        def numbers(*shape: int) -> torch.Tensor:
            return torch.randn(shape, device=parts.device, dtype=experts.dtype)

        schedule = make_schedule(sample.solver, steps, sample.shift, parts.device)
        noise = numbers(1, self.model.dit.out_channels, frames, h, w).float()
        experts.begin()
        marks.set()
        latents = denoise(
            experts, noise, schedule, self._feed(numbers, (frames, h, w)), Words(numbers(1, 512, self.model.dit.text_dim)), (1.0, 1.0),
            told=lambda done, total: marks.set(),
        )  # fmt: skip
        seconds = marks.seconds()
        parts.experts.rest()
        if not bool(torch.isfinite(latents).all()):
            raise ArithmeticError("the made-up weights led to numbers that are not finite")
        return seconds

    def _feed(self, numbers: Callable[..., torch.Tensor], grid: tuple[int, int, int]) -> Feed:
        dit = self.model.dit
        if dit.vace_layers:
            return ControlFeed(numbers(1, dit.vace_channels, *grid), 1.0, len(dit.vace_layers))
        if dit.in_channels == dit.out_channels:
            return TextFeed()
        picture = numbers(1, dit.image_tokens, dit.image_dim) if dit.image_dim else None
        return ImageFeed(numbers(1, dit.in_channels - dit.out_channels, *grid), picture)

    def decode(self, row: Row, words: str, otherwise: str) -> Row:
        """One way of turning latents into frames: the first decode warms up, the second is timed."""
        one, peak = replace(row, seconds={}, memory={}, predicted={}), Peak(self.device)
        try:
            self.backend = self._backend(words)
            self.parts.settle(self.case.size, self.case.frames, self.backend.sampling)
            latents = self.parts.latents
            if otherwise == FIRST:
                latents.layout = torch.contiguous_format
            torch.backends.cudnn.benchmark = otherwise == TRIED
            noise = torch.randn(1, self.model.vae.z, *self.case.clip.latent(self.model), device=self.device)
            for _ in range(2):
                self.phases.seconds.clear()
                latents.decode(noise)
            one.seconds["decode"] = self.phases.seconds["decode"]
            self._told(one)
        except Exception as e:
            one.options = words
            _ended(one, e)
        torch.backends.cudnn.benchmark = False
        one.options += f", {otherwise}" if otherwise else ""
        one.memory = peak.read()
        self.backend = self._backend("")
        release()
        return one

    def _told(self, row: Row) -> None:
        """The option set that was used, and what the planner says of it."""
        case, model, options = self.case, self.model, self.parts.options
        row.options = options.words()
        row.flops = case.clip.work(model).total
        machine = self.machine()
        found = predict(model, case.clip, machine, options)
        plain = OptionSet(weights=options.weights)
        row.predicted = {
            "step": pass_seconds(model, case.clip, machine, options), "encode": found.parts.encode, "denoise": found.parts.denoise,
            "decode": found.parts.decode, "total": found.seconds, "gpu": found.gpu_gb, "ram": found.ram_gb,
            "floor": floor_seconds(model, case.clip, machine, plain) / case.clip.passes,
        }  # fmt: skip


def _of_steps(steps: list[float]) -> dict[str, float]:
    return {"step": statistics.median(steps), "fastest": min(steps), "slowest": max(steps)}


def main() -> None:
    parser = argparse.ArgumentParser(description="one case of evals.bench.gpu")
    parser.add_argument("case")
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--ram", type=float)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--no-compile", action="store_true")
    asked = parser.parse_args()
    if asked.no_compile:
        torch.compiler.set_stance("force_eager")
    rows: list[dict[str, Any]] = []

    def write(row: Row) -> None:
        rows.append(asdict(row))
        asked.rows.write_text(json.dumps(rows), encoding="utf-8")

    run(find([asked.case])[0], write, small=asked.tiny, ram=asked.ram)


if __name__ == "__main__":
    main()
