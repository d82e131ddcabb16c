"""The storyboard sheet: one panel per shot on a page, as a crew would pin it to a wall.

Knows page layout, camera words and arrows. Does not know how panels are drawn (`video_core.animatic`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shotplan.errors import RenderError
from shotplan.staging.staged import StagedShot
from shotplan.vocabulary import ACTIONS, ANGLES, LENSES, MOVES, SHOT_SIZES, Language
from video_core.animatic.draw import Animatic
from video_core.animatic.lettering import measure, undrawable, wrap, write
from video_core.conditioning import Conditioning
from video_core.encode import discard

Bytes = NDArray[np.uint8]
Color = tuple[int, int, int]

COLUMNS = 3
_PAPER: Color = (250, 247, 240)
_CARD: Color = (255, 254, 251)
_INK: Color = (38, 34, 44)
_SOFT: Color = (122, 114, 124)
_RULE: Color = (214, 206, 196)
_ACCENT: Color = (196, 74, 58)

_TRANSITIONS: dict[str, dict[str, str]] = {
    "cut": {"en": "cut", "zh": "切", "ja": "カット"},
    "dissolve": {"en": "dissolve", "zh": "叠化", "ja": "ディゾルブ"},
    "fade": {"en": "fade", "zh": "淡入", "ja": "フェード"},
}
_SECONDS = {"en": "s", "zh": "秒", "ja": "秒"}
_MORE = {"en": "shots", "zh": "个镜头", "ja": "カット"}


@dataclass(frozen=True)
class Panel:
    """One shot on the sheet."""

    picture: Bytes
    """(H,W,3) RGB."""
    shot: str
    size: str
    """Labels in the sheet's language, like everything below."""
    angle: str
    move: str
    lens: str
    seconds: float
    transition: str
    action: str
    line: str
    """Dialogue with its speaker, or empty."""
    arrow: str = "static"
    """Camera move id, for the arrow drawn on the panel."""


def key_moment(staged: StagedShot) -> tuple[int, str | None]:
    """The frame that shows a shot best, and whose moment it is: the top of a jump, a contact, a spoken word, else the main action."""
    best: tuple[float, str | None] = (staged.frames / 2 / staged.fps, None)
    score = -1.0
    for action in staged.actions():
        worth = 2.0 if action.beat is not None else 1.0
        when = action.t0 + 0.55 * (action.t1 - action.t0)
        actor = staged.actor(action.actor)
        if action.apex > 0.05 and actor is not None:
            first = round(action.t0 * staged.fps)
            rise = actor.root[first : max(round(action.t1 * staged.fps), first) + 1, 1]
            if len(rise):
                when = (first + int(np.argmax(rise))) / staged.fps
            worth += 1.5
        elif action.contact_time is not None:
            when, worth = action.contact_time, worth + 1.0
        elif action.action != "stand":
            worth += 0.3
        if worth > score:
            best, score = (when, action.actor), worth
    if score < 2.5 and staged.lines:
        line = staged.lines[0]
        best = ((line.t0 * 2 + line.t1) / 3, line.speaker)
    return int(np.clip(round(best[0] * staged.fps), 0, staged.frames - 1)), best[1]


def clearest_frame(conditioning: Conditioning, wanted: int, actor: str | None = None) -> int:
    """`wanted`, or the nearest frame in which `actor` (without one: the cast) is about as well seen as anywhere in the shot."""
    cast = [a.id for a in conditioning.scene.actors]
    if not cast:
        return wanted
    which = [cast.index(actor)] if actor in cast else list(range(len(cast)))
    shown = (conditioning.joints_2d[..., 2][:, which] > 0.5).mean(axis=(1, 2))
    if shown[wanted] >= 0.75 * shown.max():
        return wanted
    good = np.flatnonzero(shown >= 0.75 * shown.max())
    return int(good[np.argmin(np.abs(good - wanted))])


def what_happens(staged: StagedShot, language: Language = "en") -> str:
    """The shot's actions in vocabulary words, for sheets without the script at hand."""
    names = {a.id: a.character.name for a in staged.actors} | {p.id: p.prop.name for p in staged.props}
    parts = []
    for action in sorted(staged.actions(), key=lambda x: x.t0):
        word = ACTIONS.label(action.action, language)
        target = f" {names[action.target]}" if action.target in names else ""
        parts.append(f"{names.get(action.actor, action.actor)}: {word}{target}")
    return ("; " if language == "en" else "；").join(dict.fromkeys(parts))


