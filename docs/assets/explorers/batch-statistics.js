// Batch statistics: a batch whose values can be moved, what BN makes of it, and the running statistics as batches come in.
"use strict";
(() => {
  const mean = (batch) => batch.reduce((sum, x) => sum + x, 0) / batch.length;
  const squares = (batch) => batch.reduce((sum, x) => sum + (x - mean(batch)) ** 2, 0);

  // One channel of torch.nn.BatchNorm1d with weight 1 and bias 0. In training the batch is normalized with its own mean and
  // its biased variance, and the running statistics move towards its mean and its UNBIASED variance; in eval they are used.
  function batchNorm(batch, running, training, momentum = 0.1, eps = 1e-5) {
    if (training && batch.length < 2) throw new RangeError("more than one value per channel is needed in training");
    const biased = squares(batch) / batch.length;
    const [m, v] = training ? [mean(batch), biased] : [running.mean, running.variance];
    const y = batch.map((x) => (x - m) / Math.sqrt(v + eps));
    if (!training) return { y, running: { ...running } };
    const unbiased = squares(batch) / (batch.length - 1);
    const next = {
      mean: (1 - momentum) * running.mean + momentum * m,
      variance: (1 - momentum) * running.variance + momentum * unbiased,
    };
    return { y, running: next };
  }

  globalThis.explorers ??= {};
  globalThis.explorers.batchStatistics = { mean, squares, batchNorm };

  const START = [2, 5, 8, -1, 4, 6];
  const LOW = -12;
  const HIGH = 12;

  function build(place) {
    const points = START.map((x, n) => `<label>x${n + 1} <output></output><input type="range" name="x" min="${LOW}" max="${HIGH}" step="0.5" value="${x}"></label>`);
    place.innerHTML = `<form class="explorer-controls" aria-label="A batch of six values">${points.join("")}
      <label>momentum <output></output><input type="range" name="momentum" min="0.05" max="1" step="0.05" value="0.1"></label>
      <label>Mode <select name="mode"><option value="train">train()</option><option value="eval">eval()</option></select></label>
      <button type="button" name="pass">Forward pass</button>
      <button type="button" name="draw">Draw a new batch</button>
      <button type="button" name="reset">Reset the running statistics</button></form>
      <div class="explorer-drawing" tabindex="0" role="group" aria-label="The drawing, which scrolls"></div>
      <p class="explorer-told" role="status"></p>`;
    const form = place.querySelector("form");
    const state = { running: { mean: 0, variance: 1 }, batches: 0 };
    const show = () => draw(place, form, state);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", show);
    form.pass.addEventListener("click", () => {
      if (form.mode.value === "train") {
        state.running = batchNorm(values(form), state.running, true, Number(form.momentum.value)).running;
        state.batches += 1;
      }
      show();
    });
    form.draw.addEventListener("click", () => {
      for (const input of form.x) input.value = 3 + 3 * gaussian();
      show();
    });
    form.elements.reset.addEventListener("click", () => {
      Object.assign(state, { running: { mean: 0, variance: 1 }, batches: 0 });
      show();
    });
    place.querySelector(".explorer-drawing").addEventListener("pointerdown", (event) => drag(event, form, show));
    show();
  }

  const values = (form) => [...form.x].map((input) => Number(input.value));
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

  // Move the point that was pressed; the sliders do the same by keyboard.
  function drag(event, form, show) {
    const point = event.target.closest("[data-index]");
    if (!point) return;
    event.preventDefault();
    const drawing = event.currentTarget;
    const move = (at) => {
      const box = drawing.querySelector("svg").getBoundingClientRect();
      const x = LOW + ((at.clientX - box.left) / box.width) * (HIGH - LOW);
      form.x[point.dataset.index].value = Math.round(2 * x) / 2;
      show();
    };
    const end = () => removeEventListener("pointermove", move);
    addEventListener("pointermove", move);
    for (const last of ["pointerup", "pointercancel"]) addEventListener(last, end, { once: true });
  }

  function draw(place, form, state) {
    const batch = values(form);
    for (const label of form.querySelectorAll("label:has(output)")) label.querySelector("output").value = label.querySelector("input").value;
    const training = form.mode.value === "train";
    const { y } = batchNorm(batch, state.running, training);
    const [m, biased, unbiased] = [mean(batch), squares(batch) / batch.length, squares(batch) / (batch.length - 1)];
    const used = training ? { mean: m, variance: biased } : state.running;
    const width = Math.min(600, innerWidth - 72); // on a narrow screen the whole line is to be reached by touch
    const px = (x) => ((Math.min(Math.max(x, LOW), HIGH) - LOW) / (HIGH - LOW)) * width;
    const row = (name, at, points, centre, spread, movable) =>
      `<text x="4" y="${at - 26}">${name}</text><path class="axis" d="M0 ${at}H${width}"/>` +
      `<rect class="band" x="${px(centre - spread)}" y="${at - 12}" width="${px(centre + spread) - px(centre - spread)}" height="24"/>` +
      `<path class="one" d="M${px(centre)} ${at - 16}V${at + 16}"/>` +
      points.map((x, n) => `<circle class="lit" cx="${px(x)}" cy="${at}" r="7"${movable ? ` data-index="${n}"` : ""}/>`).join("");
    const ticks = [-10, -5, 0, 5, 10].map((x) => `<text x="${px(x)}" y="196" text-anchor="middle">${x}</text>`).join("");
    place.querySelector(".explorer-drawing").innerHTML =
      `<svg role="img" aria-label="Above the batch, below what BN makes of it; a line marks the mean used, a band one standard deviation to each side." viewBox="0 0 ${width} 200" width="${width}" height="200">` +
      row("batch x (drag a point)", 50, batch, used.mean, Math.sqrt(used.variance), true) +
      row(`normalized y in ${training ? "train()" : "eval()"}`, 150, y, mean(y), Math.sqrt(squares(y) / y.length), false) +
      `${ticks}</svg>`;
    place.querySelector(".explorer-told").textContent =
      `Batch: mean ${m.toFixed(2)}, variance ${biased.toFixed(2)} (biased, normalizes), ${unbiased.toFixed(2)} (unbiased, is stored). ` +
      `Running after ${state.batches} batches: mean ${state.running.mean.toFixed(2)}, variance ${state.running.variance.toFixed(2)}. ` +
      `In ${training ? "train()" : "eval()"} the ${training ? "batch's own" : "running"} statistics normalize: y = ${y.map((v) => v.toFixed(2)).join(", ")}.`;
  }

  for (const place of document.querySelectorAll("[data-explorer=batch-statistics]")) build(place);
})();
