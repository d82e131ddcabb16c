"""What a script asks of the camera, in vocabulary ids: `the camera pans left`, `close-up on her face`, `镜头推近`, `カメラが寄る`.

Knows the words of the trade in English, Chinese and Japanese. Does not know where in a script such an order stands (`orders`) nor
which shot it is for (`agents.roles`).
Sources for the words: Katz, "Film Directing: Shot by Shot" (1991); Trottier, "The Screenwriter's Bible" (2014), on shots in scripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from shotplan.vocabulary import Language


@dataclass(frozen=True)
class CameraOrder:
    """What an order asks for; None where it leaves that open."""

    size: str | None = None
    angle: str | None = None
    move: str | None = None
    side: str | None = None
    lens: str | None = None

    @property
    def empty(self) -> bool:
        return not (self.size or self.angle or self.move or self.side or self.lens)


_LEFT, _RIGHT = r"(?:to (?:the |its |our )?|towards? (?:the )?)?left(?:ward|wards)?", r"(?:to (?:the |its |our )?|towards? (?:the )?)?right(?:ward|wards)?"
_UP, _DOWN = r"(?:up(?:ward|wards)?)\b", r"(?:down(?:ward|wards)?)\b"
_GO = r"(?:mov|glid|slid|float|drift|travel|creep|inch|com|go|goes|fli|fly|shift|sweep|swoop)\w*"
_FROM = r"(?:from (?:the )?right (?:side )?to (?:the )?left\b)"
_OVER = r"(?:from (?:the )?left (?:side )?to (?:the )?right\b)"
_GAP = r"(?:\W+(?!and\b|then\b|left\b|right\b)[\w'’-]+){0,5}?\W+"

EN: tuple[tuple[str, str, str], ...] = (
    ("move", "zoom_out", r"\bwiden(?:s|ed|ing)?\b|\bzoom(?:s|ed|ing)?\b(?:\W+\w+)?\W+(?:out|back|away)\b"),
    ("move", "zoom_in", r"\btighten(?:s|ed|ing)?\b|\b(?:crash[- ])?zoom(?:s|ed|ing)?\b"),
    ("move", "tilt_down", rf"\b(?:tilt\w*|pan(?:s|ned|ning)?|looks?|angles?)\b(?:\W+\w+)?\W+{_DOWN}"),
    ("move", "tilt_up", rf"\b(?:tilt\w*|pan(?:s|ned|ning)?|looks?|angles?)\b(?:\W+\w+)?\W+{_UP}|\btilt(?:s|ed|ing)?\b"),
    ("move", "pan_left", rf"\b(?:pan(?:s|ned|ning)?|swish|whip[- ]pan\w*|turns?|turning|swings?|swinging|swivels?)\b{_GAP}(?:{_LEFT}\b(?! to (?:the )?right)|{_FROM})"),
    ("move", "pan_right", rf"\b(?:pan(?:s|ned|ning)?|swish|whip[- ]pan\w*|turns?|turning|swings?|swinging|swivels?)\b{_GAP}(?:{_RIGHT}\b(?! to (?:the )?left)|{_OVER})"),
    ("move", "pan_right", r"\bpan(?:s|ned|ning)?\b|\bwhip[- ]pan"),
    ("move", "orbit_left", rf"\b(?:orbit|arc|circl|revolv|rotat|spin|mov|sweep|swing)\w*\b(?:\W+\w+){{0,6}}?\W+(?<!counter)(?<!counter-)(?<!anti)(?<!anti-)clockwise|\b(?:orbit|arc|circl)\w*\b{_GAP}{_LEFT}\b"),
    ("move", "orbit_right", rf"\b(?:orbit|circl|revolv)(?:s|es|e|ed|ing)?\b|\barc(?:s|ed|ing)?\b(?:\W+\w+){{0,2}}?\W+(?:around|round|left|right)|\b(?:{_GO}|rotat\w*|spin\w*|wheel\w*|swing\w*)(?:\W+\w+)?\W+(?:all the way )?(?:around|round)\b|\b360\b"),
    ("move", "follow", r"\b(?:follow|trail|tail|chas)(?:s|es|e|ed|ing)?\b|\bkeeps? (?:up|pace) with\b|\btrack(?:s|ed|ing)?\b(?!\W+(?:in|out|back|left|right|to the|toward|forward|closer|away)\b)|\btracking shot\b|\b(?:mov|run|fli|fly|rac)\w* (?:along )?(?:with|beside|alongside)\b|\bstays? (?:with|beside|on)\b(?=.*\b(?:as|while|when)\b)"),
    ("move", "crane_up", r"\bcran(?:e|es|ed|ing)\b"),
    ("move", "pedestal_down", rf"\b(?:pedestal|boom|jib)\w*\b(?:\W+\w+)?\W+{_DOWN}|\b(?:lower|sink|descend|drop)(?:s|ed|ing)?\b|\bmov\w* (?:straight )?{_DOWN}|\b{_GO} {_DOWN}"),
    ("move", "pedestal_up", rf"\b(?:pedestal|boom|jib)\w*\b|\b(?:rise|rises|rose|rising|ascend|ascends|ascending|lifts?|lifting|climbs?|climbing)\b|\b{_GO} (?:straight )?{_UP}"),
    ("move", "truck_left", rf"\b(?:truck|track|crab|doll)\w*\b{_GAP}(?:{_LEFT}\b(?! to (?:the )?right)|{_FROM})|\b{_GO}(?:\W+\w+ly|\W+sideways)?\W+(?:{_LEFT}\b(?! to (?:the )?right)|{_FROM})"),
    ("move", "truck_right", rf"\b(?:truck|track|crab|doll)\w*\b{_GAP}(?:{_RIGHT}\b(?! to (?:the )?left)|{_OVER})|\b{_GO}(?:\W+\w+ly|\W+sideways)?\W+(?:{_RIGHT}\b(?! to (?:the )?left)|{_OVER})|\b(?:truck|crab)(?:s|ed|ing)\b|\b{_GO} sideways"),
    ("move", "dolly_out", r"\b(?:doll|track|push|mov|glid|back|creep|drift)\w*\b(?:\W+\w+ly)?\W+(?:out|back|backward|backwards|away|off)\b|\bpull\w*\b(?:\W+\w+ly)?\W+(?:out|back|away|off)\b|\bpull[- ](?:out|back)\b|\b(?:retreat|withdraw|reced)\w*"),
    ("move", "dolly_in", r"\b(?:doll|track|push|mov|glid|creep|inch|drift|clos|eas|com|go|get|travel|float|advanc|draw|press)\w*\b(?:\W+\w+ly)?\W+(?:in|into|closer|forward|forwards|near|nearer|toward|towards|up to|through)\b|\b(?:push|dolly|close|move)[- ]in\b|\bapproach\w*|\bdoll(?:y|ies|ied|ying)\b|\badvanc\w*"),
    ("move", "handheld", r"\bhand[- ]?held\b|\bshak(?:y|es|ing)\b"),
    ("move", "static", r"\b(?:static|stationary|locked(?:[- ]off| down)?|fixed|motionless)\b|\b(?:do(?:es)? not|doesn't|don't|never) move|\b(?:stay|remain|hold|keep|stand|rest)\w*\b(?:\W+\w+)?\W+(?:still|fixed|put|steady|static|in place|on)\b|\bholds?\b|\bno camera movement\b|\bwithout moving\b"),
    ("size", "extreme_close_up", r"\bextreme(?:ly)? close[- ]?(?:up)?s?\b|\bE\.?C\.?U\b|\bmacro\b"),
    ("size", "big_close_up", r"\b(?:big|tight) close[- ]?ups?\b|\bBCU\b|\btight (?:shot |on )"),
    ("size", "medium_close", r"\bmedium close[- ]?ups?\b|\bMCU\b|\bbust shot\b"),
    ("size", "close_up", r"\bclose[- ]?ups?\b|\bcloseups?\b|\bclose (?:on|shot|view)\b|\bCU\b|\bINSERT\b"),
    ("size", "extreme_long", r"\bextreme (?:long|wide)\b|\bestablishing (?:shot|view)\b|\b(?:ELS|EWS)\b|\b(?:very|super) wide\b|\bpanoram\w*|\baerial\b"),
    ("size", "medium_long", r"\bmedium[- ](?:long|wide) shot\b|\b(?:cowboy|american) shot\b|\bMLS\b|\bthree-quarter shot\b|\btwo[- ]shot\b"),
    ("size", "medium", r"\bmedium shot\b|\bmid[- ]?shot\b|\bwaist shot\b|\bmedium on\b|\bmedium (?:view|framing)\b"),
    ("size", "full", r"\bfull[- ](?:body )?shot\b|\bfull[- ]body\b|\bhead[- ]to[- ](?:toe|foot)\b|\bfull figure\b"),
    ("size", "long", r"\b(?:wide|long|distant|master|far) (?:shot|view|on|angle shot)\b|\bwide[- ]?shot\b|\b(?:WS|LS)\b|\bfrom (?:far away|afar|a distance)\b|^\W*wide\b"),
    ("angle", "over_shoulder", r"\bover[- ](?:the|his|her|their|its|\w+'s)[- ]shoulders?\b|\bOTS\b"),
    ("angle", "pov", r"\bP\.?O\.?V\b|\bpoint[- ]of[- ]view\b|\bthrough (?:\w+'s|his|her|their|its|the \w+'s) eyes\b|\bfirst[- ]person\b"),
    ("angle", "birds_eye", r"\bbird'?s?[-’' ]*s?[- ]eye\b|\boverhead (?:shot|view|angle)\b|\btop[- ](?:down|shot|view)\b|\bgod'?s[- ]eye\b|\baerial\b|\bfrom (?:directly |straight |high )above\b"),
    ("angle", "worms_eye", r"\bworm'?s?[-’' ]*s?[- ]eye\b|\bground[- ]level\b"),
    ("angle", "high", r"\bhigh[- ]angle\b|\bfrom above\b|\blook(?:s|ing)? down (?:at|on)\b"),
    ("angle", "low", r"\blow[- ]angle\b|\bfrom (?:down )?below\b|\blook(?:s|ing)? up at\b"),
    ("angle", "dutch", r"\bdutch\b|\bcanted\b|\btilted (?:angle|frame|horizon)\b"),
    ("angle", "eye_level", r"\beye[- ]level\b|\bstraight[- ]on\b"),
    ("side", "back", r"\bfrom (?:behind|the back|the rear)\b|\bbehind (?:him|her|them|it|the \w+'s back)\b|\brear (?:view|shot)\b|\bback view\b|\b(?:his|her|their|its) back to (?:us|the camera)\b"),
    ("side", "profile_right", r"\b(?:in |right )profile\b|\bside view\b|\bfrom (?:the|his|her|its|their) (?:right )?side\b|\bprofile shot\b"),
    ("side", "profile_left", r"\bleft profile\b|\bfrom (?:the|his|her|its|their) left side\b"),
    ("side", "front", r"\bfrom (?:the front|in front)\b|\bfrontal\b|\bfront(?:al)? view\b|\bhead[- ]on\b"),
    ("lens", "ultra_wide", r"\b(?:ultra[- ]wide|fish[- ]?eye)\b"),
    ("lens", "wide", r"\bwide[- ](?:angle )?lens\b"),
    ("lens", "tele", r"\bsuper telephoto\b"),
    ("lens", "long", r"\b(?:long lens|telephoto)\b"),
)  # fmt: skip
"""(field, id, pattern); of patterns that fit at the same place, the earlier one decides."""

_ZL, _ZR = r"(?:左)", r"(?:右)"
ZH: tuple[tuple[str, str, str], ...] = (
    ("move", "zoom_in", r"变焦推|变焦拉近|放大|变焦$"),
    ("move", "zoom_out", r"变焦拉远|变焦拉|缩小"),
    ("move", "orbit_left", r"(?:左环绕|逆?[^逆]?顺时针(?:环绕|旋转|绕)|(?:向|往|从右|朝)左(?:边|侧)?(?:环绕|绕))"),
    ("move", "orbit_right", r"环绕|旋绕|围绕|绕着|绕[^过]|转一圈|逆时针"),
    ("move", "follow", r"跟拍|跟随|跟着|追随|跟踪|跟镜|尾随"),
    ("move", "tilt_up", r"上摇|(?:向|往|朝)上(?:慢慢|缓缓|缓慢|慢慢地)?(?:摇|仰|抬)|仰起|上仰"),
    ("move", "tilt_down", r"下摇|(?:向|往|朝)下(?:慢慢|缓缓|缓慢)?(?:摇|俯)"),
    ("move", "pan_left", r"左摇|(?:向|往|朝)左(?:边|侧|方)?(?:慢慢|缓缓|缓慢|慢慢地|缓缓地)?(?:摇|转|扫)|从右(?:边|侧)?(?:(?:向|往|到)左(?:边|侧)?(?:慢慢|缓缓)?摇|摇(?:向|到|至)左)|摇向左|摇到左"),
    ("move", "pan_right", r"右摇|(?:向|往|朝)右(?:边|侧|方)?(?:慢慢|缓缓|缓慢|慢慢地|缓缓地)?(?:摇|转|扫)|从左(?:边|侧)?(?:(?:向|往|到)右(?:边|侧)?(?:慢慢|缓缓)?摇|摇(?:向|到|至)右)|摇向右|摇到右|摇镜|横摇|摇过|摇摄|(?:镜头|缓缓|慢慢)摇"),
    ("move", "truck_left", r"左移|(?:向|往|朝)左(?:边|侧|方)?(?:平移|横移|移|滑|推移|慢慢移|缓缓移|缓缓平移)|从右(?:边)?(?:移(?:向|到)|(?:向|往|到))左(?:边)?(?:平移|横移|移)?"),
    ("move", "truck_right", r"右移|(?:向|往|朝)右(?:边|侧|方)?(?:平移|横移|移|滑|推移|慢慢移|缓缓移|缓缓平移)|从左(?:边)?(?:移(?:向|到)|(?:向|往|到))右(?:边)?(?:平移|横移|移)?|平移|横移"),
    ("move", "crane_up", r"摇臂"),
    ("move", "pedestal_up", r"升镜|(?:镜头|机位|摄影机|摄像机)[^，。]{0,4}(?:升|上移)|(?:向|往)上(?:升|移)|升高|上升|升起"),
    ("move", "pedestal_down", r"降镜|(?:镜头|机位|摄影机|摄像机)[^，。]{0,4}(?:降|下移)|(?:向|往)下(?:降|移)|下降|降低|落下"),
    ("move", "dolly_out", r"拉镜|拉远|拉开|后拉|后退|(?:向|往)后(?:拉|退|移)|拉出|远离|退后"),
    ("move", "dolly_in", r"推镜|推近|推进|推向|推到|前推|靠近|逼近|(?:向|往)前(?:推|移|进)|拉近|推"),
    ("move", "handheld", r"手持|晃动|抖动"),
    ("move", "static", r"固定|静止|不动|定格|定住|停在"),
    ("size", "extreme_close_up", r"极特写|极近特写|超特写|极近景|大特写$^"),
    ("size", "big_close_up", r"大特写"),
    ("size", "medium_close", r"中近景|近景|胸像"),
    ("size", "close_up", r"特写"),
    ("size", "extreme_long", r"大远景|大全景|航拍|全貌"),
    ("size", "medium_long", r"中远景|七分身|中全景|双人镜头"),
    ("size", "medium", r"中景|半身"),
    ("size", "full", r"全景|全身"),
    ("size", "long", r"远景|远镜头|广角镜头"),
    ("angle", "over_shoulder", r"过肩|越肩"),
    ("angle", "pov", r"主观(?:镜头|视角)|第一人称|视角中|的视角"),
    ("angle", "birds_eye", r"鸟瞰|顶拍|航拍|正上方"),
    ("angle", "worms_eye", r"虫视|极低角度|贴地"),
    ("angle", "high", r"俯拍|俯视|俯瞰|高角度|从上(?:方|面|往下|向下)"),
    ("angle", "low", r"仰拍|仰视|低角度|从下(?:方|面|往上|向上)"),
    ("angle", "dutch", r"荷兰角|倾斜(?:角|镜头|构图)|斜角"),
    ("angle", "eye_level", r"平视|平拍"),
    ("side", "back", r"从(?:背后|后面|身后|后方)|背影|背面"),
    ("side", "profile_left", r"左侧面"),
    ("side", "profile_right", r"侧面|侧影|侧拍|侧脸"),
    ("side", "front", r"从(?:正面|前面|前方)|正面"),
    ("lens", "ultra_wide", r"超广角|鱼眼"),
    ("lens", "wide", r"广角"),
    ("lens", "tele", r"超长焦"),
    ("lens", "long", r"长焦"),
)  # fmt: skip

JA: tuple[tuple[str, str, str], ...] = (
    ("move", "zoom_out", r"ズーム(?:アウト|バック)|引きのズーム"),
    ("move", "zoom_in", r"ズーム"),
    ("move", "tilt_down", r"ティルトダウン|パンダウン|下(?:へ|に|を)(?:ゆっくり)?(?:パン|ティルト|向)"),
    ("move", "tilt_up", r"ティルト|パンアップ|上(?:へ|に|を)(?:ゆっくり)?(?:パン|ティルト|向)|見上げていく"),
    ("move", "orbit_left", r"左(?:へ|に|回りに|から)?(?:ゆっくり)?(?:オービット|回り込|まわりこ|周回)|(?<!反)時計回り"),
    ("move", "orbit_right", r"オービット|回り込|まわりこ|周回|(?:周り|まわり|周囲|周)を(?:ゆっくり)?(?:回|まわ|一周|旋回)|一周|旋回|反時計回り"),
    ("move", "pan_left", r"左(?:へ|に|から|方向に|方向へ|の方へ)?(?:ゆっくり(?:と)?|素早く|大きく)?(?:パン|振)|右から左へ?(?:と)?(?:ゆっくり(?:と)?)?(?:パン|振)"),
    ("move", "pan_right", r"パン(?:する|して|しな|し|で|。|、|$)|右(?:へ|に)?(?:ゆっくり(?:と)?)?(?:パン|振)|左から右へ?(?:と)?(?:ゆっくり(?:と)?)?(?:パン|振)"),
    ("move", "truck_left", r"左トラック|左(?:へ|に|方向に|方向へ)(?:ゆっくり(?:と)?|すっと)?(?:移動|動|スライド|トラック|横移動)|右から左へ?(?:と)?(?:ゆっくり(?:と)?)?(?:移動|動|スライド)"),
    ("move", "truck_right", r"右トラック|右(?:へ|に|方向に|方向へ)(?:ゆっくり(?:と)?|すっと)?(?:移動|動|スライド|トラック|横移動)|左から右へ?(?:と)?(?:ゆっくり(?:と)?)?(?:移動|動|スライド)|横移動|スライド"),
    ("move", "crane_up", r"クレーン"),
    ("move", "pedestal_down", r"ペデスタルダウン|下降|降りて|降下|下(?:へ|に)(?:ゆっくり(?:と)?)?(?:移動|動|下が)|下がって(?:いく|い)|カメラ(?:が|は)(?:ゆっくり(?:と)?)?(?:下が|降り)"),
    ("move", "pedestal_up", r"ペデスタル|上昇|上(?:へ|に)(?:ゆっくり(?:と)?)?(?:移動|動|上が)|カメラ(?:が|は)(?:ゆっくり(?:と)?)?(?:上が|昇)"),
    ("move", "dolly_out", r"ドリーアウト|トラックバック|引いて|引く|引き、|後退|遠ざか|離れて|離れる|後ろへ(?:下が|引)|引きに"),
    ("move", "dolly_in", r"ドリー|トラックアップ|トラックイン|寄って|寄る|寄り|近づ|前進|迫"),
    ("move", "follow", r"フォロー|追従|追いかけ|追って|追う|追い|ついて(?:行|い)|並走|密着"),
    ("move", "handheld", r"手持ち|ハンディ|手ぶれ|揺れ"),
    ("move", "static", r"フィックス|固定|静止|動かない|止まったまま|据え"),
    ("size", "extreme_close_up", r"超クローズ|エクストリーム・?クローズ|超アップ"),
    ("size", "big_close_up", r"ビッグクローズ|大アップ|どアップ|ドアップ"),
    ("size", "medium_close", r"ミディアムクローズ|バストショット|胸上"),
    ("size", "close_up", r"クローズ・?アップ|のアップ|アップに|アップで|アップ。|顔アップ"),
    ("size", "extreme_long", r"超ロング|大ロング|エスタブリッシング|空撮|大遠景"),
    ("size", "medium_long", r"ミディアムロング|膝上|ニーショット|ツーショット"),
    ("size", "medium", r"ミディアムショット|ミドルショット|腰上|ウエストショット|ウェストショット|ミディアム"),
    ("size", "full", r"フルショット|全身"),
    ("size", "long", r"ロングショット|遠景|引きの(?:画|絵|ショット)|ワイドショット|ロング"),
    ("angle", "over_shoulder", r"肩越し|肩ごし|肩なめ"),
    ("angle", "pov", r"主観|POV|見た目|視点"),
    ("angle", "birds_eye", r"真俯瞰|鳥瞰|真上"),
    ("angle", "worms_eye", r"虫の目|地面すれすれ"),
    ("angle", "high", r"ハイアングル|俯瞰|見下ろ|上から"),
    ("angle", "low", r"ローアングル|あおり|煽り|見上げ|下から"),
    ("angle", "dutch", r"ダッチ|斜め構図"),
    ("angle", "eye_level", r"アイレベル|目高|目線の高さ"),
    ("side", "back", r"背後から|後ろから|後ろ姿|背中(?:から|を)|背面"),
    ("side", "profile_left", r"左横|左側面"),
    ("side", "profile_right", r"横顔|横から|側面|真横|右横"),
    ("side", "front", r"正面|前から"),
    ("lens", "ultra_wide", r"超広角|魚眼"),
    ("lens", "wide", r"広角"),
    ("lens", "tele", r"超望遠"),
    ("lens", "long", r"望遠"),
)  # fmt: skip

PATTERNS: dict[str, tuple[tuple[str, str, str], ...]] = {"en": EN, "zh": ZH, "ja": JA}


@lru_cache(maxsize=4)
def _compiled(language: Language) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((field, id, re.compile(pattern, re.IGNORECASE)) for field, id, pattern in PATTERNS[language])


def camera_order(text: str, language: Language) -> CameraOrder:
    """What words that are known to be an order to the camera ask for; of two moves or sizes, the one named first."""
    found: dict[str, tuple[int, str]] = {}
    for field, id, pattern in _compiled(language):
        hit = pattern.search(text)
        if hit is not None and (field not in found or hit.start() < found[field][0]):
            found[field] = (hit.start(), id)
    return CameraOrder(**{field: id for field, (_, id) in found.items()})
