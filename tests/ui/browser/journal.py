"""What a browser did on its own account: requests, the console, errors, dialogs."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

# Before any script of a page: what a hostile text would set, and what it would call.
CANARY = """
window.hacked = undefined;
for (const name of ['alert', 'confirm', 'prompt', 'open']) {
  const real = window[name].bind(window);
  window[name] = (...given) => { (window.called ??= []).push(name); return real(...given); };
}
"""


@dataclass
class Journal:
    """The record of one test.

    Attributes:
        host: of the page; nothing else may be asked for.
        requests: addresses, without what stands in the page itself (data:, blob:).
        dialogs: their messages.
        answers: what to say to the next dialogs: a text, or None to dismiss.
        expected: parts of console messages that a test brings about on purpose.
    """

    host: str
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def record(self, context: BrowserContext) -> None:
        """Write down what the pages of a context do from now on."""
        context.add_init_script(CANARY)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("dialog", self._on_dialog)

    def check(self) -> None:
        """Fail if a request left the page's host, a script failed, or the console told an error."""
        assert self.foreign == []
        assert self.errors == []
        assert [m for m in self.console if not any(e in m for e in self.expected)] == []

    @property
    def foreign(self) -> list[str]:
        """Requests to others than the page's host."""
        return [address for address in self.requests if not address.startswith(f"{self.host}/")]

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.requests.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(message.text)

    def _on_error(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            dialog.dismiss()
        else:
            dialog.accept(answer)
