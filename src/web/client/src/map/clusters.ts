/** A clinic as a map needs it. */
export interface Spot {
  lat: number;
  lon: number;
  /** Below the locations' root, such as `tx/austin/stipplecrown-austin`. */
  path: string;
  /** The end of its path, by which cards know it. */
  slug: string;
  name: string;
}

/** Reads the compact file `{"c":[[lat,lon,path,name],..]}`; what is not a clinic is left out. */
export function spotsOf(file: unknown): Spot[] {
  const rows = typeof file === "object" && file !== null && "c" in file && Array.isArray(file.c) ? file.c : [];
  return rows.map(spotOf).filter((spot): spot is Spot => spot !== undefined);
}

function spotOf(row: unknown): Spot | undefined {
  if (!Array.isArray(row)) return undefined;
  const [lat, lon, path, name]: unknown[] = row;
  const isSpot = typeof lat === "number" && typeof lon === "number" && typeof path === "string" && typeof name === "string";
  return isSpot ? { lat, lon, path, name, slug: path.slice(path.lastIndexOf("/") + 1) } : undefined;
}

/** The address of a clinic's page; never one of another scheme or host, whatever the file says. */
export function pageOf(spot: Spot, root: string): string {
  return new URL(`./${spot.path.replace(/^\/+/, "")}`, root).href;
}
