"""New golden questions: what the templates make, how they are chosen, accepted and kept."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from rapidfuzz.distance import Levenshtein

from corpus import Curriculum
from eval.golden import FOLDER, Question, load
from eval.lines import GoldenError
from eval.propose import ProposeError, accept, propose, read_proposals, review
from eval.propose.filing import described
from eval.propose.material import Entry, entries
from eval.propose.novelty import ANY_KIND, SAME_KIND, Asked
from eval.propose.phrases import fact_of, list_fact
from eval.propose.records import KINDS, Draft, stop_of
from eval.propose.spread import all_drafts, choose
from eval.propose.typos import NEIGHBOURS, Mistyper


@pytest.fixture(scope="module")
def drafts(curriculum: Curriculum) -> list[Draft]:
    return [draft for draft in all_drafts(curriculum, seed=0) if draft.holds()]


@pytest.fixture(scope="module")
def topics(curriculum: Curriculum) -> dict[str, Entry]:
    return {entry.key: entry for entry in entries(curriculum)}


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A copy of the golden sets to accept into."""
    return Path(shutil.copytree(FOLDER, tmp_path / "golden"))


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory, curriculum: Curriculum) -> Path:
    file = tmp_path_factory.mktemp("home") / "eval" / "proposed.jsonl"
    propose(file, curriculum, 20)
    return file


@pytest.fixture
def proposed(tmp_path: Path, twenty: Path) -> Path:
    """A file of twenty proposals of one's own."""
    return Path(shutil.copy(twenty, tmp_path))


# What the templates are filled with


def test_topic_is_named_as_within_a_sentence(topics):
    assert topics["supervised-fine-tuning/lora"].subject == "LoRA"
    assert topics["neural-nets-and-llms/activation-functions"].subject == "an activation function"
    assert topics["llm-foundations/transformer-architecture"].subject == "the Transformer"
    assert topics["prompting-techniques/react"].subject == "ReAct"


def test_most_topics_can_be_asked_about(topics, curriculum):
    stops = (*curriculum.stations, *curriculum.companions)
    assert len(topics) > 0.9 * sum(len(stop.topics) for stop in stops)
    assert {entry.station.id for entry in topics.values()} == {stop.id for stop in stops}


@pytest.mark.parametrize(
    ("phrase", "held", "missing"),
    [
        ("freezes", "the weights are freezing", "the weights melt"),
        ("low-rank matrices", "low rank, thin matrices", "low matrices"),
        ("quantized weights", "quantising the weights", "the weights"),
        ("HNSW", "an HNSW graph", "a graph"),
        ("C++", "written in C++ alone", "written in C"),
    ],
)
def test_pattern_takes_inflections_and_words_put_in_between(phrase, held, missing):
    assert fact_of(phrase).holds(held)
    assert not fact_of(phrase).holds(missing)


def test_item_of_a_list_is_held_by_its_first_phrase():
    assert list_fact("attention patterns of the teacher").holds("its attention pattern")


# What the templates make


def test_every_kind_is_made(drafts):
    assert {draft.kind for draft in drafts} == set(KINDS)


def test_every_draft_is_a_question_that_keeps_the_rules_of_the_sets(drafts, curriculum):
    known = {t.key for s in (*curriculum.stations, *curriculum.companions) for t in s.topics}
    urls = {reference.url for reference in curriculum.references}
    for number, draft in enumerate(drafts):
        question = draft.numbered(number).question_as("dev-x", "dev")
        assert question.fact_recall(question.reference) == 1.0
        assert not any(fact.holds(question.question) for fact in question.facts)
        assert question.sections
        assert set(question.sections) <= known
        assert set(question.urls) <= urls


@pytest.mark.parametrize(
    ("kind", "question", "section", "facts"),
    [
        ("definition", "What is QLoRA?", "supervised-fine-tuning/qlora", 2),
        ("how", "How does LoRA work?", "supervised-fine-tuning/lora", 2),
        ("why", "Why is RLHF used?", "alignment/rlhf", 2),
        ("list", "Which four key techniques does GenXAI have?", "emerging-trends/genxai", 4),
    ],
)
def test_template_asks_what_a_reader_expects(drafts, kind, question, section, facts):
    found = next(d for d in drafts if d.question == question)
    assert (found.kind, found.sections, len(found.facts)) == (kind, (section,), facts)


