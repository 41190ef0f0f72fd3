// What a browser adds to pages that work without it. Every text comes from the page, so that it has the page's language.
import { countDown } from "./countdown";
import { focusStep } from "./focus";
import { keepForms } from "./keep";
import { offerLocation } from "./locate";
import { offerMaps } from "./map_button";
import { suggestPlaces } from "./suggest";

for (const enhance of [suggestPlaces, offerLocation, countDown, keepForms, offerMaps, focusStep]) {
  try {
    enhance(document);
  } catch (error) {
    // One addition that fails leaves the others, and the page itself, as they are.
    console.error(error);
  }
}
