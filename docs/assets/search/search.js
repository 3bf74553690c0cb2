// The search dialog once it is open: finds what is typed, best first. Nothing is sent anywhere.
"use strict";
(() => {
  const FIELDS = ["title", "also", "topic", "short", "text", "code"];
  const WEIGHTS = { title: 4, also: 4, topic: 1.5, short: 2, text: 1, code: 0.5 };
  const PAGE = 0.6; // a page weighs less than a question: it is the way to the answer, not the answer
  const SHOWN = 10;
  const root = new URL("../../", document.currentScript.src);
  const dialog = document.querySelector("dialog.search");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ol");
  const said = dialog.querySelector("[role=status]");
  const aliases = new Map(Object.entries(SEARCH_INDEX.aliases).map(([short, long]) => [short, long.split(" ")]));
  const documents = SEARCH_INDEX.documents.map(([address, ...texts], id) => ({
    id,
    address,
    question: address.includes("#"),
    ...Object.fromEntries(FIELDS.map((field, n) => [field, texts[n]])),
  }));
  const index = new MiniSearch({
    fields: FIELDS,
    storeFields: ["question"],
    tokenize: (text) => [...searchWords(text, aliases).keys()],
    processTerm: (word) => word,
  });

  function find(text) {
    const words = searchWords(text, aliases);
    const options = {
      boost: WEIGHTS,
      tokenize: (joined) => joined.split(" "),
      processTerm: (word) => word,
      boostTerm: (word) => words.get(word),
      boostDocument: (_id, _word, { question }) => (question ? 1 : PAGE),
    };
    const joined = [...words.keys()].join(" ");
    // The last word may not be finished. Where nothing fits, it may be misspelt.
    const exact = index.search(joined, { ...options, prefix: (_word, n, all) => n === all.length - 1 && !/\s$/.test(text) });
    return exact.length ? exact : index.search(joined, { ...options, prefix: true, fuzzy: 0.25 });
  }

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function link(address) {
    const url = new URL(address, root);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
    return url.href;
  }

  function item({ id }) {
    const { address, title, topic, short } = documents[id];
    return element(
      "li",
      {},
      element(
        "a",
        { href: link(address) },
        element("strong", { textContent: title }),
        element("small", { textContent: topic || "Page" }),
        element("span", { textContent: short }),
      ),
    );
  }

  function ask(text) {
    const out = [" Look through ", element("a", { href: link("questions/"), textContent: "all questions" })];
    if (dialog.dataset.repository) {
      const url = new URL(`${dialog.dataset.repository.replace(/\/+$/, "")}/issues/new?template=new-question.yml`);
      url.searchParams.set("title", text);
      out.push(", or ", element("a", { href: url.href, textContent: "ask this one" }));
    }
    return [...out, "."];
  }

  function show() {
    const text = input.value.trim();
    const found = text ? find(input.value) : [];
    list.replaceChildren(...found.slice(0, SHOWN).map(item));
    list.hidden = !found.length;
    if (!text) said.replaceChildren();
    else if (!found.length) said.replaceChildren(`Nothing here answers “${text}”.`, ...ask(text));
    else
      said.replaceChildren(
        found.length > SHOWN ? `The best ${SHOWN} of ${found.length}.` : `${found.length} found.`,
        " Not among them?",
        ...ask(text),
      );
    dialog.dataset.shown = input.value; // what the list stands for
  }

  // The arrows walk from the box through the results and back; Enter in the box opens the first.
  dialog.addEventListener("keydown", (event) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      stops[Math.min(Math.max(stops.indexOf(document.activeElement) + step, 0), stops.length - 1)].focus();
    } else if (event.key === "Enter" && document.activeElement === input) {
      event.preventDefault();
      stops[1]?.click();
    }
  });
  list.addEventListener("click", (event) => event.target.closest("a") && dialog.close());

  index.addAllAsync(documents, { chunkSize: 20 }).then(() => {
    input.addEventListener("input", show);
    show();
  });
})();