def test_comparison_has_a_fact_for_each_side_and_a_follow_up(drafts):
    comparison = next(
        d for d in drafts if d.kind == "comparison" and d.question.endswith("LoRA and QLoRA?")
    )
    assert comparison.sections == ("supervised-fine-tuning/lora", "supervised-fine-tuning/qlora")
    assert len(comparison.facts) == 2
    one, other = comparison.reference.split("whereas")
    assert comparison.facts[0].holds(one)
    assert comparison.facts[1].holds(other)
    asked = next(d for d in drafts if d.kind == "followup" and d.facts == comparison.facts)
    assert asked.question == "And how does it differ from QLoRA?"
    assert asked.history[0].content == "What is LoRA?"


def test_path_names_both_stations_that_follow_the_fork(drafts):
    after = next(d for d in drafts if d.question == "Where can I go on from Neural Nets & LLMs?")
    assert len(after.facts) == 2
    assert after.facts[0].holds("LLM/SLM Foundations")
    assert after.facts[1].holds("station 12")


def test_typo_is_one_neighbouring_key_in_each_of_at_most_two_words():
    names = {"a/quantization": ("quantization",)}
    wrong = Mistyper(names, frozenset()).mistype("Quantization", "a/quantization", Random(1))
    assert wrong is not None
    ((_, at, to),) = Levenshtein.editops("quantization", wrong).as_list()
    assert wrong[to] in NEIGHBOURS["quantization"[at]]
    assert wrong[0] == "q"


def test_typo_never_makes_another_topic_or_word():
    names = {"a/hamming": ("hamming",), "a/jamming": ("hammibg", "hammong", "hammjng")}
    taken = Mistyper(names, frozenset({"hsmming"}))
    made = {taken.mistype("hamming", "a/hamming", Random(n)) for n in range(200)}
    assert not made & {"hammibg", "hammong", "hammjng", "hsmming"}
    assert None in made


def test_short_names_are_left_alone():
    assert Mistyper({"a/lora": ("LoRA",)}, frozenset()).mistype("LoRA", "a/lora", Random(0)) is None


# How they are chosen


@pytest.mark.parametrize(
    ("other", "section", "known"),
    [
        ("Explain LoRA to me, please", "lora", True),
        ("What is QLoRA?", "qlora", False),
        ("What do low-rank adapters save?", "lora", False),
    ],
)
def test_same_question_in_other_words_of_asking_is_known(other, section, known):
    asked = Asked([_question("What is LoRA?", section="lora")])
    assert asked.holds(_question(other, section=section)) is known


def test_how_and_what_of_one_topic_are_two_questions():
    asked = Asked([_question("What is constitutional AI?")])
    assert not asked.holds(_question("How does constitutional AI work?", kind="how"))


def test_thresholds_lie_above_all_pairs_of_the_dev_set():
    """The measurement beside them, again: no dev question is another one's duplicate."""
    questions = [q for which in ("curriculum", "references", "attacks") for q in load("dev", which)]
    asked = Asked([])
    for question in questions:
        assert not asked.holds(question), question.id
        asked.add(question)
    assert SAME_KIND < ANY_KIND


def test_same_seed_gives_the_same_proposals(tmp_path, curriculum):
    one = propose(tmp_path / "one.jsonl", curriculum, 12, seed=3)
    two = propose(tmp_path / "two.jsonl", curriculum, 12, seed=3)
    assert one == two
    assert propose(tmp_path / "three.jsonl", curriculum, 12, seed=4) != one


def test_stops_with_the_fewest_questions_come_first(drafts):
    known = [q for split in ("dev", "test") for q in load(split)]
    asked = Counter(stop_of(q) for q in known if q.expect == "answer")
    fewest = min(asked.values())
    first = choose(drafts, 1, 0, known)[0]
    assert asked[stop_of(first)] == fewest
    chosen = Counter(stop_of(d) for d in choose(drafts, 60, 0, known))
    after = {stop: asked[stop] + chosen[stop] for stop in asked}
    raised = [after[stop] for stop in chosen]
    assert max(raised) <= min(n for stop, n in after.items() if n != fewest or chosen[stop]) + 1


