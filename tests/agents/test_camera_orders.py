"""What a script says to the camera is found, asks for the right thing, and is never cast; positions are read off the words."""

from __future__ import annotations

import pytest

from agents.reading import read
from agents.reading.camera_words import camera_order
from agents.reading.layout import quotes
from agents.reading.orders import orders
from agents.reading.positions import Position, way
from agents.roles.casting import cast_story
from shotplan.brief import detect_language
from tests.agents.crew_at_work import planned

ORDERS = """
The camera pans left across an empty room. | move=pan_left
The camera pans slowly to the right. | move=pan_right
We pan left to a castle. | move=pan_left
Pan right across the crowd. | move=pan_right
The camera tilts up from the ground to the sky. | move=tilt_up
The camera tilts down to her shoes. | move=tilt_down
The camera slowly zooms out to reveal a castle on a hill. | move=zoom_out
Zoom in on the box. | move=zoom_in
The camera dollies in on her face. | move=dolly_in
The camera moves closer to the door. | move=dolly_in
Slow push in on Mia. | move=dolly_in
As the camera pulls back, the boy waves. | move=dolly_out
The boy waves while the camera pulls back. | move=dolly_out
The camera tracks left. | move=truck_left
The camera trucks right with the train. | move=truck_right
The camera moves slowly from left to right. | move=truck_right
The camera rises above the trees. | move=pedestal_up
The camera lowers to the floor. | move=pedestal_down
Crane up over the castle. | move=crane_up
The camera circles the knight clockwise. | move=orbit_left
The camera orbits around the statue. | move=orbit_right
The camera follows the fox through the forest. | move=follow
Tracking shot of a horse galloping across the field. | move=follow
The camera stays still while two men talk. | move=static
Handheld shot of a soldier running. | move=handheld
Close-up on its face as its eyes open. | size=close_up
In close-up, the girl smiles. | size=close_up
Extreme close-up of the key. | size=extreme_close_up
Wide shot: a fox runs across a field. | size=long
Medium shot of the chef stirring a pot. | size=medium
Full shot of the dancer. | size=full
Low angle on the giant. | angle=low
From above, we see the village. | angle=high
Bird's-eye view of the city. | angle=birds_eye
POV: the cat sees a mouse. | angle=pov
Over-the-shoulder shot of the king talking to the queen. | angle=over_shoulder
A girl walks, seen from behind. | side=back
镜头慢慢推近，她笑了。 | move=dolly_in
镜头向左摇，停在一只猫身上。 | move=pan_left
镜头向右摇。 | move=pan_right
镜头拉远，露出一座城堡。 | move=dolly_out
镜头环绕骑士。 | move=orbit_right
镜头跟随狐狸跑过森林。 | move=follow
镜头从左向右移动。 | move=truck_right
镜头固定不动。 | move=static
特写：女孩的脸。 | size=close_up
远景，一个人走过沙漠。 | size=long
カメラがゆっくり右にパンする。 | move=pan_right
カメラは左へパンし、ロボットが本を読む。 | move=pan_left
カメラが少女に寄る。 | move=dolly_in
カメラが引いていくと、城が見える。 | move=dolly_out
カメラが騎士の周りを回る。 | move=orbit_right
カメラが狐を追いかける。 | move=follow
カメラは動かない。 | move=static
カメラがズームインする。 | move=zoom_in
少女の顔のアップ。 | size=close_up
ロングショットで、男が砂漠を歩く。 | size=long
"""
NO_ORDERS = (
    "A woman holds a camera in her hand.", "The photographer lifts his camera and smiles.", "He takes a shot at the goal.",
    "The view is beautiful.", "The pan is hot.", "She turns left at the corner.", "她打开镜头盖。", "カメラマンが笑う。",
    "The boy pans for gold in the river.", "A girl follows the dog.",
)  # fmt: skip


