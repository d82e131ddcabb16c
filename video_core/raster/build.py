"""How each kind of character is built: proportions relative to body height.

Knows numbers. Does not know how they are drawn. All lengths are fractions of the character's height (ground to top of head).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Build:
    """Proportions of one kind of character."""

    head: float
    """Radius of the skull."""
    trunk: float
    """Radius of the trunk."""
    arm: float
    """Radius of the upper arm, fore leg or wing root."""
    leg: float
    """Radius of the thigh."""
    foot: float = 0.0
    """Length from ankle to toe."""
    snout: float = 0.0
    """Length of snout or beak in front of the skull."""
    snout_width: float = 0.0
    """Half width of the snout at its root."""
    ear: float = 0.0
    """Length of an ear or horn."""
    tail: float = 0.0
    """Length of the tail."""
    tail_width: float = 0.0
    """Half width of the tail at its widest."""
    hair: str = ""
    """Hair shape of people: short, long, messy, tails, balding, bun, none."""
    ears: str = ""
    """Ear shape of animals: pointed, round, long, floppy, tufts, horns, antlers, none."""
    mane: float = 0.0
    """Radius of a mane around the neck."""


_ADULT = Build(head=0.088, trunk=0.085, arm=0.030, leg=0.046, foot=0.10, hair="short")
_CHILD = Build(head=0.118, trunk=0.095, arm=0.034, leg=0.050, foot=0.10, hair="messy")
_BEAST = Build(
    head=0.17, trunk=0.19, arm=0.062, leg=0.085, foot=0.07, snout=0.17, snout_width=0.085, ear=0.17, tail=0.45, tail_width=0.05,
    ears="pointed",
)  # fmt: skip
_BIRD = Build(
    head=0.20,
    trunk=0.26,
    arm=0.07,
    leg=0.022,
    foot=0.10,
    snout=0.12,
    snout_width=0.06,
    tail=0.32,
    tail_width=0.10,
    ears="none",
)

BUILDS: dict[str, Build] = {
    "man": _ADULT,
    "woman": replace(_ADULT, head=0.092, trunk=0.072, arm=0.025, leg=0.042, hair="long"),
    "boy": _CHILD,
    "girl": replace(_CHILD, trunk=0.085, arm=0.030, leg=0.045, hair="tails"),
    "old_man": replace(_ADULT, hair="balding"),
    "old_woman": replace(_ADULT, head=0.096, trunk=0.085, hair="bun"),
    "robot": replace(_ADULT, head=0.095, trunk=0.10, arm=0.036, leg=0.048, hair="none", ears="antenna"),
    "giant": replace(_ADULT, head=0.085, trunk=0.13, arm=0.050, leg=0.066, hair="messy"),
    "monkey": replace(
        _CHILD, head=0.135, hair="none", ears="round", ear=0.07, snout=0.05, snout_width=0.08, tail=0.6, tail_width=0.02
    ),
    "penguin": Build(
        head=0.16,
        trunk=0.24,
        arm=0.05,
        leg=0.05,
        foot=0.10,
        snout=0.10,
        snout_width=0.045,
        hair="none",
        ears="none",
        tail=0.08,
        tail_width=0.05,
    ),
    "creature": replace(_CHILD, head=0.17, trunk=0.15, hair="none", ears="horns", ear=0.12, tail=0.3, tail_width=0.05),
    "fox": replace(_BEAST, tail=0.80, tail_width=0.125, ear=0.22, snout=0.15, snout_width=0.080, trunk=0.17),
    "dog": replace(_BEAST, ears="floppy", ear=0.20, tail=0.40, tail_width=0.045, snout=0.16),
    "cat": replace(_BEAST, head=0.20, snout=0.07, snout_width=0.10, ear=0.16, tail=0.75, tail_width=0.04, trunk=0.18),
    "wolf": replace(_BEAST, tail=0.55, tail_width=0.085, ear=0.16, snout=0.18, mane=0.20),
    "bear": replace(
        _BEAST,
        head=0.20,
        trunk=0.30,
        arm=0.11,
        leg=0.12,
        ears="round",
        ear=0.075,
        snout=0.13,
        snout_width=0.09,
        tail=0.08,
        tail_width=0.05,
    ),
    "rabbit": replace(
        _BEAST, head=0.20, trunk=0.22, ears="long", ear=0.42, snout=0.08, snout_width=0.10, tail=0.10, tail_width=0.08
    ),
    "horse": replace(
        _BEAST,
        head=0.085,
        trunk=0.145,
        arm=0.045,
        leg=0.062,
        ear=0.075,
        snout=0.17,
        snout_width=0.055,
        tail=0.42,
        tail_width=0.05,
        mane=0.10,
    ),
    "deer": replace(
        _BEAST,
        head=0.095,
        trunk=0.14,
        arm=0.035,
        leg=0.050,
        ears="antlers",
        ear=0.12,
        snout=0.12,
        snout_width=0.05,
        tail=0.10,
        tail_width=0.035,
    ),
    "lion": replace(
        _BEAST,
        head=0.165,
        trunk=0.19,
        ears="round",
        ear=0.08,
        snout=0.11,
        snout_width=0.10,
        tail=0.60,
        tail_width=0.03,
        mane=0.30,
    ),
    "mouse": replace(
        _BEAST, head=0.24, trunk=0.25, ears="round", ear=0.20, snout=0.13, snout_width=0.10, tail=0.95, tail_width=0.025
    ),
    "pig": replace(
        _BEAST,
        head=0.18,
        trunk=0.26,
        ears="floppy",
        ear=0.13,
        snout=0.12,
        snout_width=0.085,
        tail=0.18,
        tail_width=0.02,
    ),
    "frog": replace(
        _BEAST,
        head=0.30,
        trunk=0.32,
        arm=0.07,
        leg=0.10,
        ears="none",
        ear=0.0,
        snout=0.06,
        snout_width=0.20,
        tail=0.0,
        tail_width=0.0,
    ),
    "dragon": replace(
        _BEAST,
        head=0.12,
        trunk=0.17,
        ears="horns",
        ear=0.16,
        snout=0.17,
        snout_width=0.075,
        tail=0.95,
        tail_width=0.085,
    ),
    "owl": replace(_BIRD, head=0.27, trunk=0.29, snout=0.05, snout_width=0.05, ears="tufts", ear=0.13, tail=0.20),
    "bird": _BIRD,
    "eagle": replace(_BIRD, head=0.15, trunk=0.21, snout=0.11, snout_width=0.055, tail=0.40),
}

_PLANS = {"biped": BUILDS["man"], "quadruped": _BEAST, "bird": _BIRD}


def build_of(kind: str, body: str) -> Build:
    """The proportions of a kind; a kind without its own gets those of its body plan."""
    return BUILDS.get(kind) or _PLANS[body]
