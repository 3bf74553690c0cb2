// What every page does beyond being read. All of it also works from the file system, hence no module.
"use strict";
(() => {
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

  // A list of pages is named after the link to its topic; the theme names it after a button that has no words.
  for (const list of document.querySelectorAll("nav[aria-labelledby]")) {
    const button = document.getElementById(list.getAttribute("aria-labelledby"));
    const link = button?.previousElementSibling;
    if (!link || button.textContent.trim()) continue;
    list.removeAttribute("aria-labelledby");
    list.setAttribute("aria-label", link.textContent.trim().replace(/\s+/g, " "));
  }

  // What scrolls inside itself can be reached by keyboard; what fits needs no stop. Measured when it comes near, not at once.
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        if (target.scrollWidth <= target.clientWidth && target.scrollHeight <= target.clientHeight)
          target.removeAttribute("tabindex");
      }
    },
    { rootMargin: "100%" },
  );
  for (const box of document.querySelectorAll(".evidence .highlight pre, .evidence-output, .evidence-drawing, .formula-block"))
    near.observe(box);
})();
