"""From a script to clauses: who is named, which words of the vocabularies stand there, who speaks.

Knows text in English, Chinese and Japanese. Does not know plans, models or prompts. Deterministic; every span is verbatim.
"""

from agents.reading.clauses import Clause, Mention, Reading, Scene
from agents.reading.script import read

__all__ = ["Clause", "Mention", "Reading", "Scene", "read"]
