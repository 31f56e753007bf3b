"""Whether a question leans on what was said before, or stands alone.

A question that stands alone and is completed all the same asks something that nobody asked ("Will
sampling rain in Lisbon?"). Of 290 questions of the dev split put behind another conversation
69 were so changed when every "that" and "one" counted as pointing back, and 2 are by these rules;
of the 1050 everyday wordings of the companions' topics, from which no rule was taken, 569 were and
101 are. Most of those speak of an "it" that nothing names.
"""

from __future__ import annotations

import re

from tutor.asking.focus import stated_in, subjects_in
from tutor.asking.intent import read_intent
from tutor.asking.pointing import asks_which, points_at_several, where_several
from tutor.asking.swapping import asks_the_same
from tutor.asking.vague import own_words
from tutor.mentions import Gazetteer

_ONES = r"(?: (?:one|topic|subject|method|thing|approach|technique|option)\b|(?=\W*$))"
_POINTS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|this|these|those|he|she|his|her)\b"
    # A conjunction else: "a model that fits", "so that", "the words that".
    r"|\bthat(?=\W*$|[,.;:?!]| (?:one|method|station|stop|topic|subject|way|approach|technique)\b)"
    r"|\b(?:is|was|does|do|did|can|could|will|would|but|why) that\b(?! (?:the|an?|i|you|we|it)\b)"
    r"|^that\b|\b(?:of|in|for|with|by|from|to) that(?= \w+\W*$)"
    r"|\b(?:this|that|which|another|same|use|need|build|make|train|choose|have|get|want|write|pick|"
    r"run|find|create|design|deploy|add|buy|set up) ones?(?=\W*$)"
    rf"|\bthe (?:first|second|third|last|others?){_ONES}|\bthe (?:former|latter)\b",
    re.I,
)
_NOT_POINTING = re.compile(
    r"\bit (?:is|would be|'s) (?:possible|better(?! than)|worth|necessary|true)\b"
    r"|\b(?:is|was|would) it (?:be )?(?:possible|better(?! than)|worth|necessary|true|ok|okay|"
    r"enough)\b"
    # "Why is it important to define the scope?", but not "Is it hard to train?".
    r"|\b(?:is|was) it (?:\w+ ){1,2}to \w+ (?!(?:on|in|with|for|at|by|from|to|and|or)\b)(?=\w)"
    r"|\b(?:is|was) it (?:\w+ ){0,2}(?:that|when|if|whether)\b|\bis it to \w+"
    # "It's that score which …, right?" describes.
    r"|\bit(?:'s| is) (?:that|when|the|an?)\b"
    r"|\bit helps? (?:to|if|when)\b|\bit (?:rain|snow)\w*|\bworth it\b|\bis it that\b"
    r"|\bit matters? (?:if|whether|that|how|which|when|what)\b"
    r"|\b(?:this|that) (?:map|course|curriculum)\b|\ball (?:these|those) \w+s\b"
    # "Which one is better, LoRA or QLoRA?"
    r"|\bwhich one\b(?=.*\bor\b)",
    re.I,
)
_THERE = re.compile(r"(?<!\bis )(?<!\bare )(?<!\bwas )\b(?:in )?there(?=\W*$)", re.I)
_CONTINUES = re.compile(
    r"^\W*(?:(?P<joins>and|but|so|ok|okay|then|what about|how about|what if|also|really)|why|"
    r"why not|how so|when|where|which one|more|tell me more|go on|continue|for example|"
    r"an example|example|in what way|such as|like what)\b",
    re.I,
)
# Nouns that need a second noun, without it: "What is the difference?", "Any alternatives?".
INCOMPLETE = re.compile(
    r"\b(differences?|alternatives?|examples?|(dis)?advantages?|drawbacks?|limits?|limitations?|"
    r"benefits?|steps?|stages?|use cases?|pros and cons|parameters|author|papers?|books?|videos?|"
    r"articles?|tutorials?|courses?|instead)\b(?!.*\b(between|of|to|in|for|on|about|by|with|from)\b)",
    re.I,
)
_OBJECT = re.compile(r"\b(?:than|from|with|as|to) $", re.I)
_INVERTED = re.compile(
    r"^(?:(?!\b(?:and|but|or|so|what|how|why|when|which|where|who|if)\b)[^,;:.?!])*"
    r"\b(?:is|are|was|do|does|did|can|could|should|would|will|must) $",
    re.I,
)
# Where a clause ends and the next begins.
_CLAUSES = re.compile(
    r"[.?!;:,](?=\s)|\s-+\s|—|\b(?:and|but|so|then)\b(?= (?:what|how|why|when|which|where|who|is|"
    r"are|does|do|can|will|should|with|it|they|then)\b)",
    re.I,
)
# What is said of oneself or of the circumstances: "I see, but …", "If I have little data, …".
_ASIDE = re.compile(
    r"^\W*(?:(?:and|but|so|ok|okay|then)\W+)*(?:i(?:'m)? (?:see|understand|read|get|got|know|"
    r"thought|think|still|don't|do|am|was)\b.*|(?:if|when|with|for|on|given|in)(?: \S+){1,6})\W*$",
    re.I,
)
# "And why?", "How many layers?": so few words lean on something. More words without a name of the
# curriculum are a question of their own, which the gate will decline.
_FRAGMENT = 3
# Words of its own with which a follow-up may continue: "Why is the rank low?", "And where do I
# find the threshold?".
_FEW, _FEW_JOINED = 1, 4
# So many make an earlier clause something that "it" can stand for: "my bike chain".
_ANTECEDENT = 2
# Or so many in the same one: "cut up a thick manual before making it searchable".
_MANY = 4
# Or so many in all, in a question and in what is none.
_SELF_CONTAINED, _STATED = 6, 3
_ASKS = re.compile(
    r"\?|^\W*(?:what|why|how|when|where|who|which|is|are|do|does|did|can|could|should|would|will|"
    r"has|have|explain|describe|tell|give|show|compare|name|list)\b",
    re.I,
)


