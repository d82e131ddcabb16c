"""A model in the folders of ComfyUI's users: each part a file of its own, among those of other models."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKLWan
from safetensors.torch import load_file, save_file
from transformers import T5EncoderModel, UMT5EncoderModel
from transformers.convert_slow_tokenizer import import_protobuf

from shotplan.errors import RenderError
from tests.video_core.backends.wan import tiny
from tests.video_core.backends.wan.conftest import MakeBackend, backend, checkpoints, shot, with_pictures  # noqa: F401
from tests.video_core.checkpoints.test_original_files import original_names, weights
from tests.video_core.checkpoints.test_original_vae import wan21_names, wan22_names
from tests.video_core.checkpoints.test_scaled import kept_in_8_bits
from video_core.backends.wan.match import match
from video_core.checkpoints.load import load_image_encoder, load_text_encoder, load_tokenizer, load_vae
from video_core.checkpoints.locate import locate
from video_core.conditioning import Conditioning

Folder = Callable[..., Path]
State = dict[str, torch.Tensor]
PIECES = ("<pad>", "</s>", "<unk>", "\u2581", *"abcdefghijklmnopqrstuvwxyz.,", "\u72d0", "\u2581fox")


def text_encoder() -> UMT5EncoderModel:
    torch.manual_seed(4)
    config = tiny.text_encoder().config
    config.num_layers = 2
    return UMT5EncoderModel(config).eval()


def autoencoder() -> AutoencoderKLWan:
    torch.manual_seed(5)
    return AutoencoderKLWan(base_dim=2, z_dim=16)


def sentence_pieces() -> torch.Tensor:
    """A model of SentencePiece, as bytes."""
    model = import_protobuf().ModelProto()
    model.trainer_spec.model_type, model.trainer_spec.unk_id = 1, 2
    for number, piece in enumerate(PIECES):
        entry = model.pieces.add()
        entry.piece, entry.score = piece, -float(number)
        entry.type = (3, 3, 2)[number] if number < 3 else 1
    return torch.frombuffer(bytearray(model.SerializeToString()), dtype=torch.uint8)


def saved(state: State, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, path)
    return path


@pytest.fixture(scope="module")
def models(checkpoints: Folder, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """ComfyUI's `models` with the parts of Wan2.1 I2V and of others."""
    home = tmp_path_factory.mktemp("ComfyUI") / "models"
    stored = original_names(load_file(weights(checkpoints("i2v"))))
    saved(stored, home / "diffusion_models" / "Wan" / "wan2.1_i2v_480p_14B_bf16.safetensors")
    saved(wan21_names(autoencoder().state_dict()), home / "vae" / "wan_2.1_vae.safetensors")
    saved(wan22_names(tiny.vae("ti2v").state_dict()), home / "vae" / "wan2.2_vae.safetensors")
    saved({"decoder.conv_in.weight": torch.zeros(900, 900)}, home / "vae" / "sdxl_vae.safetensors")
    (home / "vae" / "broken_vae.safetensors").write_bytes(b"no such file")
    state = {name: tensor for name, tensor in text_encoder().state_dict().items() if name != "encoder.embed_tokens.weight"}
    text = kept_in_8_bits(state, name="scale_weight", rows=False, dtype=torch.float8_e4m3fn)[0]
    saved(text | {"spiece_model": sentence_pieces()}, home / "text_encoders" / "umt5_xxl_fp8_e4m3fn_scaled.safetensors")
    config = tiny.text_encoder().config.to_dict() | {"d_model": 64, "num_layers": 2}
    saved(T5EncoderModel(T5EncoderModel.config_class(**config)).encoder.state_dict(), home / "text_encoders" / "t5xxl_fp16.safetensors")
    vision = {f"vision_model.{name}": tensor for name, tensor in vision_encoder().state_dict().items()}
    saved(vision | {"visual_projection.weight": torch.zeros(4, 4)}, home / "clip_vision" / "clip_vision_h.safetensors")
    return home


