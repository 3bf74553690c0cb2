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

  explorers.batchStatistics = { mean, squares, batchNorm };

  const START = [2, 5, 8, -1, 4, 6];
  const LOW = -12;
  const HIGH = 12;

  const MODES = [
    ["train", "train()"],
    ["eval", "eval()"],
  ];
  const controls = [
    ...START.map((x, n) => frame.slider(`x${n + 1}`, "x", LOW, HIGH, x, { step: 0.5 })),
    frame.slider("momentum", "momentum", 0.05, 1, 0.1, { step: 0.05 }),
    frame.choice("Mode", "mode", MODES, "train"),
    '<button type="button" name="pass">Forward pass</button>',
    '<button type="button" name="draw">Draw a new batch</button>',
    '<button type="button" name="reset">Reset the running statistics</button>',
  ];
  const state = { running: { mean: 0, variance: 1 }, batches: 0 };

  function begin({ form, drawing, show }) {
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
    drawing.addEventListener("pointerdown", (event) => drag(event, form, show));
  }

  const values = (form) => [...form.x].map((input) => Number(input.value));
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

  // Move the point that was pressed; the sliders do the same by keyboard.
  function drag(event, form, show) {
    const point = event.target.closest("[data-index]");
    if (!point) return;
    event.preventDefault();
    const drawing = event.currentTarget;
    frame.follow((at) => {
      const box = drawing.querySelector("svg").getBoundingClientRect();
      const x = LOW + ((at.clientX - box.left) / box.width) * (HIGH - LOW);
      form.x[point.dataset.index].value = Math.round(2 * x) / 2;
      show();
    });
  }

  function draw(form) {
    const batch = values(form);
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
    const drawing = frame.svg(
      "Above the batch, below what BN makes of it; a line marks the mean used, a band one standard deviation to each side.",
      width,
      200,
      row("batch x (drag a point)", 50, batch, used.mean, Math.sqrt(used.variance), true) +
        row(`normalized y in ${training ? "train()" : "eval()"}`, 150, y, mean(y), Math.sqrt(squares(y) / y.length), false) +
        ticks,
    );
    const told =
      `Batch: mean ${m.toFixed(2)}, variance ${biased.toFixed(2)} (biased, normalizes), ${unbiased.toFixed(2)} (unbiased, is stored). ` +
      `Running after ${state.batches} batches: mean ${state.running.mean.toFixed(2)}, variance ${state.running.variance.toFixed(2)}. ` +
      `In ${training ? "train()" : "eval()"} the ${training ? "batch's own" : "running"} statistics normalize: ` +
      `y = ${y.map((v) => v.toFixed(2)).join(", ")}.`;
    return { drawing, told };
  }

  frame.put("batch-statistics", { label: "A batch of six values", controls: controls.join(""), draw, begin });
})();
