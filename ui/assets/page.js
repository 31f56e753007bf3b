/* What the page does in the browser: tells Python what was pressed, follows citations, keeps the
   learner's colours and text size. Listens by delegation; the HTML holds no handlers. */
(() => {
  "use strict";
  const PANES = { "#pane-left": "left", "#pane-chat": "chat", "#pane-right": "right" };
  const tell = (what, value = "") => window.metromapTell && window.metromapTell({ do: what, value });
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);

  // Panes and tabs

  // On the panes, not on body: Gradio's rules reach no further out.
  function pane(name) {
    const panes = byId("panes");
    if (!panes) return setTimeout(() => pane(name), 100);
    panes.dataset.shown = name;
    all("button[data-pane]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.pane === name));
  }

  const TABS = { evidence: 0, map: 1, quality: 2, settings: -1 };
  function tab(name) {
    const buttons = all("#right-tabs button[role=tab]");
    const wanted = buttons.find((b) => b.id.startsWith(name) || b.dataset.tabId === name) || buttons.at(TABS[name]);
    if (wanted && wanted.getAttribute("aria-selected") !== "true") wanted.click();
  }

  function show(name) {
    if (name === "chat" || name === "left") return pane(name);
    pane("right");
    tab(name);
  }

  // Citations

  function mark(element) {
    all(".shown").forEach((one) => { if (!one.matches(".of-turn")) one.classList.remove("shown"); });
    element.classList.add("shown");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: true });
  }

  function openPassage(answer, number) {
    const section = byId(`passage-${answer}-${number}`);
    if (!section) return false;
    all("#evidence .of-turn").forEach((one) => one.classList.toggle("shown", one.contains(section)));
    const details = find("details", section);
    if (details) details.open = true;
    show("evidence");
    requestAnimationFrame(() => mark(section));
    return true;
  }

  function cited(answer, number) {
    if (openPassage(answer, number)) return;
    tell("evidence", answer);
    show("evidence");
    const until = Date.now() + 5000;
    const look = () => { if (!openPassage(answer, number) && Date.now() < until) setTimeout(look, 100); };
    look();
  }

  function said(answer, number) {
    const sentence = byId(`said-${answer}-${number}`);
    if (!sentence) return;
    if (getComputedStyle(byId("pane-chat")).display === "none") show("chat");
    requestAnimationFrame(() => mark(sentence));
  }

  // What was pressed

  const HASHES = [
    [/^#cite-(.+)-(\d+)$/, (found) => cited(found[1], found[2])],
    [/^#said-(.+)-(\d+)$/, (found) => said(found[1], found[2])],
    [/^#do-([a-z]+)-(.+)$/, (found) => tell(found[1], found[2])],
    [/^#ask-/, (_, link) => { show("chat"); tell("ask", link.title); }],
  ];

  function pressedLink(event, link) {
    const href = link.getAttribute("href") || "";
    for (const [pattern, act] of HASHES) {
      const found = pattern.exec(href);
      if (found) {
        event.preventDefault();
        act(found, link);
        return true;
      }
    }
    if (href === "#question") {
      event.preventDefault();
      focusOn("question");
      return true;
    }
    return false;
  }

  // What a button tells: its value; after a name has been asked for (data-prompt), or a yes
  // (data-confirm). Nothing is told if that is declined.
  function toTell({ value = "", prompt: label, title, confirm: sure }) {
    if (sure) return confirm(sure) ? value : null;
    if (!label) return value;
    const name = (prompt(label, title) || "").trim();
    return name ? `${value}\t${name}` : null;
  }

  function pressed(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const link = target.closest("a[href^='#']");
    if (link && pressedLink(event, link)) return;
    const of = (name) => target.closest(`[data-${name}]`);
    const button = of("do");
    if (button) {
      const what = button.dataset.do;
      if (what === "close") return find("dialog").close();
      const told = toTell(button.dataset);
      return told === null ? undefined : tell(what, told);
    }
    if (of("ask")) {
      closeDialog();
      show("chat");
      return tell("ask", of("ask").dataset.ask);
    }
    if (of("station")) {
      closeDialog();
      return tell("station", of("station").dataset.station);
    }
    if (of("companion")) {
      closeDialog();
      return tell("companion", of("companion").dataset.companion);
    }
    const choice = target.closest("button[data-pane]");
    if (choice) pane(choice.dataset.pane);
  }

  function keyed(event) {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const acts = target.matches("[role=button]:not(button)");
    if (acts && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
    if (event.key === "Escape" && target.closest("#question")) {
      const keep = find("[data-do=keep]");
      if (keep) keep.click();
    }
  }

  // What Python asks for

  function focusOn(name) {
    const field = find(`#${name} textarea, #${name} input, #${name} button`);
    if (field) field.focus();
  }

  // There from the start: what is read aloud is what changes in it.
  function noticeBox() {
    const box = document.createElement("div");
    box.id = "notice";
    box.setAttribute("role", "status");
    return document.body.appendChild(box);
  }

  function notice(text) {
    const box = byId("notice") || noticeBox();
    box.textContent = text;
    box.classList.add("up");
    clearTimeout(notice.timer);
    notice.timer = setTimeout(() => box.classList.remove("up"), 6000);
  }

  function save({ name, kind, text }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function closeDialog() {
    const dialog = find("dialog[open]");
    if (dialog) dialog.close();
  }

  function dialog(html) {
    const box = find("dialog") || document.body.appendChild(document.createElement("dialog"));
    box.setAttribute("aria-label", "Map");
    box.innerHTML = `<button type="button" data-do="close">✕</button><div class="wide-map">${html}</div>`;
    box.firstElementChild.setAttribute("aria-label", "Close");
    box.showModal();
  }

  const EFFECTS = {
    copy: (text) => navigator.clipboard.writeText(text).catch(() => notice(text)),
    notice,
    save,
    dialog,
    // Who looks at something else is not called away.
    beside: (name) => {
      const open = find("#right-tabs [role=tab][aria-selected=true]");
      if (open && ["evidence", "map"].includes(open.dataset.tabId)) tab(name);
    },
    show,
    focus: (name) => requestAnimationFrame(() => setTimeout(() => focusOn(name), 50)),
    conversation: (id) => history.replaceState(null, "", id ? `?c=${encodeURIComponent(id)}` : location.pathname),
    answered: (id) => requestAnimationFrame(() => { const turn = byId(`turn-${id}`); if (turn) follow(true); }),
    stop: (stop) => requestAnimationFrame(() => {
      const one = find(`#map [data-station="${CSS.escape(stop)}"], #map [data-companion="${CSS.escape(stop)}"]`);
      const card = find("#card section");
      if (card) card.scrollIntoView({ block: "start" });
      if (one && document.activeElement === document.body) one.focus({ preventScroll: true });
    }),
  };

  let done = 0;
  function effect(value) {
    if (!value) return;
    const told = JSON.parse(value);
    if (told.number === done) return;
    done = told.number;
    for (const [name, act] of Object.entries(EFFECTS)) if (name in told) act(told[name]);
  }

  // The log follows the answer unless the learner has scrolled up.

  let following = true;
  function follow(force) {
    const box = byId("scroll");
    if (box && (following || force)) box.scrollTop = box.scrollHeight;
  }

  function watchLog() {
    const box = byId("scroll");
    if (!box) return setTimeout(watchLog, 200);
    box.setAttribute("role", "log");
    box.setAttribute("aria-label", "Conversation");
    box.setAttribute("tabindex", "0");
    box.addEventListener("scroll", () => { following = box.scrollHeight - box.scrollTop - box.clientHeight < 80; });
    new MutationObserver(() => follow(false)).observe(byId("now") || box, { childList: true, subtree: true });
  }

  // Colours and text size

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = (name, fallback) => { try { return localStorage.getItem(`metromap-${name}`) || fallback; } catch { return fallback; } };
  function keep(name, value) { try { localStorage.setItem(`metromap-${name}`, value); } catch { /* not kept */ } }

  function wantsDark() {
    const theme = kept("theme", "system");
    return theme === "dark" || (theme === "system" && dark.matches);
  }

  function look() {
    const theme = kept("theme", "system");
    document.body.classList.toggle("dark", wantsDark());
    document.documentElement.style.fontSize = `${kept("size", "100")}%`;
    all("input[name=theme]").forEach((one) => { one.checked = one.value === theme; });
    all("input[name=size]").forEach((one) => { one.checked = one.value === kept("size", "100"); });
  }

  function chosen(event) {
    const input = event.target;
    if (input instanceof HTMLInputElement && (input.name === "theme" || input.name === "size")) {
      keep(input.name, input.value);
      look();
    }
  }

  document.addEventListener("click", pressed);
  document.addEventListener("keydown", keyed);
  document.addEventListener("change", chosen);
  dark.addEventListener("change", look);
  window.metromap = { effect };
  // Gradio sets the colours of the system when it is ready, and makes a tab's content when it is opened.
  function watchLooks() {
    new MutationObserver(() => { if (document.body.classList.contains("dark") !== wantsDark()) look(); })
      .observe(document.body, { attributes: true, attributeFilter: ["class"] });
    // Gradio's name for the field of files is another than what is written in it (WCAG 2.2, 2.5.3).
    new MutationObserver(() => all("#upload button[aria-label].upload-container").forEach((one) => one.removeAttribute("aria-label")))
      .observe(document.body, { childList: true, subtree: true });
    const made = new MutationObserver(() => { if (find("#looks input")) { made.disconnect(); look(); } });
    made.observe(document.body, { childList: true, subtree: true });
    look();
  }
  // Gradio adds this script itself, before or after the document is complete.
  const begin = () => { pane("chat"); noticeBox(); watchLog(); watchLooks(); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
