import { all } from "./dom";

const PREFIX = "keep:";
/** What a visitor typed; never a choice, a consent, a password or a token of the page's own. */
const TYPED = ["text", "tel", "email", "search"];

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Typed details survive an expired hold, within the tab and until the booking is made. */
export function keepForms(page: Document): void {
  for (const done of all(page, "[data-keep-clear]", HTMLElement)) {
    forget(done.dataset["keepClear"] ?? "");
  }
  for (const form of all(page, "form[data-keep]", HTMLFormElement)) {
    const key = form.dataset["keep"] ?? "";
    restore(form, key);
    form.addEventListener("input", () => save(form, key));
  }
}

function typedFields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (field): field is Field =>
      (field instanceof HTMLInputElement && TYPED.includes(field.type)) || field instanceof HTMLTextAreaElement,
  );
}

function save(form: HTMLFormElement, key: string): void {
  const typed = typedFields(form).filter((field) => field.name);
  withStorage((storage) => {
    storage.setItem(PREFIX + key, JSON.stringify(typed.map((field) => [field.name, field.value])));
  });
}

/** What the server wrote into a field is newer than what is kept, so only empty ones are filled. */
function restore(form: HTMLFormElement, key: string): void {
  const kept = read(key);
  for (const field of typedFields(form)) {
    const value = kept.get(field.name);
    if (value && !field.value) field.value = value;
  }
}

function read(key: string): Map<string, string> {
  let text: string | null = null;
  withStorage((storage) => {
    text = storage.getItem(PREFIX + key);
  });
  try {
    const entries: unknown = JSON.parse(text ?? "[]");
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === "string");
}

function forget(key: string): void {
  withStorage((storage) => storage.removeItem(PREFIX + key));
}

/** A browser may refuse its storage altogether; the form works without. */
function withStorage(use: (storage: Storage) => void): void {
  try {
    use(sessionStorage);
  } catch {
    // Refused or full.
  }
}
