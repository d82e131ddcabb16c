"""The shot that is drawn: a bundle of any size with a noise picture as its first frame, nobody in it, and a prompt.

Knows which tensors a bundle has. Does not know models; nothing here is meant to look like anything.
"""

from __future__ import annotations

import numpy as np

from shotplan.plan import Ground
from video_core.conditioning import Conditioning, SceneCard

PROMPTS = (
    "a fox runs through tall grass at dusk, the camera follows it from the side",
    "a cat leaps from roof to roof under rain, seen from the street below",
)


def shot(size: tuple[int, int], frames: int, take: int) -> Conditioning:
    """Take 0 and take 1 share no prompt and no picture, so that nothing of one is kept for the other."""
    rng, (height, width) = np.random.default_rng(take), size
    scene = SceneCard(
        shot=f"s{take}", style="anime", place="field", indoor=False, time="day", weather="clear", ground=Ground(), stage_width=10.0,
        stage_depth=10.0, fps=16, actors=(), props=(), prompt=PROMPTS[take % len(PROMPTS)], seed=take,
    )  # fmt: skip
    return Conditioning(
        scene=scene,
        camera_to_world=np.tile(np.eye(4, dtype=np.float32), (frames, 1, 1)),
        intrinsics=np.tile(np.eye(3, dtype=np.float32), (frames, 1, 1)),
        joints_2d=np.zeros((frames, 0, 18, 3), np.float32),
        joints_3d=np.zeros((frames, 0, 18, 3), np.float32),
        instance_ids=np.zeros((frames, height, width), np.uint8),
        inverse_depth=rng.random((frames, height, width), np.float32).astype(np.float16),
        boxes=np.zeros((frames, 0, 4), np.float32),
        tracks=np.zeros((frames, 0, 3), np.float32),
        expressions=np.zeros((frames, 0, 4), np.float32),
        root=np.zeros((frames, 0, 3), np.float32),
        heading=np.zeros((frames, 0), np.float32),
        prop_position=np.zeros((frames, 0, 3), np.float32),
        prop_yaw=np.zeros((frames, 0), np.float32),
        prop_state=np.zeros((frames, 0, 2), np.float32),
        keep_mask=np.zeros((frames, height, width), np.uint8),
        key_frames=rng.integers(0, 255, (1, height, width, 3), dtype=np.uint8),
        key_frame_numbers=np.zeros(1, np.int32),
    )
