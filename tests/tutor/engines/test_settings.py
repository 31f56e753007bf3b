"""Settings of models elsewhere: options as a table or as JSON, and a key that is not shown."""

import pytest

from corpus.errors import SettingsError
from tutor.settings import load_settings, origins


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))


def test_options_as_a_table(tmp_path):
    (tmp_path / "tutor.toml").write_text("[model_options]\ntop_p = 0.9\nuser = 'me'\n")
    assert load_settings().model_options == {"top_p": 0.9, "user": "me"}


def test_options_as_json(monkeypatch):
    monkeypatch.setenv("TUTOR_MODEL_OPTIONS", '{"top_p": 0.9, "max_tokens": null}')
    assert load_settings().model_options == {"top_p": 0.9, "max_tokens": None}


@pytest.mark.parametrize("value", ["{", "[1]", "3"])
def test_options_that_are_none(monkeypatch, value):
    monkeypatch.setenv("TUTOR_MODEL_OPTIONS", value)
    with pytest.raises(SettingsError, match=r"^setting model_options: .*; see: tutor config$"):
        load_settings()


def test_the_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("TUTOR_MODEL_KEY", "sesame")
    settings = load_settings()
    assert settings.model_key.get_secret_value() == "sesame"
    assert "sesame" not in str(origins(settings))
