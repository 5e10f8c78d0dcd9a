// Says why the upload is paused and when it continues, with a button to continue at once.

import { createElement } from "./create-element.js";
import { formatDuration, text } from "./texts.js";

const TEXTS = {
  offline: () => text("paused offline"),
  login: () => text("paused without login"),
  connection: (time) => text("paused without connection", { time }),
  limit: (time) => text("paused by limit", { time }),
  busy: (time) => text("paused while busy", { time }),
};

export class PauseNotice {
  #pause = null;
  #paragraph = createElement("p");
  #loginLink = createElement("a", { className: "button", target: "_blank" }, text("log in"));
  #ticker;

  constructor({ onContinue }) {
    const continueButton = createElement(
      "button",
      { type: "button", className: "button-primary", onclick: onContinue },
      text("continue"),
    );
    const actions = createElement("div", { className: "actions" }, this.#loginLink, continueButton);
    const properties = { className: "message warning", hidden: true };
    this.element = createElement("div", properties, this.#paragraph, actions);
  }

  get message() {
    const { reason, until } = this.#pause;
    const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    return TEXTS[reason](formatDuration(seconds));
  }

  // `pause` is that of the queue, or null after it.
  show(pause) {
    this.#pause = pause;
    clearInterval(this.#ticker);
    this.element.hidden = !pause;
    if (!pause) return;
    this.#loginLink.hidden = pause.reason !== "login";
    this.#loginLink.href = pause.loginUrl ?? "";
    this.#paragraph.textContent = this.message;
    this.#ticker = setInterval(() => (this.#paragraph.textContent = this.message), 1000);
  }
}
