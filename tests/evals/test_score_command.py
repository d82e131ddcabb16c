"""`ekonte score` on a plan, a folder of plans and a bad case; and a case talked through and scored before and after."""

from __future__ import annotations

import json

from agents.scripted import FunctionModel, ScriptedModel
from evals.bench.scores import Table, compare, run_case, summary
from evals.score import Case
from studio.cli import run
from studio.commands import app
from tests.evals.films import case, plan


def write(folder, **changes):
    one = case(**changes)
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "plans").mkdir(exist_ok=True)
    (folder / "cases" / f"{one.id}.json").write_text(one.model_dump_json(), encoding="utf-8")
    (folder / "plans" / f"{one.id}.json").write_text(plan().model_dump_json(), encoding="utf-8")
    return folder / "plans" / f"{one.id}.json", folder / "cases" / f"{one.id}.json"


def test_a_plan_is_scored_against_a_case(tmp_path, capsys):
    film, demanded = write(tmp_path)
    assert run(app, ["score", str(film), "--case", str(demanded)]) == 0
    assert "fox_and_cats: 100.0 of 100" in capsys.readouterr().out
    assert run(app, ["score", str(film), "--case", str(demanded), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"]["events"] == 1


def test_a_folder_of_plans_named_like_the_cases_is_scored(tmp_path, capsys):
    write(tmp_path)
    write(tmp_path, id="other", events=[{"who": ["fox"], "does": ["swim"]}], seen=[], camera=[])
    assert run(app, ["score", str(tmp_path / "plans"), "--cases", str(tmp_path / "cases"), "--json"]) == 0
    scores = {s["case"]: s["score"] for s in json.loads(capsys.readouterr().out)}
    assert scores["fox_and_cats"] == 100 > scores["other"]


def test_a_bad_case_and_a_folder_without_plans_are_one_line_each(tmp_path, capsys):
    film, demanded = write(tmp_path)
    demanded.write_text('{"id": "x", "language": "fr", "script": "Un renard."}', encoding="utf-8")
    assert run(app, ["score", str(film), "--case", str(demanded)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "language" in told
    write(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run(app, ["score", str(tmp_path / "empty"), "--cases", str(tmp_path / "cases")]) == 2
    assert "no plan is named like a case" in capsys.readouterr().err


SMALL = Case.model_validate(
    {
        "id": "en_wave", "language": "en", "script": "A girl waves.",
        "things": [{"id": "girl", "names": ["girl"], "kinds": ["girl"]}],
        "events": [{"words": "A girl waves", "who": ["girl"], "does": ["wave"]}],
    }
)  # fmt: skip


def test_a_case_is_talked_through_and_scored_before_and_after_the_negotiation(tmp_path, capsys):
    one = run_case(SMALL, ScriptedModel(), tmp_path)
    assert one.outcome == "agreed"
    assert one.before is not None
    assert one.after is not None
    assert one.after.parts["events"] == 1
    assert one.calls > 0
    table = Table(crew="scripted", model="scripted", split="all", seconds=1.0, runs=(one,))
    compare(table, table)
    assert "difference" in capsys.readouterr().out


def test_a_case_in_a_language_the_model_does_not_read_is_listed_apart_and_not_scored(tmp_path):
    chinese = SMALL.model_copy(update={"id": "zh_wave", "language": "zh", "script": "女孩挥手。"})
    model = FunctionModel(lambda request: None, languages=frozenset({"en"}))
    one = run_case(chinese, model, tmp_path)
    assert one.outcome == "not read"
    assert summary([one]) == {"cases": 0, "not_read": 1}


def test_a_crew_that_fails_scores_nothing_and_says_why(tmp_path):
    one = run_case(SMALL, FunctionModel(lambda request: {"nonsense": 1}), tmp_path)
    assert one.outcome == "failed"
    assert one.error
    assert summary([one])["score"] == 0
