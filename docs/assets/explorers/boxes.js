// Boxes: intersection over union and GIoU of two boxes, and what non-maximum suppression keeps of a set of scored ones.
"use strict";
(() => {
  // Boxes are [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2.
  const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
  const shared = (a, b) =>
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
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

  explorers.boxes = { iou, giou, nms };

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

  const fields = (box, at) => at.map((value, n) => frame.slider(NAMES[n], box, 0, SIZE, value, { step: 5 })).join("");
  const controls =
    `<fieldset><legend>Box one (solid)</legend>${fields("one", START.one)}</fieldset>` +
    `<fieldset><legend>Box two (dashed)</legend>${fields("two", START.two)}</fieldset>` +
    frame.slider("Threshold of suppression", "threshold", 0, 1, 0.5, { step: 0.05 });

  function begin({ form, drawing, show }) {
    form.addEventListener("input", (event) => order(form, event.target));
    drawing.addEventListener("pointerdown", (event) => drag(event, form, show));
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
    frame.follow((at) => {
      const by = [(at.clientX - event.clientX) * scale, (at.clientY - event.clientY) * scale];
      sides.forEach((input, n) => {
        if (grip.dataset.corner && n < 2) return;
        let room = n < 2 ? [0, SIZE - (start[n + 2] - start[n])] : [start[n] - start[n - 2], SIZE];
        if (grip.dataset.corner) room = [start[n - 2], SIZE];
        input.value = Math.min(Math.max(Math.round((start[n] + by[n % 2]) / 5) * 5, room[0]), room[1]);
      });
      show();
    });
  }

  const rect = ([x1, y1, x2, y2], kind, more = "") =>
    `<rect class="${kind}" x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}"${more}/>`;

  function draw(form) {
    const [one, two] = [box(form, "one"), box(form, "two")];
    const threshold = Number(form.threshold.value);
    const boxes = SCORED.map(([at]) => at);
    const scores = SCORED.map(([, score]) => score);
    const kept = nms(boxes, scores, threshold);
    const overlap = [Math.max(one[0], two[0]), Math.max(one[1], two[1]), Math.min(one[2], two[2]), Math.min(one[3], two[3])];
    const grip = (name, at) => `<circle class="grip" data-box="${name}" data-corner="1" cx="${at[2]}" cy="${at[3]}" r="7"/>`;
    const left =
      rect(hull(one, two), "hull") +
      (shared(one, two) > 0 ? rect(overlap, "shared") : "") +
      rect(one, "box-one", ' data-box="one"') +
      rect(two, "box-two", ' data-box="two"') +
      grip("one", one) +
      grip("two", two);
    const scored = (at, n) => `${rect(at, "box-one")}<text x="${at[0] + 4}" y="${at[1] + 14}">${scores[n]}</text>`;
    const right = boxes.map((at, n) => (kept.includes(n) ? scored(at, n) : rect(at, "gone"))).join("");
    // Two drawings, so that a narrow screen puts one below the other.
    const drawing =
      frame.svg("Two boxes, their overlap shaded, their hull dotted.", SIZE, SIZE, left) +
      frame.svg("Scored boxes; those that are kept are filled, the others dashed.", SIZE, SIZE, right);
    const union = area(one) + area(two) - shared(one, two);
    const told =
      `Overlap ${shared(one, two)}, union ${union}: IoU ${iou(one, two).toFixed(3)}, GIoU ${giou(one, two).toFixed(3)}. ` +
      `At threshold ${threshold.toFixed(2)} suppression keeps ${kept.length} of ${boxes.length} boxes, ` +
      `with scores ${kept.map((n) => scores[n]).join(", ")}.`;
    return { drawing, told };
  }

  frame.put("boxes", { label: "Two boxes, and scored boxes", controls, draw, begin });
})();
