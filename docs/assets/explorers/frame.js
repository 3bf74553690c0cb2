// The frame of an explorer: a form, a drawing and a sentence that says what is drawn; and what explorers share to fill it.
// It is loaded before them. Without JavaScript the place stays empty, and the text of the page says the same.
"use strict";
globalThis.explorers = {}; // the arithmetic of each, as tests ask for it
globalThis.frame = (() => {
  // A slider with its label and its value; `digits` after the point, or as few as its step needs.
  const slider = (label, name, low, high, value, { step = 1, digits = "" } = {}) =>
    `<label>${label} <output></output>` +
    `<input type="range" name="${name}" min="${low}" max="${high}" step="${step}" value="${value}" data-digits="${digits}"></label>`;

  // A choice: options are [value, what is shown].
  const choice = (label, name, options, chosen) => {
    const option = ([value, shown]) => `<option value="${value}"${value === chosen ? " selected" : ""}>${shown}</option>`;
    return `<label>${label} <select name="${name}">${options.map(option).join("")}</select></label>`;
  };

  // A drawing as large as its own units; `label` says what is to be seen.
  const svg = (label, width, height, body) =>
    `<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${body}</svg>`;

  // Call `move` with each event of a pointer that was pressed, until it is let go.
  function follow(move) {
    const end = () => removeEventListener("pointermove", move);
    addEventListener("pointermove", move);
    for (const last of ["pointerup", "pointercancel"]) addEventListener(last, end, { once: true });
  }

  // What stands beside a slider is its value.
  function label(input) {
    const { digits } = input.dataset;
    input.closest("label").querySelector("output").value = digits ? Number(input.value).toFixed(digits) : input.value;
  }

  /* Put an explorer into its place, if the page has one.
     name: of its file. label: of its form. controls: the form's HTML.
     draw(form): returns the drawing (HTML) and what is told of it (text); called whenever the form has changed.
     begin({ form, drawing, show }), where there is one, adds other ways to move it; show() draws anew. */
  function put(name, { label: title, controls, draw, begin }) {
    for (const place of document.querySelectorAll(`[data-explorer="${name}"]`)) {
      place.innerHTML = `<form class="explorer-controls" aria-label="${title}">${controls}</form>
        <div class="explorer-drawing" tabindex="0" role="group" aria-label="The drawing, which scrolls"></div>
        <p class="explorer-told" role="status"></p>`;
      const [form, drawing, told] = place.children;
      const show = () => {
        const drawn = draw(form);
        drawing.innerHTML = drawn.drawing;
        told.textContent = drawn.told;
        form.querySelectorAll("input[type=range]").forEach(label);
      };
      begin?.({ form, drawing, show });
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", show);
      show();
    }
  }

  return { slider, choice, svg, follow, put };
})();
