/** A place as a search takes it. */
export interface Place {
  lat: number;
  lon: number;
  /** In miles; without it the one chosen in the form stays. */
  radius?: number;
}

/** Two decimals are about a kilometre: near enough for a clinic, and all that leaves the browser. */
export function twoDecimals(degrees: number): string {
  // Adding 0 makes a zero of a minus zero.
  return (Math.round(degrees * 100) / 100 + 0).toFixed(2);
}

/** The address of a form's search around a place, with the filters that are chosen. */
export function searchAround(form: HTMLFormElement, place: Place): string {
  const replaced = ["near", "lat", "lon", ...(place.radius === undefined ? [] : ["radius"])];
  const members = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (!replaced.includes(name) && typeof value === "string" && value) members.append(name, value);
  }
  members.append("lat", twoDecimals(place.lat));
  members.append("lon", twoDecimals(place.lon));
  if (place.radius !== undefined) members.append("radius", String(place.radius));
  const address = new URL(form.getAttribute("action") || location.pathname, document.baseURI);
  address.search = members.toString();
  return address.href;
}
