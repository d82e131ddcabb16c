"""Shot sizes, camera angles, camera moves, camera sides and lens classes.

Knows the numbers each word asks for. Does not know how a camera is solved: that is staging.
Sources for sizes and angles: Katz, "Film Directing: Shot by Shot" (1991); Thompson & Bowen, "Grammar of the Shot" (2009).
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.vocabulary.term import Term, Vocabulary


@dataclass(frozen=True, kw_only=True)
class ShotSize(Term):
    """How much of the subject fills the frame.

    The reference segment runs from the top of the head down by `segment` of the body height;
    it is asked to fill `fill` of the frame height.
    """

    segment: float
    fill: float
    rank: int
    """0 is the widest."""


SHOT_SIZES: Vocabulary[ShotSize] = Vocabulary(
    "shot size",
    ShotSize(id="extreme_long", words="extreme long shot, extreme wide shot, establishing shot, ELS | 大远景 | 超ロングショット, 大ロング", segment=1.0, fill=0.14, rank=0),
    ShotSize(id="long", words="long shot, wide shot, LS, WS | 远景 | ロングショット, 遠景", segment=1.0, fill=0.34, rank=1),
    ShotSize(id="full", words="full shot, FS | 全景 | フルショット, 全身", segment=1.0, fill=0.72, rank=2),
    ShotSize(id="medium_long", words="medium long shot, cowboy shot, american shot, MLS | 中远景, 七分身 | ミディアムロングショット, 膝上", segment=0.72, fill=0.80, rank=3),
    ShotSize(id="medium", words="medium shot, waist shot, MS | 中景 | ミディアムショット, 腰上", segment=0.52, fill=0.78, rank=4),
    ShotSize(id="medium_close", words="medium close-up, bust shot, MCU | 中近景, 近景 | ミディアムクローズアップ, バストショット", segment=0.36, fill=0.76, rank=5),
    ShotSize(id="close_up", words="close-up, close up, closeup, CU | 特写, 近特写 | クローズアップ, アップ", segment=0.23, fill=0.74, rank=6),
    ShotSize(id="big_close_up", words="big close-up, tight close-up, BCU | 大特写 | ビッグクローズアップ, 大アップ", segment=0.16, fill=0.84, rank=7),
    ShotSize(id="extreme_close_up", words="extreme close-up, ECU | 极特写 | 超クローズアップ", segment=0.10, fill=0.90, rank=8),
)


@dataclass(frozen=True, kw_only=True)
class CameraAngle(Term):
    elevation: float
    """Degrees above the subject's horizon; positive looks down."""
    roll: float = 0.0
    """Degrees of tilt of the horizon."""
    relation: str = "subject"
    """`subject`, `over_shoulder` of the other person, or `pov` of the subject."""


ANGLES: Vocabulary[CameraAngle] = Vocabulary(
    "camera angle",
    CameraAngle(id="eye_level", words="eye level, straight on | 平视 | アイレベル, 目高", elevation=2.0),
    CameraAngle(id="low", words="low angle | 仰拍, 低角度 | ローアングル, あおり", elevation=-18.0),
    CameraAngle(id="high", words="high angle | 俯拍, 高角度 | ハイアングル, 俯瞰", elevation=28.0),
    CameraAngle(id="birds_eye", words="bird's eye, overhead, top shot | 鸟瞰, 顶拍 | 真俯瞰, 鳥瞰", elevation=62.0),
    CameraAngle(id="worms_eye", words="worm's eye | 虫视, 极低角度 | 虫の目", elevation=-32.0),
    CameraAngle(id="dutch", words="dutch angle, canted angle | 荷兰角, 倾斜角 | ダッチアングル, 斜め構図", elevation=4.0, roll=14.0),
    CameraAngle(id="over_shoulder", words="over the shoulder, over-the-shoulder, OTS | 过肩 | 肩越し", elevation=6.0, relation="over_shoulder"),
    CameraAngle(id="pov", words="point of view, POV | 主观视角 | 主観ショット, 見た目", elevation=0.0, relation="pov"),
)


@dataclass(frozen=True, kw_only=True)
class CameraMove(Term):
    kind: str
    """static, pan, tilt, zoom, dolly, truck, pedestal, orbit, follow, crane or handheld."""
    amount: float = 0.0
    """Signed size of the move. Degrees for pan, tilt, orbit; focal ratio for zoom; fraction of the subject distance otherwise."""


