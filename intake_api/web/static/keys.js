// A shift from the keyboard. An element says in data-key which keys work it; letters typed into a field are left alone.
// Single-key shortcuts can be switched off (WCAG 2.1.4); the choice stays in this browser.
const STORE = "gongkai-keys";
const on = () => localStorage.getItem(STORE) !== "off";
const dialog = document.querySelector("#keys");

function show() {
  document.documentElement.classList.toggle("keys", on());
}

function typing(element) {
  return element.closest("select, textarea, dialog[open], [contenteditable], input:not([type=radio], [type=checkbox])") !== null;
}

function work(element) {
  if (element.dataset.dialog) {
    dialog.showModal();
  } else if (element.matches("summary")) {
    element.parentElement.open = true;
    element.parentElement.querySelector("select, input:not([type=hidden])")?.focus();
  } else if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.focus();
  } else if (element.matches("input")) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
}

function move(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}

// Once a form is on its way a further key would leave the page and break the sending off. A page that stays (a download,
// the way back) gives the keys back.
let sending = false;
document.addEventListener("submit", (event) => {
  sending = !event.defaultPrevented;
  setTimeout(() => { sending = false; }, 3000);
});
window.addEventListener("pageshow", () => { sending = false; });

document.addEventListener("keydown", (event) => {
  if (sending || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === "Enter") return;
  if (!on() || dialog?.open || typing(event.target)) return;
  // Enter belongs to the link or button that has the focus
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
    return;
  }
  const element = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key.split(" ").includes(event.key));
  if (!element) return;
  event.preventDefault();
  work(element);
});

// Back from a case, j and k go on from its row.
document.querySelector("[data-row]:target")?.focus();

for (const opener of document.querySelectorAll("[data-dialog]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}

const choice = document.querySelector("#keys-on");
if (choice) {
  choice.checked = on();
  choice.addEventListener("change", () => {
    localStorage.setItem(STORE, choice.checked ? "on" : "off");
    show();
  });
}
show();
