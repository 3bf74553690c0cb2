// What the pages do beyond being read. All of it also works from the file system, hence no module.
"use strict";
const root = new URL("../", document.currentScript.src);

// From the file system a folder's address does not open its page.
if (location.protocol === "file:") {
  for (const link of document.querySelectorAll("a[href]")) {
    if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  }
}

// Pages that were visited are there without a network too.
if ("serviceWorker" in navigator && location.protocol !== "file:") {
  addEventListener("load", () => navigator.serviceWorker.register(new URL("sw.js", root)));
}

// Copy the code of a piece of evidence, to the byte. Without this script the button stays hidden and all else reads.
for (const button of document.querySelectorAll(".evidence-copy")) {
  const code = [...button.closest(".evidence").querySelectorAll(".highlight code")]; // what is folded too
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.map((piece) => piece.textContent).join(""));
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

// Copy a whole page as Markdown, with its outputs.
for (const button of document.querySelectorAll(".page-copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = fetch(button.dataset.from).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)));
    await navigator.clipboard.writeText(await text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy page"), 1500);
  });
}

// The index of questions narrows to what is asked for; without this script the form stays hidden and the tables are whole.
for (const form of document.querySelectorAll(".index-filter")) {
  const tables = [...form.parentElement.querySelectorAll("table")].map((table) => {
    let heading = table;
    while (heading && heading.tagName !== "H2") heading = (heading.previousElementSibling ?? heading.parentElement);
    return { table, heading, rows: [...table.tBodies[0].rows] };
  });
  const narrow = () => {
    const asked = Object.fromEntries(new FormData(form));
    const words = asked.words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { table, heading, rows } of tables) {
      const topic = heading.firstChild.textContent.trim();
      let left = 0;
      for (const row of rows) {
        const [question, status, verdict] = [...row.cells].map((cell) => cell.textContent.trim());
        const text = `${topic} ${question} ${row.cells[0].querySelector("a").hash}`.toLowerCase();
        const fits = (!asked.topic || asked.topic === topic) && (!asked.status || asked.status === status)
          && (!asked.verdict || asked.verdict === verdict) && words.every((word) => text.includes(word));
        row.hidden = !fits;
        left += fits;
      }
      heading.hidden = left === 0;
      (table.closest(".answer") ?? table).hidden = left === 0;
      shown += left;
    }
    form.querySelector("output").textContent = `${shown} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  narrow();
}

// What scrolls inside itself can be reached by keyboard; what fits needs no stop. Measured when it comes near, not at once.
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    if (target.scrollWidth <= target.clientWidth && target.scrollHeight <= target.clientHeight) target.removeAttribute("tabindex");
  }
}, { rootMargin: "100%" });
for (const box of document.querySelectorAll(".evidence .highlight pre, .evidence-output, .evidence-drawing, .formula-block")) near.observe(box);

// The search: without this script there is no button for it, and nothing of it is loaded before it is opened.
const search = document.querySelector("dialog.search");
if (search) {
  const load = (name) => new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: new URL(`assets/search/${name}.js`, root), onload: done, onerror: failed });
    document.head.append(script);
  });
  let loaded;
  const open = () => {
    if (!search.open) search.showModal();
    search.querySelector("input").select();
    loaded ??= Promise.all(["minisearch", "words", "index"].map(load)).then(() => load("search")).catch(() => {
      loaded = undefined;
      search.querySelector("[role=status]").textContent = "The search could not be loaded: is there a network?";
    });
  };
  const button = document.querySelector(".search-open");
  button.hidden = false;
  button.addEventListener("click", open);
  addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    const asked = event.key === "k" ? event.ctrlKey || event.metaKey : event.key === "/" && !writing && !event.ctrlKey && !event.metaKey;
    if (!asked || event.altKey) return;
    event.preventDefault();
    open();
  });
  search.addEventListener("click", (event) => event.target === search && search.close()); // beside it
}
