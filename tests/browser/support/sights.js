/** How people may see a page: on a phone and at a desk, in both colour schemes, on the narrowest phone, and without scripts. */

/** Widths of the window in CSS pixels. At 320 pages may have to reflow (WCAG 1.4.10), at 640 is what a zoom of 200 % leaves of 1280. */
export const [DESK, ZOOMED, PHONE, NARROW] = [1280, 640, 390, 320];

/** The sights of which a picture is kept. */
export const PICTURES = [DESK, PHONE].flatMap((width) => [{ width }, { width, dark: true }]);

/** Visitors by name, for pages that each of them opens anew. */
export const SIGHTS = Object.fromEntries(
  [...PICTURES, { width: NARROW }, { width: NARROW, js: false }].map((visitor) => [nameOf(visitor), visitor]),
);

function nameOf({ width, dark, js = true }) {
  return `${width} ${dark ? 'dark' : 'light'}${js ? '' : ' scriptless'}`;
}
