"""Sentences that say of the same thing something else than a question takes for granted.

Each rule asks for the same subject and for one plain difference: an opposite word, another number,
year or maker, a part that the subject does without, or a trait of its counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from index.lexical import stem
from tutor.claims import Claim, contrary, normal, opposed, opposites, read_claim, stated
from tutor.evidence import Evidence
from tutor.mentions import Mention

# "DPO needs neither a reward model nor a value model": it does without what the question gives it.
_NEEDS = re.compile(r"\b(?:need|require|use|train|have|has|must|how (?:large|big))\w*\b", re.I)
_AVOIDS = re.compile(
    r"\b(?:avoid|without|replac|remov|skip|instead|no|not|free|rid|less|drop|unlike|differ|\w+n't|"
    r"compar|versus|vs|while|whereas)\w*\b",
    re.I,
)


def lacking(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The subject is said to do without what the question says it needs."""
    if len(mentions) < 2 or not _NEEDS.search(question) or _AVOIDS.search(question):
        return
    for subject in mentions:
        for part in mentions:
            lacks = re.compile(
                rf"\b(?:without|neither|needs? no|(?:does|do) not (?:need|use|train|require)) "
                rf"(?:(?:an?|the|any|separate|explicit|trained|first|"
                rf"training) )*{re.escape(part.words)}",
                re.I,
            )
            for evidence in sentences if part is not subject else ():
                for clause in _CLAUSES.split(evidence.text):
                    named = subject.words.lower() in clause.lower()
                    if named and lacks.search(clause):
                        yield evidence


_CLAUSES = re.compile(r"(?:, | )(?:whereas|while|but|although|because|so that)\b|; |: ", re.I)
# Share of the other words of the premise that the opposite sentence must hold.
_REST = 0.6


