/** After each step the focus is on its heading, unless the address itself names a place on the page. */
export function focusStep(page: Document): void {
  const target = page.querySelector<HTMLElement>("[data-focus]");
  if (!target || page.location.hash) return;
  if (!target.hasAttribute("tabindex") && target.tabIndex < 0) target.tabIndex = -1;
  target.focus();
}
