"""LoRA files are added to the weights before anything else happens to them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from shotplan.errors import RenderError
from video_core.checkpoints.lora import fuse, locate_lora


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