def test_kinds_are_mixed_or_named(tmp_path, curriculum):
    assert len({p.kind for p in propose(tmp_path / "all.jsonl", curriculum, 20)}) >= 6
    lists = propose(tmp_path / "lists.jsonl", curriculum, 5, kinds=["list"])
    assert [p.kind for p in lists] == ["list"] * 5
    with pytest.raises(ProposeError, match="no kind 'riddle'; there are: definition"):
        propose(tmp_path / "all.jsonl", curriculum, 5, kinds=["riddle"])


def test_what_waits_is_not_proposed_again(proposed, curriculum):
    before = read_proposals(proposed)
    new = propose(proposed, curriculum, 20)
    assert read_proposals(proposed) == [*before, *new]
    assert len({p.id for p in read_proposals(proposed)}) == 40
    assert not {p.question for p in before if not p.history} & {p.question for p in new}


# How they are accepted


def test_accepted_question_gets_the_next_id_of_its_kind(proposed, golden, curriculum):
    definition = next(p for p in read_proposals(proposed) if p.kind == "definition")
    last = max(q.id for q in load("dev") if q.id.startswith("dev-def-"))
    (new,) = accept(proposed, [definition.id], "dev", curriculum, golden)
    assert int(new.id[-3:]) == int(last[-3:]) + 1
    assert load("dev", folder=golden).count(new) == 1
    assert new.question == definition.question
    assert definition.id not in {p.id for p in read_proposals(proposed)}


def test_accepting_leaves_all_other_lines_as_they_were(proposed, golden, curriculum):
    before = (golden / "test.answerable.jsonl").read_text(encoding="utf-8")
    chosen = next(p for p in read_proposals(proposed) if p.kind == "how")
    accept(proposed, [chosen.id], "test", curriculum, golden)
    after = (golden / "test.answerable.jsonl").read_text(encoding="utf-8")
    assert after.startswith(before)
    line = json.loads(after.removeprefix(before))
    assert "plant" not in line
    assert "why" not in line


def test_unknown_id_moves_nothing(proposed, golden, curriculum):
    before = proposed.read_text(encoding="utf-8")
    known = read_proposals(proposed)[0].id
    with pytest.raises(ProposeError, match="no proposal proposal-def-999"):
        accept(proposed, [known, "proposal-def-999"], "dev", curriculum, golden)
    assert proposed.read_text(encoding="utf-8") == before
    assert load("dev", folder=golden) == load("dev")


def test_nothing_is_lost_when_the_golden_file_cannot_be_written(
    proposed, golden, curriculum, files_end_at
):
    waiting = read_proposals(proposed)
    with files_end_at(4096), pytest.raises(ProposeError, match="nothing was changed"):
        accept(proposed, [waiting[0].id], "dev", curriculum, golden)
    assert read_proposals(proposed) == waiting
    assert load("dev", folder=golden) == load("dev")
    assert not list(golden.glob(".*"))


def test_move_that_broke_off_in_between_is_finished_without_a_second_copy(
    proposed, golden, curriculum
):
    before = proposed.read_text(encoding="utf-8")
    chosen = read_proposals(proposed)[0].id
    (new,) = accept(proposed, [chosen], "dev", curriculum, golden)
    proposed.write_text(before, encoding="utf-8")  # as if the second write had never been
    assert accept(proposed, [chosen], "dev", curriculum, golden) == []
    assert load("dev", folder=golden).count(new) == 1
    assert chosen not in {p.id for p in read_proposals(proposed)}


def test_edited_proposal_must_still_hold_its_facts(proposed, golden, curriculum):
    first, *others = proposed.read_text(encoding="utf-8").splitlines()
    edited = {**json.loads(first), "reference": "Something else."}
    proposed.write_text("\n".join([json.dumps(edited), *others]), encoding="utf-8")
    with pytest.raises(ProposeError, match="does not hold its facts"):
        accept(proposed, [edited["id"]], "dev", curriculum, golden)
    proposed.write_text("{\n", encoding="utf-8")
    with pytest.raises(GoldenError, match=r"^proposed\.jsonl:1: "):
        read_proposals(proposed)


