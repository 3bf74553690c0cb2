// Copy the code of a piece of evidence, to the byte. Without this script the button stays hidden and all else reads.
for (const button of document.querySelectorAll(".evidence-copy")) {
  const code = button.closest(".evidence").querySelector(".highlight code");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

// What scrolls inside itself can be reached by keyboard; what fits needs no stop.
for (const box of document.querySelectorAll(".evidence-output, .evidence-drawing, .formula-block")) {
  if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight) box.removeAttribute("tabindex");
}