@pytest.mark.parametrize("line", ORDERS.strip().splitlines())
def test_an_order_to_the_camera_is_found_and_asks_for_what_it_says(line: str) -> None:
    script, _, expected = line.rpartition(" | ")
    language = detect_language(script)
    asked = [camera_order(script[a:b], language) for a, b in orders(script, quotes(script), language)]
    field, _, id = expected.partition("=")
    assert id in [getattr(order, field) for order in asked]


@pytest.mark.parametrize("script", NO_ORDERS)
def test_a_camera_in_somebodys_hand_is_no_order(script: str) -> None:
    assert orders(script, quotes(script), detect_language(script)) == []


def test_orders_in_quotations_are_what_somebody_says() -> None:
    script = '"The camera pans left," says the boy.'
    assert all(a >= 24 for a, _ in orders(script, quotes(script), "en"))


@pytest.mark.parametrize(
    ("script", "field", "id"),
    [
        ("A knight stands on a hill. The camera orbits around the knight.", "move", "orbit_right"),
        ("The camera pans left. A fox runs through a forest.", "move", "pan_left"),
        ("A girl waits at a station. Close-up on the girl.", "size", "close_up"),
        ("镜头向左摇。一只狗在睡觉。", "move", "pan_left"),
        ("カメラが右にパンする。ロボットが本を読む。", "move", "pan_right"),
        ("The camera tilts up. Low angle on the castle.", "move", "tilt_up"),
    ],
)
def test_the_camera_of_the_plan_does_what_the_script_asks_and_is_not_cast(script: str, field: str, id: str) -> None:
    plan, _ = planned(script)
    assert id in [getattr(shot.camera, field) for shot in plan.shots]
    assert not {"camera", "person"} & {c.id for c in plan.cast}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("A dog walks from the left of the tree to its right", Position("left", "tree"), Position("right", "tree")),
        ("walks from left to right", Position("left"), Position("right")),
        ("The boy hides behind a tree", None, Position("behind", "tree")),
        ("A cat sits to the left of the box", None, Position("left", "box")),
        ("She stands on the right side of the door", None, Position("right", "door")),
        ("He stands next to the king", None, Position("beside", "king")),
        ("the cat turns left", None, None),
        ("the right answer", None, None),
        ("狗从树的左边走到右边", Position("left", "树"), Position("right", "树")),
        ("女孩站在门的左边", None, Position("left", "门")),
        ("犬が木の左から右へ歩く", Position("left", "木"), Position("right", "木")),
        ("少年は木の後ろに隠れる", None, Position("behind", "木")),
    ],
)
def test_positions_are_read_off_the_words(text: str, start: Position | None, end: Position | None) -> None:
    found = way(text, detect_language(text))
    assert (found.start, found.end) == (start, end)


def test_somebody_walks_from_the_side_the_script_names_to_the_other() -> None:
    plan, _ = planned("A dog walks from the left of a tree to its right.")
    played = plan.shots[0].performances[0]
    assert (played.start, played.end) == ("left_of_tree", "right_of_tree")
    left, right = plan.sets[0].mark("left_of_tree"), plan.sets[0].mark("right_of_tree")
    tree = plan.sets[0].prop("tree")
    assert left is not None
    assert right is not None
    assert tree is not None
    assert left.x < tree.x < right.x
    assert left.z > tree.z


def test_one_stands_on_the_named_side_of_another() -> None:
    plan, _ = planned("A knight stands to the left of a queen.")
    marks = {m.id: m for m in plan.sets[0].marks}
    starts = {p.actor: marks[p.start] for s in plan.shots for p in s.performances if p.start}
    assert starts["knight"].x < starts["queen"].x


@pytest.mark.parametrize(
    ("script", "cast"),
    [
        ("LOW ANGLE: a giant walks down the street at night.", ["giant"]),
        ("CLOSE ON: June giggles. WIDE SHOT: Mo runs.", ["june", "mo"]),
        ("MIA: Hello.\nTOM: Hi!", ["mia", "tom"]),
    ],
)
def test_a_framing_before_a_colon_is_nobody_who_speaks(script: str, cast: list[str]) -> None:
    assert [e.id for e in cast_story(read(script, "en")).cast] == cast
