// What somebody asked this device to remember: cases with their query codes, the applicant for the next application.
// It stays in this browser; nothing is kept before it is asked for, and one button clears each.
const CASES = "gongkai-cases", APPLICANT = "gongkai-applicant", MOST = 20;

function kept(name, empty) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? empty;
  } catch {
    return empty; // storage that is off, or not ours
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const remember = document.querySelector("[data-keep-case]");
if (remember) {
  const { keepCase: number, code } = remember.dataset;
  remember.hidden = document.getElementById("keep-case-hint").hidden = false;
  remember.addEventListener("click", () => {
    const others = kept(CASES, []).filter((one) => one.number !== number);
    if (!keep(CASES, [{ number, code }, ...others].slice(0, MOST))) return;
    remember.textContent = remember.dataset.done;
    remember.disabled = true;
  });
}

const mine = document.getElementById("my-cases");
if (mine && kept(CASES, []).length) {
  for (const { number, code } of kept(CASES, [])) {
    const line = mine.querySelector("template").content.cloneNode(true);
    const button = line.querySelector("button");
    button.textContent = number;
    button.addEventListener("click", () => {
      document.getElementById("number").value = number;
      document.getElementById("code").value = code;
      document.getElementById("number").form.requestSubmit();
    });
    mine.querySelector("ul").append(line);
  }
  mine.hidden = false;
  mine.querySelector("[data-clear]").addEventListener("click", () => {
    localStorage.removeItem(CASES);
    mine.hidden = true;
  });
}

const same = document.getElementById("same-applicant");
if (same) {
  const form = same.closest("form"), wish = same.querySelector("input"), use = same.querySelector("[data-use]");
  const clear = same.querySelector("[data-clear]");
  // numbers of identity and what is an agent's are never kept: whoever has the device next would read them
  const mayBeKept = (name) => name === "who"
    || name?.startsWith("applicant.") && name !== "applicant.id_number" && !name.startsWith("applicant.agent.");
  const fields = () => [...form.elements].filter(({ name }) => mayBeKept(name));
  const stored = kept(APPLICANT, null);
  const before = stored && Object.fromEntries(Object.entries(stored).filter(([name]) => mayBeKept(name)));
  if (before) keep(APPLICANT, before); // an earlier version kept more
  same.hidden = false;
  use.hidden = clear.hidden = !before;
  use.addEventListener("click", () => {
    for (const field of fields()) {
      if (field.type === "radio") field.checked = before[field.name] === field.value;
      else if (field.name in before) field.value = before[field.name];
    }
    form.querySelector("[name=who]:checked")?.focus();
  });
  clear.addEventListener("click", () => {
    localStorage.removeItem(APPLICANT);
    use.hidden = clear.hidden = true;
  });
  form.addEventListener("submit", () => {
    if (!wish.checked) return;
    const given = fields().filter((field) => field.value && (field.type !== "radio" || field.checked));
    keep(APPLICANT, Object.fromEntries(given.map((field) => [field.name, field.value])));
  });
}
