"""The build lock: one process at a time, and it says who."""

import pytest

from corpus.errors import HomeError, IndexLocked
from index.lock import build_lock

HOLD = """
import sys
from pathlib import Path
from index.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(start, tmp_path):
    process = start(HOLD, tmp_path)
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_is_told_who_holds_the_lock(holder, tmp_path):
    with pytest.raises(IndexLocked, match=f"process {holder.pid} on "), build_lock(tmp_path):
        pass


def test_the_lock_is_free_when_its_holder_is_done(holder, tmp_path):
    holder.communicate("\n")
    with build_lock(tmp_path):
        assert (tmp_path / "lock.json").exists()


def test_the_lock_is_free_when_its_holder_was_killed(holder, tmp_path):
    holder.kill()
    holder.wait()
    with build_lock(tmp_path):
        pass


@pytest.mark.parametrize("note", [None, b"", b'{"pid": 1}', b"\xff\x00"])
def test_a_holder_without_a_readable_note_is_another_process(holder, tmp_path, note):
    (tmp_path / "lock.json").unlink()
    if note is not None:
        (tmp_path / "lock.json").write_bytes(note)
    with pytest.raises(IndexLocked, match="another process"), build_lock(tmp_path):
        pass


def test_a_note_of_another_shape_is_another_process(holder, tmp_path):
    (tmp_path / "lock.json").write_text("[]")
    with pytest.raises(IndexLocked, match="another process"), build_lock(tmp_path):
        pass


def test_a_failed_build_gives_the_lock_back(tmp_path):
    with pytest.raises(ZeroDivisionError), build_lock(tmp_path):
        _ = 1 / 0
    with build_lock(tmp_path):
        pass
    assert not (tmp_path / "lock.json").exists()


def test_the_folder_is_made(tmp_path):
    with build_lock(tmp_path / "deep" / "index"):
        assert (tmp_path / "deep" / "index" / "lock").exists()


def test_a_file_in_place_of_the_folder_is_a_home_error(tmp_path):
    (tmp_path / "index").write_text("")
    with pytest.raises(HomeError, match="TUTOR_HOME"), build_lock(tmp_path / "index"):
        pass


def test_a_full_disk_is_a_home_error(tmp_path, files_end_at):
    with pytest.raises(HomeError), files_end_at(0), build_lock(tmp_path):
        pass
