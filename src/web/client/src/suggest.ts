import { all, fill, liveRegion, make } from "./dom";

/** Between two keys of somebody who types: asking for each would ask for nothing useful. */
const PAUSE_MS = 120;

/** Type-ahead over places: the combobox pattern of ARIA 1.2 with a listbox, the focus staying in the field. */
export function suggestPlaces(page: Document): void {
  all(page, "input[data-suggest]", HTMLInputElement).forEach((input, number) => {
    new Combobox(input, `places-${String(number)}`);
  });
}

class Combobox {
  private readonly list: HTMLUListElement;
  private readonly announce: (text: string) => void;
  private labels: string[] = [];
  /** What was typed when the options were asked for. */
  private shownFor = "";
  private active = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | undefined;

  constructor(
    private readonly input: HTMLInputElement,
    id: string,
  ) {
    this.list = make("ul", "suggestions");
    this.list.id = id;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.nameList();
    input.insertAdjacentElement("afterend", this.list);
    this.announce = liveRegion(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": id,
    })) {
      input.setAttribute(name, value);
    }
    this.listen();
  }

  /** The list is called what the field is called. */
  private nameList(): void {
    const label = this.input.labels?.[0];
    const name = this.input.getAttribute("aria-label") ?? label?.textContent?.trim() ?? this.input.placeholder;
    if (name) this.list.setAttribute("aria-label", name);
  }

  private listen(): void {
    this.input.addEventListener("input", () => this.askSoon());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    // The press would take the focus out of the field, and close the list before the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  private askSoon(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = this.input.value.trim();
    if (!typed) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => void this.ask(typed), PAUSE_MS);
  }

  private async ask(typed: string): Promise<void> {
    const asked = new AbortController();
    this.asked = asked;
    const address = new URL(this.input.dataset["suggest"] ?? "", document.baseURI);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: asked.signal, credentials: "omit", headers: { accept: "application/json" } });
      const labels = answer.ok ? labelsOf(await answer.json()) : [];
      // An answer that comes after the field was left, or after the next question, is nobody's any more.
      if (!asked.signal.aborted && document.activeElement === this.input) this.show(typed, labels);
    } catch {
      // No network: the field is a plain field, and the form works.
      if (!asked.signal.aborted) this.close();
    }
  }

  private show(typed: string, labels: string[]): void {
    this.shownFor = typed;
    this.labels = labels;
    this.list.replaceChildren(...labels.map((label, at) => this.option(label, at)));
    this.activate(-1);
    this.setOpen(labels.length > 0);
    const { suggestNone = "", suggestCount = "" } = this.input.dataset;
    this.announce(labels.length ? fill(suggestCount, "n", String(labels.length)) : suggestNone);
  }

  private option(label: string, at: number): HTMLLIElement {
    const option = make("li", "", label);
    option.id = `${this.list.id}-${String(at)}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    return option;
  }

  private onKey(event: KeyboardEvent): void {
    // A key that composes a letter belongs to the keyboard.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.afterKey(event.key);
    if (next !== undefined) {
      event.preventDefault();
      this.activate(next);
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      this.close();
    }
  }

  /** Which option a key leads to; -1 is the field itself, between the last and the first. */
  private afterKey(key: string): number | undefined {
    const count = this.labels.length;
    if (!this.isOpen) {
      if (key !== "ArrowDown" || !count || this.input.value.trim() !== this.shownFor) return undefined;
      this.setOpen(true);
      return 0;
    }
    switch (key) {
      case "ArrowDown":
        return this.active + 1 < count ? this.active + 1 : -1;
      case "ArrowUp":
        return this.active >= 0 ? this.active - 1 : count - 1;
      case "Home":
        return this.active >= 0 ? 0 : undefined;
      case "End":
        return this.active >= 0 ? count - 1 : undefined;
      default:
        return undefined;
    }
  }

  private activate(at: number): void {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    this.active = at;
    const option = this.list.children[at];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  private choose(at: number): void {
    const label = this.labels[at];
    if (label === undefined) return;
    this.input.value = label;
    this.close();
    this.input.form?.requestSubmit();
  }

  private get isOpen(): boolean {
    return !this.list.hidden;
  }

  private setOpen(isOpen: boolean): void {
    if (isOpen) this.placeBelow();
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  /** Over what follows, which stays where it is. */
  private placeBelow(): void {
    const { offsetLeft, offsetTop, offsetHeight, offsetWidth } = this.input;
    Object.assign(this.list.style, {
      position: "absolute",
      zIndex: "10",
      left: `${String(offsetLeft)}px`,
      top: `${String(offsetTop + offsetHeight)}px`,
      minWidth: `${String(offsetWidth)}px`,
    });
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.activate(-1);
    this.setOpen(false);
    this.announce("");
  }
}

/** The labels of an answer of `/places/suggest`, whatever else is in it. */
export function labelsOf(answer: unknown): string[] {
  const data = typeof answer === "object" && answer !== null && "data" in answer ? answer.data : [];
  const labels = Array.isArray(data) ? data.map((place: { label?: unknown } | null) => place?.label) : [];
  return labels.filter((label): label is string => typeof label === "string");
}
