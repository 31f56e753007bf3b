"""Which book, which paper, who explains: answered from the references."""

import pytest

from tutor.lookup import look_up


def urls(question, index, names, count=3):
    return [e.chunk.url for e in look_up(question, index, names, count)[0]]


# Addresses as the source documents of the curriculum cite them.
@pytest.mark.parametrize(
    ("question", "url"),
    [
        ("Which paper introduced the transformer?", "https://arxiv.org/abs/1706.03762"),
        ("Is there a paper on FlashAttention?", "https://arxiv.org/abs/2205.14135"),
        ("Which book teaches Python for beginners?", "https://automatetheboringstuff.com/"),
        ("GitHub repository of llama.cpp", "https://github.com/ggerganov/llama.cpp"),
        ("Which book explains linear algebra?", "https://a.co/d/3IKwY5X"),
        ("A YouTube channel about statistics", "https://www.youtube.com/@statquest"),
    ],
)
def test_the_best_reference(index, names, question, url):
    assert urls(question, index, names)[0] == url


@pytest.mark.parametrize(
    ("question", "author"),
    [
        ("videos by Andrej Karpathy", "Andrej Karpathy"),
        ("Which articles did Maarten Grootendorst write on quantization?", "Maarten Grootendorst"),
        ("a video by 3blue1brown", "Grant Sanderson"),
    ],
)
def test_an_author(index, names, question, author):
    cards, _ = look_up(question, index, names)
    assert author in cards[0].text


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("a book about machine learning", "book"),
        ("a video about RAG", "video"),
        ("a paper about hallucination", "paper"),
        ("a course on LLMs", "course"),
        ("a GitHub repository of DSPy", "repository"),
    ],
)
def test_the_kind_asked_for(index, names, curriculum, question, kind):
    kinds = {reference.url: reference.kind for reference in curriculum.references}
    assert kinds[urls(question, index, names)[0]] == kind


def test_cards_are_whole_and_verbatim(index, names):
    cards, _ = look_up("papers on alignment", index, names)
    for card in cards:
        start, end = card.span
        document = index.texts.text(card.chunk.document_id)
        assert card.text == document[start:end] == card.chunk.text
        assert card.chunk.kind == "card"
        assert card.chunk.document_id == f"card/{card.chunk.url}"
        assert card.chunk.url in card.text


def test_best_first_and_close_to_the_best(index, names):
    scores = [card.score for card in look_up("videos about transformers", index, names)[0]]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] >= scores[0] - 0.25


@pytest.mark.parametrize("count", [1, 2, 3])
def test_at_most_as_many_as_wanted(index, names, count):
    assert 1 <= len(urls("videos about transformers", index, names, count)) <= count


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("book", "book"),
        ("What courses are there?", "course"),
        ("Show me all papers", "paper"),
        ("Which books does the curriculum recommend?", "book"),
    ],
)
def test_a_question_with_a_kind_and_no_subject(index, names, curriculum, question, kind):
    kinds = {reference.url: reference.kind for reference in curriculum.references}
    assert kinds[urls(question, index, names)[0]] == kind


def test_what_no_reference_is_about_scores_lower_than_what_one_is(index, names):
    nothing, _ = look_up("Which book explains sourdough bread?", index, names)
    something, _ = look_up("Which book explains linear algebra?", index, names)
    # 1.6 is what an answer asks of its best card.
    assert nothing[0].score < 1.6 < something[0].score


@pytest.mark.parametrize(
    ("question", "kind", "station"),
    [
        ("Which videos are there for station 4?", "video", 4),
        ("Which videos does station 3 list?", "video", 3),
        ("list all papers of station 9", "paper", 9),
    ],
)
def test_a_list_of_a_station_is_whole(index, names, curriculum, question, kind, station):
    listed = {r.url for r in curriculum.references if r.kind == kind and station in r.stations}
    assert set(urls(question, index, names)) == listed


def test_every_book(index, names, curriculum):
    books = {r.url for r in curriculum.references if r.kind == "book"}
    assert set(urls("List every book in the curriculum", index, names)) == books


@pytest.mark.parametrize(
    ("question", "author"),
    [
        ("what did Karpathy make?", "Andrej Karpathy"),
        ("Does the map cite anything by Chip Huyen?", "Chip Huyen"),
    ],
)
def test_all_works_of_an_author(index, names, curriculum, question, author):
    works = {r.url for r in curriculum.references if author in r.authors}
    assert set(urls(question, index, names)) <= works
    assert len(urls(question, index, names)) >= min(3, len(works))


def test_a_title_in_the_question_is_the_answer(index, names):
    assert "https://arxiv.org/abs/1706.03762" in urls(
        "link to attention is all you need", index, names
    )


@pytest.mark.parametrize(
    ("question", "kind"),
    [("transformer video", "video"), ("a good book about statistics", "book")],
)
def test_the_kind_goes_before_the_best_words(index, names, curriculum, question, kind):
    kinds = {reference.url: reference.kind for reference in curriculum.references}
    assert kinds[urls(question, index, names)[0]] == kind


def test_a_paper_that_no_reference_is_leaves_the_answer_to_the_text(index, names):
    assert urls("Which paper proposed DPO?", index, names) == []
    assert urls("Which paper introduced FlashAttention?", index, names) != []
