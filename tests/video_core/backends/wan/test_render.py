"""The backend as a film uses it: every way of conditioning gives frames and says what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from shotplan.errors import EkonteError, RenderError
from tests.video_core.backends.wan.conftest import MakeBackend, with_pictures
from video_core.animatic.draw import Animatic
from video_core.backends import make_backend
from video_core.backends.backend import Clip, ControlUse
from video_core.backends.wan import animate
from video_core.checkpoints.load import load_vae
from video_core.checkpoints.locate import Part
from video_core.checkpoints.taehv import FastDecoder, load_taehv
from video_core.conditioning import Conditioning
from video_core.planner import Machine

Folder = Callable[..., Path]


def use(clip: Clip, control: str) -> str:
    return next((row.use for row in clip.report if row.control == control), "not said")


def test_a_film_frame_that_does_not_fit_names_the_nearest_that_does(checkpoints: Folder, backend: MakeBackend) -> None:
    with pytest.raises(RenderError, match="--size 480x832"):
        backend(checkpoints("t2v")).check_film((484, 836), 16)


def test_too_little_memory_is_said_before_loading(checkpoints: Folder, backend: MakeBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("video_core.backends.wan.parts.machine_here", lambda: Machine(None, ram=0.0))
    with pytest.raises(RenderError, match=r"does not fit on CPU.*GB of RAM"):
        backend(checkpoints("t2v")).check_film((480, 832), 16)


def test_an_unknown_setting_lists_the_known_ones() -> None:
    with pytest.raises(RenderError, match=r"no setting 'stepps'.*steps"):
        make_backend("wan", {"stepps": "4"})


def test_image_to_video_without_a_first_frame_says_what_to_give(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    with pytest.raises(EkonteError, match="first frame"):
        backend(checkpoints("i2v", clip=False, experts=2)).render(with_pictures(shot))


def test_which_pictures_a_model_must_have(checkpoints: Folder, backend: MakeBackend) -> None:
    assert backend(checkpoints("t2v")).key_frames_needed(40) == ()
    assert backend(checkpoints("i2v")).key_frames_needed(40) == (0,)
    assert backend(checkpoints("flf2v"), clip_frames=21).key_frames_needed(40) == (0, 20, 39)
    assert backend(checkpoints("vace")).key_frames_needed(40) == ()


def test_first_and_last_frame_are_both_taken(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    clip = backend(checkpoints("flf2v")).render(shot)
    assert clip.frames.shape == (9, *shot.size, 3)
    assert use(clip, "first frame") == use(clip, "last frame") == "honoured"


def test_anisora_takes_key_frames_anywhere_and_says_where_they_went(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    made = backend(checkpoints("i2v", clip=False, experts=2), model="anisora-v3.2", placement="compat")
    clip = made.render(with_pictures(shot, 0, 7))
    assert use(clip, "key frame 7") == "approximated"
    assert use(clip, "motion_score") != "ignored"
    assert use(clip, "negative_prompt") == "ignored"


def test_anymask_keeps_pixels_by_mask(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    given = with_pictures(shot, 0)
    keep = np.zeros_like(given.keep_mask)
    keep[0, :, :16] = 255
    clip = backend(checkpoints("i2v"), model="anisora-anymask").render(replace(given, keep_mask=keep))
    assert use(clip, "keep mask") == "honoured"


def test_wan_animate_takes_the_characters_own_picture_before_one_the_animatic_drew(shot: Conditioning, tmp_path: Path) -> None:
    own = np.random.default_rng(1).integers(0, 255, (40, 30, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "own.png"), own[..., ::-1])
    actor = shot.scene.actors[0]
    cards = (actor.model_copy(update={"references": (str(tmp_path / "own.png"),)}), *shot.scene.actors[1:])
    known = replace(shot, scene=shot.scene.model_copy(update={"actors": cards}))
    drawn = replace(known, key_frames=Animatic(known).frame(0, captions=False)[None], key_frame_numbers=np.array([0], np.int32))
    picture, uses = animate._reference(drawn, actor.id)
    assert np.array_equal(picture, own)
    assert [(use.control, use.use) for use in uses] == [("references", "honoured"), ("key_frames", "ignored")]
    art = with_pictures(known, 0)
    assert np.array_equal(animate._reference(art, actor.id)[0], art.key_frames[0])


def test_ati_draws_a_clip_whose_first_frame_shows_no_point(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    unseen = shot.tracks.copy()
    unseen[0, :, 2] = 0
    clip = backend(checkpoints("i2v"), model="wan2.1-ati-14b").render(replace(with_pictures(shot, 0), tracks=unseen))
    assert [use.use for use in clip.report if use.control == "tracks"] == ["ignored"]
    assert clip.frames.shape == (shot.frames, *shot.size, 3)


def test_wan_animate_drives_a_picture_with_the_staged_skeleton(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    clip = backend(checkpoints("animate")).render(with_pictures(shot, 0))
    assert use(clip, "joints") == "honoured"
    assert clip.frames.shape == (9, *shot.size, 3)


def test_point_tracks_carry_the_first_frame(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    clip = backend(checkpoints("i2v"), model="wan2.1-ati-14b").render(with_pictures(shot, 0))
    assert use(clip, "tracks") in ("honoured", "approximated")


def test_a_shot_that_is_longer_than_a_clip_is_drawn_in_clips_and_says_so(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning
) -> None:
    clip = backend(checkpoints("vace"), steps=1, clip_frames=5, overlap=1).render(with_pictures(shot, 0))
    assert clip.frames.shape[0] == 9
    assert "2 clips of 5 frames" in next(row.reason for row in clip.report if row.control == "one take")
    assert clip.joins == (5,)


def test_a_retake_with_a_stronger_control_turns_up_the_scale_of_vace(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning
) -> None:
    made = backend(checkpoints("vace"), steps=1, control="depth")
    assert made.retakes(shot).control
    stronger = replace(shot, scene=shot.scene.model_copy(update={"control_strength": 1.6}))
    as_set, again = made.render(shot), made.render(stronger)
    assert "VACE scale 1.6" in next(row.reason for row in again.report if row.control == "control_strength")
    assert not np.array_equal(as_set.frames, again.frames)
    assert np.array_equal(again.frames, backend(checkpoints("vace"), steps=1, control="depth", control_strength=1.6).render(shot).frames)


def test_a_model_without_a_scale_offers_no_stronger_control_and_says_why(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning
) -> None:
    possible = backend(checkpoints("i2v")).retakes(shot)
    assert possible.seed
    assert not possible.control
    assert "no scale for its condition" in possible.why


def test_same_seed_same_film_and_another_seed_another(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    bare = with_pictures(shot)
    first, again = (backend(checkpoints("t2v"), steps=1).render(bare).frames for _ in range(2))
    other = backend(checkpoints("t2v"), steps=1).render(replace(bare, scene=bare.scene.model_copy(update={"seed": 4}))).frames
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_words_and_pictures_are_encoded_once(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, settings = with_pictures(shot, 0), {"steps": 1}
    expected = backend(checkpoints("i2v", clip=False, experts=2), **settings).render(given).frames
    monkeypatch.setattr("video_core.backends.wan.parts.load_text_encoder", _never)
    monkeypatch.setattr("diffusers.AutoencoderKLWan.encode", _never)
    assert np.array_equal(backend(checkpoints("i2v", clip=False, experts=2), **settings).render(given).frames, expected)


def _never(*arguments: Any, **more: Any) -> Any:
    raise AssertionError("it was kept on disk already")


def test_version_changes_with_what_changes_the_picture(checkpoints: Folder, backend: MakeBackend, tmp_path: Path) -> None:
    folder = checkpoints("t2v")
    plain = backend(folder).version()
    assert backend(folder, cache=str(tmp_path)).version() == plain
    assert backend(folder, steps=3).version() != plain
    assert backend(folder, option=("weights=fp8_storage",)).version() != plain


def test_a_lora_changes_the_film_and_two_experts_need_two(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    names = {"blocks.0.attn1.to_q": (24, 24), "blocks.1.ffn.net.2": (24, 32)}
    tensors = {f"{n}.lora_A.weight": torch.randn(2, i) for n, (_, i) in names.items()}
    tensors |= {f"{n}.lora_B.weight": torch.randn(o, 2) for n, (o, _) in names.items()}
    save_file(tensors, tmp_path / "style.safetensors")
    lora = str(tmp_path / "style.safetensors")
    bare = with_pictures(shot)
    plain = backend(checkpoints("t2v"), steps=1)
    styled = backend(checkpoints("t2v"), steps=1, lora=(lora,))
    assert plain.version() != styled.version()
    assert not np.array_equal(plain.render(bare).frames, styled.render(bare).frames)
    with pytest.raises(RenderError, match="lora_low"):
        backend(checkpoints("t2v", experts=2), lora=(lora,)).check()


def test_the_fast_decoder_gives_as_many_frames_of_the_same_size(
    checkpoints: Folder, backend: MakeBackend, shot: Conditioning, tmp_path: Path
) -> None:
    path = tmp_path / "taew2_1.safetensors"
    torch.manual_seed(0)
    save_file(FastDecoder(16, 1).state_dict(), path)
    clip = backend(checkpoints("t2v"), steps=1, taehv=str(path)).render(with_pictures(shot))
    assert clip.frames.shape == (9, *shot.size, 3)
    with pytest.raises(RenderError, match="taew2_2"):
        backend(checkpoints("ti2v"), taehv=str(path)).check()


def test_the_fast_decoder_sees_only_the_past(tmp_path: Path) -> None:
    path = tmp_path / "taew2_1.safetensors"
    torch.manual_seed(0)
    save_file(FastDecoder(16, 1).state_dict(), path)
    decoder = load_taehv(path, 16)
    latents = torch.randn(1, 16, 3, 2, 2)
    changed = latents.clone()
    changed[:, :, 2] += 1
    with torch.no_grad():
        a, b = decoder.decode(latents), decoder.decode(changed)
    assert a.shape == (1, 3, 9, 16, 16)
    assert torch.equal(a[:, :, :5], b[:, :, :5])
    assert not torch.equal(a[:, :, 5:], b[:, :, 5:])


def test_the_vae_of_a_checkpoint_decodes_what_it_encodes_at_the_same_size(checkpoints: Folder) -> None:
    vae = load_vae(Part(checkpoints("t2v") / "vae"))
    with torch.no_grad():
        latents = vae.encode(torch.zeros(1, 3, 9, 32, 64)).latent_dist.mode()
        assert vae.decode(latents, return_dict=False)[0].shape == (1, 3, 9, 32, 64)


def test_what_the_model_cannot_read_of_a_prompt_is_said(checkpoints: Folder, backend: MakeBackend, shot: Conditioning) -> None:
    made = backend(checkpoints("i2v"))

    def prompt_of(words: str) -> ControlUse:
        clip = made.render(replace(shot, scene=shot.scene.model_copy(update={"prompt": words})))
        return next(use for use in clip.report if use.control == "prompt")

    assert prompt_of("a fox " * 80).use == "honoured"
    cut = prompt_of("a fox " * 84 + "and then the owl looks up")
    assert cut.use == "approximated"
    assert cut.reason.endswith("left out is its end, from: the owl looks up")
