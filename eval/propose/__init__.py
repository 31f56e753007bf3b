"""New golden questions, proposed from the curriculum for a person to accept.

Three sources: templates over the curriculum's own structure (``templates``, ``relations``), what
learners said of answers (``learners``), and, with a capable judge, RAGAS's test-set generation
(``generated``). ``spread`` picks among them so that
stations with few questions come first; ``filing`` keeps the proposals and accepts them.
"""

from eval.propose.filing import accept, review
from eval.propose.records import FILE, Proposal, ProposeError, read_proposals
from eval.propose.spread import propose

__all__ = [
    "FILE",
    "Proposal",
    "ProposeError",
    "accept",
    "propose",
    "read_proposals",
    "review",
]
