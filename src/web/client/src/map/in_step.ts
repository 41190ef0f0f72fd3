import type * as L from "leaflet";
import { all } from "../dom";

/** What is drawn: clusters, and the clinics in them by slug. */
export interface Markers {
  group: L.MarkerClusterGroup;
  bySlug: Map<string, L.Marker>;
}

const MARKED = "is-marked";

/** A card that is looked at marks its clinic on the map, a clinic that is chosen on the map marks its card. */
export function keepInStep(page: Document, { group, bySlug }: Markers): void {
  for (const card of all(page, "[data-clinic]", HTMLElement)) {
    const marker = bySlug.get(card.dataset["clinic"] ?? "");
    if (!marker) continue;
    let unmark = (): void => undefined;
    const mark = (): void => {
      unmark();
      unmark = markOnMap(group, marker);
    };
    for (const begins of ["pointerenter", "focusin"]) card.addEventListener(begins, mark);
    for (const ends of ["pointerleave", "focusout"]) card.addEventListener(ends, () => unmark());
    marker.on("click keypress", () => markCard(page, card));
  }
}

/** Marks a clinic, or the cluster that it is in, and returns how to take the mark back. */
function markOnMap(group: L.MarkerClusterGroup, marker: L.Marker): () => void {
  const shown = group.hasLayer(marker) ? (group.getVisibleParent(marker) as L.Marker | null) : marker;
  const element = shown?.getElement();
  if (!shown || !element) return () => undefined;
  element.classList.add(MARKED);
  shown.setZIndexOffset(1_000);
  return () => {
    element.classList.remove(MARKED);
    shown.setZIndexOffset(0);
  };
}

function markCard(page: Document, card: HTMLElement): void {
  for (const other of all(page, `[data-clinic].${MARKED}`, HTMLElement)) other.classList.remove(MARKED);
  // Not scrolled to: whoever chooses on the map is looking at the map.
  card.classList.add(MARKED);
}
