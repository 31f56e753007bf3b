"""The folder of a run: nothing that was answered is lost, whatever happens to it."""

from __future__ import annotations

import json

import pytest

from corpus.errors import HomeError, UsageError
from eval.records import Record, Reply
from eval.runs import (
    RunError,
    RunFolder,
    RunInfo,
    all_runs,
    damaged_runs,
    find_run,
    new_run,
    runs_folder,
    unfinished,
)


@pytest.fixture
def record(make_question):
    def make(id: str) -> Record:
        reply = Reply(status="answered", answer="Naïve – “low-rank”.", timings_ms={"total": 1.5})
        return Record(question=make_question(id), reply=reply)

    return make


@pytest.fixture
def run(tmp_path):
    """A run of the questions a, b and c."""
    return _run(tmp_path, "one")


# --- Answers


def test_answers_come_back_in_the_order_of_the_questions(run, record):
    for name in "cab":
        run.append(record(name))
    assert run.records() == [record("a"), record("b"), record("c")]


def test_a_run_without_answers_has_no_records(run):
    assert run.records() == []
    run.drop_half_line()
    assert run.records() == []


def test_a_question_that_is_not_of_the_run_is_left_out(run, record):
    run.append(record("z"))
    assert run.records() == []


@pytest.mark.parametrize("written", [1, 20, -1])
def test_a_line_half_written_is_no_answer_and_spoils_none(run, record, written):
    run.append(record("a"))
    line = record("b").model_dump_json().encode() + b"\n"
    _add(run, line[:written])
    assert run.records() == [record("a")]
    run.drop_half_line()
    run.append(record("c"))
    assert run.records() == [record("a"), record("c")]


def test_whole_lines_are_kept_as_they_are(run, record):
    run.append(record("a"))
    before = _answers(run).read_bytes()
    run.drop_half_line()
    assert _answers(run).read_bytes() == before


@pytest.mark.parametrize("damage", [b'{"question": ', b"\xff\xfe", b"null", b"\0\0\0\0"])
def test_a_damaged_line_in_the_middle_is_named(run, record, damage):
    run.append(record("a"))
    _add(run, damage + b"\n")
    run.append(record("b"))
    with pytest.raises(RunError, match=r"answers\.jsonl:2 is damaged; remove that line"):
        run.records()


def test_a_full_disk_loses_the_answer_at_hand_alone(run, record, files_end_at):
    run.append(record("a"))
    with (
        files_end_at(_answers(run).stat().st_size + 40),
        pytest.raises(HomeError, match="free space, then: tutor eval run --resume one"),
    ):
        run.append(record("b"))
    run.drop_half_line()
    run.append(record("c"))
    assert run.records() == [record("a"), record("c")]


# --- What the run is of


def test_settings_come_back_as_what_they_were(run):
    overrides = {"answer_threshold": 0.0, "written_sentences": 0, "reranker": "0", "x": True}
    run.write_info(run.info().model_copy(update={"overrides": overrides}))
    read = run.info().overrides
    assert read == overrides
    assert [type(value) for value in read.values()] == [float, int, str, bool]


def test_a_folder_without_a_run_is_none(tmp_path):
    with pytest.raises(RunError, match="there is no run one; see: tutor eval list"):
        find_run(tmp_path, "one")
    (runs_folder(tmp_path) / "one").mkdir(parents=True)
    with pytest.raises(RunError, match="there is no run one"):
        find_run(tmp_path, "one")
    assert all_runs(tmp_path) == []


@pytest.mark.parametrize("text", [b"", b"{", b'{"name": "one"}', b'{"news": 1}', b"\xff"])
def test_a_damaged_description_is_said(run, text):
    (run.folder / "run.json").write_bytes(text)
    with pytest.raises(RunError, match=r"run\.json is damaged .*; remove its folder, run anew"):
        run.info()


# --- Names


def test_a_name_is_taken_once(tmp_path, run):
    with pytest.raises(UsageError, match="there is a run one already; go on with it: --resume one"):
        new_run(tmp_path, "tutor", "dev", "one")


