// Boxes: intersection over union and GIoU of two boxes, and what non-maximum suppression keeps of a set of scored ones.
"use strict";
(() => {
  // Boxes are [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2.
  const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
  const shared = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const hull = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

  // 0 where the union is empty.
  function iou(a, b) {
    const both = shared(a, b);
    const union = area(a) + area(b) - both;
    return union > 0 ? both / union : 0;
  }

  // IoU less the share of the hull that neither box covers (Rezatofighi et al. 2019): from -1 to 1.
  function giou(a, b) {
    const union = area(a) + area(b) - shared(a, b);
    const around = area(hull(a, b));
    return around > 0 ? iou(a, b) - (around - union) / around : 0;
  }

  // The indices that are kept, best score first; of equal scores the earlier box wins. An overlap of exactly the threshold is kept.
  function nms(boxes, scores, threshold) {
    const order = scores.map((_, n) => n).sort((a, b) => scores[b] - scores[a] || a - b);
    const kept = [];
    for (const n of order) if (kept.every((k) => iou(boxes[k], boxes[n]) <= threshold)) kept.push(n);
    return kept;
  }

  globalThis.explorers ??= {};
  globalThis.explorers.boxes = { iou, giou, nms };

  const SIZE = 240; // of a drawing, in its own units
  const NAMES = ["left", "top", "right", "bottom"];
  const START = { one: [30, 40, 130, 150], two: [80, 70, 190, 180] };
  const SCORED = [
    [[20, 30, 90, 120], 0.95],
    [[28, 36, 98, 124], 0.9],
    [[12, 40, 84, 116], 0.62],
    [[40, 60, 120, 140], 0.55],
    [[130, 90, 210, 190], 0.88],
    [[138, 84, 222, 186], 0.7],
    [[120, 110, 196, 206], 0.5],
    [[150, 20, 220, 70], 0.45],
  ];

  function build(place) {
    const sliders = Object.entries(START).map(
      ([box, at]) =>
        `<fieldset><legend>Box ${box}${box === "one" ? " (solid)" : " (dashed)"}</legend>` +
        at.map((value, n) => `<label>${NAMES[n]} <output></output><input type="range" name="${box}" min="0" max="${SIZE}" step="5" value="${value}"></label>`).join("") +
        "</fieldset>",
    );
    place.innerHTML = `<form class="explorer-controls" aria-label="Two boxes, and scored boxes">${sliders.join("")}
      <label>Threshold of suppression <output></output><input type="range" name="threshold" min="0" max="1" step="0.05" value="0.5"></label></form>
      <div class="explorer-drawing" tabindex="0" role="group" aria-label="The drawing, which scrolls"></div>
      <p class="explorer-told" role="status"></p>`;
    const form = place.querySelector("form");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      order(form, event.target);
      draw(place, form);
    });
    place.querySelector(".explorer-drawing").addEventListener("pointerdown", (event) => drag(event, form, () => draw(place, form)));
    draw(place, form);
  }

  const box = (form, name) => [...form.elements[name]].map((input) => Number(input.value));

  // Left never passes right, top never passes bottom: what is moved pushes the other side along.
  function order(form, moved) {
    if (!(moved.name in START)) return;
    const sides = [...form.elements[moved.name]];
    const n = sides.indexOf(moved);
    const other = sides[(n + 2) % 4];
    if (n < 2 ? Number(moved.value) > Number(other.value) : Number(moved.value) < Number(other.value)) other.value = moved.value;
  }

  // Drag a box by its body, or by its lower right corner.
  function drag(event, form, show) {
    const grip = event.target.closest("[data-box]");
    if (!grip) return;
    event.preventDefault();
    const sides = [...form.elements[grip.dataset.box]];
    const start = sides.map((input) => Number(input.value));
    const svg = event.target.closest("svg");
    const scale = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
    const move = (at) => {
      const by = [(at.clientX - event.clientX) * scale, (at.clientY - event.clientY) * scale];
      sides.forEach((input, n) => {
        if (grip.dataset.corner && n < 2) return;
        const room = grip.dataset.corner ? [start[n - 2], SIZE] : n < 2 ? [0, SIZE - (start[n + 2] - start[n])] : [start[n] - start[n - 2], SIZE];
        input.value = Math.min(Math.max(Math.round((start[n] + by[n % 2]) / 5) * 5, room[0]), room[1]);
      });
      show();
    };
    const end = () => removeEventListener("pointermove", move);
    addEventListener("pointermove", move);
    for (const last of ["pointerup", "pointercancel"]) addEventListener(last, end, { once: true });
  }

  const rect = ([x1, y1, x2, y2], kind, more = "") => `<rect class="${kind}" x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}"${more}/>`;

  function draw(place, form) {
    for (const label of form.querySelectorAll("label")) label.querySelector("output").value = label.querySelector("input").value;
    const [one, two] = [box(form, "one"), box(form, "two")];
    const threshold = Number(form.threshold.value);
    const boxes = SCORED.map(([at]) => at);
    const scores = SCORED.map(([, score]) => score);
    const kept = nms(boxes, scores, threshold);
    const overlap = [Math.max(one[0], two[0]), Math.max(one[1], two[1]), Math.min(one[2], two[2]), Math.min(one[3], two[3])];
    const left =
      rect(hull(one, two), "hull") +
      (shared(one, two) > 0 ? rect(overlap, "shared") : "") +
      rect(one, "box-one", ' data-box="one"') +
      rect(two, "box-two", ' data-box="two"') +
      ["one", "two"].map((name) => { const at = box(form, name); return `<circle class="grip" data-box="${name}" data-corner="1" cx="${at[2]}" cy="${at[3]}" r="7"/>`; }).join("");
    const right = boxes
      .map((at, n) => rect(at, kept.includes(n) ? "box-one" : "gone") + (kept.includes(n) ? `<text x="${at[0] + 4}" y="${at[1] + 14}">${scores[n]}</text>` : ""))
      .join("");
    // Two drawings, so that a narrow screen puts one below the other.
    const drawing = (label, body) => `<svg role="img" aria-label="${label}" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}">${body}</svg>`;
    place.querySelector(".explorer-drawing").innerHTML =
      drawing("Two boxes, their overlap shaded, their hull dotted.", left) +
      drawing("Scored boxes; those that are kept are filled, the others dashed.", right);
    place.querySelector(".explorer-told").textContent =
      `Overlap ${shared(one, two)}, union ${area(one) + area(two) - shared(one, two)}: IoU ${iou(one, two).toFixed(3)}, GIoU ${giou(one, two).toFixed(3)}. ` +
      `At threshold ${threshold.toFixed(2)} suppression keeps ${kept.length} of ${boxes.length} boxes, with scores ${kept.map((n) => scores[n]).join(", ")}.`;
  }

  for (const place of document.querySelectorAll("[data-explorer=boxes]")) build(place);
})();
