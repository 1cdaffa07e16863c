// The conversation drawn as it comes. Without this script the same page works by posting its form.
const root = document.querySelector("#chat");
const log = root.querySelector("#chat-log");
const form = root.querySelector("#chat-form");
const box = form.elements.text;
const KEY = "gongkai-chat";
const WORDS = {
  office: "在线办理：", // as in intake_api/web/texts.py
  citizen: "您：",
  choices: "可选：",
  starting: "在线对话正在启动，请稍候……",
  offline: "网络断开了，正在重新连接……",
  unsent: "刚才这句话可能没有发出去，请再发一次；已经送到的不会重复。",
  lost: "上一次对话已经过期，已为您重新开始。",
  broken: "系统出了差错，请稍后再试。",
  forget: "结束对话，清除本机记录",
  sure: "结束以后，这台设备上不再能看到这段对话，没有提交的申请也不能接着写。确定结束吗？",
  forgotten: "对话已经结束，本机记录已清除。想申请可以重新开始。",
};

const state = document.createElement("p");
state.id = "chat-state";
state.setAttribute("role", "status");
log.after(state);

// What screen readers are told: each new message of the office once, never the edit of an earlier one.
const voice = document.createElement("div");
voice.id = "chat-voice";
voice.className = "unseen";
voice.setAttribute("role", "log");
state.after(voice);

let session = recall();
let last = 0; // greatest id drawn
let said = { id: 0, text: "" }; // the citizen's own newest message
let unsure = { text: "", key: "" }; // what may have arrived: sent again, it goes under the same key
let pause = 1; // seconds before the next attempt to reconnect
let queue = Promise.resolve();
let stream;

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

function recall() {
  try {
    return localStorage.getItem(KEY); // it outlives the tab: one may come back days later
  } catch {
    return null; // storage is forbidden: the conversation lives as long as the page
  }
}

function remember(token) {
  session = token;
  try {
    token ? localStorage.setItem(KEY, token) : localStorage.removeItem(KEY);
  } catch {
    // see recall
  }
}

async function call(method, path, body, key) {
  for (;;) {
    const isFile = body instanceof FormData; // the browser says its type, with the boundary
    const response = await fetch(root.dataset.api + path, {
      method,
      headers: body && !isFile ? { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) } : undefined,
      body: body && !isFile ? JSON.stringify(body) : body,
    });
    const answer = await response.json().catch(() => ({}));
    if (answer.error?.code === "chat_starting") {
      state.textContent = WORDS.starting;
      await wait(Number(response.headers.get("Retry-After")) || 3);
      continue;
    }
    if (response.status === 502) throw new Error("interrupted"); // it may have arrived: see unsent
    if (!response.ok) throw new Refusal(response.status, answer.error?.message ?? WORDS.broken);
    return answer;
  }
}

// Everything not drawn yet, in order: an answer is fetched this way too, so that it never comes before its question.
async function pull(aloud = true) {
  const { messages } = await call("GET", `/${session}/messages?after=${last}`);
  for (const message of messages) draw(message, aloud);
}

function draw(message, aloud = true) {
  if (message.id <= last) return;
  last = message.id;
  if (message.from === "citizen") heard(message);
  const place = message.replaces ?? message.id;
  let item = log.querySelector(`[data-id="${place}"]`);
  const fresh = !item;
  if (fresh) {
    item = document.createElement("li");
    item.dataset.id = place;
    item.className = `chat-message ${message.from}`;
    log.append(item);
  }
  const speaker = document.createElement("span");
  speaker.className = "unseen";
  speaker.textContent = WORDS[message.from];
  const text = document.createElement("div");
  text.className = "chat-text";
  text.innerHTML = message.html; // allow-listed by the server
  item.replaceChildren(speaker, text, ...message.buttons.map(row));
  if (!fresh) return; // an edit above neither moves the page nor is read out
  reveal();
  if (aloud && message.from === "office") say(message);
}

// What was not known to have arrived is there after all: nobody needs to send it again.
function heard(message) {
  said = message;
  if (!unsure.text || message.text !== unsure.text) return;
  if (box.value === unsure.text || box.value.startsWith(`${unsure.text}\n`)) box.value = box.value.slice(unsure.text.length).trimStart();
  if (state.textContent === WORDS.unsent) state.textContent = "";
  unsure = { text: "", key: "" };
}

function say({ text, buttons }) {
  const line = document.createElement("p");
  const choices = buttons.flat().map((one) => one.text);
  line.textContent = WORDS.office + text + (choices.length ? WORDS.choices + choices.join("、") : "");
  voice.append(line);
  setTimeout(() => line.remove(), 10_000); // it has been read; who browses the page finds the message once
}

// The field sticks to the bottom and may be tall in large type: the newest message ends above it, with its buttons.
function reveal() {
  const item = log.lastElementChild;
  item?.scrollIntoView({ block: "nearest" });
  const hidden = item ? item.getBoundingClientRect().bottom - form.getBoundingClientRect().top : 0;
  if (hidden > 0) window.scrollBy(0, Math.ceil(hidden) + 8);
}

