// What pages gain from a script: switching type size in place, copying, printing.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // not offered over plain HTTP
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-fill]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.fill);
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

// Without a reload nothing typed is lost; the cookie is set by the same request as without a script.
document.querySelector("[data-display]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { submitter } = event;
  navigator.sendBeacon(event.target.action, new URLSearchParams(new FormData(event.target, submitter)));
  const large = document.documentElement.classList.toggle("large");
  submitter.value = large ? "standard" : "large";
  [submitter.textContent, submitter.dataset.other] = [submitter.dataset.other, submitter.textContent];
});
