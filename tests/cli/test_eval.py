"""``tutor eval`` as people use it: a run that is killed and goes on, runs compared, and errors."""

import json
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from eval import baseline
from eval.golden import load
from eval.runs import RunFolder

pytestmark = pytest.mark.language_model

COMMANDS = {
    "run", "list", "compare", "report", "baseline", "calibrate", "check", "propose", "review",
    "accept",
}  # fmt: skip
REPORTS = {"report.html", "report.md", "report.json"}
PATIENCE = 300  # seconds; a quick run takes less than 90 on a quiet machine


@dataclass(frozen=True)
class Stopped:
    """What a stopped command left behind."""

    status: int
    out: str
    err: str


def runs_of(shell) -> Path:
    return shell.home / "eval" / "runs"


def lines_of(file: Path) -> list[bytes]:
    """The whole lines of a file that may be growing."""
    return file.read_bytes().split(b"\n")[:-1] if file.exists() else []


def take_over(shell, other) -> None:
    """Copy the runs of another home, without their largest file."""
    shutil.copytree(runs_of(other), runs_of(shell), ignore=shutil.ignore_patterns("report.html"))


# Help


def test_help_names_every_command(shell):
    listed = shell("eval", "--help").out.partition("Commands:")[2]
    assert {line.split()[0] for line in listed.splitlines() if line[2:3].isalpha()} == COMMANDS
    assert "eval" in shell("--help").out


