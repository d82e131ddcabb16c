"""LoRA files are added to the weights before anything else happens to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from tests.video_core.checkpoints.test_original_files import original_names
from video_core.checkpoints.inspect import architecture
from video_core.checkpoints.load import load_transformer
from video_core.checkpoints.locate import locate
from video_core.checkpoints.lora import fuse, locate_lora

State = dict[str, torch.Tensor]


def written(path: Path, tensors: dict[str, torch.Tensor]) -> str:
    save_file(tensors, path)
    return str(path)


@pytest.fixture
def weight() -> torch.Tensor:
    return torch.randn(6, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("down", "up", "alpha"),
    [
        ("diffusion_model.blocks.0.self_attn.q.lora_down.weight", "diffusion_model.blocks.0.self_attn.q.lora_up.weight",
         "diffusion_model.blocks.0.self_attn.q.alpha"),
        ("blocks.0.attn1.to_q.lora_A.weight", "blocks.0.attn1.to_q.lora_B.weight", "blocks.0.attn1.to_q.alpha"),
        ("transformer.blocks.0.attn1.to_q.lora_A.weight", "transformer.blocks.0.attn1.to_q.lora_B.weight", ""),
    ],
)  # fmt: skip
def test_fusing_adds_strength_times_alpha_over_rank_times_up_down(
    tmp_path: Path, weight: torch.Tensor, down: str, up: str, alpha: str
) -> None:
    a, b = torch.randn(2, 4), torch.randn(6, 2)
    tensors = {down: a, up: b} | ({alpha: torch.tensor(8.0)} if alpha else {})
    lora = locate_lora(written(tmp_path / "l.safetensors", tensors) + ":0.5")
    state, changed = fuse({"blocks.0.attn1.to_q.weight": weight.clone()}, (lora,))
    expected = weight + 0.5 * (8.0 / 2 if alpha else 1.0) * b @ a
    assert changed == 1
    assert torch.allclose(state["blocks.0.attn1.to_q.weight"], expected, atol=1e-5)


def test_a_lora_of_another_size_names_the_layer(tmp_path: Path, weight: torch.Tensor) -> None:
    tensors = {"blocks.0.attn1.to_q.lora_A.weight": torch.zeros(2, 40), "blocks.0.attn1.to_q.lora_B.weight": torch.zeros(6, 2)}
    lora = locate_lora(written(tmp_path / "l.safetensors", tensors))
    with pytest.raises(RenderError, match=r"another model: blocks\.0\.attn1\.to_q"):
        fuse({"blocks.0.attn1.to_q.weight": weight}, (lora,))


def test_a_file_that_is_no_lora_is_refused_before_loading(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no LoRA"):
        locate_lora(written(tmp_path / "l.safetensors", {"blocks.0.attn1.to_q.weight": torch.zeros(2, 2)}))


def test_a_dora_is_refused_rather_than_half_of_it_added(tmp_path: Path) -> None:
    pair = {"blocks.0.attn1.to_q.lora_A.weight": torch.zeros(2, 4), "blocks.0.attn1.to_q.lora_B.weight": torch.zeros(4, 2)}
    save_file(pair | {"blocks.0.attn1.to_q.lora_magnitude_vector": torch.ones(4)}, tmp_path / "dora.safetensors")
    with pytest.raises(RenderError, match="this is a DoRA"):
        locate_lora(str(tmp_path / "dora.safetensors"))


def test_layers_for_a_clip_branch_that_is_not_there_are_told(tmp_path: Path, weight: torch.Tensor) -> None:
    names = ("blocks.0.attn1.to_q", "blocks.0.attn2.add_k_proj")
    tensors = {f"{name}.lora_A.weight": torch.ones(2, 4) for name in names} | {f"{name}.lora_B.weight": torch.ones(6, 2) for name in names}
    lora = locate_lora(written(tmp_path / "l.safetensors", tensors))
    notes: list[str] = []
    assert fuse({"blocks.0.attn1.to_q.weight": weight}, (lora,), notes)[1] == 1
    assert "1 layers of l.safetensors" in notes[0]


def lightx2v(state: State, rank: int = 2, prefix: str = "diffusion_model.") -> tuple[State, State]:
    """A LoRA of the kind that LightX2V extracts, which changes every tensor of a tiny model; and the tensors with it added."""
    draw = torch.Generator().manual_seed(3)
    tensors, after = {}, {}
    for name, own in state.items():
        layer, old = name.removesuffix(".weight").removesuffix(".bias"), next(iter(original_names({name: own})))
        before = prefix + old.removesuffix(".weight").removesuffix(".bias").removesuffix(".modulation")
        if name.endswith(".weight") and own.ndim == 2 and layer != "proj_out":
            down, up = torch.randn(rank, own.shape[1], generator=draw), torch.randn(own.shape[0], rank, generator=draw)
            tensors |= {f"{before}.lora_down.weight": down, f"{before}.lora_up.weight": up, f"{before}.alpha": torch.tensor(1.0)}
            change = up @ down / rank
        else:
            change = torch.randn(own.shape, generator=draw)
            tensors[before + (".diff_b" if name.endswith(".bias") else ".diff" if name.endswith(".weight") else ".diff_m")] = change
        after[name] = own + change
    return tensors, after


def test_a_lightx2v_file_changes_norms_modulation_biases_and_the_patch_embedding_too(tmp_path: Path) -> None:
    state = tiny.transformer("flf2v").state_dict()
    del state["condition_embedder.image_embedder.pos_embed"]
    tensors, after = lightx2v(state)
    assert {"diffusion_model.blocks.1.diff_m", "diffusion_model.head.diff_m", "diffusion_model.blocks.0.norm3.diff"} <= tensors.keys()
    lora = locate_lora(written(tmp_path / "rank2.safetensors", tensors))
    fused, changed = fuse({name: tensor.clone() for name, tensor in state.items()}, (lora,))
    assert changed == len(state)
    for name, expected in after.items():
        torch.testing.assert_close(fused[name], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("prefix", ["lora_unet_", "lora_unet__"])
def test_a_kohya_file_need_not_change_every_layer(tmp_path: Path, prefix: str) -> None:
    state = tiny.transformer("vace").state_dict()
    changed = {
        "blocks_1_self_attn_q": "blocks.1.attn1.to_q", "blocks_1_cross_attn_o": "blocks.1.attn2.to_out.0",
        "blocks_0_ffn_0": "blocks.0.ffn.net.0.proj", "vace_blocks_0_self_attn_v": "vace_blocks.0.attn1.to_v", "head_head": "proj_out",
        "time_projection_1": "condition_embedder.time_proj",
    }  # fmt: skip
    tensors, after = {}, {}
    for old, new in changed.items():
        own = state[f"{new}.weight"]
        down, up = torch.randn(4, own.shape[1]), torch.randn(own.shape[0], 4)
        tensors |= {f"{prefix}{old}.lora_down.weight": down, f"{prefix}{old}.lora_up.weight": up, f"{prefix}{old}.alpha": torch.tensor(2.0)}
        after[f"{new}.weight"] = own + 0.5 * up @ down
    fused, count = fuse(dict(state), (locate_lora(written(tmp_path / "k.safetensors", tensors)),))
    assert count == len(changed)
    for name, expected in after.items():
        torch.testing.assert_close(fused[name], expected, rtol=1e-5, atol=1e-5)


def test_a_text_to_video_lora_leaves_the_wider_patch_embedding_of_an_image_to_video_model_and_says_so(tmp_path: Path) -> None:
    tensors, _ = lightx2v(tiny.transformer("t2v").state_dict())
    state = tiny.transformer("i2v").state_dict()
    notes: list[str] = []
    fused, _ = fuse(dict(state), (locate_lora(written(tmp_path / "t2v.safetensors", tensors)),), notes)
    assert any("16 input channels" in note for note in notes)
    assert torch.equal(fused["patch_embedding.weight"], state["patch_embedding.weight"])
    assert not torch.equal(fused["patch_embedding.bias"], state["patch_embedding.bias"])


def test_what_is_added_to_8_bit_weights_is_not_rounded_away_again(tmp_path: Path, weight: torch.Tensor) -> None:
    pair = {"blocks.0.attn1.to_q.lora_A.weight": torch.full((1, 4), 0.01), "blocks.0.attn1.to_q.lora_B.weight": torch.ones(6, 1)}
    lora = locate_lora(written(tmp_path / "l.safetensors", pair))
    stored = weight.to(torch.float8_e4m3fn)
    fused = fuse({"blocks.0.attn1.to_q.weight": stored}, (lora,))[0]["blocks.0.attn1.to_q.weight"]
    torch.testing.assert_close(fused.float(), stored.float() + 0.01, rtol=5e-3, atol=1e-3)


def test_weights_of_a_wide_file_are_held_as_they_are_used_while_a_lora_is_added(tmp_path: Path) -> None:
    model = tiny.transformer("t2v")
    save_file(model.state_dict(), tmp_path / "wan.safetensors")
    tensors, after = lightx2v(model.state_dict())
    lora = locate_lora(written(tmp_path / "l.safetensors", tensors))
    given: State = {}

    def change(state: State, kept: Callable[[str], torch.dtype]) -> tuple[State, int]:
        out = fuse(state, (lora,), None, kept)
        given.update(out[0])
        return out

    path = tmp_path / "wan.safetensors"
    weights = locate(str(path)).high
    loaded = load_transformer(weights, architecture(weights.header.shapes, path), heads=2, change=change)
    assert given["blocks.0.attn1.to_q.weight"].dtype == torch.bfloat16
    assert given["blocks.0.norm2.weight"].dtype == torch.float32
    assert torch.equal(loaded.state_dict()["blocks.0.attn1.to_q.weight"], after["blocks.0.attn1.to_q.weight"].bfloat16())


def test_a_tensor_of_an_unknown_kind_is_refused_before_loading(tmp_path: Path) -> None:
    pair = {"blocks.0.attn1.to_q.lora_A.weight": torch.zeros(2, 4), "blocks.0.attn1.to_q.lora_mid.weight": torch.zeros(2, 2)}
    with pytest.raises(RenderError, match=r"to_q\.lora_mid\.weight is of an unknown kind"):
        locate_lora(written(tmp_path / "l.safetensors", pair))
