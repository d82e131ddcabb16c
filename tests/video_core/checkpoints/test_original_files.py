"""Checkpoints as Wan and AniSora publish them: the same model under other names, in one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLWan
from safetensors.torch import load_file, save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from tests.video_core.backends.wan.conftest import checkpoints  # noqa: F401
from tests.video_core.checkpoints.test_original_vae import wan21_names, wan22_names
from video_core.backends.wan.match import match
from video_core.checkpoints.load import load_image_encoder, load_text_encoder, load_transformer, load_vae
from video_core.checkpoints.locate import locate

Folder = Callable[..., Path]
BACK = (
    ("condition_embedder.time_embedder.linear_1", "time_embedding.0"), ("condition_embedder.time_embedder.linear_2", "time_embedding.2"),
    ("condition_embedder.text_embedder.linear_1", "text_embedding.0"), ("condition_embedder.text_embedder.linear_2", "text_embedding.2"),
    ("condition_embedder.time_proj", "time_projection.1"), ("condition_embedder.image_embedder.norm1", "img_emb.proj.0"),
    ("condition_embedder.image_embedder.ff.net.0.proj", "img_emb.proj.1"), ("condition_embedder.image_embedder.ff.net.2", "img_emb.proj.3"),
    ("condition_embedder.image_embedder.norm2", "img_emb.proj.4"), ("condition_embedder.image_embedder.pos_embed", "img_emb.emb_pos"),
    ("attn1", "self_attn"), ("attn2", "cross_attn"), (".to_out.0.", ".o."), (".to_q.", ".q."), (".to_k.", ".k."), (".to_v.", ".v."),
    (".add_k_proj.", ".k_img."), (".add_v_proj.", ".v_img."), (".norm_added_k.", ".norm_k_img."), ("ffn.net.0.proj", "ffn.0"),
    ("ffn.net.2", "ffn.2"), (".norm2.", ".norm3."), ("proj_out", "head.head"),
)  # fmt: skip


def original_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """diffusers' names to Wan's, written down here independently of the loader."""
    out = {}
    for name, tensor in state.items():
        for new, old in BACK:
            name = name.replace(new, old)
        if name.endswith("scale_shift_table"):
            name = name.replace("scale_shift_table", "head.modulation" if name == "scale_shift_table" else "modulation")
        out[name] = tensor.contiguous()
    return out


def weights(folder: Path) -> Path:
    return folder / "transformer" / "diffusion_pytorch_model.safetensors"


def write_t5(path: Path) -> Any:
    model = tiny.text_encoder()
    names = {
        "shared.weight": "token_embedding.weight", "encoder.final_layer_norm.weight": "norm.weight",
        "encoder.block.0.layer.0.layer_norm.weight": "blocks.0.norm1.weight",
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": "blocks.0.pos_embedding.embedding.weight",
        "encoder.block.0.layer.1.layer_norm.weight": "blocks.0.norm2.weight",
        "encoder.block.0.layer.1.DenseReluDense.wi_0.weight": "blocks.0.ffn.gate.0.weight",
        "encoder.block.0.layer.1.DenseReluDense.wi_1.weight": "blocks.0.ffn.fc1.weight",
        "encoder.block.0.layer.1.DenseReluDense.wo.weight": "blocks.0.ffn.fc2.weight",
        **{f"encoder.block.0.layer.0.SelfAttention.{p}.weight": f"blocks.0.attn.{p}.weight" for p in "qkvo"},
    }  # fmt: skip
    state = model.state_dict()
    torch.save({old: state[new].clone() for new, old in names.items()}, path)
    return model


def write_clip(path: Path) -> Any:
    torch.manual_seed(1)
    from transformers import CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=tiny.IMAGE_DIM, intermediate_size=16, num_hidden_layers=2, num_attention_heads=1, image_size=16, patch_size=4,
        hidden_act="gelu",
    )  # fmt: skip
    model = CLIPVisionModel(config).eval()
    s = {name.removeprefix("vision_model."): tensor for name, tensor in model.state_dict().items()}
    out = {
        "visual.patch_embedding.weight": s["embeddings.patch_embedding.weight"],
        "visual.cls_embedding": s["embeddings.class_embedding"][None, None],
        "visual.pos_embedding": s["embeddings.position_embedding.weight"][None],
        "visual.head": torch.zeros(4, 4), "textual.token_embedding.weight": torch.zeros(4, 4), "log_scale": torch.zeros(()),
    }  # fmt: skip
    for kind in ("weight", "bias"):
        out[f"visual.pre_norm.{kind}"], out[f"visual.post_norm.{kind}"] = s[f"pre_layrnorm.{kind}"], s[f"post_layernorm.{kind}"]
        for n in range(2):
            layer, block = f"encoder.layers.{n}.", f"visual.transformer.{n}."
            out[f"{block}norm1.{kind}"], out[f"{block}norm2.{kind}"] = s[f"{layer}layer_norm1.{kind}"], s[f"{layer}layer_norm2.{kind}"]
            out[f"{block}attn.to_qkv.{kind}"] = torch.cat([s[f"{layer}self_attn.{p}_proj.{kind}"] for p in "qkv"])
            out[f"{block}attn.proj.{kind}"] = s[f"{layer}self_attn.out_proj.{kind}"]
            out[f"{block}mlp.0.{kind}"], out[f"{block}mlp.2.{kind}"] = s[f"{layer}mlp.fc1.{kind}"], s[f"{layer}mlp.fc2.{kind}"]
    torch.save({name: tensor.clone() for name, tensor in out.items()}, path)
    return model


@pytest.fixture(scope="module")
def anisora_v3(checkpoints: Folder, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """A folder laid out like Index-anisora/V3: one float32 file, a left-over index, .pth encoders and the tokenizer."""
    folder = tmp_path_factory.mktemp("hub") / "Index-anisora" / "V3"
    folder.mkdir(parents=True)
    state = load_file(weights(checkpoints("i2v")))
    save_file(original_names(state), folder / "diffusion_pytorch_model.safetensors")
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text('{"weight_map": {"a": "x-00001-of-00007.safetensors"}}')
    write_t5(folder / "models_t5_umt5-xxl-enc-bf16.pth")
    write_clip(folder / "models_clip_open-clip-xlm-roberta-large-vit-huge-14.pth")
    torch.save(wan21_names(AutoencoderKLWan(base_dim=2, z_dim=16).state_dict()), folder / "Wan2.1_VAE.pth")
    tiny.tokenizer().save_pretrained(folder / "google" / "umt5-xxl")
    return folder


def test_an_anisora_folder_is_recognised_by_its_name_and_its_tensors(anisora_v3: Path) -> None:
    found = match(locate(str(anisora_v3)))
    assert found.family.name == "anisora-v3"
    assert any("is whole and was taken" in note for note in found.notes)


def test_original_names_load_to_the_same_network(checkpoints: Folder, anisora_v3: Path) -> None:  # noqa: F811
    theirs = match(locate(str(checkpoints("i2v"))))
    ours = match(locate(str(anisora_v3)))
    a = load_transformer(theirs.checkpoint.high, theirs.architectures[0], heads=2, dtype=torch.float32)
    b = load_transformer(ours.checkpoint.high, ours.architectures[0], heads=2, dtype=torch.float32)
    words, picture = torch.randn(1, 8, tiny.TEXT_DIM), torch.randn(1, 17, tiny.IMAGE_DIM)
    inputs = {"hidden_states": torch.randn(1, 36, 2, 4, 4), "timestep": torch.tensor([500]), "encoder_hidden_states": words}
    with torch.no_grad():
        out = [model(**inputs, encoder_hidden_states_image=picture, return_dict=False)[0] for model in (a, b)]
    # Weights are read in place, and kernels add in another order where they lie at another offset in the file.
    torch.testing.assert_close(out[0], out[1], rtol=1e-5, atol=1e-5)


def test_weights_that_stay_on_the_device_go_there_from_the_file_and_are_cast_there(
    anisora_v3: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched = match(locate(str(anisora_v3)))
    cast_on = set()
    plain = torch.Tensor.to

    def noted(tensor: torch.Tensor, *args: Any, **more: Any) -> torch.Tensor:
        out = plain(tensor, *args, **more)
        if out.dtype != tensor.dtype:
            cast_on.add(tensor.device.type)
        return out

    monkeypatch.setattr(torch.Tensor, "to", noted)
    model = load_transformer(
        matched.checkpoint.high, matched.architectures[0], heads=2, dtype=torch.bfloat16, device=torch.device("meta")
    )
    assert cast_on == {"meta"}
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert {p.dtype for name, p in model.named_parameters() if "attn1.to_q" in name} == {torch.bfloat16}


def test_two_original_experts_get_the_config_without_clip_branch(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    source = checkpoints("i2v", clip=False, experts=2)
    for name, part in (("high_noise_model", "transformer"), ("low_noise_model", "transformer_2")):
        (tmp_path / "anisora_V3.2" / name).mkdir(parents=True)
        state = load_file(source / part / "diffusion_pytorch_model.safetensors")
        save_file(original_names(state), tmp_path / "anisora_V3.2" / name / "diffusion_pytorch_model.safetensors")
    found = match(locate(str(tmp_path / "anisora_V3.2"), base=str(source)))
    assert found.family.name == "anisora-v3.2"
    assert found.architectures[0].image_dim is None
    low = found.checkpoint.low
    assert low is not None
    model = load_transformer(low, found.architectures[1], heads=2)
    assert model.config.image_dim is None


def test_most_weights_are_bf16_and_norms_stay_wide(checkpoints: Folder) -> None:  # noqa: F811
    found = match(locate(str(checkpoints("t2v"))))
    state = load_transformer(found.checkpoint.high, found.architectures[0], heads=2).state_dict()
    assert state["blocks.0.attn1.to_q.weight"].dtype == torch.bfloat16
    assert state["blocks.0.norm2.weight"].dtype == torch.float32
    assert state["scale_shift_table"].dtype == torch.float32


def test_the_original_text_encoder_gives_the_same_embeddings(anisora_v3: Path, tmp_path: Path) -> None:
    expected = write_t5(tmp_path / "t5.pth")
    part = locate(str(anisora_v3)).text_encoder
    assert part is not None
    model = load_text_encoder(part, torch.float32)
    tokens = torch.arange(3, 12)[None]
    with torch.no_grad():
        assert torch.allclose(model(tokens).last_hidden_state, expected(tokens).last_hidden_state, atol=1e-6)


def test_the_original_image_encoder_gives_the_same_features(anisora_v3: Path, tmp_path: Path) -> None:
    expected = write_clip(tmp_path / "clip.pth")
    part = locate(str(anisora_v3)).image_encoder
    assert part is not None
    model = load_image_encoder(part)
    pixels = torch.randn(1, 3, 16, 16)
    with torch.no_grad():
        ours, theirs = (m(pixels, output_hidden_states=True).hidden_states[-2] for m in (model, expected))
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_vae_folder_loads_in_float32(checkpoints: Folder) -> None:  # noqa: F811
    part = locate(str(checkpoints("t2v"))).vae
    assert part is not None
    assert load_vae(part).dtype == torch.float32


def test_the_5b_model_is_whole_with_its_own_autoencoder_file(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    source, folder = checkpoints("ti2v"), tmp_path / "Wan2.2-TI2V-5B"
    folder.mkdir()
    save_file(original_names(load_file(weights(source))), folder / "diffusion_pytorch_model.safetensors")
    torch.save(wan22_names(tiny.vae("ti2v").state_dict()), folder / "Wan2.2_VAE.pth")
    write_t5(folder / "models_t5_umt5-xxl-enc-bf16.pth")
    tiny.tokenizer().save_pretrained(folder / "google" / "umt5-xxl")
    assert match(locate(str(folder))).family.name == "wan2.2-ti2v-5b"


def test_the_autoencoder_of_another_model_is_refused_before_anything_is_loaded(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    save_file(original_names(load_file(weights(checkpoints("t2v")))), tmp_path / "wan.safetensors")
    torch.save(wan22_names(tiny.vae("ti2v").state_dict()), tmp_path / "Wan2.2_VAE.pth", _use_new_zipfile_serialization=False)
    with pytest.raises(RenderError, match=r"gives 48 channels and 16 are expected.*Wan2\.1_VAE\.pth"):
        match(locate(str(tmp_path / "wan.safetensors"), base=str(checkpoints("t2v"))))