HELP = """
import sys
from tutor.cli import main
sys.argv = ["tutor", *sys.argv[1:], "--help"]
try:
    main()
finally:
    print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


@pytest.mark.parametrize("command", [(), ("eval",), ("eval", "run"), ("eval", "compare")])
def test_help_imports_nothing_that_takes_long(command, start):
    process = start(HELP, *command)
    out, err = process.communicate()
    assert process.returncode == 0
    assert "Usage: tutor" in out
    modules = set(err.split())
    assert "eval.cli.running" in modules
    assert not modules & {"ragas", "plotly", "torch", "numpy", "scipy", "pydantic_settings"}


# A quick run with the bundled model, interrupted and then killed while it asks


def stopped(shell, stop: signal.Signals, answered: int, *arguments: str) -> Stopped:
    """What a run leaves behind that is stopped after so many answers."""
    process = shell.start("eval", "run", *arguments)
    answers = runs_of(shell) / "quick" / "answers.jsonl"
    deadline = time.monotonic() + PATIENCE
    while len(lines_of(answers)) < answered and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(stop)
    out, err = process.communicate()
    return Stopped(process.returncode, out.decode(), err.decode())


@pytest.fixture(scope="module")
def interrupted(new_home, new_shell):
    """The home of a quick run that somebody has interrupted, and what it said."""
    shell = new_shell(new_home())
    return shell, stopped(shell, signal.SIGINT, 2, "--quick", "--name", "quick")


@pytest.fixture(scope="module")
def killed(interrupted):
    """The same home, where the run went on and was killed."""
    shell, _ = interrupted
    assert stopped(shell, signal.SIGKILL, 5, "--resume", "quick").status == -signal.SIGKILL
    return shell


@pytest.fixture(scope="module")
def before(killed, new_home, new_shell):
    """A home with the killed run as it was left."""
    shell = new_shell(new_home())
    take_over(shell, killed)
    return shell


@pytest.fixture(scope="module")
def resumed(killed, before):
    """The same run, gone on with: what the command printed."""
    result = killed("eval", "run", "--resume", "last")
    assert (result.status, result.err) == (0, "")
    return result


@pytest.fixture(scope="module")
def quick(killed, resumed) -> RunFolder:
    return RunFolder(runs_of(killed) / "quick")


def test_an_interrupted_run_says_how_to_go_on(interrupted):
    _, result = interrupted
    assert (result.status, result.out) == (130, "")
    assert result.err.strip() == "go on with: tutor eval run --resume quick"


def test_a_killed_run_is_listed_with_the_way_to_go_on(before):
    listed = before("eval", "list")
    assert listed.status == 0
    assert "28 curriculum  unfinished: tutor eval run --resume quick" in listed.out


def test_a_killed_run_has_no_report_yet(before):
    result = before("eval", "report")
    assert result.status == 1
    assert result.error == "run quick has no figures yet; run: tutor eval run --resume quick"


def test_a_resumed_run_asks_the_rest_and_nothing_twice(before, quick):
    answered = lines_of(runs_of(before) / "quick" / "answers.jsonl")
    every = lines_of(quick.folder / "answers.jsonl")
    assert 5 <= len(answered) < len(every) == 28
    assert every[: len(answered)] == answered
    asked = [json.loads(line)["question"]["id"] for line in every]
    assert sorted(asked) == sorted(quick.info().sets["curriculum"])


def test_a_run_prints_the_figures_and_where_the_report_is(resumed, quick):
    assert "recall@5 ↑" in resumed.out
    assert "declined near-domain ↑" in resumed.out
    assert resumed.out.splitlines()[-1] == f"report: {quick.folder / 'report.html'}"


def test_a_row_of_the_table_is_one_line(resumed):
    table = resumed.out.partition("\n\n")[0].splitlines()
    rows = json.loads((Path(resumed.out.split()[-1]).parent / "figures.json").read_text())
    assert len(table) == 1 + len(rows)


def test_a_run_writes_three_reports(quick):
    assert {file.name for file in quick.folder.iterdir()} >= REPORTS
    asked = json.loads((quick.folder / "report.json").read_text())["runs"][0]["questions"]
    assert asked == {"curriculum": 28}
    page = (quick.folder / "report.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "recall@5" in page
    assert "recall@5" in (quick.folder / "report.md").read_text()


def test_every_answer_is_kept_with_its_evidence(quick):
    replies = [record.reply for record in quick.records()]
    answered = [reply for reply in replies if reply and reply.status == "answered"]
    assert len(answered) > 14
    for reply in answered:
        assert reply.retrieved
        assert all(passage.text for passage in reply.retrieved)
        quotes = {citation.n: citation.quote for citation in reply.citations}
        assert all(quotes[n] for said in reply.sentences for n in said.citations)
    assert sum(reply.tokens for reply in answered) > 0  # the model has written


def test_a_finished_run_is_listed_with_its_time(killed, quick):
    line = killed("eval", "list").out.strip()
    assert line == f"quick  tutor  test  28 curriculum  {quick.info().finished[:16]}"
    assert killed("eval", "list", "--json").json[0]["finished"] == quick.info().finished


def test_nothing_is_left_to_resume(killed, quick):
    result = killed("eval", "run", "--resume", "last")
    assert result.status == 1
    assert result.error == "no run was left unfinished; start one: tutor eval run"


# Two systems over a golden file of one's own, by quotation alone


KINDS = ("why", "how", "near-domain")


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """Six questions of dev, all that --quick asks of them: two of a kind."""
    file = tmp_path_factory.mktemp("golden") / "own.jsonl"
    kinds = {kind: [q for q in load("dev") if q.kind == kind] for kind in KINDS}
    questions = [question for of_kind in kinds.values() for question in of_kind[:2]]
    file.write_text("".join(q.model_dump_json() + "\n" for q in questions))
    return file


QUOTING = ("--quick", "--written", "0")


@pytest.fixture(scope="module")
def both(own, new_home, new_shell):
    """The home of a run over the tutor and a damaged one, and what the command printed."""
    shell = new_shell(new_home())
    systems = ("--system", "tutor", "--system=wrong-chunks")
    result = shell("eval", "run", str(own), *systems, *QUOTING, "--name", "two")
    assert (result.status, result.err) == (0, "")
    return shell, result


@pytest.fixture
def here(both, inside):
    """Commands in this process, with copies of the two runs."""
    take_over(inside, both[0])
    return inside


@pytest.fixture
def baselines(tmp_path, monkeypatch) -> Path:
    """A folder of baselines, empty."""
    folder = tmp_path / "baselines"
    monkeypatch.setattr(baseline, "FOLDER", folder)
    return folder


def test_systems_stand_side_by_side_in_one_table_and_one_report(both):
    shell, result = both
    table = result.out.rpartition(" measure ")[2]
    assert table.split()[:2] == ["tutor", "wrong-chunks"]
    report = json.loads((runs_of(shell) / "two-tutor" / "report.json").read_text())
    assert [run["system"] for run in report["runs"]] == ["tutor", "wrong-chunks"]


def test_what_was_overridden_is_kept_with_the_run(both):
    info = RunFolder(runs_of(both[0]) / "two-tutor").info()
    assert info.overrides == {"written_sentences": 0}
    assert info.configuration["written_sentences"] == 0


def test_compare_shows_what_got_worse(here):
    result = here("eval", "compare", "two-tutor", "two-wrong-chunks")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("6 questions in common (6 and 6 asked)\n")
    assert "A two-tutor (tutor), B two-wrong-chunks (wrong-chunks)" in result.out
    row = next(line for line in result.out.splitlines() if "recall@5" in line)
    assert "-1.000" in row
    assert "right (own.jsonl) worse: dev-why-001" in result.out
    assert "nan" not in result.out


def test_compare_as_json_is_json(here):
    result = here("eval", "compare", "two-tutor", "two-wrong-chunks", "--json")
    compared = json.loads(result.out, parse_constant=pytest.fail)
    recall = next(one for one in compared if one["name"] == "recall@5 (own.jsonl)")
    assert len(recall["paired"]["worse"]) == recall["paired"]["n"] == 4


def test_a_run_with_another_k_is_compared_by_the_paths_of_the_folders(here, own):
    asked = here("eval", "run", str(own), *QUOTING, "-k", "1", "--name", "one")
    assert (asked.status, asked.err) == (0, "")
    assert RunFolder(runs_of(here) / "one").info().overrides["passages"] == 1
    folders = (str(runs_of(here) / name) for name in ("two-tutor", "one"))
    compared = here("eval", "compare", *folders)
    assert compared.status == 0
    assert "fact recall (own.jsonl)" in compared.out


def test_runs_without_a_common_question_are_not_compared(here):
    one = RunFolder(runs_of(here) / "two-tutor")
    scores = one.read_json("scores.json")
    for rows in scores["own.jsonl"]["rows"].values():
        rows.clear()
    one.write_json("scores.json", scores)
    result = here("eval", "compare", "two-tutor", "two-wrong-chunks")
    assert result.status == 2
    assert result.error == "two-tutor and two-wrong-chunks have no question in common"


def test_reports_go_where_they_are_wanted(here, tmp_path):
    result = here("eval", "report", "two-wrong-chunks", "--out", str(tmp_path / "new" / "folder"))
    assert (result.status, result.err) == (0, "")
    assert {file.name for file in (tmp_path / "new" / "folder").iterdir()} == REPORTS
    assert result.out.strip() == f"report: {tmp_path / 'new' / 'folder' / 'report.html'}"


def test_a_report_that_cannot_be_written_is_one_line(here, tmp_path):
    (tmp_path / "file").touch()
    result = here("eval", "report", "--out", str(tmp_path / "file"))
    assert result.status == 1
    assert "cannot write the report" in result.error
    assert "tutor eval report --out FOLDER" in result.error


def test_without_a_baseline_the_way_to_one_is_told(here, baselines):
    of_golden_sets(here, "two-tutor")
    result = here("eval", "baseline", "two-tutor")
    assert result.status == 1
    assert "there is no baseline of dev; make one: tutor eval baseline --write" in result.error
    assert "a whole run of the tutor without --quick, --each or changed settings" in result.error


def test_a_baseline_is_a_whole_run(here, baselines):
    result = here("eval", "baseline", "two-tutor", "--write")
    assert result.status == 2
    assert "a baseline is a whole run of the tutor" in result.error
    assert not baselines.exists()


def test_a_part_is_held_against_no_baseline(here, own, baselines):
    before = list(runs_of(here).iterdir())
    for asked in (("baseline", "two-tutor"), ("run", str(own), "--baseline"),
                  ("run", "--quick", "--baseline"), ("run", "--each", "1", "--baseline"),
                  ("run", "--resume", "two-tutor", "--baseline")):  # fmt: skip
        result = here("eval", *asked)
        assert (result.status, result.out) == (2, "")
        assert "leave out the file, --quick and --each" in result.error
    assert list(runs_of(here).iterdir()) == before


def of_golden_sets(shell, name: str) -> RunFolder:
    """A run as though it were a whole one of the curriculum's set."""
    run = RunFolder(runs_of(shell) / name)
    asked = next(iter(run.info().sets.values()))
    forged = {"quick": False, "file": "", "overrides": {}, "sets": {"curriculum": asked}}
    run.write_info(run.info().model_copy(update=forged))
    for file in ("figures.json", "scores.json"):
        text = (run.folder / file).read_text()
        text = text.replace(" (own.jsonl)", "").replace('"own.jsonl"', '"curriculum"')
        (run.folder / file).write_text(text)
    return run


