// A department by a few letters: part of its name or of another name, or the initials of the pinyin. The select beside it
// shows what is chosen while one types; Enter goes on to the button.
const LISTED = 4;

function rank(option, typed) {
  const words = `${option.textContent} ${option.dataset.find ?? ""}`.toLowerCase().split(/\s+/);
  if (words.includes(typed)) return 0;
  if (words.some((word) => word.startsWith(typed))) return 1;
  return words.some((word) => word.includes(typed)) ? 2 : 3;
}

for (const box of document.querySelectorAll("[data-pick]")) {
  const select = document.getElementById(box.dataset.pick);
  const { form } = select;
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  box.hidden = false;

  input.addEventListener("input", () => {
    const typed = input.value.trim().toLowerCase();
    const found = typed
      ? [...select.options].filter((option) => option.value && rank(option, typed) < 3).sort((a, b) => rank(a, typed) - rank(b, typed))
      : [];
    status.textContent = found.slice(0, LISTED).map((option) => option.textContent).join("、");
    if (typed && !found.length) status.textContent = "没有这样的部门";
    select.value = found[0]?.value ?? "";
    const then = found[0]?.dataset.then;
    if (then) form.elements.disposition.value = then;
  });

  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const next = !select.value ? select : form.elements.disposition.value ? form.querySelector("button:not([type=button])") : form.elements.disposition;
    next.focus();
  });
}
