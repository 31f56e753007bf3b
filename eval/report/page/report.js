"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const config = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };
  const chosen = {};

  // Colours are written as CSS variables, so that one figure serves both themes.
  function resolved(value, style) {
    if (Array.isArray(value)) return value.map((one) => resolved(one, style));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolved(v, style)]));
    const name = typeof value === "string" && /^var\((--[a-z0-9-]+)\)$/.exec(value);
    return name ? style.getPropertyValue(name[1]).trim() : value;
  }

  function draw(id, width) {
    const place = document.getElementById("plot-" + id);
    const variant = specs[id][chosen[id] || 0];
    const inner = width || place.clientWidth;
    const spec = inner < variant.below && variant.narrow ? variant.narrow : variant.wide;
    const { data, layout } = resolved(spec, getComputedStyle(document.documentElement));
    Plotly.react(place, data, { ...layout, width: inner }, config);
    if (!place.dataset.listens) {
      place.dataset.listens = "yes";
      place.on("plotly_click", (event) => choose(event.points[0].customdata));
    }
  }

  const drawAll = (width) => Object.keys(specs).forEach((id) => draw(id, width));

  document.querySelectorAll("noscript").forEach((one) => one.remove());
  document.querySelectorAll("select[data-plot]").forEach((select) => {
    select.parentElement.hidden = false;
    select.value = "0";
    select.addEventListener("change", () => {
      chosen[select.dataset.plot] = Number(select.value);
      draw(select.dataset.plot);
    });
  });
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
  let width = window.innerWidth;
  let waiting = 0;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 120);
  });
  // Paper is light, and about 700 pixels wide: the style sheet shrinks what is drawn here.
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("on-paper");
    drawAll(920);
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("on-paper");
    drawAll();
  });

  const form = document.getElementById("filters");
  if (!form) return;
  const questions = [...document.querySelectorAll("details.failed")];
  const words = new Map();
  const text = (one) => {
    if (!words.has(one)) words.set(one, one.textContent.toLowerCase());
    return words.get(one);
  };

  function matches(one, wanted) {
    return wanted.every(([name, value]) =>
      name === "words" ? text(one).includes(value.toLowerCase())
        : name === "finding" ? one.dataset.finding.split("|").includes(value)
        : one.dataset[name] === value);
  }

  function filter() {
    const wanted = [...new FormData(form)].filter(([, value]) => value);
    let shown = 0;
    questions.forEach((one) => {
      one.hidden = !matches(one, wanted);
      shown += one.hidden ? 0 : 1;
    });
    document.querySelectorAll(".of-system").forEach((group) => {
      group.hidden = !group.querySelector("details.failed:not([hidden])");
    });
    form.querySelector("output").textContent = `${shown} of ${questions.length} shown`;
  }

  function choose(what) {
    if (!what || !form) return;
    const [name, value, system] = what;
    form.reset();
    form.elements.system.value = system;
    form.elements[name].value = value;
    filter();
    // No such choice: nothing of this station or kind failed.
    if (form.elements[name].value !== value || form.elements.system.value !== system) {
      questions.forEach((one) => (one.hidden = true));
      form.querySelector("output").textContent = `${system}: none failed (${name} ${value})`;
    }
    document.getElementById("failed").scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelectorAll("button").forEach((button) =>
    button.addEventListener("click", () =>
      questions.filter((one) => !one.hidden).forEach((one) => (one.open = !!button.dataset.open))));
  filter();
})();
