// Makes the upload form send its files one by one, three at a time, with progress, retries and reasons.
// Without this the form sends them all at once; the server's answers and limits are the same.

import { element } from "./element.js";
import { pauseBefore, post, reasonOf } from "./send.js";
import { megabytes, Row } from "./upload-row.js";

const AT_ONCE = 3;

const form = document.querySelector("form.upload");
const input = form.querySelector('input[type="file"]');
const drop = form.querySelector(".drop");
const submit = form.querySelector(".actions button");
const mostBytes = form.dataset.maxMb * 2 ** 20;
const accepted = input.accept.split(",");

const list = element("ul", { className: "files", role: "list", hidden: true });
const bar = element("progress", { max: 1, value: 0, ariaLabel: "All photos" });
const summary = element("p", { className: "hint" });
const overall = element("div", { className: "overall", hidden: true, tabIndex: -1 }, bar, summary);
const live = element("p", { className: "unseen", role: "status" });

let rows = [];
let words; // what the form says, taken when sending starts
let started = false;
let announced = 0; // quarters

const are = (state) => rows.filter((row) => row.state === state);
const retriable = () => rows.filter((row) => row.retriable);
const photos = (count) => (count === 1 ? "1 photo" : `${count} photos`);

// Choosing

function add(chosen) {
  const fresh = [...chosen].filter((file) => !rows.some((row) => row.isOf(file)));
  if (!fresh.length) return;
  const added = fresh.map((file) => new Row(file, faultOf(file), { retry: (row) => retry([row]), remove }));
  rows.push(...added);
  list.append(...added.map((row) => row.item));
  input.value = "";
  refresh();
  say(`${photos(are("waiting").length)} chosen.`);
}

function faultOf(file) {
  if (file.size > mostBytes) return `Too big: ${megabytes(file.size)}, and ${form.dataset.maxMb} MB is the most.`;
  if (file.size === 0) return "This file is empty.";
  const fits = (kind) => (kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind);
  return file.type && !accepted.some(fits) ? `Not a kind we take. Send ${form.dataset.formats}.` : null;
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
    row.settle("waiting", "Waiting");
  }
  start();
}

// Sending

function start() {
  if (!started) {
    started = true;
    announced = 0;
    words = [...new FormData(form)].filter(([name]) => name !== input.name);
    overall.hidden = false;
    form.classList.add("busy");
    overall.focus();
    say(`Sending ${photos(are("waiting").length)}.`);
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
  row.settle("sending", "Sending");
  const answer = await post(form.action, words, input.name, row.file, (share) => {
    row.progress(share);
    refresh();
  });
  const wait = pauseBefore(answer, row.tries);
  if (wait !== null) {
    const cause = answer.status ? "The site is busy" : "The connection broke";
    row.settle("sending", `${cause}; trying again in ${wait} s`);
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
  const outcome = failed.length ? `${photos(failed.length)} could not be sent; the list says why.` : "All photos are in.";
  summary.replaceChildren(`${outcome} `, element("a", { href: form.dataset.done }, "To the gallery"));
  say(outcome);
}

// Telling

function refresh() {
  const real = rows.filter((row) => !row.fault);
  const total = real.reduce((sum, row) => sum + row.file.size, 0);
  const share = real.reduce((sum, row) => sum + row.file.size * row.sent, 0) / (total || 1);
  const [todo, again] = [are("waiting").length, retriable().length];
  list.hidden = !rows.length;
  bar.value = share;
  summary.textContent = `${are("in").length} of ${photos(real.length)} in, ${Math.floor(share * 100)} % sent`;
  input.required = !todo && !again;
  submit.textContent = todo ? `Upload ${photos(todo)}` : again ? `Retry ${photos(again)}` : "Upload";
  const quarter = Math.floor(share * 4);
  if (started && quarter > announced && quarter < 4) say(`${quarter * 25} percent sent.`);
  announced = Math.max(announced, quarter);
}

function say(text) {
  live.textContent = text;
}

form.classList.add("scripted");
drop.querySelector("label").after(element("p", { className: "hint pointed" }, "Or drop or paste them anywhere on this page."));
drop.after(overall, list, live);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (are("waiting").length) start();
  else if (retriable().length) retry(retriable());
});
input.addEventListener("change", () => add(input.files));
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
