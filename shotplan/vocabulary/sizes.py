"""How large small things are: an apple and a football are both balls, a key and a hat are both carried like a basket.

Knows usual sizes by the thing's own name. Does not know how a kind is drawn or used: that is `PROP_KINDS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from shotplan.vocabulary.sets import PROP_KINDS
from shotplan.vocabulary.term import Term, Vocabulary

Size = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class SmallThing(Term):
    size: Size
    """Width (X), height (Y), depth (Z) in metres, as it stands or lies."""


def _t(id: str, words: str, *size: float) -> SmallThing:
    w, h, d = size
    return SmallThing(id=id, words=words, size=(w, h, d))


SMALL_THINGS: Vocabulary[SmallThing] = Vocabulary(
    "small thing",
    _t("apple", "apple, orange, fruit, peach, tomato, pear, potato | 苹果, 橙子, 水果, 桃子, 番茄, 梨 | りんご, リンゴ, 林檎, みかん, 果物, 桃, トマト, 梨", 0.08, 0.08, 0.08),
    _t("lemon", "lemon, plum, tennis ball, snowball, bun, cookie | 柠檬, 李子, 网球, 雪球, 包子, 饼干 | レモン, 梅, テニスボール, 雪玉, クッキー", 0.07, 0.07, 0.07),
    _t("egg", "egg | 鸡蛋, 蛋 | 卵, 玉子, たまご", 0.045, 0.06, 0.045),
    _t("nut", "nut, acorn, walnut, marble, cherry, berry, strawberry, grape, candy, dice | 坚果, 橡子, 核桃, 弹珠, 樱桃, 草莓, 葡萄, 糖果, 骰子 | 木の実, どんぐり, 胡桃, ビー玉, さくらんぼ, 苺, 葡萄, 飴, サイコロ", 0.03, 0.03, 0.03),
    _t("gem", "gem, jewel, diamond, pearl, crystal | 宝石, 钻石, 珍珠, 水晶 | 宝石, ダイヤモンド, 真珠, 水晶", 0.03, 0.03, 0.03),
    _t("coin", "coin | 硬币, 金币, 银币 | 硬貨, 金貨, 銀貨, コイン", 0.03, 0.03, 0.03),
    _t("ring", "ring, earring | 戒指, 耳环 | 指輪, 耳飾り", 0.025, 0.025, 0.025),
    _t("key", "key | 钥匙 | 鍵", 0.03, 0.07, 0.03),
    _t("phone", "phone, mobile phone, cell phone, smartphone, compass, pocket watch | 手机, 电话, 指南针, 怀表 | 電話, 携帯電話, スマートフォン, スマホ, 羅針盤, 懐中時計", 0.07, 0.14, 0.07),
    _t("melon", "melon, watermelon, pumpkin, balloon | 西瓜, 南瓜, 气球 | メロン, スイカ, 西瓜, かぼちゃ, 風船", 0.28, 0.28, 0.28),
    _t("bottle", "bottle, water bottle | 瓶子, 水瓶 | 瓶, ボトル", 0.08, 0.26, 0.08),
    _t("bowl", "bowl, rice bowl, soup bowl | 碗, 饭碗 | 茶碗, お椀, どんぶり", 0.15, 0.08, 0.15),
    _t("candle", "candle, oil lamp | 蜡烛, 油灯 | 蝋燭, ろうそく", 0.06, 0.22, 0.06),
    _t("lantern", "lantern, paper lantern, table lamp, desk lamp | 灯笼, 提灯, 台灯 | 提灯, 行灯, ちょうちん", 0.26, 0.42, 0.26),
    _t("knife", "knife, dagger | 小刀, 匕首 | ナイフ, 短刀", 0.28, 0.04, 0.04),
    _t("wand", "wand, magic wand, flute | 魔杖, 魔法棒, 笛子 | 魔法の杖, 笛", 0.38, 0.03, 0.03),
    _t("pen", "pen, pencil, brush, paintbrush, spoon, fork, chopstick | 笔, 铅笔, 毛笔, 勺子, 叉子, 筷子 | ペン, 鉛筆, 筆, スプーン, フォーク, 箸", 0.18, 0.02, 0.02),
    _t("letter", "letter, envelope, note, postcard, photo, photograph, ticket, card | 信, 信封, 便条, 明信片, 照片, 车票, 卡片 | 手紙, 封筒, メモ, 葉書, 写真, 切符, カード", 0.2, 0.02, 0.13),
)  # fmt: skip


def usual_size(kind: str, name: str) -> Size:
    """Of a prop of that kind and name: a small thing's own where hands carry it or its kind is open or of any size, else the kind's.

    The name's head noun counts: `two golden apples` are apples, a `bottle of milk` is a bottle, an `apple basket` is a basket.
    """
    term = PROP_KINDS[kind]
    if not term.handheld and kind not in ("thing", "lamp"):
        return term.size
    head = name.casefold().partition(" of ")[0].strip()
    for at, id in reversed(SMALL_THINGS.mentions(head)):
        words = (w for group in SMALL_THINGS[id].by_language.values() for w in group)
        if any(head[at:] in (w.casefold(), f"{w.casefold()}s") for w in words):
            return SMALL_THINGS[id].size
    return term.size
