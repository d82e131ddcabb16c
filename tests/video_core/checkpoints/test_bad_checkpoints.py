"""What a user is told, in one line and before anything heavy is loaded, when a checkpoint cannot be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from shotplan.errors import RenderError
from tests.video_core.backends.wan.conftest import checkpoints  # noqa: F401
from video_core.backends.wan.match import match
from video_core.checkpoints.locate import locate

Folder = Callable[..., Path]


@pytest.fixture
def copy(checkpoints: Folder, tmp_path: Path) -> Folder:  # noqa: F811
    """A copy of a tiny checkpoint that a test may damage."""

    def make(kind: str, **options: object) -> Path:
        return Path(shutil.copytree(checkpoints(kind, **options), tmp_path / kind))

    return make


def weights(folder: Path) -> Path:
    return folder / "transformer" / "diffusion_pytorch_model.safetensors"


def told(folder: Path | str, model: str = "auto", **parts: str) -> str:
    with pytest.raises(RenderError) as caught:
        match(locate(str(folder), **parts), model)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_checkpoint_of_another_kind_is_named_with_the_model_to_give_instead(checkpoints: Folder) -> None:  # noqa: F811
    message = told(checkpoints("t2v"), "anisora-v3")
    assert "text-to-video" in message
    assert "wan2.1-t2v-1.3b" in message


def test_anisora_v32_is_refused_for_a_model_with_clip_branch(checkpoints: Folder) -> None:  # noqa: F811
    assert "CLIP" in told(checkpoints("i2v"), "anisora-v3.2")


def test_a_missing_expert_is_named(copy: Folder) -> None:
    folder = copy("i2v", clip=False, experts=2)
    shutil.rmtree(folder / "transformer_2")
    assert "low-noise expert is missing" in told(folder)


def test_one_file_of_two_experts_asks_for_the_other(copy: Folder) -> None:
    folder = copy("i2v", clip=False, experts=2)
    assert "checkpoint_low" in told(weights(folder), base=str(folder))


@pytest.mark.parametrize("name", ["wan2.2_t2v_high_noise_14B_fp8_scaled", "Wan2_2-T2V-A14B_HIGH_bf16"])
def test_a_lone_expert_of_wan22_is_not_taken_for_the_wan21_model_of_the_same_shape(copy: Folder, name: str) -> None:
    folder = copy("t2v")
    single = weights(folder).rename(folder / f"{name}.safetensors")
    assert "other expert is missing" in told(single, base=str(folder))
    assert match(locate(str(single), base=str(folder)), "wan2.1-t2v-1.3b").family.experts == 1
    kept = folder / "wan2.2" / "Wan2_1-T2V-14B_bf16.safetensors"
    kept.parent.mkdir()
    assert match(locate(str(single.rename(kept)), base=str(folder))).family.experts == 1


def test_parts_of_the_base_are_looked_at_too(copy: Folder) -> None:
    folder = copy("t2v")
    shard = next((folder / "text_encoder").glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-8])
    assert "cut short" in told(weights(folder), base=str(folder))
    shard.unlink()
    assert "no weights for the text encoder" in told(weights(folder), base=str(folder))


def test_one_shard_asks_for_its_folder(copy: Folder) -> None:
    folder = copy("t2v")
    shard = weights(folder).rename(folder / "transformer" / "diffusion_pytorch_model-00001-of-00007.safetensors")
    message = told(shard, base=str(folder))
    assert "one of the 7 files" in message
    assert f"give its folder, {folder / 'transformer'}" in message


def test_a_repository_of_several_models_names_their_folders(copy: Folder) -> None:
    folder = copy("i2v")
    for version in ("V3", "V3.1"):
        (folder / "Index-anisora" / version).mkdir(parents=True)
        shutil.copy(weights(folder), folder / "Index-anisora" / version)
    (folder / "Index-anisora" / "V3.2" / "high_noise_model").mkdir(parents=True)
    assert "give one of its folders: V3, V3.1, V3.2" in told(folder / "Index-anisora")


def test_experts_given_the_wrong_way_round_are_refused(copy: Folder) -> None:
    folder = copy("t2v", experts=2)
    high, low = (folder / f"Wan2.2-T2V-A14B-{level}Noise.safetensors" for level in ("High", "Low"))
    shutil.copy(weights(folder), high)
    shutil.copy(weights(folder), low)
    assert "wrong way round" in told(low, low=str(high), base=str(folder))
    assert match(locate(str(high), low=str(low), base=str(folder))).family.name == "wan2.2-t2v-a14b"


def test_a_relative_that_takes_other_inputs_is_refused_before_loading(copy: Folder) -> None:
    folder = copy("t2v")
    state = load_file(weights(folder))
    state["patch_embedding.weight"] = torch.zeros(24, 52, 1, 2, 2)
    save_file(state, folder / "Wan2.2-Fun-A14B-Control.safetensors")
    assert "52 input channels is not driven here" in told(folder / "Wan2.2-Fun-A14B-Control.safetensors", base=str(folder))


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Wan2_1-I2V-14B-720P_fp8_e4m3fn.safetensors", "wan2.1-i2v-14b-720p"),
        ("wan2.1_i2v_720p_14B_fp8_scaled.safetensors", "wan2.1-i2v-14b-720p"),
        ("wan2.1-i2v-14b-480p.safetensors", "wan2.1-i2v-14b"),
        ("Wan2_1-I2V-ATI-14B_fp8_e4m3fn.safetensors", "wan2.1-ati-14b"),
        ("bytedance-research/ATI/diffusion_pytorch_model.safetensors", "wan2.1-ati-14b"),
        ("Index-anisora/14B/diffusion_pytorch_model.safetensors", "anisora-v2"),
        ("Index-anisora/V3.1/diffusion_pytorch_model.safetensors", "anisora-v3.1"),
        ("Index-anisora/anymask/diffusion_pytorch_model.safetensors", "anisora-anymask"),
    ],
)
def test_the_name_tells_models_of_one_shape_apart(copy: Folder, name: str, family: str) -> None:
    folder = copy("i2v")
    single = folder / name
    single.parent.mkdir(parents=True, exist_ok=True)
    weights(folder).rename(single)
    assert match(locate(str(single), base=str(folder))).family.name == family


def test_the_name_counts_from_inside_its_folder_too(copy: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy("i2v")
    inside = folder / "Index-anisora" / "V3.1"
    inside.mkdir(parents=True)
    weights(folder).rename(inside / "diffusion_pytorch_model.safetensors")
    monkeypatch.chdir(inside.parent)
    assert match(locate("V3.1", base=str(folder))).family.name == "anisora-v3.1"
    monkeypatch.chdir(inside)
    assert match(locate(".", base=str(folder))).family.name == "anisora-v3.1"


def test_an_anisora_file_of_no_known_version_is_told(copy: Folder) -> None:
    folder = copy("i2v")
    single = weights(folder).rename(folder / "Wan2_1-Anisora-I2V-480P-14B_fp8_e4m3fn.safetensors")
    found = match(locate(str(single), base=str(folder)))
    assert found.family.name == "wan2.1-i2v-14b"
    assert any("says AniSora but not which" in note for note in found.notes)


def test_a_truncated_file_says_how_much_is_missing(copy: Folder) -> None:
    folder = copy("t2v")
    content = weights(folder).read_bytes()
    weights(folder).write_bytes(content[: len(content) // 2])
    assert "cut short" in told(folder)


def test_a_pointer_file_is_not_taken_for_weights(copy: Folder) -> None:
    folder = copy("t2v")
    weights(folder).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", encoding="ascii")
    assert "Git LFS pointer" in told(folder)


def test_missing_shards_are_counted(copy: Folder) -> None:
    folder = copy("t2v")
    weights(folder).rename(folder / "transformer" / "diffusion_pytorch_model-00001-of-00002.safetensors")
    index = {"weight_map": {name: f"diffusion_pytorch_model-0000{name}-of-00002.safetensors" for name in "12"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert "1 of 2 weight files" in told(folder)


def test_a_left_over_shard_index_beside_a_whole_file_is_seen_through_and_told(copy: Folder) -> None:
    folder = copy("t2v")
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00007.safetensors"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert any("is whole and was taken" in note for note in match(locate(str(folder))).notes)


def test_a_hub_id_that_was_never_downloaded_says_what_to_download() -> None:
    assert "hf download Wan-AI/Wan2.2-I2V-A14B-Diffusers" in told("Wan-AI/Wan2.2-I2V-A14B-Diffusers")


def test_a_path_that_does_not_exist_is_no_hub_id(tmp_path: Path) -> None:
    assert "no such file or folder" in told(tmp_path / "nowhere.safetensors")


def test_no_checkpoint_at_all_says_which_option_to_give() -> None:
    assert "--checkpoint" in told("")


def test_a_lora_given_as_checkpoint_is_recognised(tmp_path: Path) -> None:
    save_file({"blocks.0.self_attn.q.lora_down.weight": torch.zeros(4, 8)}, tmp_path / "lora.safetensors")
    assert "LoRA" in told(tmp_path / "lora.safetensors")


def test_a_vae_given_as_checkpoint_is_recognised(checkpoints: Folder) -> None:  # noqa: F811
    assert "VAE" in told(checkpoints("t2v") / "vae" / "diffusion_pytorch_model.safetensors")


def test_a_text_encoder_of_another_width_is_refused(copy: Folder) -> None:
    folder = copy("t2v")
    config = json.loads((folder / "text_encoder" / "config.json").read_text(encoding="utf-8"))
    (folder / "text_encoder" / "config.json").write_text(json.dumps(config | {"d_model": 4096}), encoding="utf-8")
    assert "gives 4096 channels and 32 are expected" in told(folder)


def test_a_transformer_alone_asks_for_the_other_parts(checkpoints: Folder, tmp_path: Path) -> None:  # noqa: F811
    alone = tmp_path / "model.safetensors"
    shutil.copy(weights(checkpoints("t2v")), alone)
    message = told(alone)
    assert "no VAE" in message
    assert "base=" in message


def test_an_unknown_model_name_lists_the_known_ones(checkpoints: Folder) -> None:  # noqa: F811
    assert "anisora-v3.2" in told(checkpoints("t2v"), "wan9")
