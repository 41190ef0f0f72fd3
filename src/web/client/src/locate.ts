import { all, make } from "./dom";
import { searchAround } from "./search_form";

/** A visitor who waits longer has typed a ZIP. */
const PATIENCE_MS = 15_000;
/** Where somebody was five minutes ago is good enough for a clinic. */
const MAX_AGE_MS = 300_000;

export type Go = (address: string) => void;

/** "Use my location": asked for on click only, never at load. */
export function offerLocation(page: Document, go: Go = (address) => location.assign(address)): void {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  for (const button of all(page, "button[data-locate]", HTMLButtonElement)) {
    const form = button.form;
    if (!form) continue;
    const status = form.querySelector("[data-locate-status]") ?? page.querySelector("[data-locate-status]") ?? addStatus(button);
    button.addEventListener("click", () => locate(button, form, status, go));
    button.hidden = false;
  }
}

function addStatus(button: HTMLButtonElement): Element {
  const status = make("p");
  status.setAttribute("role", "status");
  button.insertAdjacentElement("afterend", status);
  return status;
}

function locate(button: HTMLButtonElement, form: HTMLFormElement, status: Element, go: Go): void {
  if (button.getAttribute("aria-disabled") === "true") return;
  const tell = (text: string | undefined): void => {
    status.textContent = text ?? "";
  };
  // Not `disabled`: that would throw away the focus of whoever came by keyboard.
  button.setAttribute("aria-disabled", "true");
  tell(button.dataset["locateBusy"]);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.removeAttribute("aria-disabled");
      go(searchAround(form, { lat: coords.latitude, lon: coords.longitude }));
    },
    (error) => {
      button.removeAttribute("aria-disabled");
      tell(error.code === error.PERMISSION_DENIED ? button.dataset["locateDenied"] : button.dataset["locateUnavailable"]);
    },
    { enableHighAccuracy: false, timeout: PATIENCE_MS, maximumAge: MAX_AGE_MS },
  );
}
