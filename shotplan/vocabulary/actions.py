"""Action templates: the closed list of things a character can do in a shot.

Knows each action's family, default speed, time and contact distance. Does not know how a body moves: that is staging.
Speeds are multiples of the actor's own walking or running speed; times are seconds; distances metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shotplan.vocabulary.term import Term, Vocabulary

Family = Literal["locomotion", "posture", "gesture", "object", "social", "perform"]
TargetKind = Literal["none", "place", "prop", "character", "any"]


@dataclass(frozen=True, kw_only=True)
class ActionTemplate(Term):
    family: Family
    target: TargetKind = "none"
    """What the action is done to. `any`: a target is allowed but not needed."""
    travels: bool = False
    """Whether the actor goes from a start place to an end place."""
    gait: Literal["none", "walk", "run", "sneak", "swim", "fly", "climb"] = "none"
    seconds: float = 2.0
    """Typical time where distance does not decide it."""
    least_seconds: float = 0.6
    contact: float | None = None
    """Distance at which actor and target touch, as a multiple of the actor's reach; None when nothing is touched."""
    pose: str = "stand"
    """The pose family that staging plays."""


def _a(id: str, family: Family, words: str, **more: object) -> ActionTemplate:
    return ActionTemplate(id=id, family=family, words=words, **more)  # type: ignore[arg-type]


