// What pages gain from a script: switching type size in place, copying, printing, going to the first problem.
const one = (selector) => document.querySelector(selector);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // not offered over plain HTTP
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "已复制";
  });
}

// Without a reload nothing typed is lost; the cookie is set by the same request as without a script.
one("[data-display]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { submitter } = event;
  const body = new URLSearchParams(new FormData(event.target, submitter));
  await fetch(event.target.action, { method: "POST", body, redirect: "manual" });
  const large = submitter.value === "large";
  document.documentElement.classList.toggle("large", large);
  submitter.value = large ? "standard" : "large";
  submitter.textContent = large ? "标准字号" : "大字版";
});

one("#problems")?.focus();