def test_there_is_no_going_on_with_a_finished_run(tmp_path, run):
    run.write_info(run.info().model_copy(update={"finished": "2026-01-02T03:04:05"}))
    with pytest.raises(UsageError, match="there is a run one already; take another name"):
        new_run(tmp_path, "tutor", "dev", "one")
    (run.folder / "run.json").write_text("{")
    with pytest.raises(UsageError, match="there is a run one already; take another name"):
        new_run(tmp_path, "tutor", "dev", "one")


def test_answers_of_an_unknown_run_are_not_taken_over(tmp_path, run, record):
    run.append(record("a"))
    (run.folder / "run.json").unlink()
    with pytest.raises(UsageError, match="holds no run; remove it, or take another name"):
        new_run(tmp_path, "tutor", "dev", "one")


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a/b", "../a", "a b", "latest", "last", "x" * 101, "a\n"]
)
def test_a_name_must_be_one_of_a_folder(tmp_path, name):
    with pytest.raises(UsageError, match="is no name for a run"):
        new_run(tmp_path, "tutor", "dev", name)


def test_runs_of_one_second_have_names_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("eval.runs.time.strftime", lambda form: "20260102-030405")
    names = []
    for _ in range(3):
        run = new_run(tmp_path, "tutor", "dev")
        run.write_info(_info(run.name))
        names.append(run.name)
    stem = "20260102-030405-tutor-dev"
    assert names == [stem, f"{stem}-2", f"{stem}-3"]


# --- Finding


def test_runs_are_found_by_name_by_path_and_as_the_latest(tmp_path):
    old = _run(tmp_path, "zebra", started="2026-01-01T00:00:00")
    new = _run(tmp_path, "ant", started="2026-01-02T00:00:00")
    assert [run.name for run in all_runs(tmp_path)] == ["zebra", "ant"]
    assert find_run(tmp_path, "latest").name == "ant"
    assert find_run(tmp_path, "zebra").folder == old.folder
    assert find_run(tmp_path / "another", str(new.folder)).folder == new.folder


def test_a_damaged_run_hides_no_other(tmp_path):
    _run(tmp_path, "a", started="1")
    damaged = _run(tmp_path, "b", started="2")
    (damaged.folder / "run.json").write_text("{")
    assert [run.name for run in all_runs(tmp_path)] == ["a"]
    assert find_run(tmp_path, "latest").name == unfinished(all_runs(tmp_path)).name == "a"
    ((name, why),) = damaged_runs(tmp_path).items()
    assert (name, "is damaged" in why) == ("b", True)


def test_without_a_run_there_is_no_latest(tmp_path):
    with pytest.raises(RunError, match="there is no run yet; first: tutor eval run"):
        find_run(tmp_path, "latest")


def test_the_last_unfinished_run_is_gone_on_with(tmp_path):
    _run(tmp_path, "a", started="1")
    _run(tmp_path, "b", started="2")
    _run(tmp_path, "c", started="3", finished="4")
    assert unfinished(all_runs(tmp_path)).name == "b"


def test_all_runs_may_be_finished(tmp_path):
    _run(tmp_path, "a", finished="1")
    with pytest.raises(RunError, match="no run was left unfinished"):
        unfinished(all_runs(tmp_path))


# --- What is computed


def test_what_is_not_there_or_damaged_asks_for_scoring(run):
    for text in (None, "", "{"):
        if text is not None:
            (run.folder / "figures.json").write_text(text)
        with pytest.raises(RunError, match="no figures yet; run: tutor eval run --resume one"):
            run.read_json("figures.json")


def test_no_file_holds_what_json_does_not_know(run):
    run.write_json("figures.json", [None])
    with pytest.raises(ValueError, match="not JSON compliant"):
        run.write_json("figures.json", [float("nan")])
    assert json.loads((run.folder / "figures.json").read_text()) == [None]


def _run(home, name: str, **fields) -> RunFolder:
    run = RunFolder(runs_folder(home) / name)
    run.write_info(_info(name, **fields))
    return run


def _info(name: str, **fields) -> RunInfo:
    return RunInfo(name=name, system="tutor", split="dev", sets={"mine": ["a", "b", "c"]}, **fields)


def _answers(run: RunFolder):
    return run.folder / "answers.jsonl"


def _add(run: RunFolder, data: bytes) -> None:
    with _answers(run).open("ab") as stream:
        stream.write(data)
