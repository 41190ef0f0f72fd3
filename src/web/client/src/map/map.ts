import L from "leaflet";
import "leaflet.markercluster";
import { all, fill, make, wantsStillness } from "../dom";
import { pageOf, spotsOf, type Spot } from "./clusters";
import { keepInStep, type Markers } from "./in_step";
import { offerSearch } from "./search_area";

/** A finger's width, in CSS pixels. */
const TOUCH: L.PointTuple = [44, 44];
/** Room for the dot of a clinic at the edge. */
const PADDING: L.PointTuple = [24, 24];
/** Outlines are coarse: nearer, a coast is three straight lines. Streets are worth a look from the pavement. */
const NEAREST = { outlines: 12, streets: 18 };
/** One clinic is shown with its surroundings. */
const SURROUNDINGS = { outlines: 8, streets: 13 };
/** The 48 states: where to look first, unless most clinics are elsewhere. */
const HOME: L.LatLngBoundsLiteral = [[24.5, -125], [49.5, -66.5]];

/** Draws the map into its holder and returns its element. */
export async function drawMap(page: Document, holder: HTMLElement): Promise<HTMLElement> {
  const [clinics, outline] = await Promise.all([read(holder.dataset["clusters"]), read(holder.dataset["tiles"] ? undefined : holder.dataset["outline"])]);
  const canvas = make("div", "map-canvas");
  canvas.setAttribute("role", "region");
  canvas.setAttribute("aria-label", holder.dataset["label"] ?? "");
  holder.classList.add("map-holder");
  holder.append(canvas);
  const map = newMap(canvas, holder.dataset);
  drawGround(map, holder.dataset, outline);
  const spots = spotsOf(clinics);
  // Before the clinics: clusters need to know how near one looks.
  lookAt(page, map, spots, holder.dataset["tiles"] ? SURROUNDINGS.streets : SURROUNDINGS.outlines);
  const markers = drawClinics(map, holder, spots);
  keepInStep(page, markers);
  offerSearch(page, map, holder);
  pressByKey(canvas, map);
  return canvas;
}

async function read(address: string | undefined): Promise<unknown> {
  if (!address) return undefined;
  const answer = await fetch(new URL(address, document.baseURI), { credentials: "omit" });
  if (!answer.ok) throw new Error(`${address} answers ${String(answer.status)}`);
  return answer.json();
}

function newMap(canvas: HTMLElement, { tiles, zoomIn = "+", zoomOut = "−" }: DOMStringMap): L.Map {
  const moves = !wantsStillness();
  const map = L.map(canvas, {
    maxZoom: tiles ? NEAREST.streets : NEAREST.outlines,
    // Outlines fit the view at any size; tiles are made for whole steps.
    zoomSnap: tiles ? 1 : 0.25,
    zoomControl: false,
    attributionControl: false,
    fadeAnimation: moves,
    zoomAnimation: moves,
    markerZoomAnimation: moves,
    inertia: moves,
    // Whoever scrolls the page with one finger or a wheel means the page.
    scrollWheelZoom: false,
  });
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  return map;
}

/** The states' outlines; street tiles only of the operator's own choice. */
function drawGround(map: L.Map, { tiles, attribution }: DOMStringMap, outline: unknown): void {
  if (!tiles) {
    L.geoJSON(outline as GeoJSON.GeoJsonObject, { interactive: false, style: { weight: 1, fillOpacity: 1, className: "map-state" } }).addTo(map);
    return;
  }
  L.tileLayer(tiles, { maxZoom: NEAREST.streets }).addTo(map);
  // The operator's text, as text: Leaflet's own control would parse it as HTML.
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => make("p", "map-attribution", attribution ?? "");
  control.addTo(map);
}

