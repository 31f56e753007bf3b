"""The tokens of a model in llama.cpp, and which of them are control words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.engines.chat import plain


class Vocabulary:
    """What a model's tokenizer knows.

    Args:
        library: the module ``llama_cpp``, handed over by its adapter.
        llama: a loaded model, a ``llama_cpp.Llama``.
    """

    def __init__(self, library: Any, llama: Any) -> None:
        self._library, self._llama = library, llama
        self._vocab = llama._model.vocab

    def tokens(self, prompt: str) -> list[int]:
        """A prompt in tokens, control words among them."""
        tokens: list[int] = self._llama.tokenize(prompt.encode(), add_bos=False, special=True)
        first = self._llama.token_bos()
        wanted = self._library.llama_vocab_get_add_bos(self._vocab)
        # Some templates write the token that begins a text, others leave it to the tokenizer.
        return [first, *tokens] if wanted and tokens[:1] != [first] else tokens

    def count(self, text: str) -> int:
        """Number of tokens of a text that holds no control words."""
        return len(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def data(self, content: str, markers: Sequence[str]) -> str:
        """A text in which the tokenizer finds no control words.

        Asked of the tokenizer: listing them from a vocabulary of 49,152 tokens takes 0.09 s.

        Args:
            markers: further words to be taken out.
        """
        content = plain(content, markers)
        while words := [word for word in self._control_words(content) if word in content]:
            content = plain(content, [*markers, *words])
        return content

    @property
    def first_and_last(self) -> tuple[str, str]:
        """What stands at the beginning and at the end of a text; "" for what there is not."""
        return self._text(self._llama.token_bos()), self._text(self._llama.token_eos())

    @property
    def ends_of_turn(self) -> list[str]:
        """What ends a turn when a model spells it out; as tokens llama.cpp knows them by itself."""
        turn = self._library.llama_vocab_eot(self._vocab)
        texts = (self._text(token) for token in (self._llama.token_eos(), turn))
        return [text for text in dict.fromkeys(texts) if text]

    def _control_words(self, content: str) -> list[str]:
        control = self._library.LLAMA_TOKEN_ATTR_CONTROL | self._library.LLAMA_TOKEN_ATTR_UNKNOWN
        found = set(self._llama.tokenize(content.encode(), add_bos=False, special=True))
        kind = self._library.llama_vocab_get_attr
        return [self._text(token) for token in sorted(found) if kind(self._vocab, token) & control]

    def _text(self, token: int) -> str:
        if token < 0:  # the vocabulary has none
            return ""
        return str(self._library.llama_vocab_get_text(self._vocab, token).decode())
