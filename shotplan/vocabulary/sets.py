"""Props, places, times of day, weathers and styles.

Knows default sizes in metres (width along X, height, depth along Z). Does not know where anything stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shotplan.vocabulary.term import Term, Vocabulary

PropShape = Literal["box", "cylinder", "log", "tree", "rock", "ball", "table", "seat", "house", "door", "bush", "lamp", "pole", "flat"]


@dataclass(frozen=True, kw_only=True)
class PropKind(Term):
    size: tuple[float, float, float]
    """Width (X), height (Y), depth (Z) in metres."""
    shape: PropShape = "box"
    palette: tuple[str, str] = ("#8a6a4a", "#5e452e")
    solid: bool = True
    """Whether people can neither walk through it nor stand inside it."""
    handheld: bool = False


def _p(id: str, words: str, size: tuple[float, float, float], shape: PropShape, palette: tuple[str, str], **more: bool) -> PropKind:
    return PropKind(id=id, words=words, size=size, shape=shape, palette=palette, **more)


PROP_KINDS: Vocabulary[PropKind] = Vocabulary(
    "prop kind",
    _p("log", "log, trunk, fallen tree | 木头, 圆木, 倒木 | 丸太, 倒木", (0.5, 0.5, 2.6), "log", ("#8a6240", "#5c3f28")),
    _p("tree", "tree, trees, oak, pine, branch | 树, 大树, 树枝 | 木, 樹, 枝", (1.0, 5.0, 1.0), "tree", ("#4f8a4a", "#6a4a30")),
    _p("rock", "rock, rocks, stone, boulder | 石头, 岩石 | 岩, 石", (1.2, 0.7, 1.0), "rock", ("#8f9298", "#64676e")),
    _p("bush", "bush, bushes, shrub, hedge | 灌木, 草丛 | 茂み, 藪", (1.2, 0.9, 1.0), "bush", ("#5c9a50", "#3f7038"), solid=False),
    _p("wall", "wall, brick wall | 墙 | 壁", (0.3, 1.6, 4.0), "box", ("#b8a48c", "#8a7862")),
    _p("fence", "fence, gate, railing | 栅栏, 篱笆 | 柵, 垣根", (0.12, 1.0, 3.0), "box", ("#a88058", "#7a5a3a")),
    _p("box", "box, crate, chest, barrel, suitcase | 箱子, 盒子 | 箱", (0.6, 0.5, 0.5), "box", ("#b08a58", "#7e6038")),
    _p("table", "table, desk | 桌子, 书桌 | 机, テーブル", (1.4, 0.75, 0.8), "table", ("#a87848", "#7a5430")),
    _p("chair", "chair, stool, throne | 椅子, 凳子 | 椅子", (0.5, 0.9, 0.5), "seat", ("#a06a40", "#74492a")),
    _p("bench", "bench, sofa, couch | 长椅, 长凳, 沙发 | ベンチ, ソファ", (1.6, 0.85, 0.55), "seat", ("#9a6a44", "#6e4a2e")),
    _p("bed", "bed | 床 | ベッド", (2.0, 0.55, 1.2), "box", ("#d8d4e4", "#8a6a8a")),
    _p("house", "house, cottage, hut, cabin, temple, building | 房子, 小屋, 庙, 房屋 | 家, 小屋, 建物", (5.0, 4.2, 4.0), "house", ("#d8c4a0", "#a8543c")),
    _p("door", "door | 门 | ドア, 扉", (1.0, 2.1, 0.12), "door", ("#8a5a38", "#d8b050")),
    _p("window", "window | 窗户, 窗 | 窓", (1.2, 1.2, 0.1), "flat", ("#a8d0e8", "#e8e4dc"), solid=False),
    _p("lamp", "lamp, lantern, street light, candle | 灯, 路灯, 灯笼, 蜡烛 | ランプ, 街灯, 提灯", (0.4, 2.8, 0.4), "lamp", ("#f4d878", "#4a4a52")),
    _p("pole", "pole, post, sign, flag, pillar | 柱子, 杆, 旗 | 柱, 旗, 看板", (0.2, 3.0, 0.2), "pole", ("#9a9aa2", "#c04a3a")),
    _p("car", "car, cart, wagon, truck, bus, taxi | 车, 汽车, 卡车 | 車, 荷車", (3.8, 1.45, 1.7), "box", ("#c84a40", "#30343c")),
    _p("boat", "boat, ship, raft | 船, 小船 | 船, ボート", (3.4, 0.8, 1.4), "box", ("#8a5a34", "#d8c8a8")),
    _p("bridge", "bridge | 桥 | 橋", (4.0, 0.3, 2.0), "box", ("#9a7048", "#6a4a2e")),
    _p("ball", "ball, apple, orange, fruit, stone ball, egg | 球, 苹果, 水果, 蛋 | ボール, 玉, りんご, 卵", (0.24, 0.24, 0.24), "ball", ("#e05040", "#f4e8d8"), solid=False, handheld=True),
    _p("book", "book, letter, map, paper, scroll, note | 书, 信, 地图, 纸 | 本, 手紙, 地図, 紙", (0.24, 0.05, 0.18), "box", ("#c8503c", "#f4ecd8"), solid=False, handheld=True),
    _p("cup", "cup, bottle, glass, bowl, jar, teapot | 杯子, 瓶子, 碗 | コップ, 瓶, 茶碗", (0.1, 0.14, 0.1), "cylinder", ("#e8e4dc", "#6a90b8"), solid=False, handheld=True),
    _p("flower", "flower, flowers, rose | 花, 玫瑰 | 花, 薔薇", (0.2, 0.4, 0.2), "bush", ("#e8709a", "#5c9a50"), solid=False, handheld=True),
    _p("sword", "sword, blade, knife, stick, staff, wand, umbrella | 剑, 刀, 棍子, 伞 | 剣, 刀, 杖, 傘", (0.9, 0.06, 0.06), "box", ("#c8d0d8", "#6a4a2e"), solid=False, handheld=True),
    _p("basket", "basket, bag, bucket, hat, doll, toy, gift, present, key, phone | 篮子, 包, 帽子, 玩具, 礼物, 钥匙 | かご, 鞄, 帽子, おもちゃ, 鍵", (0.36, 0.3, 0.3), "cylinder", ("#c8a060", "#8a6838"), solid=False, handheld=True),
    _p("fire", "fire, campfire, bonfire, stove | 火, 篝火 | 火, 焚き火", (0.7, 0.6, 0.7), "bush", ("#f49030", "#f4d040"), solid=False),
    _p("river", "river, stream, pond, lake, puddle | 河, 河流, 小溪, 湖, 池塘 | 川, 池, 湖", (2.0, 0.02, 6.0), "flat", ("#5a9ac8", "#8ac0e0"), solid=False),
    _p("thing", "thing, object, item | 东西, 物品 | 物", (0.5, 0.5, 0.5), "box", ("#a89a88", "#7a6e60")),
)


@dataclass(frozen=True, kw_only=True)
class Place(Term):
    indoor: bool = False
    ground: tuple[str, str] = ("#7fae5c", "#6a9a4c")
    """Near and far ground colours by day."""
    scenery: tuple[str, ...] = ()
    """Prop kinds that dress the background."""


PLACES: Vocabulary[Place] = Vocabulary(
    "place",
    Place(id="forest", words="forest, woods, jungle | 森林, 树林 | 森, 林", ground=("#6f9350", "#587c46"), scenery=("tree", "tree", "bush")),
    Place(id="field", words="field, meadow, grass, grassland, park, garden, yard | 田野, 草地, 草原, 公园, 花园 | 野原, 草原, 公園, 庭", ground=("#86b45e", "#76a456"), scenery=("bush", "tree")),
    Place(id="street", words="street, road, town, village, market, alley | 街道, 街, 路上, 小镇, 村庄, 市场 | 通り, 道, 町, 村, 市場", ground=("#a8a49c", "#96928c"), scenery=("house", "lamp")),
    Place(id="city", words="city, downtown, rooftop, roof, station, platform | 城市, 屋顶, 车站 | 都市, 街, 屋上, 駅", ground=("#9a9aa2", "#84848e"), scenery=("house", "house", "lamp")),
    Place(id="room", words="room, bedroom, living room, house interior, kitchen, office, cafe, restaurant, bar, shop | 房间, 卧室, 客厅, 厨房, 办公室, 咖啡馆, 商店 | 部屋, 寝室, 台所, 店, 喫茶店", indoor=True, ground=("#b8946a", "#a4825c"), scenery=("window",)),
    Place(id="school", words="school, classroom, library | 学校, 教室, 图书馆 | 学校, 教室, 図書館", indoor=True, ground=("#c0a47c", "#aa9068"), scenery=("window",)),
    Place(id="hall", words="hall, palace, castle, temple hall, church, stage, theatre, dojo, cave | 大厅, 宫殿, 城堡, 教堂, 舞台, 山洞 | 広間, 宮殿, 城, 教会, 舞台, 洞窟", indoor=True, ground=("#a89a98", "#948684"), scenery=("pole",)),
    Place(id="beach", words="beach, shore, seaside, coast, island, sea, ocean | 海滩, 海边, 沙滩, 岛 | 浜辺, 海岸, 砂浜, 島, 海", ground=("#e4d29c", "#d8c48c"), scenery=("rock",)),
    Place(id="mountain", words="mountain, mountains, cliff, hill, hills, valley, rocks | 山, 山上, 悬崖, 山谷 | 山, 崖, 丘, 谷", ground=("#9a9a78", "#86866a"), scenery=("rock", "tree")),
    Place(id="desert", words="desert, dunes, canyon | 沙漠 | 砂漠", ground=("#e0bc7c", "#d4ac6c"), scenery=("rock",)),
    Place(id="snowfield", words="snowfield, snow field, ice, tundra | 雪地, 雪原, 冰面 | 雪原, 氷原", ground=("#eef2f6", "#dfe6ee"), scenery=("tree", "rock")),
    Place(id="riverside", words="riverside, river bank, riverbank, lakeside, pond side | 河边, 湖边 | 川辺, 湖畔, 川岸", ground=("#84ac60", "#6f9c58"), scenery=("tree", "bush")),
    Place(id="space", words="space, moon, planet, spaceship, spacecraft | 太空, 月球, 星球, 飞船 | 宇宙, 月面, 惑星, 宇宙船", ground=("#b0aeb8", "#96949e"), scenery=("rock",)),
)


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(Term):
    sky: tuple[str, str]
    """Zenith and horizon colours."""
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Multiplier of surface colours, linear RGB."""
    sun: tuple[float, float] = (40.0, 50.0)
    """Azimuth (degrees, 0 = +Z toward the audience, positive toward +X) and elevation of the key light."""


