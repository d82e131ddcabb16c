"""Films, files and sheets."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from shotplan.errors import RenderError
from tests.video_core import puppets
from video_core.backends.backend import Clip
from video_core.encode import read_mp4, write_mp4
from video_core.production.storyboard import clearest_frame, draw_move, key_moment, panel_of, storyboard
from video_core.production.transitions import Take, film_length, join, write_film
from video_core.rasterise import condition


def _plain(color: int, count: int, size: tuple[int, int] = (64, 96)) -> np.ndarray:
    return np.full((count, *size, 3), color, np.uint8)


def test_a_film_comes_back_from_the_disk_with_its_pictures(tmp_path: Path) -> None:
    frames = np.concatenate([_plain(30, 6), _plain(200, 6)])
    assert write_mp4(tmp_path / "a.mp4", iter(frames), 16) == 12
    back, fps = read_mp4(tmp_path / "a.mp4")
    assert fps == 16
    assert back.shape == frames.shape
    assert abs(int(back[2].mean()) - 30) < 6
    assert abs(int(back[9].mean()) - 200) < 6
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_film_says_how_its_colours_are_written(tmp_path: Path) -> None:
    frame = np.zeros((720, 96, 3), np.uint8)
    bars = ((200, 40, 40), (40, 180, 60), (40, 60, 200))
    for n, colour in enumerate(bars):
        frame[:, 32 * n : 32 * n + 32] = colour
    write_mp4(tmp_path / "a.mp4", iter([frame] * 2), 16)
    with av.open(str(tmp_path / "a.mp4")) as film:
        told = film.streams.video[0].codec_context
        assert (told.colorspace, told.color_range, told.color_primaries, told.color_trc) == (6, 1, 1, 1)
    back, _ = read_mp4(tmp_path / "a.mp4")
    for n, colour in enumerate(bars):
        assert np.abs(back[0, 360, 32 * n + 16].astype(int) - colour).max() <= 4


def test_a_film_that_breaks_halfway_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield from _plain(10, 3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_mp4(tmp_path / "a.mp4", broken(), 16)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_and_an_empty_film_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RenderError, match="check the folder"):
        write_mp4(tmp_path / "file" / "a.mp4", iter(_plain(0, 2)), 16)
    with pytest.raises(RenderError, match="no frames"):
        write_mp4(tmp_path / "a.mp4", iter(()), 16)
    with pytest.raises(RenderError, match="cannot read"):
        read_mp4(tmp_path / "file")


@pytest.mark.parametrize("how", ["cut", "dissolve", "fade"])
def test_the_film_is_as_long_as_announced(how: str) -> None:
    takes = [Take(iter(_plain(40, 20)), 20), Take(iter(_plain(220, 24)), 24, how), Take(iter(_plain(90, 18)), 18, how)]
    frames = list(join(takes, 16))
    assert len(frames) == film_length([(20, "cut"), (24, how), (18, how)], 16)


def test_a_dissolve_mixes_and_a_fade_passes_through_black() -> None:
    levels = [int(f.mean()) for f in join([Take(_plain(40, 20), 20), Take(_plain(220, 20), 20, "dissolve")], 16)]
    between = [v for v in levels if 45 < v < 215]
    assert len(between) == 6
    assert between == sorted(between)
    faded = [int(f.mean()) for f in join([Take(_plain(120, 20), 20), Take(_plain(120, 20), 20, "fade")], 16)]
    assert min(faded) < 40
    assert faded[0] == 120
    assert faded[-1] == 120


def test_clips_are_joined_into_one_file(tmp_path: Path) -> None:
    clips = [Clip(_plain(50, 12), 16, (), 0.0), Clip(_plain(150, 12, (60, 90)), 16, (), 0.0)]
    assert write_film(tmp_path / "film.mp4", clips, 16, ["cut", "dissolve"]) == 20
    assert read_mp4(tmp_path / "film.mp4")[0].shape == (20, 64, 96, 3)


def test_the_panel_shows_the_moment_in_which_its_actor_is_seen() -> None:
    staged = puppets.fox_jump(24)
    bundle = condition(staged, size=(120, 208))
    moment, whose = key_moment(staged)
    assert 0 <= moment < 24
    assert whose is None
    frame = clearest_frame(bundle, 0, "fox")
    assert (bundle.joints_2d[frame, 0, :, 2] > 0.5).mean() >= 0.7


@pytest.mark.parametrize(("language", "count"), [("en", 1), ("zh", 4), ("ja", 7)])
def test_a_sheet_has_three_columns_and_one_card_per_shot(tmp_path: Path, language: str, count: int) -> None:
    staged = puppets.talk(8)
    panel = panel_of(staged, condition(staged, size=(120, 208)), language=language)  # type: ignore[arg-type]
    path = storyboard([panel] * count, tmp_path / "sheet.png", title="狐狸", language=language)  # type: ignore[arg-type]
    sheet = cv2.imread(str(path))
    columns, rows = min(count, 3), -(-count // 3)
    assert sheet.shape[1] == 88 + columns * 548 + (columns - 1) * 28
    assert sheet.shape[0] > rows * 440
    assert (sheet < 90).all(axis=-1).mean() > 0.01


def test_every_moving_camera_has_an_arrow_and_a_static_one_has_none() -> None:
    from shotplan.vocabulary import MOVES

    for move in MOVES:
        picture = np.full((180, 312, 3), 128, np.uint8)
        draw_move(picture, move)
        assert bool((picture != 128).any()) is (move != "static")


def test_a_sheet_without_shots_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no shots"):
        storyboard([], tmp_path / "sheet.png")
