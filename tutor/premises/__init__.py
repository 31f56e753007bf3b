"""False premises: what a question takes for granted, and the curriculum denies.

::

    question ──► order of the stations ──► misconceptions ──► topics it names, sentences found
                                                                            │
          traits, figures, origins, contrast  ◄── the question's words ◄────┤
          denial                              ◄── what it states ◄──────────┘

The first sentence that denies the premise corrects it; with none, nothing is corrected.

- ``premise``: the rules in their order, and the misconceptions that the curriculum names.
- ``claims``: a sentence as a bag of normal words, and which words are opposites.
- ``statement``: what a question states, taken apart. ``clauses``: those of a sentence, and of what
  they speak.
- ``traits``: the opposite, a part that the subject does without, weights that stay as they are.
- ``figures``, ``origins``: another number, year or maker.
- ``contrast``: it is said of what the subject is contrasted with.
- ``denial``: clauses that deny a statement: by an opposite, by a "no" (``negation``), by another
  class (``classes``), by a cost that was called a saving (``costs``).
- ``order``: a station does not build on the one put before it.
"""

from tutor.premises.premise import Premises

__all__ = ["Premises"]