TIMES: Vocabulary[TimeOfDay] = Vocabulary(
    "time of day",
    TimeOfDay(id="day", words="day, daytime, noon, afternoon, midday, sunny | 白天, 中午, 下午 | 昼, 日中, 午後", sky=("#6db4ea", "#d4ecf8")),
    TimeOfDay(id="dawn", words="dawn, morning, sunrise, daybreak | 清晨, 早晨, 早上, 黎明, 日出 | 朝, 夜明け, 早朝", sky=("#8aa6d8", "#f8d8c0"), light=(1.0, 0.93, 0.88), sun=(-70.0, 15.0)),
    TimeOfDay(id="sunset", words="sunset, dusk, evening, twilight | 日落, 黄昏, 傍晚, 夕阳 | 夕暮れ, 夕方, 夕焼け, 日没", sky=("#5c5a9a", "#f8a860"), light=(1.0, 0.82, 0.68), sun=(70.0, 12.0)),
    TimeOfDay(id="night", words="night, midnight, moonlight, moonlit | 夜晚, 夜里, 晚上, 深夜, 月夜 | 夜, 真夜中, 月夜", sky=("#0e1634", "#2c3c68"), light=(0.52, 0.60, 0.82), sun=(-40.0, 45.0)),
)

WEATHERS: Vocabulary[Term] = Vocabulary(
    "weather",
    Term(id="clear", words="clear, sunny, fine | 晴, 晴天, 晴朗 | 晴れ, 快晴"),
    Term(id="cloudy", words="cloudy, overcast, clouds | 多云, 阴天 | 曇り"),
    Term(id="rain", words="rain, raining, rainy, storm, stormy | 雨, 下雨, 暴风雨 | 雨, 嵐"),
    Term(id="snow", words="snow, snowing, snowy, blizzard | 雪, 下雪 | 雪, 吹雪"),
    Term(id="fog", words="fog, foggy, mist, misty | 雾, 大雾 | 霧"),
    Term(id="wind", words="wind, windy, breeze | 风, 大风 | 風"),
)


@dataclass(frozen=True, kw_only=True)
class Style(Term):
    line: float
    """Outline width in pixels at a frame height of 480; 0 draws none."""
    line_color: str
    shading: Literal["cel", "wash", "flat"]
    prompt: str


STYLES: Vocabulary[Style] = Vocabulary(
    "style",
    Style(id="anime", words="anime, cel | 动漫, 动画 | アニメ", line=2.2, line_color="#2a2030", shading="cel", prompt="anime style, clean line art, cel shading"),
    Style(id="watercolor", words="watercolor, watercolour, storybook | 水彩, 绘本 | 水彩, 絵本", line=1.2, line_color="#6a5a50", shading="wash", prompt="watercolour storybook illustration, soft edges, paper texture"),
    Style(id="ink", words="ink, ink wash, manga | 水墨, 漫画 | 水墨, 漫画", line=3.2, line_color="#101010", shading="flat", prompt="black ink drawing on paper, brush lines, sparse grey wash"),
)
