// Convolution arithmetic: how large the output is, which inputs an output sees, and how far a stack of layers looks.
"use strict";
(() => {
  // Places of an output along one axis; torch.nn.Conv2d's documentation has the formula. 0 or less: nothing fits.
  const outputSize = (n, f, s, p, d) => Math.floor((n + 2 * p - d * (f - 1) - 1) / s) + 1;

  // The places that output `index` reads; those below 0 or from n on lie in the padding.
  const inputsSeen = (index, f, s, p, d) => Array.from({ length: f }, (_, k) => index * s - p + k * d);

  // Sizes of the input and of each layer's output in a stack of equal layers; it ends where nothing fits any more.
  function sizes(n, layers, f, s, p, d) {
    const found = [n];
    while (found.length <= layers) {
      const next = outputSize(found.at(-1), f, s, p, d);
      if (next < 1) break;
      found.push(next);
    }
    return found;
  }

  // For each row from the top output down to the input, the places that the chosen output depends on.
  function dependsOn(index, rows, f, s, p, d) {
    const seen = [new Set([index])];
    for (let row = rows.length - 2; row >= 0; row--) {
      const below = [...seen[0]].flatMap((at) => inputsSeen(at, f, s, p, d)).filter((at) => at >= 0 && at < rows[row]);
      seen.unshift(new Set(below));
    }
    return seen;
  }

  // How many inputs lie between the first and the last that one unit of the last layer can see, padding or not.
  function receptiveField(layers, f, s, d) {
    let size = 1;
    let jump = 1;
    for (let layer = 0; layer < layers; layer++) {
      size += (f - 1) * d * jump;
      jump *= s;
    }
    return size;
  }

  explorers.convolution = { outputSize, inputsSeen, sizes, dependsOn, receptiveField };

  const NUMBERS = {
    n: ["Input size N", 1, 28, 12],
    f: ["Filter F", 1, 7, 3],
    s: ["Stride S", 1, 4, 1],
    p: ["Padding P", 0, 4, 0],
    d: ["Dilation D", 1, 4, 1],
    layers: ["Layers", 1, 4, 2],
  };
  const controls = Object.entries(NUMBERS).map(([name, [label, ...range]]) => frame.slider(label, name, ...range));
  controls.push(frame.slider("Output", "index", 0, 0, 0));

  function begin({ form, drawing, show }) {
    drawing.addEventListener("pointerdown", (event) => {
      const chosen = event.target.closest("[data-index]");
      if (!chosen) return;
      form.index.value = chosen.dataset.index;
      show();
    });
    show(); // how many outputs there are is known now; look at the one in the middle
    form.index.value = Math.floor(Number(form.index.max) / 2);
  }

  function draw(form) {
    const [n, f, s, p, d, layers] = Object.keys(NUMBERS).map((name) => Number(form[name].value));
    const rows = sizes(n, layers, f, s, p, d);
    form.index.max = rows.at(-1) - 1;
    const index = Number(form.index.value);
    const seen = dependsOn(index, rows, f, s, p, d);
    const direct = rows.length > 1 ? inputsSeen(index, f, s, p, d) : [];
    return { drawing: cells(rows, seen, p, index), told: told(rows, seen, direct, { f, s, p, d, layers, index }) };
  }

  function told(rows, seen, direct, { f, s, p, d, layers, index }) {
    if (rows.length <= layers) {
      const kernel = d * (f - 1) + 1;
      return `After ${rows.length - 1} layers ${rows.at(-1)} places are left: a filter that spans ${kernel} does not fit into ${rows.at(-1)} + 2·${p}.`;
    }
    const inputs = [...seen[0]].sort((a, b) => a - b);
    const padded = direct.filter((at) => at < 0 || at >= rows.at(-2)).length;
    return (
      `Sizes ${rows.join(" → ")}. Output ${index} reads places ${direct.join(", ")} of the layer below` +
      `${padded ? ` (${padded} of them padding)` : ""}, and depends on ${inputs.length} inputs` +
      `${inputs.length ? `, ${inputs[0]} to ${inputs.at(-1)}` : ""}. ` +
      `The receptive field of ${layers} such layers spans ${receptiveField(layers, f, s, d)}.`
    );
  }

  function cells(rows, seen, p, index) {
    const cell = 22;
    const step = 46;
    const width = Math.max(...rows) + 2 * p;
    const x = (row, at) => (width / 2 - rows[row] / 2 + at) * cell + 2;
    const y = (row) => (rows.length - 1 - row) * step + 2;
    const parts = [];
    rows.forEach((size, row) => {
      const last = row === rows.length - 1;
      for (let at = last ? 0 : -p; at < size + (last ? 0 : p); at++) {
        const padding = at < 0 || at >= size;
        const lit = seen[row].has(at);
        const kind = padding ? "pad" : lit ? "lit" : "cell";
        parts.push(
          `<rect class="${kind}" x="${x(row, at)}" y="${y(row)}" width="${cell - 3}" height="${cell - 3}" rx="3"${last ? ` data-index="${at}"` : ""}/>`,
        );
        if (lit) parts.push(`<circle class="dot" cx="${x(row, at) + (cell - 3) / 2}" cy="${y(row) + (cell - 3) / 2}" r="3"/>`);
      }
    });
    const label = `Rows of cells, the input at the bottom; the cells that output ${index} depends on carry a dot.`;
    const w = width * cell + 4;
    const h = rows.length * step - (step - cell) + 4;
    return frame.svg(label, w, h, parts.join(""));
  }

  frame.put("convolution", { label: "Convolution arithmetic", controls: controls.join(""), draw, begin });
})();
