"""Which option set the planner takes, what it says when nothing fits, and how near it comes to published times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evals.bench.planner import CLAIMS, ROWS, error, summary
from shotplan.errors import RenderError
from studio.cli import app, run
from video_core.planner import (
    MODELS,
    ClipSpec,
    Machine,
    OptionSet,
    choose,
    find_model,
    machine_here,
    machine_of,
    plan_load,
    predict,
)
from video_core.planner.compare import compared
from video_core.planner.gpus import find_gpu
from video_core.planner.legality import conflicts

V3, CLIP = find_model("anisora-v3"), ClipSpec((480, 832), 81, 8, 1.0)
TINY: dict[str, Any] = {
    "num_layers": 2, "num_attention_heads": 2, "attention_head_dim": 12, "ffn_dim": 32, "in_channels": 36, "out_channels": 16,
    "text_dim": 32, "freq_dim": 256, "patch_size": [1, 2, 2],
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("machine", [machine_of("RTX 4090", ram=128), machine_of("H200", ram=256), machine_of("A800", gpus=8, ram=1000)])
def test_what_is_chosen_is_legal_fits_and_is_not_beaten_by_a_set_that_changes_nothing(name: str, machine: Machine) -> None:
    model = MODELS[name]
    clip = ClipSpec((480, 832), 77 if model.kind == "animate" else 81, 8, 1.0)
    best = choose(model, clip, machine)
    assert best.fits
    assert not conflicts(model, clip, machine, best.options)
    assert best.seconds > best.floor > 0
    for row in compared(model, clip, machine):
        if row.prediction and row.prediction.fits and not row.prediction.options.lossy and not best.options.lossy:
            assert best.seconds <= row.prediction.seconds * 1.04, row.words


def test_a_24_gb_card_streams_the_14b_and_a_large_one_keeps_it() -> None:
    small = choose(V3, CLIP, machine_of("RTX 4090", ram=128))
    assert (small.options.offload, small.options.weights, small.options.compile) == ("group", "bf16", "regional")
    assert small.gpu_gb < 24
    large = choose(V3, CLIP, machine_of("H200", ram=128))
    assert large.options.offload == "none"
    assert large.seconds < small.seconds / 4
    eight = choose(V3, CLIP, machine_of("H200", gpus=8, ram=1000))
    assert eight.options.ulysses == 8
    assert eight.seconds < large.seconds / 3


def test_pinning_is_given_up_before_speed_and_the_number_format_last() -> None:
    assert choose(V3, CLIP, machine_of("RTX 4090", ram=100)).options.pin_all
    assert not choose(V3, CLIP, machine_of("RTX 4090", ram=40)).options.pin_all
    assert choose(V3, CLIP, machine_of("RTX 4090", ram=40)).options.lossy == ()
    assert choose(V3, CLIP, machine_of("H200", ram=200), lossy=True).seconds < choose(V3, CLIP, machine_of("H200", ram=200)).seconds


def test_a_pass_without_guidance_is_half_and_floors_are_those_of_the_data_sheet() -> None:
    machine = machine_of("H200", ram=200)
    plain, guided = (predict(V3, ClipSpec((480, 832), 81, 8, g), machine, OptionSet()) for g in (1.0, 5.0))
    assert guided.parts.denoise == pytest.approx(2 * plain.parts.denoise)
    assert plain.floor == pytest.approx(13.6, rel=0.01)  # 8 passes of 1.69 PFLOP at 989 TFLOP/s
    assert predict(V3, ClipSpec((352, 640), 81, 8, 1.0), machine_of("A800", gpus=8, ram=999), OptionSet(ulysses=8)).floor == pytest.approx(
        2.4, rel=0.02
    )


def test_too_little_memory_is_said_with_the_set_that_would_fit() -> None:
    with pytest.raises(RenderError, match=r"needs 42\.\d GB on a GPU of 24\.0 GB.*this fits: --option offload=group"):
        plan_load("anisora-v3", (480, 832), 81, 8, options=OptionSet(), machine=machine_of("RTX 4090", ram=128))
    with pytest.raises(RenderError, match=r"GB of RAM where 8\.0 GB may be used"):
        plan_load("anisora-v3", (480, 832), 81, 8, machine=machine_of("RTX 4090", ram=8))
    with pytest.raises(RenderError, match=r"does not fit.*--size \d+x\d+ --frames 81 would fit"):
        plan_load("wan2.1-vace-14b", (1088, 1920), 161, 8, machine=machine_of("RTX 4090", ram=48))


def test_a_backend_gets_its_set_for_a_tiny_model_on_this_machine() -> None:
    found = plan_load(TINY, (16, 16), 9, 2, machine=Machine(None, 1, 8.0))
    assert found.options.offload == "none"
    assert found.fits
    two = plan_load([TINY, TINY], (16, 16), 9, 2, machine=Machine(None, 1, 8.0))
    assert two.model.experts == 2
    with pytest.raises(RenderError, match="differ in shape"):
        plan_load([TINY, TINY | {"num_layers": 3}], (16, 16), 9, 2)
    with pytest.raises(RenderError, match="Wan family"):
        plan_load({"num_layers": 2}, (16, 16), 9, 2)
    assert machine_here().ram > 0


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("anisora-v3", {"num_layers": 40, "num_attention_heads": 40, "ffn_dim": 13824, "image_dim": 1280, "added_kv_proj_dim": 5120}),
        ("wan2.2-ti2v-5b", {"num_layers": 30, "num_attention_heads": 24, "ffn_dim": 14336, "in_channels": 48, "out_channels": 48}),
    ],
)
def test_a_checkpoint_known_by_its_config_takes_what_the_named_model_takes(name: str, config: dict[str, Any]) -> None:
    machine, size = machine_of("RTX 4090", ram=128), (704, 1280) if name == "wan2.2-ti2v-5b" else (480, 832)
    real = TINY | {"attention_head_dim": 128, "text_dim": 4096} | config
    by_config, by_name = plan_load(real, size, 81, 8, machine=machine), plan_load(name, size, 81, 8, machine=machine)
    assert by_config.options == by_name.options
    assert by_config.seconds == pytest.approx(by_name.seconds)
    assert by_config.gpu_gb == pytest.approx(by_name.gpu_gb)


@pytest.mark.parametrize(
    ("written", "name"),
    [("rtx4090", "RTX 4090"), ("NVIDIA GeForce RTX 4090", "RTX 4090"), ("4090 D", "RTX 4090D"), ("NVIDIA H100 80GB HBM3", "H100"),
     ("NVIDIA A100-SXM4-80GB", "A100"), ("l40s", "L40S"), ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada")],
)  # fmt: skip
def test_a_card_is_known_however_it_is_written(written: str, name: str) -> None:
    assert find_gpu(written).name == name


def test_unknown_cards_and_models_get_one_line_with_what_is_known() -> None:
    with pytest.raises(RenderError, match=r"'RTX 40900' is not in the table.*did you mean 'RTX 4090'.*H200"):
        find_gpu("RTX 40900")
    with pytest.raises(RenderError, match=r"'anisora-v9' is not in the table.*anisora-v3"):
        find_model("anisora-v9")
    for words, said in ((["speed=9"], "no option 'speed'"), (["weights=fp3"], "fp8_storage"), (["ulysses=0"], "ulysses")):
        with pytest.raises(RenderError, match=said):
            OptionSet.from_words(words)


def test_option_sets_survive_words_and_json() -> None:
    options = OptionSet.from_words(["weights=fp8-storage".replace("-", "_"), "offload=group", "pin_all=false", "vae-tiling", "ulysses=4"])
    assert OptionSet.from_words(options.words().split()) == options
    assert OptionSet.model_validate_json(options.model_dump_json()) == options
    assert options.lossy == ("weights=fp8_storage",)


def test_published_times_are_met() -> None:
    figures = summary()
    held = [row for row in ROWS if not row.fit]
    assert figures["held_out_rows"] >= 12
    assert figures["held_out_error"] < 0.10
    assert error([row for row in held if row.source.startswith("diffusers PR")]) < 0.06
    assert figures["held_out_within_15_percent"] / figures["held_out_rows"] > 0.85
    assert all(row.predicted > predict(
        find_model(row.model), ClipSpec(row.size, row.frames, row.steps, row.guidance), machine_of(row.gpu, gpus=row.gpus, ram=9999),
        OptionSet.from_words(row.options.split()).but(ulysses=row.gpus),
    ).floor for row in ROWS if "attention=_flash_3" not in row.options.split())  # fmt: skip
    assert CLAIMS


def command(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = run(app, ["plan-hardware", *words])
    out, err = capfd.readouterr()
    return code, out, err


def test_the_command_prints_flops_floor_seconds_gigabytes_and_what_to_take(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--gpu", "RTX 4090", "--model", "anisora-v3", "--size", "480x832", "--frames", "81", "--steps", "8")
    code, out, err = command(capfd, *words)
    assert (code, err) == (0, "")
    for said in ("16.39 B parameters", "1.69 PFLOP", "32,760 tokens", "81.7", "take: --option offload=group"):
        assert said in out, said
    code, out, _ = command(capfd, *words, "--json", "--lossy")
    document = json.loads(out)
    assert document["chosen"]["fits"]
    assert document["flops"]["total_with_guidance"] == 2 * document["flops"]["total_without_guidance"]
    assert any("illegal" in row or row["lossy"] for row in document["sets"])


def test_the_command_refuses_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (("--gpu", "RTX 9999"), "known: RTX 3060"),
        (("--gpu", "RTX 4090 Laptop GPU"), "on the laptop itself"),
        (("--gpu", "H200", "--model", "sora"), "known: wan2.1-t2v-1.3b"),
        (("--gpu", "H200", "--frames", "80"), "77 and 81"),
        (("--gpu", "H200", "--size", "big"), "height x width"),
        (("--gpu", "H200", "--gpus", "8", "--option", "ring=8"), "--option attention=_native_cudnn"),
        (("--gpu", "RTX 4090", "--option", "compile=regional"), "this fits: --option offload=group"),
        (("--gpu", "H200", "--gpus", "0"), "give 1 to 64"),
        (("--gpu", "H200", "--ram", "-3"), "positive"),
    ):
        code, _, err = command(capfd, *words)
        assert code == 2, words
        assert len(err.strip().splitlines()) == 1, err
        assert said in err, err
