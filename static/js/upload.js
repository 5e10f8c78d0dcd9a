// Makes the upload form send its files one by one, three at a time, with progress, retries and reasons.
// Without this the form sends them all at once; the server's answers and limits are the same.

import { element } from "./element.js";
import { pauseBefore, post, reasonOf } from "./send.js";
import { filesize, percent, text } from "./texts.js";
import { startTiming, timeLeft } from "./time-left.js";
import { Row } from "./upload-row.js";

const AT_ONCE = 3;

const form = document.querySelector("form.upload");
const input = form.querySelector("input[name=photo]");
const drop = form.querySelector(".drop");
const submit = form.querySelector(".actions button");
const mostBytes = form.dataset.maxMb * 2 ** 20;
const accepted = input.accept.split(",");

const camera = element("input", { type: "file", accept: "image/*", className: "unseen" });
const list = element("ul", { className: "files", role: "list", hidden: true });
const bar = element("progress", { max: 1, value: 0, ariaLabel: text("all") });
const summary = element("p", { className: "hint" });
const overall = element("div", { className: "overall", hidden: true, tabIndex: -1 }, bar, summary);
const live = element("p", { className: "unseen", role: "status" });

let rows = [];
let words; // what the form says, taken when sending starts
let started = false;
let announced = 0; // quarters

const are = (state) => rows.filter((row) => row.state === state);
const real = () => rows.filter((row) => !row.fault);
const retriable = () => rows.filter((row) => row.retriable);

// Choosing

function add(chosen) {
  const fresh = [...chosen].filter((file) => !rows.some((row) => row.isOf(file)));
  if (!fresh.length) return;
  const added = fresh.map((file) => new Row(file, faultOf(file), { retry: (row) => retry([row]), remove }));
  rows.push(...added);
  list.append(...added.map((row) => row.item));
  input.value = "";
  refresh();
  say(text("chosen", { count: are("waiting").length }));
}

function faultOf(file) {
  if (file.size > mostBytes) return text("too big", { size: filesize(file.size), most: Number(form.dataset.maxMb) });
  if (file.size === 0) return text("empty");
  const fits = (kind) => (kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind);
  return file.type && !accepted.some(fits) ? text("wrong kind", form.dataset) : null;
}

function remove(row) {
  rows = rows.filter((other) => other !== row);
  row.item.remove();
  refresh();
  input.focus();
}

function retry(again) {
  for (const row of again) {
    row.tries = row.sent = 0;
    row.settle("waiting", text("waiting"));
  }
  start();
}

// Sending

function start() {
  if (!started) {
    started = true;
    announced = 0;
    words = [...new FormData(form)].filter(([name]) => name !== input.name);
    startTiming(bytes().sent);
    overall.hidden = false;
    form.classList.add("busy");
    overall.focus();
    say(text("sending some", { count: are("waiting").length }));
  }
  pump();
}

function pump() {
  are("waiting").slice(0, AT_ONCE - are("sending").length).forEach(send);
  refresh();
  if (!are("sending").length) finish();
}

async function send(row) {
  row.tries += 1;
  row.settle("sending", text("sending"));
  const itsWords = words.map(([name, said]) => [name, row.own[name]?.value || said]);
  const answer = await post(form.action, itsWords, input.name, row.file, (share) => {
    row.progress(share);
    refresh();
  });
  const wait = pauseBefore(answer, row.tries);
  if (wait !== null) {
    row.settle("sending", text(answer.status ? "busy" : "broken off", { seconds: wait }));
    setTimeout(() => send(row), wait * 1000);
    return;
  }
  const photo = answer.body?.photos?.[0];
  if (photo) row.arrive(photo);
  else row.settle("failed", reasonOf(answer));
  pump();
}

function finish() {
  started = false;
  form.classList.remove("busy");
  const failed = are("failed");
  const arrived = are("in").map((row) => row.photo);
  if (!failed.length && !arrived.some((photo) => photo.duplicate_of)) {
    location.assign(arrived.length === 1 ? arrived[0].url : form.dataset.done);
    return;
  }
  const outcome = failed.length ? text("failed", { count: failed.length }) : text("all in");
  summary.replaceChildren(`${outcome} `, element("a", { href: form.dataset.done }, text("gallery")));
  say(outcome);
}

// Telling

function bytes() {
  const sizes = real().map((row) => [row.file.size, row.file.size * row.sent]);
  return { total: sizes.reduce((sum, [size]) => sum + size, 0), sent: sizes.reduce((sum, [, sent]) => sum + sent, 0) };
}

function refresh() {
  const { sent, total } = bytes();
  const share = sent / (total || 1);
  const left = started ? timeLeft(sent, total) : "";
  const [todo, again] = [are("waiting").length, retriable().length];
  list.hidden = !rows.length;
  bar.value = share;
  const progress = text("progress", { done: are("in").length, count: real().length, share: percent(share) });
  summary.textContent = left ? `${progress} · ${left}` : progress;
  input.required = !todo && !again;
  submit.textContent = toDo(todo, again);
  const quarter = Math.floor(share * 4);
  if (started && quarter > announced && quarter < 4) say(`${text("share", { share: percent(quarter / 4) })} ${left}`);
  announced = Math.max(announced, quarter);
}

function toDo(todo, again) {
  if (todo) return text("upload some", { count: todo });
  return again ? text("retry some", { count: again }) : text("upload");
}

function say(news) {
  live.textContent = news;
}

form.classList.add("scripted");
drop.querySelector("label").after(element("p", { className: "hint pointed" }, text("drop")));
camera.setAttribute("capture", "environment");
input.after(element("label", { className: "button camera" }, text("camera"), camera));
drop.after(overall, list, live);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (are("waiting").length) start();
  else if (retriable().length) retry(retriable());
});
input.addEventListener("change", () => add(input.files));
camera.addEventListener("change", () => add(camera.files));
document.addEventListener("paste", ({ clipboardData }) => {
  if (!clipboardData.types.includes("text/plain")) add(clipboardData.files);
});
document.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  add(event.dataTransfer.files);
});
window.addEventListener("beforeunload", (event) => {
  if (are("sending").length) event.preventDefault();
});