function drawClinics(map: L.Map, { dataset }: HTMLElement, spots: Spot[]): Markers {
  const { clusters = "", root, clinics = "{n}", close } = dataset;
  const base = new URL(root ?? clusters.slice(0, clusters.lastIndexOf("/") + 1), document.baseURI).href;
  const group = L.markerClusterGroup({
    animate: !wantsStillness(),
    // The page answers while ten thousand clinics are sorted into clusters.
    chunkedLoading: true,
    chunkInterval: 30,
    chunkDelay: 5,
    showCoverageOnHover: false,
    maxClusterRadius: 56,
    iconCreateFunction: (cluster) => icon("map-cluster", String(cluster.getChildCount()), clinics),
  });
  const bySlug = new Map(spots.map((spot) => [spot.slug, new L.Marker([spot.lat, spot.lon], { icon: icon(isHere(spot) ? "map-clinic is-here" : "map-clinic", spot.name) })]));
  // One for all: ten thousand clinics are ten thousand markers, but one is looked at.
  const spotOf = new Map<L.Layer | undefined, Spot>(spots.map((spot) => [bySlug.get(spot.slug), spot]));
  offerPage(group, (marker) => {
    const spot = spotOf.get(marker);
    return spot && { name: spot.name, address: pageOf(spot, base) };
  }, close);
  const own = spots.find(isHere);
  group.addLayers([...bySlug.values()].filter((marker) => marker !== bySlug.get(own?.slug ?? "")));
  group.addTo(map);
  // The page's own clinic is in no cluster, and needs no link to its page.
  if (own) bySlug.get(own.slug)?.setZIndexOffset(500).addTo(map);
  return { group, bySlug };
}

/** A button whose name is its text; a count is seen as a number and heard as "12 clinics". */
function icon(className: string, text: string, template?: string): L.DivIcon {
  const drawn = L.divIcon({ className, iconSize: TOUCH });
  // Elements are made when they are seen: most markers are in a cluster, and few clusters in the view.
  const create = drawn.createIcon.bind(drawn);
  drawn.createIcon = (old) => {
    drawn.options.html = inside(text, template);
    return create(old);
  };
  return drawn;
}

function inside(text: string, template: string | undefined): HTMLElement {
  const name = make("span", "map-name", template === undefined ? text : fill(template, "n", text));
  const html = make("span", "map-icon");
  if (template !== undefined) {
    const seen = make("span", "map-count", text);
    seen.setAttribute("aria-hidden", "true");
    html.append(seen);
  }
  html.append(name);
  return html;
}

interface Page {
  name: string;
  address: string;
}

/** A clinic that is chosen shows the link to its page, and has the focus again when the link is closed. */
function offerPage(group: L.MarkerClusterGroup, pageOfMarker: (marker: L.Layer) => Page | undefined, close: string | undefined): void {
  let chosen: L.Layer | undefined;
  let link = make("a");
  const show = (marker: L.Layer): HTMLElement => {
    const page = pageOfMarker(marker);
    chosen = marker;
    link = make("a", "", page?.name);
    if (page) link.href = page.address;
    return link;
  };
  group.bindPopup(show, { closeButton: close !== undefined });
  group.on("popupopen", ({ popup }: L.PopupEvent) => {
    popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", close ?? "");
    link.focus({ preventScroll: true });
  });
  group.on("popupclose", () => {
    const { activeElement } = document;
    const isOurs = activeElement === document.body || activeElement === link || activeElement?.closest(".leaflet-popup");
    if (isOurs && chosen instanceof L.Marker) chosen.getElement()?.focus({ preventScroll: true });
  });
}

/** Around the clinics of the page's list; without one at the 48 states when most clinics are there, else at all clinics. */
function lookAt(page: Document, map: L.Map, spots: Spot[], maxZoom: number): void {
  const listed = new Set(all(page, "[data-clinic]", HTMLElement).map((card) => card.dataset["clinic"]));
  const shown = spots.filter((spot) => listed.has(spot.slug) || isHere(spot));
  const home = L.latLngBounds(HOME);
  const atHome = spots.filter((spot) => home.contains([spot.lat, spot.lon]));
  const most = atHome.length * 2 >= spots.length ? atHome : spots;
  const points = (shown.length ? shown : most).map(({ lat, lon }): L.LatLngTuple => [lat, lon]);
  map.fitBounds(points.length ? L.latLngBounds(points) : home, { maxZoom, padding: PADDING, animate: false });
}

/** Whether the page is the clinic's own. */
function isHere({ path }: Spot): boolean {
  return location.pathname.endsWith(`/${path}`);
}

/** Leaflet's buttons are pressed by Enter alone, and its popups stay when the focus is in them; not so elsewhere. */
function pressByKey(canvas: HTMLElement, map: L.Map): void {
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
    const target = event.target;
    if (event.key !== " " || !(target instanceof HTMLElement) || target.getAttribute("role") !== "button") return;
    event.preventDefault();
    target.click();
    // A cluster that was opened is gone.
    if (target.classList.contains("map-cluster")) canvas.focus({ preventScroll: true });
  });
}
