"""What the planner refuses, with the reason and the nearest set that is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shotplan.errors import RenderError
from video_core.planner import ClipSpec, Machine, OptionSet, find_model, machine_of, predict
from video_core.planner.legality import PARALLEL_ATTENTION, RING_ATTENTION, RULES, conflicts, nearest_legal

CLIP = ClipSpec((480, 832), 81, 8, 1.0)


@pytest.mark.parametrize(
    ("model", "gpu", "gpus", "words", "reason", "instead"),
    [
        ("wan2.1-vace-14b", "H200", 1, "cache=first_block", "wrong pictures with VACE", {}),
        ("wan2.1-vace-14b", "H200", 1, "cache=taylorseer", "never checked with VACE", {}),
        ("anisora-v3", "H200", 8, "tensor_parallel=8", "tensor-parallel plan", {"ulysses": 8}),
        ("anisora-v3", "H200", 8, "tensor_parallel=2 ulysses=4", "excludes context parallelism", {"ulysses": 4}),
        ("anisora-v3", "H200", 8, "ring=8", "log-sum-exp", {"ring": 8, "attention": "_native_cudnn"}),
        ("anisora-v3", "H200", 8, "ulysses=8 attention=flex", "not registered", {"ulysses": 8}),
        ("wan2.1-t2v-1.3b", "H200", 8, "ulysses=8", "12 heads", {"ulysses": 6}),
        ("anisora-v3", "H200", 8, "ulysses=4 ring=2 ulysses_anything", "no ring", {"ulysses": 4, "ulysses_anything": True}),
        ("anisora-v3", "H200", 4, "ulysses=8", "8 GPUs and there are 4", {"ulysses": 4}),
        ("wan2.2-animate-14b", "H200", 8, "ulysses=8 vae_spread vae_tiling", "edges twice", {"ulysses": 8, "vae_spread": True}),
        ("anisora-v3", "A800", 1, "weights=fp8_compute", "cannot multiply 8-bit floats", {"weights": "int8_compute"}),
        ("anisora-v3", "RTX 4090", 1, "attention=_flash_3_hub", "is ada", {}),
        ("anisora-v3", "RTX 4090", 1, "offload=group compile=whole", "offload hooks", {"offload": "group", "compile": "regional"}),
        (
            "anisora-v3", "RTX 4090", 1, "offload=model compile=whole weights=fp8_compute", "3632",
            {"offload": "model", "compile": "regional", "weights": "fp8_compute"},
        ),
        ("anisora-v3", "RTX 4090", 1, "offload=group blocks_per_group=4", "one block per group", {"offload": "group"}),
        ("anisora-v3", "RTX 4090", 1, "lora=adapter weights=fp8_storage", "11223", {"lora": "fused", "weights": "fp8_storage"}),
        ("anisora-v3", "RTX 4090", 1, "lora=fused weights=gguf_q8_0", "packed weights", {"lora": "fused"}),
        ("anisora-v3", "RTX 4090", 1, "vae_spread", "more than one GPU", {}),
        ("anisora-v3", "H200", 8, "ulysses=8 cache=first_block", "decide for itself", {"ulysses": 8}),
    ],
)  # fmt: skip
def test_an_illegal_combination_is_refused_with_its_reason_and_the_nearest_legal_set(
    model: str, gpu: str, gpus: int, words: str, reason: str, instead: dict[str, object]
) -> None:
    options, machine = OptionSet.from_words(words.split()), machine_of(gpu, gpus=gpus, ram=4000)
    with pytest.raises(RenderError, match=reason) as refused:
        predict(find_model(model), CLIP, machine, options)
    legal = nearest_legal(find_model(model), CLIP, machine, options)
    assert legal.changed() == instead
    for word in legal.words().split() if instead else ():
        assert word in str(refused.value)
    assert predict(find_model(model), CLIP, machine, legal).seconds > 0


def test_tokens_that_do_not_divide_are_said() -> None:
    odd = ClipSpec((480, 848), 81, 8, 1.0)
    with pytest.raises(RenderError, match="33390 tokens do not divide by 8 GPUs"):
        predict(find_model("anisora-v3"), odd, machine_of("H200", gpus=8), OptionSet(ulysses=8))


def test_the_lists_of_parallel_attention_are_those_of_diffusers() -> None:
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry

    assert set(PARALLEL_ATTENTION) <= set(_AttentionBackendRegistry._supports_context_parallel)
    assert set(RING_ATTENTION) < set(PARALLEL_ATTENTION)


def sets() -> st.SearchStrategy[OptionSet]:
    def values(field: dict[str, object]) -> st.SearchStrategy[object]:
        if "enum" in field:
            return st.sampled_from(list(field["enum"]))  # type: ignore[call-overload]
        return st.sampled_from([1, 2, 3, 8]) if field.get("type") == "integer" else st.booleans()

    fields = OptionSet.model_json_schema()["properties"]
    return st.builds(OptionSet, **{name: values(field) for name, field in fields.items()})


@given(
    options=sets(), model=st.sampled_from(["anisora-v3.2", "wan2.1-vace-1.3b", "wan2.2-animate-14b", "wan2.2-ti2v-5b"]),
    machine=st.sampled_from([machine_of("RTX 4090"), machine_of("H200", gpus=8), machine_of("A800", gpus=3), Machine(None, 1, 32.0)]),
)  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_from_any_set_the_rules_lead_to_a_legal_one(options: OptionSet, model: str, machine: Machine) -> None:
    clip = ClipSpec((480, 832) if model != "wan2.2-ti2v-5b" else (704, 1280), 81, 8, 1.0)
    legal = nearest_legal(find_model(model), clip, machine, options)
    assert not conflicts(find_model(model), clip, machine, legal)
    if not conflicts(find_model(model), clip, machine, options):
        assert legal == options
    assert OptionSet.model_validate_json(legal.model_dump_json()) == legal


def test_every_rule_says_what_it_is() -> None:
    assert len(RULES) >= 18
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES)


@pytest.mark.parametrize(
    ("clip", "model", "said"),
    [
        (ClipSpec((480, 832), 80), "anisora-v3", "the nearest are --frames 77 and 81"),
        (ClipSpec((481, 832), 81), "anisora-v3", "the nearest is --size 480x832"),
        (ClipSpec((720, 1280), 121), "wan2.2-ti2v-5b", "divisible by 32"),
        (ClipSpec((8, 832), 81), "anisora-v3", "divisible by 16"),
        (ClipSpec((480, 832), 81, 0), "anisora-v3", "0 steps"),
        (ClipSpec((480, 832), 81, references=2), "anisora-v3", "no reference images"),
    ],
)
def test_an_impossible_clip_is_said_with_the_nearest_possible_one(clip: ClipSpec, model: str, said: str) -> None:
    with pytest.raises(RenderError, match=said):
        predict(find_model(model), clip, machine_of("H200"), OptionSet())
