"""The GPU bench without a GPU: every case's code runs on tiny models, what goes wrong is told, time and results files are kept."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from evals.bench.gpu.__main__ import main, merged
from evals.bench.gpu.cases import CASES, estimate, find, model_of, tiny
from evals.bench.gpu.checkpoint import WIDE_CLIP, WIDE_TEXT, empty, write_checkpoint
from evals.bench.gpu.clock import Phases
from evals.bench.gpu.one import _Bench, run
from evals.bench.gpu.row import Results, Row
from evals.bench.gpu.runner import in_process, machine_told, run_all
from evals.bench.gpu.table import BEGIN, END, markdown, write_into
from shotplan.errors import RenderError
from video_core.backends.wan.parts import Parts
from video_core.backends.wan.settings import WanSettings
from video_core.planner import machine_of
from video_core.planner.models import CLIP_PARAMETERS, UMT5_PARAMETERS

NEED_MORE = {"flash-attn", "flash-3", "sage", "fp8-compute"}
"""Cases whose kernels are not on this machine."""
ALIKE = {"film-24gb", "film-8-steps", "stream-pinned-exactly", "large", "cudnn"}
"""Cases that take the same way as another on a machine without a GPU."""
NAMES = [case.name for case in CASES]


@pytest.fixture(autouse=True)
def _not_compiled() -> Iterator[None]:
    """What is compiled on a GPU runs eagerly here; that it compiles is tested with the backend."""
    torch.compiler.set_stance("force_eager")
    yield
    torch.compiler.set_stance("default")


@cache
def rows_of(name: str) -> list[Row]:
    """The rows of a case on a tiny model; each case is run once."""
    return run_now(name)


def run_now(name: str) -> list[Row]:
    rows: list[Row] = []
    run(find([name])[0], rows.append, small=True)
    return rows


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NEED_MORE | ALIKE])
def test_every_case_runs_on_a_tiny_model(name: str) -> None:
    rows = rows_of(name)
    assert rows
    assert [row.note for row in rows if row.status != "measured"] == []
    for row in rows:
        assert row.figures or all(seconds > 0 for key, seconds in row.seconds.items() if key not in ("loading", "rest"))


def test_a_film_is_timed_by_phase_and_its_parts_add_up() -> None:
    (row,) = rows_of("film")
    parts = sum(row.seconds[name] for name in ("text", "encode", "denoise", "decode", "rest"))
    assert row.seconds["total"] == pytest.approx(parts)
    assert row.seconds["denoise"] >= row.steps * row.seconds["fastest"] * 0.9
    assert row.flops > 0


def test_the_option_set_that_was_asked_for_is_the_one_that_is_used() -> None:
    assert "offload_level=leaf_level" in rows_of("stream-leaf")[0].options
    assert rows_of("plain")[0].options == "plain bf16"


@pytest.mark.parametrize("name", ["flash-attn", "fp8-compute"])
def test_what_this_machine_cannot_do_is_a_row_with_the_reason(name: str) -> None:
    (row,) = rows_of(name)
    assert row.status == "refused"
    assert "does not work here" in row.note or "needs" in row.note


def test_too_little_memory_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(bench: _Bench, row: Row) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(_Bench, "denoise", full)
    (row,) = run_now("plain")
    assert row.status == "out of memory"
    assert row.memory["ram"] > 0


def test_what_a_real_checkpoint_would_be_is_told_without_its_weights(tmp_path: Path) -> None:
    case = find(["two-experts"])[0]
    folder = write_checkpoint(tmp_path / case.model, model_of(case, tiny=False))
    parts = Parts(WanSettings(checkpoint=str(folder), model=case.model))
    parts.check()
    assert parts.matched.architectures[0].layers == 40
    weights = [path.stat() for path in folder.rglob("*.safetensors")]
    assert sum(stat.st_size for stat in weights) > 50e9
    assert sum(stat.st_blocks * 512 for stat in weights) < 50e6


def test_the_encoders_that_are_made_up_are_as_large_as_the_real_ones() -> None:
    text = empty(lambda: UMT5EncoderModel(UMT5Config(feed_forward_proj="gated-gelu", **WIDE_TEXT)))
    image = empty(lambda: CLIPVisionModel(CLIPVisionConfig(**WIDE_CLIP)))
    assert sum(parameter.numel() for parameter in text.parameters()) == UMT5_PARAMETERS
    assert sum(parameter.numel() for parameter in image.parameters()) == pytest.approx(CLIP_PARAMETERS, rel=0.01)


def test_the_cases_that_answer_the_aims_fit_into_one_call() -> None:
    machine = machine_of("H200", ram=128.0)
    spent = [estimate(case, machine) for case in CASES]
    first = NAMES.index("film-24gb") + 1
    assert sum(spent[:first]) < 300
    assert all(seconds < 300 for seconds in spent)


def test_what_does_not_fit_into_the_time_is_not_begun_and_smaller_cases_still_are(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [replace(CASES[0], name=name) for name in ("short", "long", "short too")]
    guess = {"short": 1.0, "long": 500.0, "short too": 2.0}
    monkeypatch.setattr("evals.bench.gpu.runner.in_process", lambda case, *_: [Row(case.name, "")])
    seen: list[int] = []
    results = run_all(
        cases, Results({}), lambda found: seen.append(len(found.rows)), budget=100.0, guess=lambda case: guess[case.name]
    )
    assert [row.status for row in results.rows] == ["measured", "not run", "measured"]
    assert "no time left" in results.rows[1].note
    assert seen == [1, 2, 3]  # written after each


def test_a_case_that_is_killed_says_so_and_the_rows_it_had_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        path = Path(command[command.index("--rows") + 1])
        path.write_text('[{"case": "decoders", "told": "autoencoder", "size": [480, 832], "seconds": {"decode": 2.0}}]', encoding="utf-8")
        return subprocess.CompletedProcess(command, -9)

    monkeypatch.setattr(subprocess, "run", killed)
    kept, last = in_process(find(["decoders"])[0], 60.0)
    assert kept.seconds == {"decode": 2.0}
    assert last.status == "failed"
    assert "killed" in last.note


def test_a_case_that_outlasts_the_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(command: list[str], *, timeout: float, **_: Any) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", endless)
    (row,) = in_process(find(["film"])[0], 60.0)
    assert "stopped after 60 s" in row.note


def measured() -> Results:
    """What a call on an H200 might have given; made up."""
    film = Row(
        "film", "I2V 14B, as the program chooses", options="compile=regional", size=(480, 832), frames=81, steps=4,
        seconds={"text": 0.1, "encode": 1.5, "denoise": 10.0, "decode": 2.5, "rest": 0.4, "total": 14.5, "step": 2.5, "fastest": 2.5,
                 "slowest": 2.5, "warm": 60.0},
        flops=1.69e15, memory={"gpu": 40.0, "gpu_reserved": 44.0, "ram": 30.0}, predicted={"step": 2.6, "total": 13.8, "gpu": 42.0},
    )  # fmt: skip
    capped = replace(film, case="film-24gb", limit=23.2, seconds={**film.seconds, "total": 15.0})
    peaks = Row("peaks", "the card", figures={"bf16": 790e12, "memory": 4.3e12})
    lost = Row("sage", "I2V 14B", "refused", "the attention sage does not work here")
    return Results({"gpu": "NVIDIA H200", "gpu_gb": 139.8, "torch": "2.11.0", "date": "2026-01-01"}, [peaks, film, capped, lost])


def test_the_table_says_what_was_reached_of_the_aims() -> None:
    text = markdown(measured())
    assert "| at least 60% of the measured bf16 peak in the transformer | 86% | met |" in text
    assert "| end to end under 14 s | 14.5 s | missed |" in text
    assert "| in 24 GB: at most 10% slower than resident | +3% | met |" in text
    assert "13.80 / 14.50 = 0.95" in text
    assert "the attention sage does not work here" in text
    assert "LightX2V" in text


def test_the_table_goes_between_the_markers_and_leaves_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_into(page, measured())
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "NVIDIA H200" in text


def test_results_of_several_calls_are_put_together(tmp_path: Path) -> None:
    first, second = measured(), measured()
    first.save(tmp_path / "a.json")
    steps = {"step": 0.4, "fastest": 0.4, "slowest": 0.4}
    second.rows = [Row("film", "", "not run", "no time left"), Row("small", "T2V 1.3B", seconds=steps)]
    second.save(tmp_path / "b.json")
    both = merged([tmp_path / "a.json", tmp_path / "b.json"])
    assert {row.case: row.status for row in both.rows} == {
        "peaks": "measured", "film": "measured", "film-24gb": "measured", "sage": "refused", "small": "measured",
    }  # fmt: skip


def test_a_second_call_without_time_keeps_what_the_first_has_measured() -> None:
    results = measured()
    run_all(find(["film", "small"]), results, lambda found: None, budget=0.0, guess=lambda case: 100.0)
    rows = {row.case: row for row in results.rows}
    assert rows["film"].seconds["total"] == 14.5
    assert rows["small"].status == "not run"


def test_figures_of_two_versions_of_torch_do_not_come_into_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Results(machine_told() | {"torch": "2.11.0"}).save(tmp_path / "gpu.json")
    assert main(["--only", "peaks", "--budget", "0", "--out", str(tmp_path)]) == 1
    assert f"figures of torch 2.11.0 and of {torch.__version__} do not go into one table: give another --out" in capsys.readouterr().err
    Results(machine_told()).save(tmp_path / "other.json")
    assert main(["--merge", str(tmp_path / "gpu.json"), str(tmp_path / "other.json")]) == 1


def test_what_a_capped_film_loads_again_for_every_shot_is_told_beside_the_aim() -> None:
    results = measured()
    capped = next(row for row in results.rows if row.case == "film-24gb")
    capped.seconds = capped.seconds | {"loading": 4.0}
    assert "| in 24 GB: at most 10% slower than resident | +3%, without what it loads again | met |" in markdown(results)


@pytest.mark.parametrize(("options", "place"), [("weights=fp8_storage", "cpu"), ("", "the card")])
def test_weights_are_made_where_the_program_would_read_them_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: str, place: str
) -> None:
    made: list[str] = []

    def seen(model: Any, dtype: Any, device: torch.device, keep: Any = ()) -> Any:
        made.append("the card" if device is bench.parts.device else device.type)
        raise RenderError("seen")

    monkeypatch.setattr("evals.bench.gpu.checkpoint.filled", seen)
    case = tiny(find(["plain"])[0])
    bench = _Bench(replace(case, options=options), model_of(case, tiny=True), tmp_path, torch.device("cpu"), None)
    with bench.standing_in(), pytest.raises(RenderError, match="seen"):
        bench.denoise(Row("plain", ""))
    assert made == [place]


def test_a_card_that_is_smaller_than_the_cap_is_measured_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=16 * 2**30))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", given.append)
    monkeypatch.setattr("evals.bench.gpu.one.Peak", lambda _: SimpleNamespace(read=dict))
    monkeypatch.setattr("evals.bench.gpu.one._Bench", _no_bench)
    (row,) = run_now("film-24gb")
    assert (given, row.limit, row.note) == ([1.0], 16.0, "none here.")


def _no_bench(*_: Any) -> None:
    raise RenderError("none here")


def test_an_unknown_case_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "films", "--list"]) == 1
    assert "film-24gb" in capsys.readouterr().err


def test_a_phase_inside_another_counts_once() -> None:
    phases = Phases(torch.device("cpu"))
    with phases.phase("outer"), phases.phase("inner"):
        sum(range(200_000))
    assert phases.seconds["inner"] > phases.seconds["outer"] >= 0
