"""How good is a plan: mechanical measures of a plan against a case that says what a careful reader of the script demands."""

from evals.score.case import Case, read_case, read_cases
from evals.score.score import Score, score_plan

__all__ = ["Case", "Score", "read_case", "read_cases", "score_plan"]