ACTIONS: Vocabulary[ActionTemplate] = Vocabulary(
    "action",
    # locomotion
    _a("walk", "locomotion", "walk, walks, go, goes, stroll, strolls, step, steps, come, comes, arrive, arrives, wander, wanders, cross, crosses | 走, 走过, 走向, 走路, 散步, 来到, 穿过 | 歩く, 歩, 来る, 渡る", target="any", travels=True, gait="walk", pose="walk"),
    _a("run", "locomotion", "run, runs, dash, dashes, sprint, sprints, rush, rushes, race, races, gallop, gallops | 跑, 奔跑, 跑过, 冲, 飞奔 | 走る, 駆ける, 駆け", target="any", travels=True, gait="run", pose="run"),
    _a("sneak", "locomotion", "sneak, sneaks, creep, creeps, tiptoe, tiptoes, prowl, prowls | 潜行, 悄悄走, 蹑手蹑脚 | 忍び寄る, 忍ぶ", target="any", travels=True, gait="sneak", pose="sneak"),
    _a("jump_over", "locomotion", "jump over, jumps over, leap over, leaps over, vault, vaults, hop over, hops over | 跳过, 跃过, 越过 | 飛び越える, 跳び越える", target="prop", travels=True, gait="run", seconds=2.0, least_seconds=1.0, pose="jump"),
    _a("jump_onto", "locomotion", "jump onto, jumps onto, jump on, jumps on, leap onto, leaps onto, hop onto, hops onto | 跳上, 跃上 | 飛び乗る, 跳び乗る", target="prop", travels=True, gait="run", seconds=2.0, least_seconds=1.0, pose="jump"),
    _a("jump_up", "locomotion", "jump, jumps, leap, leaps, hop, hops, bounce, bounces, jump up, jumps up | 跳, 跳起, 蹦 | 跳ぶ, 跳ねる, ジャンプ", seconds=1.2, least_seconds=0.7, pose="jump"),
    _a("climb_over", "locomotion", "climb over, climbs over, clamber over, clambers over, scramble over, scrambles over | 爬过, 翻过 | 乗り越える, よじ登って越える", target="prop", travels=True, gait="climb", seconds=3.0, least_seconds=1.5, pose="climb"),
    _a("climb_onto", "locomotion", "climb onto, climbs onto, climb, climbs, climb up, climbs up | 爬上, 爬, 攀登 | 登る, よじ登る", target="prop", travels=True, gait="climb", seconds=3.0, least_seconds=1.5, pose="climb"),
    _a("fall", "locomotion", "fall, falls, trip, trips, stumble, stumbles, collapse, collapses, fall down, falls down | 摔倒, 跌倒, 倒下 | 倒れる, 転ぶ, 落ちる", seconds=1.4, least_seconds=0.8, pose="fall"),
    _a("fly", "locomotion", "fly, flies, soar, soars, glide, glides, flap, flaps | 飞, 飞翔, 飞过 | 飛ぶ, 飛行する", target="any", travels=True, gait="fly", pose="fly"),
    _a("swim", "locomotion", "swim, swims, paddle, paddles | 游泳, 游 | 泳ぐ", target="any", travels=True, gait="swim", pose="swim"),
    _a("crawl", "locomotion", "crawl, crawls | 爬行, 匍匐 | 這う", target="any", travels=True, gait="sneak", pose="crawl"),
    _a("turn", "locomotion", "turn, turns, turn around, turns around, spin, spins | 转身, 转过身, 回头 | 振り向く, 回る", target="any", seconds=1.0, pose="turn"),
    _a("enter", "locomotion", "enter, enters, walk in, walks in, come in, comes in | 进来, 走进, 进入 | 入る, 入ってくる", travels=True, gait="walk", pose="walk"),
    _a("leave", "locomotion", "leave, leaves, exit, exits, walk away, walks away, run away, runs away, depart, departs | 离开, 走开, 离去, 逃走 | 去る, 出て行く, 離れる", travels=True, gait="walk", pose="walk"),
    _a("follow", "locomotion", "follow, follows | 跟随, 跟着 | ついて行く, 追う", target="character", travels=True, gait="walk", pose="walk"),
    # posture
    _a("stand", "posture", "stand, stands, wait, waits, stay, stays, pause, pauses, stop, stops | 站, 站着, 等, 等待, 停下 | 立つ, 待つ, 止まる", target="any", pose="stand"),
    _a("sit", "posture", "sit, sits, sit down, sits down | 坐, 坐下, 坐着 | 座る", target="any", seconds=2.0, pose="sit"),
    _a("stand_up", "posture", "stand up, stands up, get up, gets up, rise, rises | 站起来, 起身, 起来 | 立ち上がる, 起きる", seconds=1.4, pose="stand_up"),
    _a("kneel", "posture", "kneel, kneels, crouch, crouches, squat, squats | 跪, 蹲, 蹲下 | ひざまずく, しゃがむ", target="any", seconds=1.8, pose="kneel"),
    _a("lie", "posture", "lie, lies, lie down, lies down, sleep, sleeps, rest, rests | 躺, 躺下, 睡, 睡觉, 休息 | 横になる, 寝る, 眠る", target="any", seconds=2.4, pose="lie"),
    _a("hide", "posture", "hide, hides | 躲, 躲藏, 藏 | 隠れる", target="any", travels=True, gait="sneak", pose="kneel"),
    # gesture
    _a("look", "gesture", "look, looks, watch, watches, see, sees, stare, stares, gaze, gazes, observe, observes, notice, notices, spot, spots | 看, 看着, 望, 盯, 观看, 注视 | 見る, 見つめる, 眺める", target="any", seconds=2.0, pose="look"),
    _a("wave", "gesture", "wave, waves | 挥手, 招手 | 手を振る", target="any", seconds=1.8, pose="wave"),
    _a("nod", "gesture", "nod, nods, agree, agrees | 点头 | うなずく, 頷く", target="any", seconds=1.2, pose="nod"),
    _a("shake_head", "gesture", "shake head, shakes head, shakes his head, shakes her head, refuse, refuses | 摇头 | 首を振る", target="any", seconds=1.4, pose="shake_head"),
    _a("point", "gesture", "point, points, point at, points at, gesture, gestures | 指, 指着, 指向 | 指す, 指さす", target="any", seconds=1.6, pose="point"),
    _a("bow", "gesture", "bow, bows | 鞠躬 | お辞儀する, お辞儀", target="any", seconds=1.8, pose="bow"),
    _a("cheer", "gesture", "cheer, cheers, celebrate, celebrates, laugh, laughs, smile, smiles | 欢呼, 庆祝, 笑 | 喜ぶ, 笑う, 歓声を上げる", target="any", seconds=2.0, pose="cheer"),
    _a("cry", "gesture", "cry, cries, weep, weeps, sob, sobs | 哭, 哭泣, 流泪 | 泣く", seconds=2.4, pose="cry"),
    _a("shrug", "gesture", "shrug, shrugs | 耸肩 | 肩をすくめる", seconds=1.2, pose="shrug"),
    _a("clap", "gesture", "clap, claps, applaud, applauds | 鼓掌, 拍手 | 拍手する", target="any", seconds=1.8, pose="clap"),
    _a("pray", "gesture", "pray, prays, hope, hopes | 祈祷 | 祈る", target="any", seconds=2.4, pose="pray"),
    _a("think", "gesture", "think, thinks, wonder, wonders, ponder, ponders | 想, 思考 | 考える, 悩む", target="any", seconds=2.2, pose="think"),
    # object
    _a("pick_up", "object", "pick up, picks up, take, takes, grab, grabs, lift, lifts, hold, holds, catch, catches | 捡起, 拿起, 拿, 抓住, 举起 | 拾う, 取る, 持ち上げる, つかむ", target="prop", seconds=1.8, contact=0.8, pose="pick_up"),
    _a("put_down", "object", "put down, puts down, put, puts, place, places, drop, drops, lay, lays | 放下, 放 | 置く, 下ろす", target="prop", seconds=1.6, contact=0.8, pose="put_down"),
    _a("push", "object", "push, pushes, shove, shoves, roll, rolls | 推, 推开 | 押す", target="any", seconds=2.0, contact=0.9, pose="push"),
    _a("pull", "object", "pull, pulls, drag, drags | 拉, 拖 | 引く, 引っ張る", target="any", seconds=2.0, contact=0.9, pose="pull"),
    _a("open", "object", "open, opens, unlock, unlocks | 打开, 开 | 開ける, 開く", target="prop", seconds=1.8, contact=0.9, pose="open"),
    _a("close", "object", "close, closes, shut, shuts | 关上, 关 | 閉める, 閉じる", target="prop", seconds=1.6, contact=0.9, pose="open"),
    _a("give", "object", "give, gives, hand, hands, offer, offers | 给, 递给, 交给, 送 | 渡す, あげる", target="character", seconds=2.0, contact=1.5, pose="give"),
    _a("throw", "object", "throw, throws, toss, tosses, fling, flings | 扔, 投, 抛 | 投げる", target="any", seconds=1.4, pose="throw"),
    _a("kick", "object", "kick, kicks | 踢 | 蹴る", target="any", seconds=1.2, contact=0.9, pose="kick"),
    _a("touch", "object", "touch, touches, pat, pats, pet, pets, stroke, strokes, knock, knocks | 摸, 触摸, 抚摸, 敲 | 触る, 撫でる, 叩く", target="any", seconds=1.8, contact=0.9, pose="touch"),
    _a("eat", "object", "eat, eats, bite, bites | 吃, 咬 | 食べる, かじる", target="any", seconds=2.4, contact=0.8, pose="eat"),
    _a("drink", "object", "drink, drinks, sip, sips | 喝 | 飲む", target="any", seconds=2.0, contact=0.8, pose="drink"),
    _a("read", "object", "read, reads, study, studies | 读, 阅读, 看书 | 読む", target="any", seconds=2.6, contact=0.8, pose="read"),
    _a("write", "object", "write, writes, draw, draws, paint, paints | 写, 画 | 書く, 描く", target="any", seconds=2.6, contact=0.8, pose="write"),
    _a("ride", "object", "ride, rides, drive, drives | 骑, 骑着, 驾驶 | 乗る", target="any", travels=True, gait="run", pose="sit"),
    # social
    _a("talk", "social", "talk, talks, say, says, speak, speaks, ask, asks, tell, tells, shout, shouts, whisper, whispers, call, calls, answer, answers, reply, replies, sing, sings | 说, 说话, 讲, 问, 喊, 回答, 唱, 唱歌 | 話す, 言う, 尋ねる, 叫ぶ, 答える, 歌う", target="any", seconds=2.0, pose="talk"),
    _a("hug", "social", "hug, hugs, embrace, embraces | 拥抱, 抱, 抱住 | 抱きしめる, 抱く", target="character", seconds=2.2, contact=0.55, pose="hug"),
    _a("fight", "social", "fight, fights, attack, attacks, hit, hits, punch, punches, duel, duels, battle, battles | 打, 打架, 战斗, 攻击 | 戦う, 殴る, 攻撃する", target="any", seconds=2.4, contact=1.2, pose="fight"),
    _a("chase", "social", "chase, chases, pursue, pursues, hunt, hunts | 追, 追逐, 追赶 | 追いかける", target="character", travels=True, gait="run", pose="run"),
    _a("dance", "social", "dance, dances | 跳舞 | 踊る", target="any", seconds=3.0, pose="dance"),
    _a("shake_hands", "social", "shake hands, shakes hands, greet, greets, meet, meets | 握手, 打招呼, 见面 | 握手する, 挨拶する, 会う", target="character", seconds=1.8, contact=1.5, pose="give"),
    _a("kiss", "social", "kiss, kisses | 吻, 亲吻 | キスする", target="character", seconds=1.8, contact=0.6, pose="hug"),
    # anything else
    _a("perform", "perform", "perform, do, does, act, make, makes | 表演, 做 | 演じる, する", target="any", seconds=2.4, pose="perform"),
)
