import { all, make } from "./dom";

/** The map's own files, beside this one; their names are known to the bundler only. */
declare const MAP_SCRIPT: string;
declare const MAP_STYLE: string;

/** Unless the drawing in its place is higher. */
const MAP_HEIGHT = "min(70vh, 32rem, 115vw)";

/** The map is a separate file, fetched when somebody asks for it. */
export function offerMaps(page: Document): void {
  for (const holder of all(page, "[data-map]", HTMLElement)) {
    const button = holder.querySelector("[data-map-open]") ?? page.querySelector("[data-map-open]");
    if (!(button instanceof HTMLButtonElement)) continue;
    button.addEventListener("click", () => void open(page, holder, button));
    button.hidden = false;
  }
}

async function open(page: Document, holder: HTMLElement, button: HTMLButtonElement): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  // Room for the map is made while the press is still felt: when it arrives nothing moves.
  holder.style.minBlockSize = `max(${String(holder.getBoundingClientRect().height)}px, ${MAP_HEIGHT})`;
  try {
    const [{ drawMap }] = await Promise.all([script(), style(page)]);
    const canvas = await drawMap(page, holder);
    button.remove();
    canvas.focus();
  } catch (error) {
    // Offline, say: the button stays, for another try, and the list and the drawn map are there.
    console.error(error);
    holder.querySelector(".map-canvas")?.remove();
    holder.classList.remove("map-holder");
    holder.style.minBlockSize = "";
  }
  button.removeAttribute("aria-busy");
}

function script(): Promise<typeof import("./map/map")> {
  return import(new URL(MAP_SCRIPT, import.meta.url).href) as Promise<typeof import("./map/map")>;
}

function style(page: Document): Promise<void> {
  const link = make("link");
  link.rel = "stylesheet";
  link.href = new URL(MAP_STYLE, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error("the map's style sheet did not arrive"));
    });
    page.head.append(link);
  });
}
