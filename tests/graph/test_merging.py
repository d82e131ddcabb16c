"""Patches that agents wrote at the same time are merged only where the later one still means what its author meant."""

from __future__ import annotations

from typing import Any

import jsonpatch
from hypothesis import given
from hypothesis import strategies as st

from graph.merging import conflict


def op(kind: str, path: str, value: Any = 0) -> dict[str, Any]:
    return {"op": kind, "path": path} | ({} if kind == "remove" else {"value": value})


def test_changes_of_different_places_can_be_merged() -> None:
    fox = [op("replace", "/shots/0/performances/0/pace", "fast")]
    owl = [op("replace", "/shots/0/performances/1/pace", "slow")]
    assert conflict(owl, [fox]) is None


def test_two_agents_may_both_append() -> None:
    assert conflict([op("add", "/shots/0/performances/-")], [[op("add", "/shots/0/performances/-")]]) is None


def test_a_patch_behind_a_removal_in_the_same_list_is_stale() -> None:
    why = conflict([op("replace", "/shots/0/performances/1/pace")], [[op("remove", "/shots/0/performances/0")]])
    assert why == "an earlier change renumbered /shots/0/performances"


def test_a_patch_of_what_somebody_replaced_is_stale_in_both_directions() -> None:
    part, whole = [op("replace", "/shots/0/camera/size")], [op("replace", "/shots/0/camera")]
    assert conflict(part, [whole]) is not None
    assert conflict(whole, [part]) is not None


DOCUMENT = {"a": [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 2, "y": 2}], "b": {"c": 3, "d": [4, 5]}}
PATHS = ["/a/0/x", "/a/1/x", "/a/2/y", "/a/0", "/a/1", "/b/c", "/b/d/0", "/b/d/1", "/b/d/-", "/a/-"]
OPS = st.builds(op, st.sampled_from(["replace", "add", "remove"]), st.sampled_from(PATHS), st.integers(10, 99))


def applied(document: Any, patch: list[dict[str, Any]]) -> Any:
    try:
        return jsonpatch.apply_patch(document, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return None


@given(OPS, OPS)
def test_patches_without_a_conflict_give_the_same_in_either_order(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    if applied(DOCUMENT, [first]) is None or applied(DOCUMENT, [second]) is None:
        return
    if conflict([second], [[first]]) is None and conflict([first], [[second]]) is None:
        one = applied(applied(DOCUMENT, [first]), [second])
        other = applied(applied(DOCUMENT, [second]), [first])
        appended = first["path"] == second["path"] and first["path"].endswith("-")
        assert one is not None
        assert appended or one == other
