"""Kinds of character: body plan, size, colours and what the body can do.

Knows default limits in SI units. Does not know any particular character.
Sources: human walking 1.3 m/s and running 4-6 m/s (Bohannon 1997); counter-movement jump 0.4-0.5 m (Bosco 1983) plus the
height of the tucked legs, so that an ordinary adult clears about 0.8 m; red fox 13 m/s and about 2 m jumps (Larivière &
Pasitschniak-Arts 1996) reduced here to a cartoon's comfortable 0.9 m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shotplan.vocabulary.term import Term, Vocabulary

BodyPlan = Literal["biped", "quadruped", "bird"]


@dataclass(frozen=True, kw_only=True)
class CharacterKind(Term):
    body: BodyPlan
    height: float
    """Metres from the ground to the top of the head, standing."""
    walk: float = 1.3
    run: float = 4.5
    """Metres per second."""
    jump: float = 0.8
    """Metres of obstacle that a running jump clears."""
    leap: float = 2.5
    """Metres of ground that a running jump covers."""
    reach: float = 0.7
    """Metres from the body's axis to the hand, paw or beak at full stretch."""
    palette: tuple[str, str, str, str] = ("#e8c4a0", "#4a4e8c", "#2b2b3a", "#c94f4f")
    """Skin or fur, main garment or belly, hair or markings, accent (hex RGB)."""
    flies: bool = False


def _k(id: str, words: str, body: BodyPlan, height: float, palette: tuple[str, str, str, str], **more: float | bool) -> CharacterKind:
    return CharacterKind(id=id, words=words, body=body, height=height, palette=palette, **more)  # type: ignore[arg-type]


