// An open desk shows what came in meanwhile. A few bytes are asked for while the page can be seen; only where they tell of
// something new is the page fetched, and its lists are put in place of the old ones. What is being typed stays.
const EVERY = 1500; // milliseconds
let known = `"${document.querySelector("[data-stamp]").dataset.stamp}"`;

async function look() {
  if (document.hidden) return;
  const answer = await fetch("/staff/stamp", { headers: { "If-None-Match": known }, redirect: "error" });
  if (answer.status !== 204) return;
  known = answer.headers.get("ETag");
  await draw();
}

async function draw() {
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-live]");
  const shown = document.querySelectorAll("[data-live]");
  if (fresh.length !== shown.length) return;
  shown.forEach((old, place) => {
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    if (old.innerHTML === fresh[place].innerHTML) return;
    old.replaceChildren(...fresh[place].childNodes);
    if (focused) document.getElementById(focused)?.focus();
  });
}

async function again() {
  try {
    await look();
  } catch {
    // away for a moment, or signed out: the next page says so
  }
  setTimeout(again, EVERY);
}

again();