MOVES: Vocabulary[CameraMove] = Vocabulary(
    "camera move",
    CameraMove(id="static", words="static, locked off, fixed | 固定镜头, 静止 | フィックス, 固定", kind="static"),
    CameraMove(id="pan_left", words="pan left | 左摇 | 左パン", kind="pan", amount=-14.0),
    CameraMove(id="pan_right", words="pan right | 右摇 | 右パン", kind="pan", amount=14.0),
    CameraMove(id="tilt_up", words="tilt up | 上摇 | ティルトアップ", kind="tilt", amount=9.0),
    CameraMove(id="tilt_down", words="tilt down | 下摇 | ティルトダウン", kind="tilt", amount=-9.0),
    CameraMove(id="dolly_in", words="dolly in, push in, track in | 推镜头, 推近 | ドリーイン, トラックアップ", kind="dolly", amount=0.22),
    CameraMove(id="dolly_out", words="dolly out, pull out, pull back, track out | 拉镜头, 拉远 | ドリーアウト, トラックバック", kind="dolly", amount=-0.22),
    CameraMove(id="truck_left", words="truck left, track left | 左移 | 左トラック", kind="truck", amount=-0.25),
    CameraMove(id="truck_right", words="truck right, track right | 右移 | 右トラック", kind="truck", amount=0.25),
    CameraMove(id="pedestal_up", words="pedestal up, boom up | 升镜头 | ペデスタルアップ", kind="pedestal", amount=0.15),
    CameraMove(id="pedestal_down", words="pedestal down, boom down | 降镜头 | ペデスタルダウン", kind="pedestal", amount=-0.15),
    CameraMove(id="zoom_in", words="zoom in | 变焦推近, 放大 | ズームイン", kind="zoom", amount=1.3),
    CameraMove(id="zoom_out", words="zoom out | 变焦拉远, 缩小 | ズームアウト", kind="zoom", amount=0.77),
    CameraMove(id="orbit_left", words="orbit left, arc left | 左环绕 | 左オービット", kind="orbit", amount=-28.0),
    CameraMove(id="orbit_right", words="orbit right, arc right | 右环绕 | 右オービット", kind="orbit", amount=28.0),
    CameraMove(id="follow", words="follow, tracking shot, track | 跟拍, 跟随 | フォロー, 追従", kind="follow"),
    CameraMove(id="crane_up", words="crane up, crane | 摇臂上升 | クレーンアップ", kind="crane", amount=0.45),
    CameraMove(id="handheld", words="handheld, hand-held, shaky | 手持 | 手持ち", kind="handheld", amount=0.6),
)


@dataclass(frozen=True, kw_only=True)
class CameraSide(Term):
    """Where the camera stands around the subject. `azimuth` is degrees from the subject's facing (positive: its left),
    or from the audience direction (+Z, positive: toward +X) when `of_stage`."""

    azimuth: float
    of_stage: bool = False


SIDES: Vocabulary[CameraSide] = Vocabulary(
    "camera side",
    CameraSide(id="audience", words="audience side, from the house | 观众侧 | 客席側", azimuth=0.0, of_stage=True),
    CameraSide(id="audience_left", words="audience left | 观众左侧 | 客席左", azimuth=-35.0, of_stage=True),
    CameraSide(id="audience_right", words="audience right | 观众右侧 | 客席右", azimuth=35.0, of_stage=True),
    CameraSide(id="front", words="front, frontal | 正面 | 正面", azimuth=0.0),
    CameraSide(id="three_quarter_left", words="three-quarter left | 左前侧 | 左斜め前", azimuth=40.0),
    CameraSide(id="three_quarter_right", words="three-quarter right | 右前侧 | 右斜め前", azimuth=-40.0),
    CameraSide(id="profile_left", words="left profile | 左侧面 | 左横", azimuth=90.0),
    CameraSide(id="profile_right", words="right profile | 右侧面 | 右横", azimuth=-90.0),
    CameraSide(id="back", words="back, from behind | 背面, 背后 | 背面, 後ろ", azimuth=180.0),
)


@dataclass(frozen=True, kw_only=True)
class LensClass(Term):
    focal_mm: float
    """Millimetres on a 36 mm-wide frame."""


LENSES: Vocabulary[LensClass] = Vocabulary(
    "lens",
    LensClass(id="ultra_wide", words="ultra wide lens | 超广角 | 超広角", focal_mm=18.0),
    LensClass(id="wide", words="wide lens, wide angle | 广角 | 広角", focal_mm=28.0),
    LensClass(id="normal", words="normal lens, standard lens | 标准镜头 | 標準", focal_mm=45.0),
    LensClass(id="long", words="long lens, telephoto | 长焦 | 望遠", focal_mm=85.0),
    LensClass(id="tele", words="super telephoto | 超长焦 | 超望遠", focal_mm=135.0),
)