CHARACTER_KINDS: Vocabulary[CharacterKind] = Vocabulary(
    "character kind",
    _k("man", "man, men, father, dad, boy friend, samurai, knight, king, prince, soldier, wizard, farmer, fisherman, sailor, chef, doctor, detective, thief, guard, monk, uncle, brother, hero, person, someone, stranger, teacher, driver, painter | 男人, 男子, 父亲, 武士, 骑士, 国王, 士兵, 老师, 人 | 男, 男性, 父, 侍, 騎士, 王, 先生, 人", "biped", 1.75, ("#e8bf9a", "#3f5f8a", "#2b2430", "#b5403a")),
    _k("woman", "woman, women, mother, mom, lady, queen, princess, witch, nurse, dancer, aunt, sister, actress, heroine, waitress, singer | 女人, 女子, 母亲, 妈妈, 女王, 公主, 女巫 | 女, 女性, 母, 女王, 姫, 魔女", "biped", 1.64, ("#f0c9a8", "#9a3f5c", "#3a2420", "#e0b04a"), jump=0.7),
    _k("boy", "boy, kid, child, children, son, student, pupil | 男孩, 孩子, 小孩, 儿子, 学生 | 男の子, 少年, 子供, 学生", "biped", 1.28, ("#f0c9a0", "#3f8f6a", "#3a2a20", "#e0a030"), walk=1.1, run=3.6, jump=0.5, leap=1.6, reach=0.5),
    _k("girl", "girl, daughter, schoolgirl | 女孩, 小女孩, 姑娘, 女儿 | 女の子, 少女, 娘", "biped", 1.25, ("#f4d0b0", "#d05a7a", "#5a3420", "#f0d060"), walk=1.1, run=3.5, jump=0.5, leap=1.6, reach=0.5),
    _k("old_man", "old man, grandfather, grandpa, elder, hermit | 老人, 爷爷, 老头, 老爷爷 | 老人, おじいさん, 祖父", "biped", 1.66, ("#e0b898", "#6a5a4a", "#d8d8d8", "#8a4a3a"), walk=0.8, run=2.0, jump=0.25, leap=0.8),
    _k("old_woman", "old woman, grandmother, grandma | 老奶奶, 奶奶, 老婆婆 | おばあさん, 祖母", "biped", 1.55, ("#e6c0a4", "#6a4a6a", "#dcdcdc", "#b06a8a"), walk=0.8, run=1.8, jump=0.2, leap=0.7),
    _k("robot", "robot, android, machine | 机器人 | ロボット", "biped", 1.70, ("#b8c0cc", "#6a7a90", "#30363f", "#40c0e0"), walk=1.1, run=3.0, jump=0.4, leap=1.2),
    _k("giant", "giant, ogre, troll | 巨人 | 巨人", "biped", 3.2, ("#c8a888", "#5a6a3a", "#3a2a1a", "#8a3a2a"), walk=1.8, run=4.5, jump=1.2, leap=3.0, reach=1.3),
    _k("monkey", "monkey, ape, gorilla, chimp | 猴子, 猴 | 猿, サル", "biped", 0.95, ("#c89a70", "#7a5230", "#4a3020", "#e0c8a0"), run=5.0, jump=1.1, leap=2.5, reach=0.6),
    _k("penguin", "penguin | 企鹅 | ペンギン", "biped", 0.75, ("#f4f4f0", "#20242e", "#20242e", "#f0a030"), walk=0.6, run=1.2, jump=0.2, leap=0.5, reach=0.3),
    _k("fox", "fox, foxes | 狐狸 | 狐, キツネ", "quadruped", 0.62, ("#d9622b", "#f4ece0", "#3a2420", "#f4ece0"), walk=1.4, run=5.5, jump=0.9, leap=2.6, reach=0.45),
    _k("dog", "dog, dogs, puppy, hound | 狗, 小狗 | 犬, イヌ, 子犬", "quadruped", 0.65, ("#b98350", "#efe0c8", "#5a3a24", "#c04030"), walk=1.4, run=6.0, jump=0.9, leap=2.4, reach=0.45),
    _k("cat", "cat, cats, kitten | 猫, 小猫 | 猫, ネコ, 子猫", "quadruped", 0.38, ("#8a8f98", "#e8e4dc", "#4a4e56", "#e0b040"), walk=1.0, run=5.0, jump=1.1, leap=1.8, reach=0.3),
    _k("wolf", "wolf, wolves | 狼 | 狼, オオカミ", "quadruped", 0.9, ("#6f7780", "#c8ccd0", "#3c4148", "#e0c040"), walk=1.6, run=7.0, jump=1.1, leap=3.2, reach=0.6),
    _k("bear", "bear, bears, panda | 熊, 熊猫 | 熊, クマ", "quadruped", 1.3, ("#6a4a30", "#a88058", "#3a281a", "#d8b890"), walk=1.3, run=5.0, jump=0.5, leap=1.6, reach=0.8),
    _k("rabbit", "rabbit, rabbits, bunny, hare | 兔子, 小兔 | 兎, うさぎ, ウサギ", "quadruped", 0.42, ("#d8c8b4", "#f6f0e8", "#8a7a68", "#f0b0b0"), walk=0.8, run=5.0, jump=0.7, leap=1.8, reach=0.25),
    _k("horse", "horse, horses, pony, unicorn, donkey | 马, 小马 | 馬", "quadruped", 2.0, ("#8a5a34", "#a8734a", "#2c1c12", "#e8e0d0"), walk=1.7, run=9.0, jump=1.4, leap=4.5, reach=0.9),
    _k("deer", "deer, stag, doe | 鹿 | 鹿", "quadruped", 1.5, ("#b07a48", "#f0e0c4", "#5a3a22", "#e8d8b8"), walk=1.5, run=8.0, jump=1.6, leap=4.0, reach=0.7),
    _k("lion", "lion, tiger, leopard | 狮子, 老虎 | ライオン, 虎", "quadruped", 1.15, ("#d8a24c", "#f0dcb0", "#8a5424", "#f0dcb0"), walk=1.5, run=7.5, jump=1.3, leap=4.0, reach=0.7),
    _k("mouse", "mouse, mice, rat, squirrel, hedgehog | 老鼠, 松鼠, 小鼠 | ネズミ, リス", "quadruped", 0.14, ("#9a8a7c", "#e8dccf", "#5e5248", "#f0b8b8"), walk=0.6, run=2.5, jump=0.25, leap=0.6, reach=0.1),
    _k("pig", "pig, cow, sheep, goat, lamb | 猪, 牛, 羊 | 豚, 牛, 羊", "quadruped", 0.9, ("#eab0a4", "#f4cfc4", "#b87a70", "#f4cfc4"), walk=1.1, run=3.5, jump=0.3, leap=1.0, reach=0.5),
    _k("frog", "frog, toad, turtle, lizard | 青蛙, 乌龟 | カエル, 亀", "quadruped", 0.12, ("#5fa04c", "#d8e8b0", "#2f5a28", "#e8d040"), walk=0.3, run=1.0, jump=0.4, leap=1.2, reach=0.1),
    _k("dragon", "dragon | 龙 | 竜, ドラゴン", "quadruped", 2.6, ("#4c8a5a", "#d8c878", "#20402c", "#d04a30"), walk=1.6, run=6.0, jump=2.0, leap=5.0, reach=1.4, flies=True),
    _k("owl", "owl, owls | 猫头鹰 | フクロウ, 梟", "bird", 0.45, ("#8a6a48", "#e8dcc0", "#4a3622", "#e8a030"), walk=0.4, run=1.0, jump=0.4, leap=0.8, reach=0.25, flies=True),
    _k("bird", "bird, birds, sparrow, pigeon, crow, raven, duck, swan, seagull, parrot, chicken, hen, rooster | 鸟, 小鸟, 乌鸦, 鸭子, 天鹅, 鸡 | 鳥, 小鳥, カラス, 鶏", "bird", 0.3, ("#5a86b8", "#f0ead8", "#2c3e58", "#e8a030"), walk=0.4, run=1.2, jump=0.4, leap=0.8, reach=0.15, flies=True),
    _k("eagle", "eagle, hawk, falcon, phoenix | 鹰, 老鹰 | 鷲, 鷹", "bird", 0.85, ("#5a4028", "#f0e8d8", "#2c2014", "#e8b030"), walk=0.6, run=1.2, jump=0.6, leap=1.2, reach=0.4, flies=True),
    _k("creature", "creature, monster, alien, ghost, animal, beast, spirit | 怪物, 生物, 动物, 精灵 | 怪物, 生き物, 動物, 妖精", "biped", 1.2, ("#7a6ab8", "#c8c0ec", "#3c3068", "#f0d860"), walk=1.1, run=3.5, jump=0.7, leap=1.8, reach=0.55),
)