def leans(question: str, names: Gazetteer) -> bool:
    """Whether the question leans on what was said before."""
    found = subjects_in(question, names)
    several = points_at_several(question)
    if several and (len(found) > 1 or (asks_which(question) and found)):
        return False
    plain = _NOT_POINTING.sub(" ", question)
    if several or _THERE.search(question) or _POINTS_BACK.search(plain):
        return bool(found or not _tells_all(question)) and not inner_antecedent(question, names)
    if asks_the_same(question):
        return len(found) <= 1
    return not found and _too_short(question)


def _tells_all(question: str) -> bool:
    """Whether it describes something of its own: "it runs but spits out a word a second"."""
    joined = _CONTINUES.match(question)
    if joined and joined["joins"]:
        return False
    if any(before_noun(question, d.end()) for d in _DEMONSTRATIVE.finditer(question)):
        return own_words(question) > _STATED
    return own_words(question) >= (_SELF_CONTAINED if _ASKS.search(question) else _STATED)


def before_noun(question: str, at: int) -> bool:
    """Whether a noun that says something stands there: "this shortcut", but not "this method"."""
    following = _NOUN.match(question, at)
    return bool(following and own_words(following[1]) and not _GENERAL.fullmatch(following[1]))


DEMONSTRATIVES = frozenset(("this", "that", "these", "those"))
_DEMONSTRATIVE = re.compile(r"\b(?:this|that|these|those)\b", re.I)
_NOUN = re.compile(r" ([\w-]+)")
_GENERAL = re.compile(
    r"methods?|metrics?|approach(?:es)?|techniques?|algorithms?|variants?|concepts?|terms?|"
    r"stations?|stops?|subjects?|types?|kinds?|famil(?:y|ies)|attacks?|schemes?|\w+(?:ed|ing)|done|"
    r"sounds|seems|looks|means|makes|works|gives|needs|takes|helps|costs|made|built|help|affect|apply|slow|hurt|cost|depend|\w+ly|still|too",
    re.I,
)


def _too_short(question: str) -> bool:
    own = own_words(question)
    if continues := _CONTINUES.match(question):
        return own <= (_FEW_JOINED if continues["joins"] else _FEW)
    if INCOMPLETE.search(question):
        return own <= _FEW + 1
    if own > _FEW or _IDENTIFIER.search(question) or not any(c.isalpha() for c in question):
        return False
    # "How many bits should I use?", but neither "Where should I start?" nor "What is recall?".
    if stated_in(question) and not _THE.search(question):
        return False
    asks = _ASKS.search(question) and read_intent(question) not in ("path", "lookup")
    return bool(asks) or len(question.split()) <= _FRAGMENT


_THE = re.compile(r"\bthe\b", re.I)


_IDENTIFIER = re.compile(r"\w_\w|\b\w*[A-Z]\w*[A-Z-]\w*\b")


def inner_antecedent(question: str, names: Gazetteer) -> bool:
    """Whether what comes before the first pronoun is what it stands for.

    "Does LoRA need its own licence?" and "My bike chain slips, how do I fix it?", but neither "How
    does LoRA differ from it?" nor "How many parameters does it add?".
    """
    pointing = _POINTS_BACK.search(_NOT_POINTING.sub(_blank, question))
    starts = [pointing.start() if pointing else None, where_several(question)]
    before = question[: min((at for at in starts if at is not None), default=0)]
    if _in_earlier_clause(before, names) or _full(before):
        return True
    if (
        not pointing
        or pointing[0].lower() not in ("it", "its", "they", "their")
        or _OBJECT.search(before)
    ):
        return False
    return any(not _INVERTED.match(before[m.end :]) for m in subjects_in(before, names))


def _full(before: str) -> bool:
    joined = _CONTINUES.match(before)
    return own_words(before) >= _MANY and not (joined and joined["joins"])


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _in_earlier_clause(before: str, names: Gazetteer) -> bool:
    clauses = _CLAUSES.split(before)[:-1]
    said = " ".join(clause for clause in clauses if not _ASIDE.match(clause))
    return bool(subjects_in(said, names)) or own_words(said) >= _ANTECEDENT


def pointers(question: str) -> list[tuple[int, int]]:
    """Where words stand that point back."""
    plain = _NOT_POINTING.sub(_blank, question)
    return [match.span() for match in _POINTS_BACK.finditer(plain)]
