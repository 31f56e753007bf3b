"""Systems by their names."""

import pytest

from corpus.errors import UsageError
from eval.systems.catalogue import SYSTEMS, open_system


def test_an_unknown_name_is_told_the_known_ones(settings):
    with pytest.raises(UsageError, match=r"no system 'starer'.*starter.*bare"):
        open_system("starer", settings)


def test_a_system_says_its_name(fresh):
    system = open_system("bare", fresh)
    system.close()
    assert system.name == "bare"


def test_both_rivals_are_there():
    assert {"starter", "bare"} <= set(SYSTEMS)
