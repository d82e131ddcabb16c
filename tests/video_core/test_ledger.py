"""A file is up to date only when what it was made from and what it holds are both unchanged."""

from pathlib import Path

from video_core.ledger import Ledger, digest_of


def test_a_recorded_file_is_current_until_its_inputs_or_bytes_change(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"one")
    Ledger(tmp_path).record("a.bin", "inputs-1")
    assert Ledger(tmp_path).current("a.bin", "inputs-1")
    assert not Ledger(tmp_path).current("a.bin", "inputs-2")
    (tmp_path / "a.bin").write_bytes(b"two")
    assert not Ledger(tmp_path).current("a.bin", "inputs-1")


def test_existing_on_disk_is_not_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"one")
    assert not Ledger(tmp_path).current("a.bin", "inputs-1")


def test_a_corrupt_ledger_makes_everything_stale_instead_of_failing(tmp_path: Path) -> None:
    (tmp_path / "artifacts.json").write_text("{not json")
    assert not Ledger(tmp_path).current("a.bin", "inputs-1")


def test_digests_keep_boundaries_between_parts() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
