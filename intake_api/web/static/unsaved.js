// A warning before typed text is lost: by leaving the page, or by sending another of its forms. A form that came back
// with what was typed says so itself (data-unsaved); in a draft (data-draft) choices count as well.
const WRITTEN = "textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=file]), [data-draft] select";
let sent = null;

function first(select) {
  const chosen = [...select.options].findIndex((option) => option.defaultSelected);
  return chosen < 0 ? 0 : chosen;
}

function changed(field) {
  return field.matches("select") ? field.selectedIndex !== first(field) : field.value !== field.defaultValue;
}

function unsaved(form) {
  return form.hasAttribute("data-unsaved") || [...form.elements].some((field) => field.matches(WRITTEN) && changed(field));
}

document.addEventListener("input", ({ target }) => {
  const note = target.form?.querySelector("[data-unsaved-note]");
  if (note) note.hidden = !unsaved(target.form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = event.target;
});

window.addEventListener("beforeunload", (event) => {
  // a name typed at sign-in is no work to lose
  const forms = [...document.querySelectorAll("form[method=post]:not(:has([type=password]))")];
  const left = sent;
  sent = null; // who stays may send another
  if (forms.some((form) => form !== left && unsaved(form))) event.preventDefault();
});
