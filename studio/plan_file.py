"""Reads a plan from a file or a session folder, with errors a person can act on."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from shotplan.errors import PlanError
from shotplan.plan import ShotPlan


def read_plan(source: Path) -> tuple[ShotPlan, Path]:
    """The plan and the folder it lives in. Raises `PlanError` when it is missing, not JSON or not a valid plan."""
    path = source / "plan.json" if source.is_dir() else source
    try:
        return ShotPlan.model_validate_json(path.read_bytes()), path.parent
    except OSError as e:
        todo = "give a plan.json, or a folder that holds one; a run that was stopped goes on with `ekonte resume`"
        raise PlanError("there is no plan", where=str(path), todo=todo) from e
    except ValidationError as e:
        first = e.errors()[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        raise PlanError(f"the plan is not valid: {first['msg']}", where=f"{path}{where}", todo="mend that place") from e
    except (json.JSONDecodeError, UnicodeDecodeError) as e:
        raise PlanError(f"the plan is not JSON: {e}", where=str(path), todo="give a plan.json") from e
