"""The crew in which every agent asks one language model.

Knows which agent has which id. Does not know who speaks next (`graph`).
"""

from __future__ import annotations

from typing import Literal

from agents.crew import Agent
from agents.model import Model
from agents.roles.camera import CameraAgent
from agents.roles.character import CharacterAgent
from agents.roles.director import Director
from agents.roles.scene import SceneAgent
from shotplan.brief import Brief
from shotplan.errors import BriefError, NegotiationError
from shotplan.plan import ShotPlan

Options = Literal["supported", "all"]
LANGUAGE_NAMES = {"en": "English", "zh": "Chinese", "ja": "Japanese"}


class ModelCrew:
    """All agents of a session; see `agents.crew.Crew`.

    `options`: `supported` lets the model choose among what the script's words support; `all` puts everything else behind them, for
    a model that reads well; None is the model's own attribute `options`, else `supported` for a small model and `all` for others.
    Raises `BriefError` when the model does not read the brief's language (its attribute `languages`).
    """

    def __init__(self, model: Model, brief: Brief, options: Options | None = None) -> None:
        languages = getattr(model, "languages", None)
        if languages is not None and brief.language not in languages:
            reads = ", ".join(LANGUAGE_NAMES.get(code, code) for code in sorted(languages))
            raise BriefError(
                f"the script is {LANGUAGE_NAMES[brief.language]}, and {model.name} reads {reads} only",
                todo="start a model that reads it, for example with `make vllm` and `ekonte serve --model Qwen/Qwen3-4B-Instruct-2507`, "
                "or let the reading rules work alone with --llm scripted",
            )
        self._model = model
        small = getattr(model, "small", False)
        self.options: Options = options or getattr(model, "options", None) or ("supported" if small else "all")
        self.director = Director(model, self.options)
        self._scene, self._camera = SceneAgent(model, self.options), CameraAgent(model, self.options)

    def agent(self, id: str, plan: ShotPlan) -> Agent:
        """The agent with this id. Raises `NegotiationError` for anybody who is not in the crew."""
        match id:
            case "director":
                return self.director
            case "scene":
                return self._scene
            case "camera":
                return self._camera
        if plan.character(id) is None:
            raise NegotiationError(
                f"there is no agent {id!r}",
                where="/cast",
                todo=f"choose one of: director, scene, camera, {', '.join(c.id for c in plan.cast) or 'nobody cast yet'}",
            )
        return CharacterAgent(id, self._model, self.options)
