"""Settings: command line before environment before tutor.toml before default."""

import pytest
from pydantic import ValidationError

from corpus.errors import SettingsError
from tutor.settings import Settings, load_settings, origins


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    """An empty working folder, and a default home that holds no settings."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


@pytest.fixture
def home_toml(tmp_path, monkeypatch):
    """The settings file of a home."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "tutor.toml"


def origin(name, **overrides):
    rows = origins(load_settings(**overrides), **overrides)
    return next((value, origin) for setting, value, origin, _ in rows if setting == name)


def test_default():
    assert load_settings().model == "bundled"
    assert origin("passages") == ("10", "default")


def test_toml_of_the_home_before_default(home_toml):
    home_toml.write_text("passages = 11")
    assert origin("passages") == ("11", str(home_toml))


def test_toml_of_the_working_folder_before_that_of_the_home(home_toml, working_folder):
    home_toml.write_text("passages = 11")
    (working_folder / "tutor.toml").write_text("passages = 12")
    assert origin("passages") == ("12", "tutor.toml")


def test_environment_before_toml(working_folder, monkeypatch):
    (working_folder / "tutor.toml").write_text("passages = 12")
    monkeypatch.setenv("TUTOR_PASSAGES", "13")
    assert origin("passages") == ("13", "environment TUTOR_PASSAGES")


def test_command_line_before_environment(working_folder, monkeypatch):
    (working_folder / "tutor.toml").write_text("passages = 12")
    monkeypatch.setenv("TUTOR_PASSAGES", "13")
    assert origin("passages", passages=14) == ("14", "command line")


def test_an_option_that_was_not_given_changes_nothing(monkeypatch):
    monkeypatch.setenv("TUTOR_PASSAGES", "13")
    assert origin("passages", passages=None) == ("13", "environment TUTOR_PASSAGES")


def test_sources_are_mixed_setting_by_setting(working_folder, monkeypatch):
    (working_folder / "tutor.toml").write_text("passages = 12\nthreads = 1")
    monkeypatch.setenv("TUTOR_THREADS", "2")
    settings = load_settings(temperature=0.5)
    assert (settings.passages, settings.threads, settings.temperature) == (12, 2, 0.5)


def test_unknown_key_in_the_environment(monkeypatch):
    monkeypatch.setenv("TUTOR_PASAGES", "3")
    with pytest.raises(SettingsError, match="unknown setting TUTOR_PASAGES; see: tutor config"):
        load_settings()


def test_unknown_key_in_toml_names_the_file(working_folder):
    (working_folder / "tutor.toml").write_text("pasages = 3")
    with pytest.raises(SettingsError, match=r"setting pasages in tutor\.toml: "):
        load_settings()


def test_bad_value_in_toml_names_the_file(home_toml):
    home_toml.write_text("passages = 'many'")
    with pytest.raises(SettingsError, match=r"setting passages in .*home/tutor\.toml: "):
        load_settings()


def test_bad_value_elsewhere_does_not_blame_the_file(working_folder, monkeypatch):
    (working_folder / "tutor.toml").write_text("passages = 3")
    monkeypatch.setenv("TUTOR_PASSAGES", "many")
    with pytest.raises(SettingsError, match="setting passages: "):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("passages", 0),
        ("passages", 51),
        ("evidence_sentences", 0),
        ("written_sentences", -1),
        ("answer_tokens", 15),
        ("context_tokens", 511),
        ("threads", -1),
        ("temperature", 2.1),
        ("answer_threshold", 1.5),
        ("question_characters", 9),
        ("passages", "ten"),
    ],
)
def test_impossible_value(name, value):
    with pytest.raises(SettingsError, match=f"setting {name}: .*; see: tutor config") as fault:
        load_settings(**{name: value})
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("content", [b"passages = = 3", b"\xff\xfe\x00", b"passages"])
def test_a_file_that_is_no_toml(working_folder, content):
    (working_folder / "tutor.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"tutor\.toml is no TOML .*; mend or remove it"):
        load_settings()


def test_everything_lies_under_the_home(tmp_path):
    settings = load_settings(home=tmp_path)
    for path in (settings.index, settings.models, settings.log):
        assert path.is_relative_to(tmp_path)


def test_settings_cannot_be_changed_later():
    with pytest.raises(ValidationError):
        load_settings().passages = 3


def test_every_setting_is_shown_with_a_description():
    rows = origins(load_settings())
    assert [name for name, *_ in rows] == list(Settings.model_fields)
    assert all(description for *_, description in rows)
