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
  #actions = createElement("div", { className: "actions" });
  #loginLink = createElement("a", { className: "button", target: "_blank" }, text("log in"));
  #ticker;

  constructor({ onContinue }) {
    const continueButton = createElement(
      "button",
      { type: "button", className: "button-primary", onclick: onContinue },
      text("continue"),
    );
    this.#actions.append(continueButton);
    const properties = { className: "message warning", hidden: true };
    this.element = createElement("div", properties, this.#paragraph, this.#actions);
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
    this.#offerLogin(pause.loginUrl);
    this.#paragraph.textContent = this.message;
    this.#ticker = setInterval(() => (this.#paragraph.textContent = this.message), 1000);
  }

  // The link is in the page only while it has a URL: crawlers report a link without one.
  #offerLogin(url) {
    this.#loginLink.remove();
    if (!url) return;
    this.#loginLink.href = url;
    this.#actions.prepend(this.#loginLink);
  }
}