function row(buttons) {
  const line = document.createElement("div");
  line.className = "row";
  for (const { text, button } of buttons) {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "plain slim";
    one.textContent = text;
    one.value = button;
    one.addEventListener("click", () => enqueue({ button }));
    line.append(one);
  }
  return line;
}

// One after another: the order of what was typed is the order of what arrives.
function enqueue(body) {
  queue = queue.then(() => send(body)).catch(() => root.removeAttribute("aria-busy"));
}

async function send(body) {
  const before = last;
  const key = body.text && (body.text === unsure.text ? unsure.key : newKey());
  root.setAttribute("aria-busy", "true");
  state.textContent = "";
  try {
    if (!session) {
      await open();
      listen();
    }
    await call("POST", `/${session}/${body instanceof FormData ? "attachments" : "messages"}`, body, key);
    unsure = { text: "", key: "" };
    await pull();
  } catch (error) {
    await unsent(body, before, error, key);
  }
  root.removeAttribute("aria-busy");
  if (document.activeElement === document.body) next()?.focus({ preventScroll: true });
  reveal();
}

const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-"); // randomUUID needs TLS

// Where a person goes on whose button is gone: at the first answer to choose, in the field where one types, else at the
// message itself. Never at a move (上一步) or at what binds (确认提交). Values as in bot/keyboards.py: p:draft:step:value,
// moves with an underscore; m: is the menu.
function next() {
  const item = log.lastElementChild;
  const buttons = [...(item?.querySelectorAll("button") ?? [])];
  const steps = buttons.filter((one) => one.value.startsWith("p:"));
  const moves = (one) => one.value.split(":").at(-1).startsWith("_");
  const answer = steps.find((one) => !moves(one));
  if (answer) return answer;
  if (!buttons.length || (steps.length && !steps.some((one) => /:_(submit|apply)$/.test(one.value)))) return box;
  item.tabIndex = -1;
  return item;
}

// The line may have broken after the message arrived: then it is in the mailbox. Where it is not, or the mailbox is out
// of reach, nobody knows; it may be sent again under the same key.
async function unsent(body, before, error, key) {
  let words = error instanceof Refusal ? error.message : WORDS.unsent;
  if (error instanceof Refusal && error.status === 404) {
    words = WORDS.lost;
    await restart().catch(() => {});
  } else if (!(error instanceof Refusal)) {
    await pull().catch(() => {});
    if (said.id > before && said.text === body.text) return;
    if (body.text) unsure = { text: body.text, key };
  }
  state.textContent = words;
  if (body.text) box.value = [body.text, box.value].filter(Boolean).join("\n");
}

// At most one session is opened, however many ask for it meanwhile.
let opening;
function open() {
  opening ??= call("POST", "")
    .then((answer) => {
      clear();
      remember(answer.session);
    })
    .finally(() => {
      opening = undefined;
    });
  return opening;
}

// Nothing of the conversation stays on the screen or the device.
function clear() {
  remember(null);
  stream?.close();
  log.replaceChildren();
  last = 0;
}

async function restart() {
  clear();
  await open();
  listen();
  await pull();
}

function listen() {
  stream?.close();
  const mine = new EventSource(`${root.dataset.api}/${session}/events?after=${last}`);
  stream = mine;
  mine.onopen = () => {
    pause = 1;
    if (state.textContent === WORDS.offline || state.textContent === WORDS.starting) state.textContent = "";
  };
  mine.onmessage = (event) => draw(JSON.parse(event.data));
  mine.onerror = async () => {
    if (mine !== stream) return;
    state.textContent = WORDS.offline;
    if (mine.readyState !== EventSource.CLOSED) return; // the browser reconnects by itself
    await wait(pause);
    pause = Math.min(pause * 2, 30);
    if (mine === stream) connect();
  };
}

async function connect() {
  try {
    const fresh = !session;
    if (fresh) await open();
    await pull(fresh); // a conversation that was there before is not read out again
    listen();
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) {
      state.textContent = WORDS.lost;
      remember(null);
    } else {
      state.textContent = error instanceof Refusal ? error.message : WORDS.offline;
      await wait(pause);
      pause = Math.min(pause * 2, 30);
    }
    connect();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  enqueue({ text });
});

const files = root.querySelector("#chat-file");
files.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(files);
  chosen.delete("conversation"); // the page's own, for when there is no script
  files.reset();
  enqueue(chosen);
});

box.addEventListener("keydown", (event) => {
  // while a Chinese input method composes, Enter chooses a word
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});

const forget = document.createElement("button");
forget.id = "chat-forget";
forget.type = "button";
forget.className = "plain slim";
forget.textContent = WORDS.forget;
forget.addEventListener("click", () => {
  if (!confirm(WORDS.sure)) return;
  clear();
  box.value = "";
  state.textContent = WORDS.forgotten;
  queue = queue.then(restart).catch(() => {}); // without a line the next message opens the new conversation
});
root.after(forget);

// Another tab ended the conversation or began a new one.
window.addEventListener("storage", (event) => {
  if (event.key !== KEY || event.newValue === session) return;
  session = event.newValue;
  last = 0;
  log.replaceChildren();
  stream?.close();
  if (session) connect();
});

new ResizeObserver(reveal).observe(form); // the type became larger, the field taller

log.replaceChildren(); // what the server drew belongs to the conversation without a script
connect();
