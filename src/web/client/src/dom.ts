/** The elements of a selector that are of one kind. */
export function all<E extends Element>(root: ParentNode, selector: string, kind: new () => E): E[] {
  return [...root.querySelectorAll(selector)].filter((element): element is E => element instanceof kind);
}

/** An element made of text: nothing is ever parsed as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** A part of the page that only screen readers hear, when it changes and they have time. */
export function liveRegion(after: Element): (text: string) => void {
  const region = make("div", "visually-hidden");
  region.setAttribute("role", "status");
  // Hidden whatever the style sheet knows, and out of the flow: speaking moves nothing.
  Object.assign(region.style, { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" });
  after.insertAdjacentElement("afterend", region);
  return (text) => {
    region.textContent = text;
  };
}

/** Fills `{name}` of a template. */
export function fill(template: string, name: string, value: string): string {
  return template.split(`{${name}}`).join(value);
}

/** Whether the visitor asked for less movement. */
export function wantsStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
