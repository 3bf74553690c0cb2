// Activations: any two side by side with their derivatives, and how much of the input lands where the slope is nearly zero.
"use strict";
(() => {
  // The error function, to 1.2e-7 everywhere (the rational Chebyshev fit of Numerical Recipes, sec. 6.2).
  function erf(x) {
    const t = 1 / (1 + 0.5 * Math.abs(x));
    const fit = [
      -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
    ];
    const tail = t * Math.exp(-x * x + fit.reduceRight((sum, c) => sum * t + c, 0));
    return x >= 0 ? 1 - tail : tail - 1;
  }
  const normal = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const below = (x) => (1 + erf(x / Math.SQRT2)) / 2; // the share of a standard normal below x
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));

  // name: [shown, f, slope, range]; constants are PyTorch's defaults. At a corner the slope is PyTorch's.
  const FUNCTIONS = {
    sigmoid: ["sigmoid", sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x)), "0 to 1"],
    tanh: ["tanh", Math.tanh, (x) => 1 - Math.tanh(x) ** 2, "−1 to 1"],
    relu: ["ReLU", (x) => Math.max(0, x), (x) => Number(x > 0), "0 to ∞"],
    leaky_relu: ["leaky ReLU", (x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01), "−∞ to ∞"],
    elu: ["ELU", (x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x)), "−1 to ∞"],
    relu6: ["ReLU6", (x) => Math.min(Math.max(0, x), 6), (x) => Number(x > 0 && x < 6), "0 to 6"],
    softplus: ["softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid, "0 to ∞"],
    silu: ["SiLU (Swish)", (x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))), "−0.28 to ∞"],
    gelu: ["GELU", (x) => x * below(x), (x) => below(x) + x * normal(x), "−0.17 to ∞"],
  };
  const FLAT = 0.05; // a slope below this in size counts as saturated

  // The share of inputs with mean 0 and standard deviation `spread` that land where the slope is below FLAT in size.
  function saturated(name, spread) {
    const slope = FUNCTIONS[name][2];
    const steps = 4000;
    let share = 0;
    for (let k = 0; k < steps; k++) {
      const low = -8 + (16 * k) / steps;
      const high = low + 16 / steps;
      if (Math.abs(slope((spread * (low + high)) / 2)) < FLAT) share += below(high) - below(low);
    }
    return share;
  }

  explorers.activations = {
    names: Object.keys(FUNCTIONS),
    value: (name, x) => FUNCTIONS[name][1](x),
    slope: (name, x) => FUNCTIONS[name][2](x),
    saturated,
  };

  const PANEL = 270;
  const HEIGHT = 200;
  const NAMES = Object.entries(FUNCTIONS).map(([name, [shown]]) => [name, shown]);
  const TENTHS = { step: 0.1, digits: 1 };
  const controls = [
    frame.choice("Solid", "one", NAMES, "sigmoid"),
    frame.choice("Dashed", "two", NAMES, "relu"),
    frame.slider("Spread of the inputs σ", "spread", 0.2, 10, 2, TENTHS),
    frame.slider("Look at x =", "x", -8, 8, 1, TENTHS),
  ];

  function begin({ form, drawing, show }) {
    drawing.addEventListener("pointermove", (event) => {
      const panel = event.target.closest("svg");
      if (!panel) return;
      const { left, width } = panel.getBoundingClientRect();
      form.x.value = Math.round((-8 + (16 * (event.clientX - left)) / width) * 10) / 10;
      show();
    });
  }

  function draw(form) {
    const names = [form.one.value, form.two.value];
    const [x, spread] = [Number(form.x.value), Number(form.spread.value)];
    const panels = [
      ["f(x)", 1, -2, 8, "The two functions"],
      ["slope f′(x)", 2, -0.3, 1.3, "Their slopes"],
    ];
    const says = (name) => {
      const [shown, f, slope, range] = FUNCTIONS[name];
      const share = (100 * saturated(name, spread)).toFixed(0);
      return (
        `${shown} (range ${range}): value ${f(x).toFixed(2)}, slope ${slope(x).toFixed(2)} at x = ${x.toFixed(1)}; ` +
        `${share} % of the inputs land where the slope is below ${FLAT}.`
      );
    };
    // Two drawings, so that a narrow screen puts one below the other.
    return { drawing: panels.map((panel) => panelOf(panel, names, x, spread)).join(""), told: names.map(says).join(" ") };
  }

  function panelOf([title, part, low, high, label], names, x, spread) {
    const px = (v) => ((v + 8) / 16) * PANEL;
    const py = (v) => HEIGHT - 20 - ((Math.min(Math.max(v, low), high) - low) / (high - low)) * (HEIGHT - 45);
    const points = Array.from({ length: 321 }, (_, k) => -8 + k / 20);
    const path = (f) => `M${points.map((v) => `${px(v).toFixed(1)} ${py(f(v)).toFixed(1)}`).join("L")}`;
    const bell = (v) => low + ((high - low) * 0.35 * normal(v / spread)) / normal(0);
    const tick = (v) => {
      const anchor = v === -8 ? "start" : v === 8 ? "end" : "middle";
      return `<text x="${px(v)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${v}</text>`;
    };
    return frame.svg(
      `${label}; a line marks x; the inputs' distribution is shaded below.`,
      PANEL,
      HEIGHT,
      `<path class="bell" d="${path(bell)}L${px(8)} ${py(low)}L${px(-8)} ${py(low)}Z"/>` +
        `<path class="axis" d="M${px(-8)} ${py(0)}H${px(8)}M${px(0)} ${py(low)}V${py(high)}"/>` +
        `<path class="axis" stroke-dasharray="2 3" d="M${px(x)} ${py(low)}V${py(high)}"/>` +
        `<path class="one" d="${path(FUNCTIONS[names[0]][part])}"/><path class="two" d="${path(FUNCTIONS[names[1]][part])}"/>` +
        `<text x="4" y="14">${title}</text><text x="${PANEL - 4}" y="14" text-anchor="end">${low} to ${high}</text>` +
        [-8, -4, 0, 4, 8].map(tick).join(""),
    );
  }

  frame.put("activations", { label: "Activation functions", controls: controls.join(""), draw, begin });
})();
