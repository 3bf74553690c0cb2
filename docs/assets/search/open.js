// The button that opens the search: without this script there is none, and little is loaded before it is opened.
"use strict";
(() => {
  const here = new URL("./", document.currentScript.src);
  const search = document.querySelector("dialog.search");
  if (search) {
    const load = (name) =>
      new Promise((done, failed) => {
        const script = Object.assign(document.createElement("script"), {
          src: new URL(`${name}.js`, here),
          onload: done,
          onerror: failed,
        });
        document.head.append(script);
      });
    let loading;
    const open = () => {
      if (!search.open) search.showModal();
      search.querySelector("input").select();
      if (loading) return;
      loading = Promise.all(["minisearch", "words", "index"].map(load))
        .then(() => load("search"))
        .catch(() => {
          loading = undefined;
          search.querySelector("[role=status]").textContent = "The search could not be loaded: is there a network?";
        });
    };
    const button = document.querySelector(".search-open");
    button.addEventListener("click", open);
    // Its style comes with this script: nobody waits for it to see the page.
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("search.css", here) });
    style.onload = style.onerror = () => {
      button.hidden = false;
    };
    document.head.append(style);
    addEventListener("keydown", (event) => {
      const writing = event.target.closest("input, textarea, select, [contenteditable]");
      const asked =
        event.key === "k" ? event.ctrlKey || event.metaKey : event.key === "/" && !writing && !event.ctrlKey && !event.metaKey;
      if (!asked || event.altKey) return;
      event.preventDefault();
      open();
    });
    search.addEventListener("click", (event) => event.target === search && search.close()); // beside it
  }
})();
