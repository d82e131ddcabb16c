"""From words to metres and seconds."""

from shotplan.staging.stage import stage, stage_all

__all__ = ["stage", "stage_all"]