def test_a_run_that_is_worse_than_the_baseline_exits_with_4(here, baselines):
    whole = of_golden_sets(here, "two-tutor")
    of_golden_sets(here, "two-wrong-chunks")
    assert here("eval", "baseline", "two-tutor", "--write").out == "written: dev.json\n"

    same = here("eval", "baseline", "two-tutor")
    assert same.status == 0
    assert same.out.endswith("within the baseline of dev, 0 worse\n")

    worse = here("eval", "baseline", "two-wrong-chunks")
    assert (worse.status, worse.err) == (4, "")
    assert "worse: recall@5 0.000, was 1.000" in worse.out

    rows = [row for row in whole.read_json("figures.json") if row["name"] != "recall@5"]
    whole.write_json("figures.json", rows)
    lost = here("eval", "baseline", "two-tutor")
    assert lost.status == 4
    assert "not measured: recall@5 –, was 1.000" in lost.out

    asked = whole.info().sets["curriculum"]
    whole.write_info(whole.info().model_copy(update={"sets": {"attacks": asked}}))
    other = here("eval", "baseline", "two-tutor")
    assert "not asked: curriculum" in other.out


# What goes wrong is one line that says what to do


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (("run", "--set", "nope"), 2, "there are: curriculum, references, attacks"),
        (("run", "--split", "train"), 2, "there is no split 'train'; there are: dev, test"),
        (("run", "--system", "nope"), 2, "there are: tutor, starter, bare, wrong-chunks"),
        (("run", "--system", "tutor", "--system", "nope"), 2, "there is no system 'nope'"),
        (("run", "--threshold", "2"), 2, "answer_threshold: Input should be less than or equal"),
        (("run", "-k", "0"), 2, "setting passages: Input should be greater than or equal to 1"),
        (("run", "--workers", "0"), 2, "'--workers': Input should be greater"),
        (("run", "--judge-workers", "0"), 2, "'--judge-workers': Input should be greater"),
        (("run", "--name", "a/b"), 2, "'a/b' is no name for a run; use letters"),
        (("run", "--name", ".."), 2, "'..' is no name for a run"),
        (("run", "--name", ""), 2, "'' is no name for a run"),
        (("run", "--resume", "last"), 1, "start one: tutor eval run"),
        (("run", "--resume", "nope"), 1, "there is no run nope; see: tutor eval list"),
        (("run", "--judge", "no.gguf"), 1, "the judge no.gguf is no file; give --judge an address"),
        (("run", "--model", "no.gguf"), 1, "cannot read the model no.gguf"),
        (("run", "no.jsonl"), 1, "the golden sets are: curriculum, references, attacks"),
        (("run", "."), 2, ". is a folder; name a golden file in it"),
        (("run", "own.jsonl", "--split", "dev"), 2, "name their split; leave out --split"),
        (("run", "--quick", "--each", "3"), 2, "leave out one"),
        (("run", "--set", "references"), 2, "first: tutor sources fetch --all"),
        (("report",), 1, "there is no run yet; first: tutor eval run"),
        (("report", "nope"), 1, "there is no run nope; see: tutor eval list"),
        (("baseline",), 1, "there is no run yet; first: tutor eval run"),
        (("compare", "a", "b"), 1, "there is no run a; see: tutor eval list"),
        (("compare", "a"), 2, "Missing argument 'b'"),
        (("calibrate", "--split", "test"), 2, "would spoil its figures; use dev"),
        (("calibrate", "--side", "both"), 2, "there are: curriculum, sources"),
        (("calibrate", "--most", "2"), 2, "'--most': Input should be less than or equal to 1"),
        (("check", "--split", "train"), 2, "there are: dev, test"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do_and_leaves_no_run_behind(inside, arguments, status, why):
    result = inside("eval", *arguments)
    assert (result.status, result.out) == (status, "")
    assert why in result.error
    assert list(runs_of(inside).glob("*")) == []


@pytest.mark.enable_socket
def test_a_judge_that_does_not_answer_is_told_before_anything_is_asked(inside):
    result = inside("eval", "run", "--quick", "--judge", "http://127.0.0.1:9/v1")
    assert result.status == 1
    assert "no judge answers at http://127.0.0.1:9/v1" in result.error
    assert "start its server or give another --judge" in result.error
    assert list(runs_of(inside).iterdir()) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("What is LoRA?", "own.jsonl:2: ", id="no JSON"),
        pytest.param('{"id": "x"}', "own.jsonl:2: ", id="half a question"),
        pytest.param("{first}", "own.jsonl:2: id twice", id="the same again"),
    ],
)
def test_a_broken_golden_file_is_told_with_its_line(inside, own, tmp_path, line, why):
    first = own.read_text().splitlines()[0]
    broken = tmp_path / "own.jsonl"
    broken.write_text(f"{first}\n{line.replace('{first}', first)}\n")
    result = inside("eval", "run", str(broken))
    assert (result.status, result.out) == (1, "")
    assert why in result.error
    assert not runs_of(inside).exists()