def panel_of(staged: StagedShot, conditioning: Conditioning, *, language: Language = "en", action: str = "") -> Panel:
    """Draw one shot's panel. `action` is what happens, in the script's words; without it the vocabulary's."""
    camera = staged.shot.camera
    moment, whose = key_moment(staged)
    frame = clearest_frame(conditioning, moment, whose)
    h, w = conditioning.size
    picture = Animatic(conditioning, size=(round(h * 800 / w), 800)).frame(frame, captions=False)
    names = {a.id: a.character.name for a in staged.actors}
    spoken = " ".join(f"{names.get(x.speaker, x.speaker)}: “{x.text}”" for x in staged.lines)
    return Panel(
        picture=picture,
        shot=staged.shot.id,
        size=SHOT_SIZES.label(camera.size, language),
        angle=ANGLES.label(camera.angle, language),
        move=MOVES.label(camera.move, language),
        lens=f"{LENSES.label(camera.lens, language)} {staged.camera.focal_mm[frame]:.0f} mm",
        seconds=staged.frames / staged.fps,
        transition=_TRANSITIONS[staged.shot.transition][language],
        action=action or what_happens(staged, language),
        line=spoken,
        arrow=camera.move,
    )


def storyboard(panels: Sequence[Panel], path: Path, *, title: str = "", language: Language = "en") -> Path:
    """Write the sheet as PNG: three columns, as many rows as needed.

    Raises `RenderError` when there is nothing to show or it cannot be written.
    """
    if not panels:
        raise RenderError(
            "the plan has no shots to put on a storyboard", where=str(path), todo="render at least one shot"
        )
    sheet = lay_out(panels, title=title, language=language)
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        done, payload = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        if not done:
            raise RenderError(
                "the storyboard could not be encoded as PNG", where=str(path), todo="make fewer shots per sheet"
            )
        part.write_bytes(payload.tobytes())
        os.replace(part, path)
    except OSError as e:
        discard(part)
        raise RenderError(
            f"cannot write the storyboard: {e.strerror or e}",
            where=str(path),
            todo="check the folder and the free space",
        ) from e
    return path


def lay_out(panels: Sequence[Panel], *, title: str = "", language: Language = "en") -> Bytes:
    """The sheet as an image (H,W,3) RGB."""
    columns = min(COLUMNS, len(panels))
    picture_w, gap, margin, pad = 520, 28, 44, 14
    heights = [round(picture_w * p.picture.shape[0] / p.picture.shape[1]) for p in panels]
    text_h = 168
    card_w = picture_w + 2 * pad
    rows = [heights[k : k + columns] for k in range(0, len(panels), columns)]
    top = 112
    page_w = 2 * margin + columns * card_w + (columns - 1) * gap
    page_h = top + sum(max(r) + text_h + 2 * pad + gap for r in rows) + margin - gap
    sheet = np.full((page_h, page_w, 3), _PAPER, np.uint8)
    seconds = sum(p.seconds for p in panels)
    summary = f"{len(panels)} {_MORE[language]}  ·  {seconds:.1f} {_SECONDS[language]}"
    summary_w = measure(summary, 20)
    heading = (
        wrap(title, 34, page_w - 2 * margin - summary_w - 40, weight=700, lines=1)
        if title and not undrawable(title)
        else ["Storyboard"]
    )
    write(sheet, heading[0], (margin, 66), 34, _INK, weight=700)
    write(sheet, summary, (page_w - margin - summary_w, 64), 20, _SOFT)
    cv2.line(sheet, (margin, 86), (page_w - margin, 86), _INK, 2, cv2.LINE_AA)
    y = top
    for r, row in enumerate(rows):
        for k, height in enumerate(row):
            x = margin + k * (card_w + gap)
            _card(
                sheet,
                panels[r * columns + k],
                (x, y),
                card_w,
                height,
                max(row),
                text_h,
                pad,
                r * columns + k + 1,
                language,
            )
        y += max(row) + text_h + 2 * pad + gap
    return sheet


