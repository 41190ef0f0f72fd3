//! What a question to the gazetteer costs: one core, no network, the real data.

use clinic_directory::places::gazetteer;
use divan::{Bencher, black_box};

fn main() {
    // Unpacking and the ZIPs' index are paid for once, at the start of the service.
    for input in ["78701", "Austin, TX", "Phoneix, AZ"] {
        gazetteer().resolve(input).expect("the bench asks about real places");
    }
    divan::main();
}

#[divan::bench(args = ["02110", "78701-1234", "Boston, MA 02110", "10099"])]
fn resolve_zip(bencher: Bencher, input: &str) {
    bencher.bench(|| gazetteer().resolve(black_box(input)));
}

#[divan::bench(args = ["Austin, TX", "saint louis mo", "New York", "Springfield", "10301 New Guinea Rd Fairfax VA", "Texas"])]
fn resolve_name(bencher: Bencher, input: &str) {
    bencher.bench(|| gazetteer().resolve(black_box(input)));
}

#[divan::bench(args = ["Phoneix, AZ", "Bostn", "San Fransisco", "Sprngfield", "Qwertzuiop Asdfghjkl, TX", "Scobie, MT"])]
fn resolve_misspelt(bencher: Bencher, input: &str) {
    bencher.bench(|| gazetteer().resolve(black_box(input)));
}

#[divan::bench(args = ["s", "aus", "san f", "portland, m", "02", "new york"])]
fn suggest(bencher: Bencher, typed: &str) {
    bencher.bench(|| gazetteer().suggest(black_box(typed), 8, |_| 1));
}

#[divan::bench]
fn place_of_phone(bencher: Bencher) {
    bencher.bench(|| gazetteer().place_of_phone(black_box("+12012005555")));
}
