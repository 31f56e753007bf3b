"""``tutor config``: every setting, its value, where it comes from; and settings that cannot be."""

import pytest

from tutor.settings import Settings


@pytest.fixture
def configured(new_shell):
    return new_shell()


def rows(shell, **settings):
    return {row["name"]: row for row in shell("config", "--json", **settings).json}


def test_every_setting_is_listed_and_described(configured):
    listed = rows(configured)
    assert list(listed) == list(Settings.model_fields)
    assert all(row["description"] for row in listed.values())


def test_a_setting_that_nobody_sets_is_a_default(configured):
    row = rows(configured)["passages"]
    assert (row["value"], row["origin"]) == ("10", "default")


def test_a_setting_of_the_environment_names_its_variable(configured):
    row = rows(configured, passages=7)["passages"]
    assert (row["value"], row["origin"]) == ("7", "environment TUTOR_PASSAGES")


def test_a_setting_of_the_working_folder_names_its_file(configured):
    (configured.folder / "tutor.toml").write_text("passages = 8\n")
    row = rows(configured)["passages"]
    assert (row["value"], row["origin"]) == ("8", "tutor.toml")


def test_a_setting_of_the_home_names_its_file(configured):
    configured.home.mkdir()
    file = configured.home / "tutor.toml"
    file.write_text("passages = 9\n")
    row = rows(configured)["passages"]
    assert (row["value"], row["origin"]) == ("9", str(file))


def test_the_environment_goes_before_the_file(configured):
    (configured.folder / "tutor.toml").write_text("passages = 8\n")
    row = rows(configured, passages=7)["passages"]
    assert (row["value"], row["origin"]) == ("7", "environment TUTOR_PASSAGES")


def test_for_people_each_setting_shows_value_and_origin(configured):
    shown = configured("config").out
    assert f"home = {configured.home}   (environment TUTOR_HOME)\n" in shown
    assert "passages = 10   (default)\n" in shown


def test_looking_at_the_settings_makes_no_home(configured):
    assert configured("config").status == 0
    assert not configured.home.exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("colour", "red"), ("passages", "many"), ("passages", "0"), ("answer_threshold", "2")],
)
def test_an_unknown_or_impossible_variable_is_wrong_usage(configured, setting, value):
    result = configured("config", **{setting: value})
    assert (result.status, result.out) == (2, "")
    assert setting in result.error.lower()
    assert "see: tutor config" in result.error or "tutor.toml" in result.error


@pytest.mark.parametrize(
    ("text", "named"),
    [("colour = 'red'", "colour"), ("passages = 'many'", "passages"), ("passages = ", "no TOML")],
)
def test_an_unknown_or_impossible_line_of_the_file_is_wrong_usage(configured, text, named):
    (configured.folder / "tutor.toml").write_text(text)
    result = configured("config")
    assert (result.status, result.out) == (2, "")
    assert named in result.error
    assert "tutor.toml" in result.error


def test_a_command_with_an_unknown_setting_does_nothing(configured):
    result = configured("ask", "What is LoRA?", colour="red")
    assert result.status == 2
    assert "TUTOR_COLOUR" in result.error
    assert not configured.home.exists()
