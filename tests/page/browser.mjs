// SPDX-License-Identifier: MIT
// As much of WebDriver (W3C) as a test of pages needs, and DevTools commands through chromedriver. No packages.
import { writeFileSync } from "node:fs";

export class Browser {
  /** A headless Chromium by the chromedriver at that port. */
  static async start(port, binary) {
    const browser = new Browser();
    browser.base = `http://127.0.0.1:${port}/session`;
    const capabilities = {
      alwaysMatch: {
        browserName: "chrome",
        "goog:loggingPrefs": { browser: "ALL" },
        "goog:chromeOptions": {
          binary,
          // As root there is no sandbox to be had, and in a container little shared memory.
          args: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--no-first-run"],
        },
      },
    };
    const { sessionId } = await browser.ask("POST", "", { capabilities });
    browser.base += `/${sessionId}`;
    return browser;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message.split("\n")[0]}`);
    return value;
  }

  command(cmd, params = {}) {
    return this.ask("POST", "/goog/cdp/execute", { cmd, params });
  }

  go(url) {
    return this.ask("POST", "/url", { url });
  }

  /** The value of an expression, worked out in the page; runs where the page's own scripts may not. */
  async value(expression) {
    const { result, exceptionDetails } = await this.command("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  /** Width and height in CSS pixels, "light" or "dark". */
  async look(width, height, theme) {
    await this.command("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.command("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
  }

  async scripts(allowed) {
    await this.command("Emulation.setScriptExecutionDisabled", { value: !allowed });
  }

  async shoot(file) {
    const { data } = await this.command("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  /** A click where a mouse would: in the middle of an element, which is scrolled to. */
  async click(selector) {
    const { x, y } = await this.value(`(() => { const e = document.querySelector(${JSON.stringify(selector)});
      e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const r = e.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`);
    for (const type of ["mousePressed", "mouseReleased"])
      await this.command("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
  }

  async key(key) {
    for (const type of ["rawKeyDown", "keyUp"]) await this.command("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: { Tab: 9, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 }[key] });
  }

  type(text) {
    return this.command("Input.insertText", { text });
  }

  /** What the console was told since the last call. */
  log() {
    return this.ask("POST", "/se/log", { type: "browser" });
  }

  close() {
    return this.ask("DELETE", "");
  }
}
