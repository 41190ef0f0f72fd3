//! Orders what a search has found, asking the geodesic only where the chords cannot tell (rules N1, N2).

use std::cmp::Ordering;

use super::chord::Span;
use super::{Hit, Metres, Point, geodesic};

/// A point that may belong to the answer, and the interval that holds its geodesic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub id: u32,
    pub span: Span,
}

/// The first `k` of the candidates within the radius, by distance, then by `tie`.
///
/// Intervals that do not overlap order their points. A run of overlapping ones is measured, unless all its points are
/// one place, which has one distance.
pub(super) fn settle(
    from: Point,
    points: &[Point],
    mut candidates: Vec<Candidate>,
    k: usize,
    within: Metres,
    tie: impl Fn(u32, u32) -> Ordering,
) -> Vec<Hit> {
    let place = |candidate: &Candidate| points[candidate.id as usize];
    drop_impossible(&mut candidates, k, within);
    candidates.sort_unstable_by(|a, b| a.span.low.total_cmp(&b.span.low));
    let mut hits = Vec::with_capacity(k.min(candidates.len()));
    let mut rest = candidates.as_slice();
    while hits.len() < k && !rest.is_empty() {
        let (run, later) = rest.split_at(overlapping(rest));
        rest = later;
        let settled = hits.len();
        let first = run[0];
        if run[1..].iter().all(|candidate| place(candidate) == place(&first)) {
            let distance = distance(first.span, within, || geodesic(from, place(&first)));
            hits.extend(run.iter().map(|&Candidate { id, .. }| Hit { id, distance }));
        } else {
            hits.extend(
                run.iter().map(|candidate| Hit { id: candidate.id, distance: geodesic(from, place(candidate)) }),
            );
        }
        keep_first(&mut hits, settled, k, &tie);
    }
    hits.truncate(hits.partition_point(|hit| hit.distance <= within));
    hits
}

/// Drops what is certainly outside the radius, or certainly farther than `k` others.
fn drop_impossible(candidates: &mut Vec<Candidate>, k: usize, within: Metres) {
    candidates.retain(|candidate| candidate.span.low <= within.0);
    if candidates.len() > k {
        let (_, kth, _) = candidates.select_nth_unstable_by(k - 1, |a, b| a.span.high.total_cmp(&b.span.high));
        let enough = kth.span.high;
        candidates.retain(|candidate| candidate.span.low <= enough);
    }
}

/// How many candidates from the first on, sorted by `low`, form one run of overlapping intervals.
fn overlapping(candidates: &[Candidate]) -> usize {
    let mut high = f64::NEG_INFINITY;
    let apart = candidates.iter().skip(1).zip(candidates).position(|(next, last)| {
        high = high.max(last.span.high);
        next.span.low > high
    });
    apart.map_or(candidates.len(), |before| before + 1)
}

/// A length that prints as the geodesic and is on its side of the radius.
fn distance(span: Span, within: Metres, geodesic: impl FnOnce() -> Metres) -> Metres {
    let known = if span.high <= within.0 { span.printed() } else { None };
    known.unwrap_or_else(geodesic)
}

/// Orders the hits from `settled` on and leaves no more than `k` in all.
fn keep_first(hits: &mut Vec<Hit>, settled: usize, k: usize, tie: impl Fn(u32, u32) -> Ordering) {
    let order = |a: &Hit, b: &Hit| a.distance.0.total_cmp(&b.distance.0).then_with(|| tie(a.id, b.id));
    if hits.len() > k {
        hits[settled..].select_nth_unstable_by(k - settled - 1, order);
        hits.truncate(k);
    }
    hits[settled..].sort_unstable_by(order);
}