def opposite(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """A clause with the premise's subject and words, and the opposite of one of them."""
    subject = mentions[0]
    name = set(read_claim(subject.words).words)
    asked, rest = _said_of(subject, question)
    if any(_says(evidence.text, name, rest - _EMPTY, asked) for evidence in sentences):
        return
    for evidence in sentences:
        if not name <= set(read_claim(evidence.text).words):
            continue
        for clause in _CLAUSES.split(evidence.text):
            told = read_claim(clause)
            pairs = opposed(rest, told.words)
            others = rest - {one for one, _ in pairs} - _EMPTY
            shared = others & set(told.words)
            if len(pairs) != 1 or told.denied != asked.denied:
                continue
            close = len(shared) / len(others) >= _REST if others else _opens(clause, name, pairs)
            if close and name <= set(told.words):
                yield evidence


def _says(text: str, name: set[str], rest: set[str], asked: Claim) -> bool:
    """Whether a clause about the subject says just what the question takes for granted."""
    told = [read_claim(clause) for clause in _CLAUSES.split(text)]
    return any(
        set(list(claim.words)[: len(name)]) == name
        and rest <= set(claim.words)
        and claim.denied == asked.denied
        for claim in told
    )


# What a premise and its denial may say or leave out.
_EMPTY = frozenset(map(normal, ("need", "must", "use", "model", "llm", "function", "allowed")))


def _said_of(subject: Mention, question: str) -> tuple[Claim, set[str]]:
    """The claim of a question, and its words without those of its subject."""
    asked = read_claim(f"{question[: subject.start]} {question[subject.end :]}")
    return asked, set(asked.words) - set(read_claim(subject.words).words)


def _opens(clause: str, name: set[str], pairs: set[tuple[str, str]]) -> bool:
    """ "An activation function is a non-linear function …": the opposite at the very beginning."""
    opening = set(read_claim(clause[:_DEFINES]).words)
    begins = set(list(read_claim(clause).words)[: len(name)])
    return begins == name and any(other in opening for _, other in pairs)


_DEFINES = 70
# "Prompt engineering changes the weights", where they are said to stay as they are.
_CHANGES = re.compile(
    r"\b(?:chang|updat|retrain|modif|adjust)\w*\b[^?]*\b(?:weights?|parameters?|model|llm|"
    r"network)\b"
    r"|\b(?:train|fine-tun)\w*\b[^?]*\b(?:all|base|original|pre-?trained)\b[^?]*\b(?:weights?|"
    r"parameters?)\b|\bin(?:side)? the (?:model(?:'s)? )?(?:weights|parameters)\b",
    re.I,
)
_STAYS = re.compile(
    r"\b(?:weights?|parameters?|model)(?: \w+){0,4} (?:unchanged|frozen)\b|\bfreez\w+\b"
    r"|\bwithout (?:any )?(?:changing|updating|retraining|training|fine-tuning|changes to)\b"
    r"|\b(?:do|does|is|are) not (?:change|update|retrain|changed|updated|retrained)\b"
    r"|\bunchanged\b|\bno (?:weight updates?|weights? (?:is|are) (?:updated|changed))\b",
    re.I,
)
_IN_PART = re.compile(
    r"\b(?:few|fewer|small|some|only|less|little|tiny|part|fraction|low-rank|adapters?|not|no|"
    r"without|never|hardly|unchanged|instead|rather|\w+n't)\b|%",
    re.I,
)


def unchanged(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """What the question has change is said to stay as it is."""
    if not _CHANGES.search(question) or _IN_PART.search(question):
        return
    for evidence in sentences:
        for clause in _CLAUSES.split(evidence.text):
            said = _STAYS.search(clause)
            if said and _about(clause, mentions[:1]) and "reference" not in clause:
                yield evidence


_CONTRAST = re.compile(r",? whereas |, while |; |, and (?=the |an? )|, but ")


def exchanged(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """What is said of one thing in contrast to another, asked of the other one.

    "Why does a cross-encoder embed them apart?", where "a bi-encoder embeds them apart, whereas a
    cross-encoder reads them together".
    """
    subject = mentions[0]
    asked, rest = _said_of(subject, question)
    rest -= _EMPTY
    name = set(read_claim(subject.words).words)
    if len(rest) < _ENOUGH:
        return
    for evidence in sentences:
        clauses = _CONTRAST.split(evidence.text)
        if len(clauses) != _ENOUGH:
            continue
        for other, own in (clauses, clauses[::-1]):
            theirs, ours = read_claim(other), read_claim(own)
            if not name <= set(ours.words) or name <= set(theirs.words):
                continue
            whose = next(iter(theirs.words), None)
            if _COMPARES.search(other):
                continue
            if whose in rest or theirs.denied != asked.denied or opposed(rest, theirs.words):
                continue
            alike, unlike = (len(rest & set(c.words)) / len(rest) for c in (theirs, ours))
            if alike >= _ALIKE and unlike <= _UNLIKE:
                yield evidence


# "The one saves more memory …, whereas the other …": a matter of degree denies nothing.
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|better|worse|(?:fast|slow|high|low|small|larg|strong|weak|cheap)e?r)\b",
    re.I,
)
_ENOUGH = 2
_ALIKE, _UNLIKE = 0.75, 0.4


_NUMBERS = re.findall(r"\S+", "one two three four five six seven eight nine ten eleven twelve")
_NUMBER = rf"(?P<number>\d+|{'|'.join(_NUMBERS)})"
COUNT = re.compile(
    rf"\b{_NUMBER} (?:\w+ )?(?P<what>stages?|steps?|phases?|parts|stations|lines|kinds|types|"
    r"families|components)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORIGIN = re.compile(
    r"\b(?:invent|introduc|creat|develop|propos|publish|releas|present|describ)(?:e[ds]?|ed|s|"
    r"es)?\b"
    r"|\b(?:wrote|written|built)\b",
    re.I,
)
_OWNER = re.compile(r"\b(?:did|at|by|from|of) (?P<owner>[A-Z][\w.&-]+(?: [A-Z][\w.&-]+)*)")


def counted(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same parts of the same thing, in another number."""
    asked = COUNT.search(question)
    if asked is None:
        return
    told = [
        (count, evidence)
        for evidence in sentences
        if _about(evidence.text, mentions)
        for count in COUNT.finditer(evidence.text)
        if stem(count["what"].lower()) == stem(asked["what"].lower())
    ]
    if told and not any(_number(count) == _number(asked) for count, _ in told):
        yield told[0][1]


def _number(count: re.Match[str]) -> int:
    said = count["number"].lower()
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1


def dated(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, in another year."""
    asked = set(_YEAR.findall(question))
    if not asked or not _ORIGIN.search(question):
        return
    told = [e for e in _origins(mentions, sentences) if _YEAR.search(e.text)]
    if told and not any(asked & set(_YEAR.findall(e.text)) for e in sentences):
        yield told[0]


def credited(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, of somebody else."""
    owner = _OWNER.search(question)
    if owner is None or not _ORIGIN.search(question):
        return
    if any(m.start < owner.end("owner") and owner.start("owner") < m.end for m in mentions):
        return
    told = [e for e in _origins(mentions, sentences) if _OWNER.search(e.text)]
    name = set(read_claim(mentions[0].words).words)
    own = [e.text for e in sentences if name <= set(read_claim(e.text).words)]
    if told and not any(owner["owner"] in text for text in own):
        yield told[0]


def _origins(mentions: Sequence[Mention], sentences: Sequence[Evidence]) -> list[Evidence]:
    longer = re.compile(rf"^(?:The )?{re.escape(mentions[0].words)} [A-Z][a-z]")  # "Llama Guard"
    return [
        e
        for e in sentences
        if _ORIGIN.search(e.text) and _about(e.text, mentions[:1]) and not longer.search(e.text)
    ]


def _about(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a sentence opens with what the question names."""
    opening = set(read_claim(text[:_SUBJECT]).words)
    return not mentions or any(set(read_claim(m.words).words) <= opening for m in mentions)


# A subject stands within so many characters of a sentence's beginning.
_SUBJECT = 60


# What follows holds a statement, "BERT is a decoder-only model", against clauses of one subject.
@dataclass(frozen=True, slots=True)
class Statement:
    """What a question takes for granted, taken apart.

    Attributes:
        text: its words; names: its subject, and what else the text calls that, as normal words.
        rest: normal words that it says of the subject; counts: those that must be found again.
        things: words of the names it mentions. "Raises throughput" denies no "raises latency".
    """

    text: str
    names: frozenset[tuple[str, ...]]
    rest: frozenset[str]
    things: frozenset[str]
    denied: bool
    universal: bool

    @property
    def counts(self) -> frozenset[str]:
        return self.rest - _SAYS_LITTLE


_Denial = tuple[float, Evidence]
_SAYS_LITTLE = _EMPTY | frozenset(
    normal(word)
    for word in re.findall(
        r"\w+",
        "lot much many little few amount number some really so even most bit sign algorithm method "
        "approach technique language type value network matter happen work call said say",
    )
)
_NOT_BEFORE_NAME = re.compile(
    r"[A-Z]|\b(?:of|in|for|to|with|and|from|is|are|was|were|has|have|does|can|must)\b"
)
_ABBREVIATES = re.compile(
    r"^(?:The |An? )?(?P<long>[\w-]+(?: [\w-]+){0,5}) \((?P<short>[\w-]+(?: [\w-]+)?)\)"
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(read_claim(text).words)


# With the shares below 0 of 46 true premises are denied that were written when all was set, 0 of
# 686 wordings of topics, and 0 of 200 sentences and 1 of 400 paraphrases of the curriculum.
def denied(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """Clauses that deny what a question states of their subject, the surest first.

    They say the opposite, another figure or another class, say "no" to it, keep it for something
    else ("…, whereas …"), or call a saving a cost. None is given if another clause states it as
    fully.
    """
    said = _statement(question, mentions, sentences)
    if said is None or not said.rest:
        return
    clauses = [(e, c) for e in sentences for c in _clauses(e.text) if _opens_with(c, said)]
    found = [denial for e, c in clauses if (denial := _denial(e, c, said))]
    if _PLAINLY.match(question):
        found += [(weight, e) for e in sentences if (weight := _contrasted(e.text, said))]
    found += [*_of_another_class(said, sentences), *_costly(said, clauses)]
    support = max((_support(clause, said) for _, clause in clauses), default=0.0)
    found = [denial for denial in found if denial[0] > support]
    found += _figured(said, clauses)
    yield from (evidence for _, evidence in sorted(found, key=lambda denial: -denial[0]))


# "How does …?" takes less for granted than "Why …?": a contrast proves too little then.
_PLAINLY = re.compile(r"\W*(?:\w+\W+)?(?:why|since|given|because|if|as)\b", re.I)


def _statement(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Statement | None:
    text = stated(question)
    words = _words(text) if text else ()
    if not text or not words:
        return None
    name = _named(text, question.find(text), mentions) or words[: 1 + (words[0] in _SAYS_LITTLE)]
    names = {name}
    for evidence in sentences:
        if short := _ABBREVIATES.match(evidence.text):
            pair = [_words(short["long"]), _words(short["short"])]
            names |= set(pair) - {()} if name in pair else set()
    claim = read_claim(text)
    rest = frozenset(words) - set(name)
    things = frozenset(word for mention in mentions for word in _words(mention.words))
    return Statement(text, frozenset(names), rest, things, claim.denied, claim.universal)


def _named(text: str, start: int, mentions: Sequence[Mention]) -> tuple[str, ...] | None:
    """The name that the statement opens with, behind one adjective at most."""
    first = next((m for m in mentions if m.start >= start), None)
    before = text[: first.start - start] if first else text
    plain = first and len(_words(before)) <= 1 and not _NOT_BEFORE_NAME.search(before)
    return (_words(first.words) or None) if first and plain else None


_PARTS = re.compile(
    r"(?:, | )(?:whereas|while|although|because|so that|since)\b|; |: |, so |"
    r", (?:and|but) (?=(?:the|an?|only|no) |[A-Z])|, which |, in fact ",
    re.I,
)
_LIST = re.compile(
    r"^(?:both )?(?:[\w.-]+(?: [\w.-]+)?, )*[\w.-]+(?: [\w.-]+)?,? and [\w.-]+(?: [\w.-]+)? "
)
_BEFORE_NAME = 2


def _clauses(text: str) -> list[str]:
    return [clause for clause in _PARTS.split(text) if clause.strip()]


def _opens_with(clause: str, said: Statement) -> bool:
    """Whether a clause has the statement's subject, with no adjective that is not spoken of."""
    words = _words(clause)
    if any(_named_at(clause, words, at, said) for at in range(_BEFORE_NAME + 1)):
        return True
    listed = _LIST.match(clause)
    members = set(_words(listed.group())) if listed else set()
    return any(set(name) <= members for name in said.names)


def _named_at(clause: str, words: tuple[str, ...], at: int, said: Statement) -> bool:
    """Whether the subject stands at a word of a clause, and is no part of a longer name."""
    against = {other for _, other in contrary(said.text, clause)} if at else set()
    if not set(words[:at]) <= said.rest | against:
        return False
    ends = [at + len(n) for n in said.names if set(words[at : at + len(n)]) == set(n)]
    return any(not _goes_on(clause, words[end : end + 1], said) for end in ends)


def _goes_on(clause: str, following: tuple[str, ...], said: Statement) -> bool:
    """Whether the word behind a name makes it another's: "KV-cache quantization"."""
    if not following or following[0] in said.rest:
        return False
    raw = next((w for w in _WORD.findall(clause) if normal(w.lower()) == following[0]), "")
    return bool(_NOUN.search(raw))


_WORD = re.compile(r"[^\W_]+")
_NOUN = re.compile(r"(?:[ts]ion|ment|ity|ance|ence|[a-z]{3}ing|adapters?|weights?)$", re.I)


def _without_name(clause: str, said: Statement) -> set[str]:
    words = set(_words(clause))
    return words.difference(*(name for name in said.names if set(name) <= words))


def _share(words: Set[str], held: Set[str]) -> float:
    return len(words & held) / len(words) if words else 0.0


def _support(clause: str, said: Statement) -> float:
    """How much of a statement a clause says just so, 0..1."""
    figures = set(_SIGNED.findall(said.text)) <= set(_SIGNED.findall(clause))
    alike = read_claim(clause).denied == said.denied and not contrary(said.text, clause)
    return _share(said.counts, _without_name(clause, said)) if figures and alike else 0.0


_SIGNED = re.compile(r"(?<![\w-])-?\d[\d.,]*\b")


def _denial(evidence: Evidence, clause: str, said: Statement) -> _Denial | None:
    shares = [_opposed(evidence.text, clause, said)]
    shares += [] if said.denied else [_negated(clause, said)]
    best = max(shares)
    return (best, evidence) if best else None


def _opposed(sentence: str, clause: str, said: Statement) -> float:
    """How much of the statement a clause says, one word of it turned into its opposite."""
    pairs = contrary(said.text, clause)
    turned = {one for one, _ in pairs}
    if len(turned) != 1 or turned & said.things or read_claim(clause).denied != said.denied:
        return 0.0
    own = [c for c in _clauses(sentence) if c != clause and _opens_with(c, said)]
    if any(turned & set(_words(c)) for c in own):
        return 0.0  # "Dropout is active in training, whereas dropout is switched off in inference"
    held = _without_name(clause, said)
    others = said.counts - turned
    if others and not _beside(clause, {other for _, other in pairs}, others, said):
        return 0.0  # "stores 4-bit weights plus small trainable adapters", of frozen weights
    if others:
        return _share(said.counts | turned, held | turned) if _share(others, held) >= _REST else 0.0
    # "K-means is an unsupervised algorithm": the opposite follows the name.
    opening = _words(clause)[: 2 + max(map(len, said.names))]
    return float(any(other in opening for _, other in pairs))


def _beside(clause: str, words: Set[str], others: Set[str], said: Statement) -> bool:
    """Whether words stand in one segment with the subject or with something else stated."""
    names: set[str] = set().union(*said.names)
    parts = [set(_words(segment)) for segment in _SEGMENTS.split(clause)]
    return any(words & part and (names | others) & part for part in parts)


_NEGATES = re.compile(
    r"\b(?:(?P<no>no|without|neither|nor|instead of|rather than)"
    r"|(?P<part>not (?:always|necessarily|every|all|each))"
    r"|(?P<not>not|never|cannot|\w+n't)(?! only| just| always| every| all| each| necessarily))\b",
    re.I,
)
_SOMETIMES = re.compile(
    r"\b(?:if|when|unless|until|where|once|may|might|can|sometimes|often|usually|typically|"
    r"generally|many|some|most)\b",
    re.I,
)
# "Without a cache, …" speaks of the subject's absence.
_BARS = re.compile(r"without$", re.I)
_ENDS_NO = re.compile(r",|\b(?:and|but|when|if|unless|than)\b")
_ENDS_NOT = re.compile(r", |\b(?:but|unless|if|when|than)\b")
# Share of the statement's words that a clause which says "no" must hold.
_DENIED = 0.75
# A noun denied stands within so many words of its "no".
_PHRASE = 3


def _negated(clause: str, said: Statement) -> float:
    """How much of the statement stands in a clause that says "no" to it."""
    return max((_said_no(clause, no, said) for no in _NEGATES.finditer(clause)), default=0.0)


def _said_no(clause: str, no: re.Match[str], said: Statement) -> float:
    head = clause[: no.start()]
    held = _without_name(head, said)
    hedged = _SOMETIMES.search(head) and not _SOMETIMES.search(said.text)
    if hedged or (no["part"] and not said.universal) or (_BARS.match(no.group()) and not held):
        return 0.0
    scope = (_ENDS_NO if no["no"] else _ENDS_NOT).split(clause[no.end() :])[0]
    below = _words(scope)
    counts = said.counts
    phrase = set(below[:_PHRASE]) if no["no"] else set(below)
    held = held | set(below) if no["no"] else set(below)
    alone = len(counts) == 1 and not phrase <= counts | _SAYS_LITTLE
    fits = counts & phrase and not alone and _share(counts, held) >= _DENIED
    return _share(counts, held) if fits else 0.0


_AGAINST = re.compile(r",? whereas |, while |; |,? but ")
# Shares of the words that only the other side has, and of the statement's in the sentence.
_THEIRS, _IN_ALL = 0.5, 0.6


def _contrasted(text: str, said: Statement) -> float:
    """How much of the statement a sentence says of what it contrasts the subject with."""
    sides = _AGAINST.split(text.rsplit(": ", 1)[-1])
    if len(sides) != _ENOUGH:
        return 0.0
    for other, own in (sides, sides[::-1]):
        if not _opens_with(own, said) or _opens_with(other, said):
            continue
        theirs, ours = set(_words(other)), _without_name(own, said)
        name = set(_words(other)[:1])
        if _COMPARES.search(other):
            continue
        if read_claim(other).denied != said.denied or contrary(said.text, other):
            continue
        if name & said.rest or any(set(n) <= theirs for n in said.names):
            continue
        only = theirs - ours - name - _SAYS_LITTLE
        asked = {word for word in said.counts & only if not _is_figure(word)}
        if asked and not said.counts & (ours - theirs) and len(asked) / len(only) >= _THEIRS:
            return _share(said.counts, theirs) * (_share(said.counts, theirs | ours) >= _IN_ALL)
    return 0.0


def _is_figure(word: str) -> bool:
    """Whether a normal word is a number: another rule holds those against each other."""
    return word.isdigit() or word in _FIGURE_WORDS


_FIGURE_WORDS = frozenset(map(normal, _NUMBERS))
_OF_CLASS = re.compile(
    r"^(?:the )?(?P<who>(?!(?:the|an?)\b)[\w.-]+)(?: models?)? (?:is |are )?(?:really |called )?"
    r"(?:an? )?(?P<what>[\w-]+)(?: [\w-]+){0,2}$",
    re.I,
)


def _of_another_class(said: Statement, sentences: Sequence[Evidence]) -> Iterator[_Denial]:
    """ "encoder-only models such as BERT", of what is said to be decoder-only."""
    claimed = _OF_CLASS.match(said.text)
    others = opposites(claimed["what"]) if claimed else frozenset()
    if not claimed or not others:
        return
    if any(_counts_among(re.escape(claimed["what"]), claimed["who"], e.text) for e in sentences):
        return
    for evidence in sentences:
        plain = max(
            _counts_among(re.escape(other), claimed["who"], evidence.text) for other in others
        )
        if plain:
            yield plain, evidence


_SURE = 1.0 + 1e-9


def _counts_among(kind: str, name: str, text: str) -> float:
    """Whether a text says that a thing is of a kind: 0, or more the more plainly it does."""
    own = rf"(?:in fact )?(?:an? |the )?{re.escape(name)}(?: [\w$]+)? (?:is|are) (?:an? )?{kind}\b"
    if any(re.match(own, clause.strip(), re.I) for clause in _clauses(text)):
        return _SURE + 0.2
    named = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    members = re.compile(
        rf"\b(?i:{kind}) (?:\w+ ){{0,2}}(?P<how>such as|like|including|with|are|is) "
        r"(?P<list>[^;:.]+?)(?:,? (?:and|or) [a-z]|[;:.]|, [a-z]|$)"
    )
    listed = [m for m in members.finditer(text) if named.search(m["list"])]
    return max((_SURE + 0.1 * (m["how"] == "are") for m in listed), default=0.0)


_RESOURCE = r"(?:memory|compute|storage|latency|time|space|vram|ram)"
_USES = r"\b(?:need|use|take|require|cost|occup)\w* (?:\w+ )?"
_SAVED = re.compile(
    rf"\b(?:reduc|sav|lower|cut|shrink|decreas|free)\w* (?:\w+ ){{0,3}}(?P<what>{_RESOURCE})"
    rf"|{_USES}(?:little|less|no) (?:\w+ ){{0,2}}(?P<which>{_RESOURCE})",
    re.I,
)
_SPENT = re.compile(
    rf"\btrad\w* (?P<what>{_RESOURCE}) for"
    rf"|{_USES}(?:much|more|extra|additional|a lot of|most) (?:\w+ ){{0,2}}(?P<which>{_RESOURCE})"
    rf"|\bincreas\w* (?:\w+ ){{0,2}}(?P<that>{_RESOURCE})",
    re.I,
)


def _costly(said: Statement, clauses: Sequence[tuple[Evidence, str]]) -> Iterator[_Denial]:
    """What is said to save a resource is told to cost it, or the other way round."""
    for asked, told in ((_SAVED, _SPENT), (_SPENT, _SAVED)):
        claimed = None if said.denied else asked.search(said.text)
        for evidence, clause in clauses if claimed else ():
            found = told.search(clause)
            if claimed and found and found[found.lastindex or 0] == claimed[claimed.lastindex or 0]:
                yield _SURE, evidence


_FIGURE = re.compile(
    rf"(?<![\w.$-])(?P<low>-?\d[\d.,]*|(?:{'|'.join(_NUMBERS[1:])})\b)"
    r"(?: and (?P<high>-?\d[\d.]*))?"
    r"(?: (?P<scale>thousand|million|billion|trillion))?(?:[ -](?P<of>[a-z-]+(?: [a-z-]+){0,3}))?",
    re.I,
)
_NOUN_ENDS = re.compile(r"\b(?:for|in|of|on|per|to|with|from|by|at|and|that|each)\b")
_SEGMENTS = re.compile(r", | plus | with | and (?!-?\d)")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number, or two as a range, of something: 8 heads, 4-bit precision."""

    value: tuple[str, ...]
    of: tuple[str, ...]

    def differs(self, other: _Figure) -> bool:
        return self.value != other.value


def _figures(text: str) -> list[_Figure]:
    """The figures of a text, years apart."""
    found = (m for m in _FIGURE.finditer(text) if not _YEAR.fullmatch(m["low"].rstrip(".,")))
    return [
        _Figure((_plain(m["low"]), (m["high"] or "").rstrip("."), m["scale"] or ""), _counted(m))
        for m in found
    ]


def _plain(number: str) -> str:
    word = number.lower()
    return str(_NUMBERS.index(word) + 1) if word in _NUMBERS else word.replace(",", "").rstrip(".")


def _counted(figure: re.Match[str]) -> tuple[str, ...]:
    """Normal words of the noun behind a figure; of a range the words before it are compared."""
    if figure["high"]:
        return ()
    return _words(_NOUN_ENDS.split(figure["of"] or "")[0])


def _figured(said: Statement, clauses: Sequence[tuple[Evidence, str]]) -> list[_Denial]:
    """Another figure of the same of the subject, if none says the one stated."""
    asked = _figures(said.text)
    if len(asked) != 1 or not (asked[0].of or asked[0].value[1]):
        return []
    noun = asked[0].of[-1:]
    beside = _beside_figure(said)
    own = said.counts - set(_words(" ".join(v for v in asked[0].value if v))) - set(noun)
    told = [
        (_share(own, _without_name(segment, said)) if own else 1.0, figure, evidence)
        for evidence, clause in clauses
        for segment in (_SEGMENTS.split(clause) if noun else [clause])
        for figure in _figures(segment)
        if beside <= set(_words(segment))
        if set(noun) <= set(figure.of) and bool(figure.value[1]) == bool(asked[0].value[1])
    ]
    same = max((share for share, figure, _ in told if not figure.differs(asked[0])), default=-1.0)
    return [
        (1.0 + share, evidence)
        for share, figure, evidence in told
        if figure.differs(asked[0]) and share > same and share >= _OWN
    ]


def _beside_figure(said: Statement) -> set[str]:
    """The last word before the figure that says something: "adapters", of "adapters to 4 bits"."""
    before = _words(_FIGURE.split(said.text)[0])
    return set([word for word in before if word in said.counts][-1:])


# Share of the other words that a segment with another figure must hold: "trains the adapters in
# 16 bits" of "quantizes the adapters to 4 bits".
_OWN = 0.5