def _card(
    sheet: Bytes,
    panel: Panel,
    at: tuple[int, int],
    width: int,
    height: int,
    tallest: int,
    text_h: int,
    pad: int,
    number: int,
    language: Language,
) -> None:
    x, y = at
    cv2.rectangle(sheet, (x, y), (x + width, y + tallest + text_h + 2 * pad), _CARD, -1)
    cv2.rectangle(sheet, (x, y), (x + width, y + tallest + text_h + 2 * pad), _RULE, 1, cv2.LINE_AA)
    inner = width - 2 * pad
    picture = np.asarray(cv2.resize(panel.picture, (inner, height), interpolation=cv2.INTER_AREA), np.uint8)
    draw_move(picture, panel.arrow)
    sheet[y + pad : y + pad + height, x + pad : x + pad + inner] = picture
    cv2.rectangle(sheet, (x + pad, y + pad), (x + pad + inner - 1, y + pad + height - 1), _INK, 2, cv2.LINE_AA)
    base = y + pad + tallest + 30
    label = f"{number}"
    cv2.circle(sheet, (x + pad + 15, base - 7), 15, _ACCENT, -1, cv2.LINE_AA)
    write(sheet, label, (x + pad + 15 - measure(label, 17, weight=700) // 2, base - 1), 17, (255, 255, 255), weight=700)
    write(sheet, panel.shot, (x + pad + 40, base), 20, _INK, weight=700)
    span = f"{panel.seconds:.1f} {_SECONDS[language]}"
    write(sheet, span, (x + pad + inner - measure(span, 20, weight=600), base), 20, _INK, weight=600)
    offset = x + pad + 40 + measure(panel.shot, 20, weight=700) + 14
    if number > 1:
        write(sheet, panel.transition, (offset, base), 16, _ACCENT, weight=500)
    camera = "  ·  ".join((panel.size, panel.angle, panel.move, panel.lens))
    for row in wrap(camera, 16, inner, weight=500, lines=1):
        write(sheet, row, (x + pad, base + 28), 16, _SOFT, weight=500)
    cv2.line(sheet, (x + pad, base + 40), (x + pad + inner, base + 40), _RULE, 1, cv2.LINE_AA)
    cursor = base + 64
    room = 4
    line_rows = (
        wrap(panel.line, 17, inner - 12, weight=500, lines=2) if panel.line and not undrawable(panel.line) else []
    )
    for row in (
        wrap(panel.action, 17, inner, lines=room - len(line_rows))
        if panel.action and not undrawable(panel.action)
        else []
    ):
        write(sheet, row, (x + pad, cursor), 17, _INK)
        cursor += 24
    for row in line_rows:
        write(sheet, row, (x + pad + 12, cursor), 17, (58, 84, 140), weight=500)
        cursor += 24


def draw_move(picture: Bytes, move: str) -> None:
    """Draw the camera move as animators do: an arrow for the way, corner marks for a push, a curve for an orbit; in place."""
    h, w = picture.shape[:2]
    kind = MOVES[move].kind
    amount = MOVES[move].amount
    m = round(h * 0.09)
    match kind:
        case "pan" | "truck" | "follow":
            sign = 1 if amount >= 0 else -1
            y = h - m
            _arrow(picture, [(w / 2 - sign * w * 0.16, y), (w / 2 + sign * w * 0.16, y)])
            if kind == "truck":
                _arrow(picture, [(w / 2 - sign * w * 0.16, y - 16), (w / 2 + sign * w * 0.16, y - 16)], head=False)
        case "tilt" | "pedestal" | "crane":
            sign = -1 if amount >= 0 else 1
            x = w - m
            _arrow(picture, [(x, h / 2 - sign * h * 0.18), (x, h / 2 + sign * h * 0.18)])
        case "dolly" | "zoom":
            inward = amount > 1 if kind == "zoom" else amount > 0
            for sx in (-1, 1):
                for sy in (-1, 1):
                    outer = np.array([w / 2 + sx * w * 0.44, h / 2 + sy * h * 0.42])
                    inner = np.array([w / 2 + sx * w * 0.33, h / 2 + sy * h * 0.31])
                    _arrow(picture, [tuple(outer), tuple(inner)] if inward else [tuple(inner), tuple(outer)])
        case "orbit":
            sign = 1 if amount >= 0 else -1
            t = np.linspace(-1, 1, 17)
            _arrow(picture, [(w / 2 + sign * v * w * 0.22, h - m - (v**2) * h * 0.10) for v in t])
        case "handheld":
            t = np.linspace(-1, 1, 25)
            _arrow(picture, [(w / 2 + v * w * 0.12, h - m + np.sin(v * 12) * h * 0.02) for v in t])
        case _:
            return


def _arrow(picture: Bytes, points: list[tuple[float, ...]], *, head: bool = True) -> None:
    line = np.rint(np.array(points, dtype=np.float64) * 16).astype(np.int32)
    tip, before = np.array(points[-1], dtype=np.float64), np.array(points[-2], dtype=np.float64)
    along = (tip - before) / max(float(np.hypot(*(tip - before))), 1e-6)
    side = np.array([-along[1], along[0]])
    size = picture.shape[0] * 0.045
    triangle = np.rint(
        np.array(
            [
                tip + along * size * 0.9,
                tip - along * size * 0.5 + side * size * 0.7,
                tip - along * size * 0.5 - side * size * 0.7,
            ]
        )
        * 16
    ).astype(np.int32)
    for color, width in (((255, 255, 255), 8), (_ACCENT, 4)):
        cv2.polylines(picture, [line], False, color, width, cv2.LINE_AA, 4)
        if head:
            cv2.polylines(picture, [triangle], True, color, width // 2, cv2.LINE_AA, 4)
            cv2.fillPoly(picture, [triangle], color, cv2.LINE_AA, 4)
