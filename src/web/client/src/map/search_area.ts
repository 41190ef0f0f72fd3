import L from "leaflet";
import { make } from "../dom";
import { searchAround, type Place } from "../search_form";

const METRES_PER_MILE = 1_609.344;

/** "Search this area": offered once the visitor has moved the map. */
export function offerSearch(page: Document, map: L.Map, holder: HTMLElement): void {
  const form = page.querySelector<HTMLInputElement>("form input[name=near]")?.form;
  const label = holder.dataset["searchArea"];
  if (!form || !label) return;
  const button = make("button", "map-search", label);
  button.type = "button";
  button.hidden = true;
  button.addEventListener("click", () => location.assign(searchAround(form, areaOf(map))));
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(button);
    return button;
  };
  control.addTo(map);
  map.on("moveend", () => {
    button.hidden = false;
  });
}

/** What is seen, as a circle: from the centre to the nearest corner, in whole miles. */
function areaOf(map: L.Map): Place {
  const bounds = map.getBounds();
  const centre = bounds.getCenter();
  const corners = [bounds.getNorthWest(), bounds.getNorthEast(), bounds.getSouthWest(), bounds.getSouthEast()];
  const miles = Math.min(...corners.map((corner) => map.distance(centre, corner))) / METRES_PER_MILE;
  const { lat, lng } = centre.wrap();
  return { lat, lon: lng, radius: wholeMiles(miles) };
}

export function wholeMiles(miles: number): number {
  return Math.max(1, Math.round(miles));
}