def vision_encoder() -> torch.nn.Module:
    made: torch.nn.Module = tiny.image_encoder()
    return made


def transformer(models: Path) -> Path:
    return next((models / "diffusion_models").rglob("*.safetensors"))


def test_every_part_is_found_by_what_is_in_it(models: Path) -> None:
    found = match(locate(str(transformer(models))))
    assert found.family.name == "wan2.1-i2v-14b"
    parts = found.checkpoint
    assert parts.vae and parts.text_encoder and parts.image_encoder and parts.tokenizer  # noqa: PT018
    assert [p.path.name for p in (parts.vae, parts.text_encoder, parts.image_encoder)] == [
        "wan_2.1_vae.safetensors", "umt5_xxl_fp8_e4m3fn_scaled.safetensors", "clip_vision_h.safetensors",
    ]  # fmt: skip
    assert parts.tokenizer == parts.text_encoder.path


def test_the_parts_are_the_same_networks(models: Path) -> None:
    parts = locate(str(transformer(models)))
    assert parts.vae and parts.text_encoder and parts.image_encoder and parts.tokenizer  # noqa: PT018
    expected = autoencoder().state_dict()
    for name, tensor in load_vae(parts.vae).state_dict().items():
        torch.testing.assert_close(tensor, expected[name])
    tokens = torch.arange(3, 12)[None]
    with torch.no_grad():
        ours, theirs = (model(tokens).last_hidden_state for model in (load_text_encoder(parts.text_encoder, torch.float32), text_encoder()))
    assert torch.nn.functional.cosine_similarity(ours, theirs, dim=-1).min() > 0.99
    pixels = torch.randn(1, 3, 16, 16)
    with torch.no_grad():
        seen = load_image_encoder(parts.image_encoder)(pixels).last_hidden_state
    assert seen.shape == vision_encoder()(pixels).last_hidden_state.shape
    tokenizer = load_tokenizer(parts.tokenizer)
    ids = tokenizer(["a fox, \u72d0"], padding="max_length", max_length=16, truncation=True).input_ids[0]
    assert ids == [PIECES.index(p) for p in ("\u2581", "a", "\u2581fox", ",", "\u2581", "\u72d0", "</s>")] + [0] * 9


def test_a_film_is_drawn_from_them(models: Path, backend: MakeBackend, shot: Conditioning) -> None:  # noqa: F811
    clip = backend(transformer(models)).render(with_pictures(shot, 0))
    assert clip.frames.std() > 1


def test_another_folder_of_models_can_be_the_base(models: Path, checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    alone = Path(shutil.copy(transformer(models), tmp_path / "wan2.1-i2v-14b-480p.safetensors"))
    with pytest.raises(RenderError, match="no VAE and no text encoder and no tokenizer and no CLIP image encoder"):
        match(locate(str(alone)))
    assert match(locate(str(alone), base=str(models))).checkpoint.tokenizer is not None
    five = original_names(load_file(weights(checkpoints("ti2v"))))
    saved(five, tmp_path / "wan2.2_ti2v_5B_fp16.safetensors")
    vae = match(locate(str(tmp_path / "wan2.2_ti2v_5B_fp16.safetensors"), base=str(models))).checkpoint.vae
    assert vae is not None
    assert vae.path.name == "wan2.2_vae.safetensors"


def test_a_text_encoder_that_is_packed_otherwise_is_refused(models: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(models, tmp_path / "models"))
    text = next((home / "text_encoders").glob("umt5*"))
    state = load_file(text)
    name = next(name for name in state if name.endswith("SelfAttention.q.weight"))
    saved(state | {name: torch.zeros(state[name].shape, dtype=torch.uint8)}, text)
    with pytest.raises(RenderError, match="packed in a way that is not read here"):
        locate(str(transformer(home)))
