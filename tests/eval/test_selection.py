"""Which questions a run asks."""

from __future__ import annotations

from collections import Counter

import pytest

from corpus.errors import UsageError
from corpus.library.ledger import Entry, Ledger
from eval.golden import SETS, load
from eval.lines import GoldenError
from eval.runs import all_runs
from eval.selection import Wanted, chosen, sample
from eval.splits import SPLITS
from eval.suite import start


def test_the_home_decides_about_the_references(here):
    assert list(chosen(here, Wanted(split="dev"))) == ["curriculum", "attacks"]
    _source(here, Entry("/notes.md", "mine", "added", text="d1", sha256="d2"))
    _source(here, Entry("https://a.example/", "reference", "dead"))
    assert list(chosen(here, Wanted(split="dev"))) == ["curriculum", "attacks"]
    _source(here, Entry("https://b.example/", "reference", "fetched", text="d3", sha256="d4"))
    assert list(chosen(here, Wanted(split="dev"))) == list(SETS)


def test_sets_that_are_named_are_taken_in_their_order(here):
    _source(here, Entry("https://b.example/", "reference", "fetched", text="d3", sha256="d4"))
    wanted = Wanted(split="dev", sets=("attacks", "references"))
    assert list(chosen(here, wanted)) == ["references", "attacks"]


def test_references_are_asked_where_some_have_been_fetched(here):
    with pytest.raises(UsageError, match=r"no reference .* first: tutor sources fetch --all"):
        chosen(here, Wanted(split="dev", sets=("references",)))


def test_an_unknown_set_is_refused(here):
    with pytest.raises(UsageError, match="there is no set 'riddles'; there are: curriculum, ref"):
        start(here, Wanted(sets=("curriculum", "riddles")))


def test_a_file_is_asked_instead_of_sets(here, golden_file, make_question):
    file = golden_file([make_question("a")])
    with pytest.raises(UsageError, match="leave out one or the other"):
        start(here, Wanted(file=file, sets=("attacks",)))


def test_a_file_that_is_not_there(here, tmp_path):
    with pytest.raises(GoldenError, match="there is no "):
        start(here, Wanted(file=tmp_path / "none.jsonl"))


def test_a_folder_is_no_file(here, tmp_path):
    with pytest.raises(UsageError, match="is a folder; name a golden file"):
        start(here, Wanted(file=tmp_path))


@pytest.mark.parametrize(
    ("splits", "of_run"),
    [(["dev", "dev"], "dev"), (["test", "test"], "test"), (["test", "dev"], "dev")],
)
def test_a_files_lines_give_the_split(here, golden_file, make_question, splits, of_run):
    questions = [make_question(f"q{n}", split=split) for n, split in enumerate(splits)]
    run = start(here, Wanted("scripted", file=golden_file(questions)))
    assert run.info().split == of_run
    assert run.name.endswith(f"-scripted-{of_run}")


def test_a_sample_has_one_size(here):
    with pytest.raises(UsageError, match="leave out one"):
        chosen(here, Wanted(quick=True, each=3))


def test_nothing_to_ask_begins_no_run(here, golden_file):
    with pytest.raises(UsageError, match=r"no question in mine\.jsonl"):
        start(here, Wanted("scripted", "dev", file=golden_file([])))
    assert all_runs(here.home) == []


def test_quick_takes_two_of_each_kind(here):
    (questions,) = chosen(here, Wanted(split="dev", quick=True)).values()
    assert set(Counter(question.kind for question in questions).values()) == {2}
    assert {q.kind for q in questions} == {q.kind for q in load("dev")}
    asked = chosen(here, Wanted(split="dev", quick=True, sets=("attacks",)))
    assert {which: len(questions) for which, questions in asked.items()} == {"attacks": 10}


def test_a_file_can_be_sampled_too(here, golden_file, make_question):
    file = golden_file([make_question(f"q{n}") for n in range(5)])
    (questions,) = chosen(here, Wanted(file=file, quick=True)).values()
    assert len(questions) == 2


def test_a_sample_is_always_the_same_and_takes_what_there_is(make_question):
    questions = [make_question(f"{kind}{n}", kind=kind) for kind in "ab" for n in range(9)]
    questions.append(make_question("c", kind="c"))
    drawn = sample(questions, 3)
    assert drawn == sample(questions, 3)
    assert Counter(q.kind for q in drawn) == {"a": 3, "b": 3, "c": 1}
    assert len({q.id for q in drawn}) == 7


def test_an_id_stands_for_one_question_of_all_sets():
    ids = Counter(q.id for split in SPLITS for which in SETS for q in load(split, which))
    assert [name for name, times in ids.items() if times > 1] == []


def _source(settings, entry: Entry) -> None:
    ledger = Ledger(settings.references)
    ledger.put(entry)
    ledger.close()