def test_an_empty_golden_file_measures_nothing(inside, tmp_path):
    (tmp_path / "empty.jsonl").touch()
    result = inside("eval", "run", str(tmp_path / "empty.jsonl"))
    assert result.status == 2
    assert "there is no question in empty.jsonl" in result.error


def test_a_name_that_is_taken_is_refused(here):
    result = here("eval", "run", "--name", "two-tutor")
    assert result.status == 2
    assert result.error == "there is a run two-tutor already; take another name"


@pytest.mark.parametrize(
    "other",
    [
        ("--quick",), ("--set", "attacks"), ("--split", "dev"), ("--system", "bare"),
        ("--name", "b"), ("--each", "1"), ("-k", "3"), ("--written", "0"), ("own.jsonl",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_resumed_run_keeps_its_questions_and_settings(here, other):
    result = here("eval", "run", "--resume", "two-tutor", *other)
    assert result.status == 2
    assert result.error.endswith("keeps its questions and settings; leave out the others")


def test_calibrating_is_refused_before_the_index_is_even_built(new_shell):
    shell = new_shell()
    assert "use dev" in shell("eval", "calibrate", "--split", "test").error
    assert not shell.home.exists()


def test_the_first_run_says_what_takes_long(inside, own, monkeypatch):
    index = inside.home / "index"
    built = index.readlink()
    index.unlink()
    monkeypatch.setattr("tutor.app.build", lambda settings: index.symlink_to(built))
    result = inside("eval", "run", str(own), *QUOTING)
    assert result.status == 0
    assert result.err == "building the index for the first time, about a minute …\n"


def test_a_home_that_cannot_be_written_is_one_line(new_shell, tmp_path):
    (tmp_path / "file").touch()
    result = new_shell(tmp_path / "file" / "home")("eval", "run", "--quick")
    assert result.status == 1
    assert "set TUTOR_HOME to a folder of yours" in result.error


# The rest


def test_a_home_without_runs_says_how_to_begin(inside):
    result = inside("eval", "list")
    assert (result.status, result.out) == (0, "there is no run yet; first: tutor eval run\n")
    assert inside("eval", "list", "--json").json == []


def test_a_damaged_run_is_listed_as_such_beside_the_others(here):
    (runs_of(here) / "two-tutor" / "run.json").write_text("{")
    listed = here("eval", "list")
    assert (listed.status, listed.err) == (0, "")
    other, damaged = listed.out.splitlines()
    assert other.startswith("two-wrong-chunks  wrong-chunks  dev  6 own.jsonl  2")
    assert damaged.startswith("two-tutor  damaged: ")
    assert [run["name"] for run in here("eval", "list", "--json").json] == [
        "two-wrong-chunks", "two-tutor",
    ]  # fmt: skip


def test_check_holds_the_check_against_the_labels(inside):
    result = inside("eval", "check", "--split", "dev")
    assert (result.status, result.err) == (0, "")
    head, labels, *rows, last = result.out.splitlines()
    assert head == "180 pairs of dev; rows: as read by a person"
    assert labels.split() == [row.split()[0] for row in rows]
    assert sum(int(number) for row in rows for number in row.split()[1:]) == 180
    assert last.startswith("balanced accuracy, supported or not: 0.")


def test_check_as_json_lists_every_disagreement(inside):
    found = inside("eval", "check", "--split", "dev", "--json").json
    wrong = sum(
        number
        for label, row in found["table"].items()
        for verdict, number in row.items()
        if (label == "supported") != (verdict == "supported")
    )
    assert len(found["disagreements"]) == wrong
    assert 0.5 < found["balanced_accuracy"] <= 1
