"""Pictures, clips and captions: nothing is missed in silence, sizes keep their aspect, clips are cut on the model's grid."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shotplan.errors import CharacterError
from video_core.character_lora import samples
from video_core.character_lora.dataset import Dataset, read_dataset
from video_core.character_lora.samples import bucket_size, frames_of, load_frames, pieces, said_of, samples_of
from video_core.encode import frames_of_mp4, write_mp4


def picture(path: Path, size: tuple[int, int] = (64, 96), shade: int = 120) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), shade, np.uint8)).save(path)
    return path


def clip(path: Path, frames: int = 20, fps: int = 24, size: tuple[int, int] = (64, 96)) -> Path:
    write_mp4(path, (np.full((*size, 3), n * 10, np.uint8) for n in range(frames)), fps)
    return path


def read(folder: Path, trigger: str = "hxn", otherwise: str = "a girl") -> Dataset:
    return read_dataset(folder, trigger=trigger, otherwise=otherwise)


def test_every_caption_says_the_trigger_word_once(tmp_path: Path) -> None:
    for name, caption in (("a", "a girl runs"), ("b", "hxn sleeps"), ("c", "小红在跑步")):
        picture(tmp_path / f"{name}.png", shade=ord(name))
        (tmp_path / f"{name}.txt").write_text(caption, encoding="utf-8")
    assert [s.caption for s in read(tmp_path).sources] == ["hxn, a girl runs", "hxn sleeps", "hxn, 小红在跑步"]


def test_a_caption_in_gbk_is_read(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_bytes("小红在跑步".encode("gbk"))
    dataset = read(tmp_path)
    assert dataset.sources[0].caption == "hxn, 小红在跑步"
    assert "1 captions are not UTF-8 and are read as GBK, see whether they are right: a.txt (小红在跑步)" in dataset.notes


def test_folders_in_the_folder_are_not_looked_into_and_that_is_said(tmp_path: Path) -> None:
    picture(tmp_path / "10_hana" / "a.png")
    with pytest.raises(CharacterError, match="such as 10_hana, are not looked into"):
        read(tmp_path)
    picture(tmp_path / "b.png")
    assert "1 folders in it are not looked into: 10_hana" in read(tmp_path).notes


def test_a_picture_of_16_bits_keeps_its_greys(tmp_path: Path) -> None:
    Image.fromarray(np.full((64, 96), 257 * 90, np.uint16)).save(tmp_path / "a.png")
    found = samples_of(read(tmp_path), limit=(64, 96), unit=16, longest=9, grid=4, fps=16, share=0)
    assert np.unique(load_frames(found[0])).tolist() == [90]


def test_a_picture_too_large_to_be_true_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(CharacterError, match="cannot be read"):
        read(tmp_path)


def test_missing_captions_lonely_captions_and_other_files_are_said(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.jpg", shade=3)
    (tmp_path / "A.txt").write_text("for nobody", encoding="utf-8")
    (tmp_path / "b.txt").write_text("a girl", encoding="utf-8")
    (tmp_path / "notes.psd").write_bytes(b"x")
    dataset = read(tmp_path)
    assert [s.caption for s in dataset.sources] == ["hxn, a girl", "hxn, a girl"]
    told = "\n".join(dataset.notes)
    assert "1 of 2 files have no caption and get 'a girl': a.png" in told
    assert "1 captions belong to no picture or clip: A.txt" in told
    assert "1 files are neither pictures nor clips and are left out: notes.psd" in told


@pytest.mark.parametrize(("name", "content"), [("a.png", b"not a picture"), ("a.mp4", b"not a clip"), ("a.webp", b"")])
def test_a_file_that_cannot_be_read_is_named_before_anything_is_loaded(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CharacterError, match="cannot be read") as error:
        read(tmp_path)
    assert name in str(error.value)


def test_an_empty_folder_and_two_files_with_one_caption_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CharacterError, match="no pictures and no clips"):
        read(tmp_path)
    picture(tmp_path / "a.png")
    picture(tmp_path / "a.jpg")
    with pytest.raises(CharacterError, match="share one caption"):
        read(tmp_path)


def test_what_is_held_out_stays_held_out_when_other_files_are_added(tmp_path: Path) -> None:
    for n in range(8):
        picture(tmp_path / f"p{n}.png", shade=n * 20)
    before = read(tmp_path).held_out(0.25)
    assert len(before) == 2
    picture(tmp_path / "p9.png", shade=255)
    assert len(before & read(tmp_path).held_out(0.25)) >= 1
    assert read(tmp_path).held_out(0.0) == frozenset()


@given(st.integers(64, 4000), st.integers(64, 4000), st.sampled_from([16, 32]))
def test_a_bucket_is_on_the_grid_no_larger_than_asked_and_never_enlarges(h: int, w: int, unit: int) -> None:
    limit = (480, 832)
    height, width = bucket_size((h, w), limit, unit)
    assert height % unit == 0
    assert width % unit == 0
    assert height * width <= limit[0] * limit[1]
    assert height <= h
    assert width <= w


@given(st.integers(200, 3000), st.floats(0.5, 2.0))
def test_a_bucket_keeps_the_aspect_of_the_picture(h: int, aspect: float) -> None:
    w = round(h * aspect)
    height, width = bucket_size((h, w), (480, 832), 16)
    assert abs(np.log((width / height) / (w / h))) < 0.16
    if h * w >= 480 * 832:
        assert height * width > 0.85 * 480 * 832


@given(st.integers(1, 400), st.sampled_from([12.0, 16.0, 24.0, 29.97, 60.0]), st.integers(1, 81), st.sampled_from([4, 8]))
def test_a_clip_is_cut_into_pieces_on_the_grid_that_cover_it(frames: int, fps: float, longest: int, grid: int) -> None:
    cut = pieces(frames, fps, at=16, longest=longest, grid=grid)
    assert {len(piece) % grid for piece in cut} == {1}
    assert max(map(len, cut)) <= max(1, longest)
    assert all(0 <= n < frames for piece in cut for n in piece)
    assert cut[0][0] == 0
    assert max(cut[-1]) >= frames - 1 - 2 * fps / 16 or len(cut[-1]) == 1


def test_a_clip_of_another_frame_rate_is_seen_at_the_models(tmp_path: Path) -> None:
    clip(tmp_path / "walk.mp4", frames=24, fps=24)
    dataset = read(tmp_path)
    assert (dataset.sources[0].frames, dataset.sources[0].fps) == (24, 24.0)
    found = samples_of(dataset, limit=(64, 96), unit=16, longest=81, grid=4, fps=16, share=0)
    assert found[0].numbers[:5] == (0, 1, 3, 4, 6)
    assert found[0].frames == 13
    frames = load_frames(found[0])
    assert frames.shape == (13, 64, 96, 3)
    assert [round(float(f.mean()) / 10) for f in frames[:5]] == [0, 1, 3, 4, 6]


def test_transparent_and_turned_pictures_are_seen_as_people_see_them(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    turned = Image.new("RGB", (96, 64), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    found = samples_of(read(tmp_path), limit=(96, 96), unit=16, longest=9, grid=4, fps=16, share=0)
    assert load_frames(found[0]).min() == 255
    assert found[1].size == (96, 64)


def test_buckets_and_small_pictures_are_said(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", (480, 832))
    picture(tmp_path / "b.png", (832, 480), shade=4)
    picture(tmp_path / "tiny.png", (100, 100), shade=5)
    found = samples_of(read(tmp_path), limit=(480, 832), unit=16, longest=33, grid=4, fps=16, share=0)
    told = said_of(found, (480, 832), 16)
    assert told[0] == "samples by size: 96x96: 1, 480x832: 1, 832x480: 1"
    assert "tiny.png" in told[1]


def test_a_clip_from_a_telephone_held_upright_is_seen_upright(tmp_path: Path) -> None:
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:, :32] = 240
    write_mp4(tmp_path / "a.mp4", [frame] * 5, 16)
    film = bytearray((tmp_path / "a.mp4").read_bytes())
    matrix = film.index(b"tkhd") + 8 + (20 if film[film.index(b"tkhd") + 4] == 0 else 32) + 16  # ISO/IEC 14496-12, 8.3.2
    film[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)  # shown turned clockwise
    (tmp_path / "a.mp4").write_bytes(film)
    found = samples_of(read(tmp_path), limit=(96, 64), unit=16, longest=5, grid=4, fps=16, share=0)
    seen = load_frames(found[0])
    assert seen.shape == (5, 96, 64, 3)
    assert seen[0, :28].mean() > 200
    assert seen[0, 40:].mean() < 40


def test_a_long_clip_is_decoded_once_however_many_pieces_it_is_cut_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "a.png")
    clip(tmp_path / "b.mp4", frames=24, fps=16)
    found = samples_of(read(tmp_path), limit=(64, 96), unit=16, longest=9, grid=4, fps=16, share=0)
    assert len(found) == 4
    each = [load_frames(sample) for sample in found]
    opened: list[Path] = []

    def counted(path: Path) -> Iterator[np.ndarray]:
        opened.append(path)
        return frames_of_mp4(path)

    monkeypatch.setattr(samples, "frames_of_mp4", counted)
    together = list(frames_of(found))
    assert len(opened) == 1
    assert [sample for sample, _ in together] == list(found)
    assert all(np.array_equal(a, b) for a, (_, b) in zip(each, together, strict=True))