def test_wording_that_the_index_holds_is_refused_for_test(tmp_path, golden, curriculum):
    file = tmp_path / "proposed.jsonl"
    (paraphrase,) = propose(file, curriculum, 1, kinds=["paraphrase"])
    with pytest.raises(ProposeError, match="reword it first"):
        accept(file, [paraphrase.id], "test", curriculum, golden)
    assert accept(file, [paraphrase.id], "dev", curriculum, golden)


def test_review_accepts_skips_drops_and_stops(proposed, golden, curriculum):
    waiting = [p for p in read_proposals(proposed) if p.kind != "paraphrase"][:5]
    proposed.write_text("".join(p.model_dump_json() + "\n" for p in waiting), encoding="utf-8")
    typed = iter(["d", "what?", "t", "s", "x", "q"])
    shown: list[str] = []
    count = review(proposed, curriculum, golden, lambda _: next(typed), shown.append)
    assert count == 2
    (dev,), (test,) = (
        {q.id for q in load(split, folder=golden)} - {q.id for q in load(split)}
        for split in ("dev", "test")
    )
    echoed = [text for text in shown if " of 5: " not in text]
    assert echoed == [
        f"  taken as {dev}", f"  taken as {test}", "  skipped", "  dropped", "\n2 taken",
    ]  # fmt: skip
    assert [p.id for p in read_proposals(proposed)] == [waiting[2].id, waiting[4].id]
    assert len(load("dev", folder=golden)) == len(load("dev")) + 1
    assert len(load("test", folder=golden)) == len(load("test")) + 1
    assert waiting[0].why in shown[0]
    assert waiting[0].question in shown[0]


def test_review_says_why_something_is_not_accepted_and_goes_on(proposed, golden, curriculum):
    first, second, *_ = read_proposals(proposed)
    broken = first.model_copy(update={"reference": "Something else."})
    lines = (broken.model_dump_json(), second.model_dump_json())
    proposed.write_text("\n".join(lines), encoding="utf-8")
    typed = iter(["d", "d"])
    shown: list[str] = []
    assert review(proposed, curriculum, golden, lambda _: next(typed), shown.append) == 1
    assert "not taken: " in shown[1]
    assert [p.id for p in read_proposals(proposed)] == [first.id]


def test_review_shows_what_a_follow_up_follows(drafts):
    followup = next(d for d in drafts if d.kind == "followup").numbered(1)
    rows = [line.split(maxsplit=1) for line in described(followup, "1 of 1").splitlines()[1:]]
    earlier = [[message.role, message.content] for message in followup.history]
    asked = rows.index(["question", followup.question])
    assert earlier
    assert rows[asked - len(earlier) : asked] == earlier


def test_review_says_where_proposals_come_from_when_there_are_none(tmp_path, golden, curriculum):
    shown: list[str] = []
    assert review(tmp_path / "none.jsonl", curriculum, golden, input, shown.append) == 0
    assert shown == ["nothing to review; first: tutor eval propose"]


@pytest.mark.parametrize("there", [False, True])
def test_folder_without_golden_files_is_refused(proposed, curriculum, tmp_path, there):
    folder, before = tmp_path / "goldne", proposed.read_bytes()
    if there:
        folder.mkdir()
    first = read_proposals(proposed)[0].id
    with pytest.raises(ProposeError, match="goldne is no folder of golden files"):
        accept(proposed, [first], "dev", curriculum, folder)
    with pytest.raises(ProposeError, match="goldne is no folder of golden files"):
        review(proposed, curriculum, folder, lambda _: "d", print)
    assert proposed.read_bytes() == before
    assert folder.exists() is there
    assert not list(folder.glob("*"))


def test_review_ends_with_the_input(proposed, golden, curriculum):
    def closed(_: str) -> str:
        raise EOFError

    assert review(proposed, curriculum, golden, closed, lambda _: None) == 0
    assert len(read_proposals(proposed)) == 20


def _question(text: str, kind: str = "definition", section: str = "") -> Question:
    sections = [f"supervised-fine-tuning/{section}"] if section else []
    return Question(
        id="dev-x", split="dev", kind=kind, question=text, history=[], station=None,
        sections=sections, urls=[], facts=[], must_not=[], reference="", expect="answer",
    )  # fmt: skip
