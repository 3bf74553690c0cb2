// The index of questions narrows to what is asked for; without this script the form stays hidden and the tables are whole.
"use strict";
for (const form of document.querySelectorAll(".index-filter")) {
  const tables = [...form.parentElement.querySelectorAll("table")].map((table) => {
    let heading = table;
    while (heading && heading.tagName !== "H2") heading = heading.previousElementSibling ?? heading.parentElement;
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
        const fits =
          (!asked.topic || asked.topic === topic) &&
          (!asked.status || asked.status === status) &&
          (!asked.verdict || asked.verdict === verdict) &&
          words.every((word) => text.includes(word));
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
